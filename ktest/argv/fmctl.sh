#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a script that calls fmctl relies on without the module: exit codes, which
# stream says what, abbreviations, and JSON that always parses.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
. ktest/lib.sh
# shellcheck source=ktest/argv/data/tool.bash
. ktest/argv/data/tool.bash

fmctl=${FMCTL:-build/fmctl}
unset NO_COLOR

# expect_exit NAME CODE ARG...: nothing on stdout, words on stderr unless 0.
expect_exit()
{
	local name=$1 want=$2 rc=0

	shift 2
	"$fmctl" "$@" > "$tmp/out" 2> "$tmp/err" || rc=$?
	expect_eq "$name" "$want" "$rc" || fm_comment "$(cat "$tmp/err")"
}

# stderr NAME TEXT: the first line of the last command's words.
stderr()
{
	expect_eq "$1" "$2" "$(head -n 1 "$tmp/err")"
}

# ---- usage

expect_exit "no command" 2
stderr "no command: says so" 'fmctl: no command; try "fmctl help"'
expect_exit "unknown object" 2 bogus
stderr "unknown object: names it" 'fmctl: "bogus" is no command'
expect_exit "unknown verb" 2 nf bogus
stderr "unknown verb: names it" 'fmctl: "bogus" is no verb'
expect_exit "verb missing" 2 nf
stderr "verb missing: says so" 'fmctl: "nf" needs a verb'
expect_exit "ambiguous object" 2 c
stderr "ambiguous object: says so" 'fmctl: "c" is more than one command'
expect_exit "unknown option" 2 nf list --bogus
stderr "unknown option: names it" 'fmctl: unknown option "--bogus"'
expect_exit "unknown letter" 2 -x nf list
expect_exit "name missing" 2 nf show
stderr "name missing: says so" 'fmctl: "NAME" is missing'
expect_exit "word too many" 2 nf show psd more
expect_exit "name too long" 2 nf show "$(printf 'x%.0s' {1..32})"
expect_exit "empty name" 2 nf show ''
expect_exit "number with a tail" 2 flow list edge limit 12abc
stderr "number with a tail: names it" \
	'fmctl: limit: "12abc" is not a number from 0 to 4294967295'
expect_exit "port too large" 2 flow list edge port 65536
expect_exit "shard too large" 2 flow list edge shard 4096
expect_exit "offload without a CPU" 2 offload set edge 0
expect_exit "share above 100" 2 offload set edge 0 cpu 1 share 101
stderr "share above 100: names it" \
	'fmctl: share: "101" is not a number from 0 to 100'
expect_exit "slice 64" 2 offload set edge 0 cpu 1 slices 0-64
stderr "slice 64: says what they are" \
	'fmctl: slices: "0-64" is not a list of numbers from 0 to 63, as 0-7,12'
expect_exit "share and slices" 2 offload set edge 0 cpu 1 share 5 slices 1
expect_exit "offload of no shard" 2 offload set edge 1- cpu 1
expect_exit "shards twice" 2 offload clear edge 1,1
expect_exit "priority of nothing" 2 priority set edge
expect_exit "no such code point" 2 priority set edge dscp ef,af44
stderr "no such code point: names it" \
	'fmctl: dscp: "ef,af44" is not a list of code points, as ef or 46'
for dscp in 64 '' ',' '46,' ef46 -1; do
	expect_exit "no code point: '$dscp'" 2 priority set edge dscp "$dscp"
done
for mark in 0x100000000 1/0 2/1 1/ /1 x 1/2/3; do
	expect_exit "no mark: $mark" 2 priority set edge mark "$mark"
done
expect_exit "no prefix" 2 priority set edge src 10.0.0.0/33
expect_exit "no prefix either" 2 priority set edge dst fd77::/129
# shellcheck disable=SC2046 # words
expect_exit "17 rules" 2 priority set edge $(printf 'dscp %d ' {1..9}) \
	$(printf 'src 10.0.0.%d ' {1..8})
stderr "17 rules: says so" "fmctl: more than 16 rules"
expect_exit "prefix too long" 2 flow list edge src 10.0.0.0/33
expect_exit "protocol unknown" 2 flow list edge proto xyz
expect_exit "generation 0" 2 chain del edge generation 0
expect_exit "option twice" 2 flow list edge port 1 port 2
expect_exit "bad colour" 2 --color=pink version
expect_exit "timeout 0" 2 --timeout 0 version
expect_exit "value missing" 2 version --netns
expect_exit "unknown shell" 2 completion tcsh
expect_exit "monitor: unknown group" 2 monitor group bogus
expect_eq "usage errors leave stdout alone" "" "$(cat "$tmp/out")"

