# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # tmp, of ktest/lib.sh
#
# What a tool said, for the scripts of ktest/argv that look at its output.
# Sourced after ktest/lib.sh.

# What this machine may have measured decides nothing here.
export FLOWMAGE_COSTS=$tmp/none

# status CMD...: its exit status; its output is in $tmp/out and $tmp/err
status()
{
	local rc=0

	"$@" > "$tmp/out" 2> "$tmp/err" || rc=$?
	echo "$rc"
}

# json EXPRESSION [FILE]: what Python says of the document d, the last output
json()
{
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "${2:-$tmp/out}" "$1"
}
