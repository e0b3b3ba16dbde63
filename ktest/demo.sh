#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# demo.sh: boot a guest, deploy a chain on its NIC, prove every packet, measure.
#
# Leaves build/demo/report.json and report.svg.  The last line is the verdict.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=build/demo
current=boot
reason=
guest=

source ktest/demo/report.sh

# A line that the next output overwrites, if somebody looks.
progress()
{
	[[ ! -t 2 ]] || printf '\r\e[K%s' "${1:+[$((SECONDS / 60)):$(printf \
		'%02d' $((SECONDS % 60)))] $1}" >&2
}

finish()
{
	local rc=$?

	trap - EXIT
	progress ''
	[[ -z $guest ]] || kill "$guest" 2>&- || :
	if [[ $rc -ne 0 ]]; then
		echo
		echo "demo: FAIL at $current: ${reason:-status $rc}"
	fi
	exit "$rc"
}
trap finish EXIT
trap 'reason=interrupted; exit 130' INT
trap 'reason=terminated; exit 143' TERM HUP

fail()
{
	reason=$*
	exit 1
}

# What the guest prints; its words to us begin with @.
relay()
{
	local part line='' rc doing="boot: a guest with 4 CPUs and two NICs"

	while :; do
		rc=0
		IFS= read -r -t 1 part <&"$from_guest" || rc=$?
		line+=$part
		if [[ $rc -gt 128 ]]; then
			progress "$doing"
			continue
		fi
		[[ $rc -eq 0 ]] || break
		case $line in
		'@step '*)
			doing=${line#@step }
			current=${doing%% *}
			doing="$current: ${doing#* }"
			progress "$doing" ;;
		'@fail '*)
			reason=${line#@fail } ;;
		*)
			progress ''
			printf '%s\n' "$line" ;;
		esac
		line=
	done
}

rm -rf "$out"
mkdir -p "$out"
FM_HOST_CPUS=$(nproc)
export FM_HOST_CPUS
report_begin

exec {from_guest}< <(exec ktest/vm -c 4 -q 4 -n 2 -o -t 900 -d "$out" \
	-- ktest/demo/guest 2>&1)
guest=$!
relay
rc=0
wait "$guest" || rc=$?
guest=
[[ -z $reason ]] || exit 1
[[ $rc -eq 0 ]] || fail "the guest ended with status $rc"

current=report
report_finish