# ---- help

expect_exit "help" 0 help
expect_exit "-h" 0 -h
expect_exit "--help" 0 --help
expect_exit "help of an object" 0 chain help
cp "$tmp/out" "$tmp/chain_help"
expect_exit "the same by help first" 0 help chain
check "both say the same" cmp "$tmp/out" "$tmp/chain_help"
expect_exit "the same by -h" 0 chain -h
check "this as well" cmp "$tmp/out" "$tmp/chain_help"
expect_exit "help of a command" 0 chain del help
cp "$tmp/out" "$tmp/del_help"
expect_exit "the same with other words" 0 chain del edge generation 4 -h
check "both say the same of the command" cmp "$tmp/out" "$tmp/del_help"
expect_eq "help is not on stderr" "" "$(cat "$tmp/err")"
check "help tells options" grep -q '^  generation N ' "$tmp/del_help"
expect_exit "help of nothing" 2 help bogus

# ---- abbreviations, and where global options may stand

expect_exit "abbreviated help" 0 cha de h -h
check "it is that of chain del" cmp "$tmp/out" "$tmp/del_help"
for words in "-j version" "version -j" "--json vers" "versi --js"; do
	# shellcheck disable=SC2086 # words are words
	expect_exit "fmctl $words" 0 $words
	expect_eq "fmctl $words is JSON" 1 \
		"$(json 'd["schema_version"]')"
done
expect_exit "-p indents" 0 -jp version
check "-p: several lines" grep -q '^  "schema_version": 1,$' "$tmp/out"

# ---- without the module

if "$fmctl" -j version | grep -q '"module":null'; then
	expect_exit "version works" 0 version
	check "version says absent" grep -qx 'module: absent' "$tmp/out"
	expect_exit "a stat without its verb" 5 stat edge
	for words in "nf list" "nf show psd" "chain list" "chain show edge" \
		"chain del edge" "plan show edge" "shard list edge" \
		"offload list edge" "offload set edge 0 cpu 1 share 30" \
		"offload clear edge" "priority list edge" \
		"priority set edge dscp ef,46,cs7 mark 1/3" \
		"priority clear edge" \
		"flow list edge" "stat show edge" "monitor"; do
		# shellcheck disable=SC2086 # words are words
		expect_exit "$words: module absent" 5 $words
		# shellcheck disable=SC2086
		expect_exit "$words: with -j" 5 -j $words
		expect_eq "$words: its error is JSON" "5 True" "$(json \
			'd["error"]["code"], "modprobe" in d["error"]["hint"]' \
			"$tmp/err" | tr -d '(,)')"
	done
else
	skip "without the module" "the module is loaded"
fi

# ---- JSON errors

expect_exit "an error in JSON" 2 flow list edge limit 12abc -j
expect_eq "its members" "['attr', 'code', 'errno', 'hint', 'message'] limit" \
	"$(json 'sorted(d["error"])' "$tmp/err") $(json \
	'd["error"]["attr"]' "$tmp/err")"
expect_exit "-j after a word that is wrong" 2 bogus -j
expect_eq "it is heard" 2 "$(json 'd["error"]["code"]' "$tmp/err")"
expect_exit "a word that is not UTF-8" 2 $'b\xff\xc0gus' -j
expect_eq "its error parses" 2 "$(json 'd["error"]["code"]' "$tmp/err")"
expect_exit "a word with quotes and newlines" 2 $'a"b\\\n\x01' -j
expect_eq "its error parses as well" 2 "$(json 'd["error"]["code"]' "$tmp/err")"

# ---- other

expect_exit "a namespace that is not there" 3 -n fm-no-such-netns version
stderr "it is named" 'fmctl: network namespace "fm-no-such-netns": No such file or directory'
rc=0
"$fmctl" schema > /dev/full 2> "$tmp/err" || rc=$?
expect_eq "a full disk is an error" 1 "$rc"
for when in always never; do
	"$fmctl" --color=$when version > "$tmp/$when"
done
check "no colour where there are no titles" cmp "$tmp/always" "$tmp/never"
check "no escapes in a pipe" test -z "$("$fmctl" help | tr -d '[:print:]\n')"

finish
