#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# FastClick configurations: solved, written, refused.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
# shellcheck source=ktest/lib.sh
. ktest/lib.sh
# shellcheck source=ktest/argv/data/tool.bash
. ktest/argv/data/tool.bash

fmctl=${FMCTL:-build/fmctl}
example=examples/psd-policer-fsc.click
export HOME=$tmp XDG_STATE_HOME=$tmp/state FLOWMAGE_FEATURES=$tmp/features

# ---- the published chain

expect_eq "solve" 0 \
	"$(status "$fmctl" -j solve --click "$example" -o "$tmp/new.click" --cores 16)"
expect_eq "field set, means" "['src_ip'] field-selector" \
	"$(json '"%s %s" % (d["groups"][0]["fields"], d["groups"][0]["means"])')"
expect_eq "the search is told to be over" "optimal 0.0" \
	"$(json '"%s %s" % (d["groups"][0]["status"], d["groups"][0]["gap"])')"
expect_eq "modes" \
	"{'psd': 'local', 'policer': 'shared', 'counter': 'local'}" \
	"$(json '{e["name"]: e["mode"] for e in d["elements"]}')"
expect_eq "what is cheaper than usual" True \
	"$(json 'd["groups"][0]["cost"] < d["groups"][0]["default_cost"]')"
expect_eq "four changes and nothing else" \
	"4 same" "$(sed -e 's/, HASHFUNC src_ip)/)/' \
		-e 's/(SHARED false)//; s/, SHARED \(true\|false\)//' \
		"$tmp/new.click" | cmp -s - "$example" &&
		echo "$(json 'd["changes"]') same")"
expect_eq "the device" 1 \
	"$(grep -c 'FromDPDKDevice(.dev, .*, HASHFUNC src_ip)' "$tmp/new.click")"
expect_eq "the new one again" 0 \
	"$(status "$fmctl" solve --click "$tmp/new.click" -o "$tmp/again.click" --cores 16)"
expect_eq "changes nothing" "" "$(cmp "$tmp/new.click" "$tmp/again.click" 2>&1)"
expect_eq "in place" 0 "$(cp "$example" "$tmp/place.click" &&
	status "$fmctl" solve --click "$tmp/place.click" -o "$tmp/place.click" --cores 16)"
expect_eq "in place: the same" "" "$(cmp "$tmp/new.click" "$tmp/place.click" 2>&1)"
expect_eq "from standard input to standard output" 0 \
	"$(status "$fmctl" solve --click - -o - --cores 16 < "$example")"
expect_eq "is the same" "" "$(cmp "$tmp/new.click" "$tmp/out" 2>&1)"
expect_eq "text" 0 "$(status "$fmctl" solve --click "$example" --cores 16)"
expect_eq "text: reasons" 1 "$(grep -c '^why .*keeps psd and counter local' "$tmp/out")"
expect_eq "dry run" 0 \
	"$(status "$fmctl" --dry-run solve --click "$example" -o "$tmp/dry.click")"
expect_eq "dry run writes nothing" no "$([[ -e $tmp/dry.click ]] && echo yes || echo no)"

# ---- NICs

expect_eq "a NIC that selects" 0 \
	"$(status "$fmctl" solve --click "$example" --nic i40e -o - --cores 16)"
expect_eq "it selects" 1 "$(grep -c 'HASHFUNC src_ip)' "$tmp/out")"
expect_eq "a NIC that needs a key" 0 \
	"$(status "$fmctl" solve --click "$example" --nic virtio_net -o - --cores 16)"
expect_eq "it gets one" 1 "$(grep -c 'HASHFUNC src_ip dst_ip.*, RSS_KEY \([0-9a-f]\{2\}:\)\{39\}' "$tmp/out")"

# ---- what is known of elements

printf 'FromDPDKDevice(0) -> Mine(1) -> Discard;' > "$tmp/mine.click"
expect_eq "an element that nobody knows" 0 \
	"$(status "$fmctl" solve --click "$tmp/mine.click" -o -)"
expect_eq "is said" 1 "$(grep -c 'nothing is known of Mine' "$tmp/err")"
expect_eq "and left alone" "" "$(cmp "$tmp/out" "$tmp/mine.click" 2>&1)"
mkdir -p "$tmp/features/fastclick"
cat > "$tmp/mine.cc" <<'END'
int nothing;
END
python3 - "$tmp" <<'END'
import hashlib, json, sys
tmp = sys.argv[1]
sha = hashlib.sha256(open(tmp + "/mine.cc", "rb").read()).hexdigest()
features = {"statefulness": "stateful", "key": ["dst_ip"],
	    "bidirectional": False, "intensity": "per-packet",
	    "pointer": False, "state_size": 8, "complexity": 20}
static = {"analyzer": "test", "environment": "none", "reads": [],
	  "rules": {"path": "rules.json", "sha256": sha}, "unparsed": []}
record = {"schema_version": 1, "nf": "Mine", "framework": "fastclick",
	  "files": [{"path": "mine.cc", "sha256": sha}], "evidence": [],
	  "sources": {"static": {**static, **features}, "llm": []},
	  "agreement": "static-only", "confidence": 0.5, **features}
json.dump(record, open(tmp + "/features/fastclick/Mine.json", "w"))
END
expect_eq "an element with a stored record" 0 \
	"$(status "$fmctl" solve --click "$tmp/mine.click" -o -)"
expect_eq "is solved for" \
	"FromDPDKDevice(0, HASHFUNC dst_ip) -> Mine(1, SHARED false) -> Discard;" \
	"$(< "$tmp/out")"

# ---- mistakes

printf 'a :: IPolicer;\na -> [x] b' > "$tmp/bad.click"
expect_eq "a mistake" 8 "$(status "$fmctl" solve --click "$tmp/bad.click" -o "$tmp/no.click")"
expect_eq "a mistake: where and what" \
	"$tmp/bad.click:2:7: a port from 0 to 4096 was expected, not \"x\"" \
	"$(< "$tmp/err")"
expect_eq "a mistake: nothing is written" no "$([[ -e $tmp/no.click ]] && echo yes || echo no)"
expect_eq "a mistake: JSON" 8 "$(status "$fmctl" -j solve --click "$tmp/bad.click")"
expect_eq "no such file" 3 "$(status "$fmctl" solve --click "$tmp/none.click")"
expect_eq "no such directory" 3 "$(status "$fmctl" solve --click "$example" -o "$tmp/none/x")"
expect_eq "chain and click" 2 "$(status "$fmctl" solve examples/counters.json --click "$example")"
expect_eq "out without click" 2 "$(status "$fmctl" solve examples/counters.json -o x)"
expect_eq "neither" 2 "$(status "$fmctl" solve)"
expect_eq "a rule that is not there" 3 "$(status "$fmctl" solve --click "$example" --nic nosuch)"

finish
