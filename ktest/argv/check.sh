#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Broken chain files are refused with these very words, the examples are not.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
# shellcheck source=ktest/lib.sh
. ktest/lib.sh
# shellcheck source=ktest/argv/data/tool.bash
. ktest/argv/data/tool.bash

fmctl=${FMCTL:-build/fmctl}
data=ktest/argv/data/check

for file in "$data"/*.json; do
	expect_eq "${file##*/}: exit status" 8 "$(status "$fmctl" check "$file")"
	expect_eq "${file##*/}: words" "$(< "${file%.json}.err")" \
		"$(< "$tmp/err")"
	expect_eq "${file##*/}: no data" "" "$(< "$tmp/out")"
done

for file in examples/*.json; do
	expect_eq "$file is right" 0 "$(status "$fmctl" check "$file")"
done
expect_eq "several files: the worst counts" 8 \
	"$(status "$fmctl" check examples/*.json "$data/empty.json")"
expect_eq "standard input" 0 \
	"$(status "$fmctl" check - < examples/counters.json)"
expect_eq "a missing file" 3 "$(status "$fmctl" check "$tmp/none.json")"
expect_eq "a missing file: words" "$tmp/none.json: No such file or directory" \
	"$(< "$tmp/err")"
expect_eq "a directory" 8 "$(status "$fmctl" check "$tmp")"
expect_eq "a directory: words" "$tmp: Is a directory" "$(< "$tmp/err")"
expect_eq "an endless file" 8 "$(status "$fmctl" check /dev/zero)"
expect_eq "an endless file: words" \
	"/dev/zero: the file has more than 1048576 bytes" "$(< "$tmp/err")"
expect_eq "no file" 2 "$(status "$fmctl" check)"

expect_eq "JSON: exit status" 8 \
	"$(status "$fmctl" -j check examples/counters.json "$data/same-key.json")"
expect_eq "JSON: no words" "" "$(< "$tmp/err")"
expect_eq "JSON: what it says" \
	"1 [True, 'counters', 0] [False, 4, 2, 'key \"name\" stands here for the second time']" \
	"$(python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
a, b = d["files"]
e = b["errors"][0]
print(d["schema_version"], [a["ok"], a["chain_name"], len(a["errors"])],
      [b["ok"], e["line"], e["col"], e["message"]])' "$tmp/out")"

finish
