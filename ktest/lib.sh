# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Sourced by the scripts of ktest/argv and ktest/kself.  Each call of check,
# expect_* or skip is one test case; the script's last line is finish.
#
# A kselftest that wants another guest than ktest/vm's default says so:
#	# vm: -c 2 -n 1 -o
# and one that means nothing in a debug kernel, or takes too long there:
#	# debug: no
# and one that needs a debug kernel, and one that 'ktest/run -s' is to run:
#	# debug: only
#	# debug: smoke
# What is shared between guest, peers and host is the directory $FM_OUT; $tmp
# is the script's own and goes away with it.

set -u

fm_cases=0
fm_failed=0
fm_finished=no
tmp=$(mktemp -d)
readonly tmp

echo "KTAP version 1"

fm_exit()
{
	local rc=$?

	rm -rf "$tmp"
	if [[ $fm_finished = no ]]; then
		fm_result "not ok" "the script reaches its end"
		echo "# it ended with status $rc"
		echo "1..$fm_cases"
		exit 1
	fi
}
trap fm_exit EXIT

# fm_result VERDICT NAME [SUFFIX]
fm_result()
{
	fm_cases=$((fm_cases + 1))
	[[ $1 = ok ]] || fm_failed=$((fm_failed + 1))
	echo "$1 $fm_cases - $2${3:-}"
}

fm_comment()
{
	echo "# ${1//$'\n'/$'\n'# }"
}

# check NAME CMD...: CMD succeeds.  Its output is shown if it does not.
check()
{
	local name=$1 output rc=0

	shift
	output=$("$@" 2>&1) || rc=$?
	if [[ $rc -eq 0 ]]; then
		fm_result ok "$name"
		return 0
	fi
	fm_result "not ok" "$name"
	fm_comment "$* (status $rc)"
	[[ -z $output ]] || fm_comment "$output"
	return 1
}

# expect_eq NAME WANT GOT
expect_eq()
{
	if [[ $2 = "$3" ]]; then
		fm_result ok "$1"
		return 0
	fi
	fm_result "not ok" "$1"
	fm_comment "want: $2"
	fm_comment "got:  $3"
	return 1
}

# expect_output NAME WANT CMD...: CMD succeeds and prints exactly WANT.
expect_output()
{
	local name=$1 want=$2 got rc=0

	shift 2
	got=$("$@" 2>&1) || rc=$?
	expect_eq "$name" "$want (status 0)" "$got (status $rc)"
}

# expect_fail NAME WANT CMD...: CMD fails and says exactly WANT on stderr.
expect_fail()
{
	local name=$1 want=$2 got rc=0

	shift 2
	got=$("$@" 2>&1 > "$tmp/stdout") || rc=$?
	if [[ $rc -eq 0 ]]; then
		fm_result "not ok" "$name"
		fm_comment "$*: did not fail"
		return 1
	fi
	expect_eq "$name" "$want" "$got"
}

# skip NAME REASON
skip()
{
	fm_result ok "$1" " # SKIP $2"
}

# wait_for CONDITION [SECONDS]: poll a shell expression, ten seconds unless told;
# slow guests get more.
wait_for()
{
	local seconds=$((${2:-10} * ${FM_SLOW:-1}))
	local end=$((SECONDS + seconds))

	until eval "$1"; do
		if [[ $SECONDS -ge $end ]]; then
			echo "# not so after $seconds s: $1"
			return 1
		fi
		fm_pause
	done
}

# What the kernel has said that it should not; of data races ktest/vm knows whose
# they are.
complaints()
{
	dmesg | grep -E 'BUG|WARNING|leaked|slab' | grep -v 'BUG: KCSAN' | head -n 5
}

# A twentieth of a second, without a process for it.
fm_pause()
{
	read -r -t 0.05 <> <(:) || :
}

finish()
{
	fm_finished=yes
	echo "1..$fm_cases"
	[[ $fm_failed -eq 0 && $fm_cases -gt 0 ]]
	exit
}
