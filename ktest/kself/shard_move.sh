# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Shards move between CPUs while numbered traffic comes: nothing is lost,
# overtaken, doubled or left waiting, whatever else happens meanwhile, and a
# move ends even if nothing ever comes.
#
# vm: -c 4 -n 1
# debug: smoke
#
# shellcheck disable=SC2016,SC2317 # wait_for's words, check's functions

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

count=100 flow=$(inst flow_counter local)
[[ ${FM_SLOW:-1} -eq 1 ]] || count=30

# shards FILTER: of the shards of edge
shards()
{
	fmctl -j shard list edge | gojq -c ".shards | $1"
}

all_settled()
{
	wait_for '[[ $(shards "map(select(.state != \"settled\")) | length") = 0 ]]'
}

nothing_new()
{
	expect_eq "$1: the kernel has nothing to say" "" \
		"$(complaints)"
}

keep_hook

# ---- under traffic, by the NIC and in software

for steering in nic software; do
	for batch in 1 16; do
		check "$count shards move, $batch at a time, steered by $steering" \
			ktest/shard_move.sh --count "$count" --batch "$batch" \
			--steering "$steering" --seed "$batch"
	done
done
check "shards move when one flow comes, to one CPU" ktest/shard_move.sh \
	--count 32 --batch 16 --flows 1 --connections 0
if [[ -w /sys/devices/system/cpu/cpu3/online ]]; then
	check "shards move while CPU 3 goes and comes, five times" \
		ktest/shard_move.sh --count 20 --cpu-off 5 --steering software
fi
nothing_new "traffic"

# ---- no traffic

check "a chain" chain_new edge "$(dev eth0)" "$(steer all 64 0 1 2 3)" "$flow"
expect_eq "its shards are where the plan says" "[0,1,2,3]" \
	"$(shards '.[0:4] | map(.owner)')"
check "a shard moves without a packet" fmctl -q shard move edge 5 cpu 3
expect_eq "it has arrived, and belongs there" '[3,3,"settled",1]' \
	"$(shards '.[5] | [.owner, .home, .state, .moves]')"
check "many move at once" fmctl -q shard map edge '0-31:2;32-63:1'
expect_eq "they have arrived" "[[2,32],[1,32]]" \
	"$(shards '[.[0:32], .[32:64]] | map([.[0].owner, length])')"
printf '%s\n' '# back' '0-15 0 # some' '' '16-31 1' > "$tmp/map"
check "a map comes from a file" fmctl -q shard map edge "$tmp/map"
expect_eq "they have gone there" '[[0],[1]]' \
	"$(shards '[.[0:16], .[16:32]] | map(map(.owner) | unique)')"
check "who is there already, stays" fmctl -q shard move edge 0-15 cpu 0
expect_eq "and has not moved" "[2]" "$(shards '[.[0].moves]')"

# Each begins while the one before ends: a mark comes as others are played.
nlraw -n "$((3000 / ${FM_SLOW:-1}))" \
	"$(move_request "$(echo {0..63})" "$(echo {1,2,3,0}{,,,,,,,,,,,,,,,})")" \
	"$(move_request "$(echo {0..63})" "$(echo {2,3,0,1}{,,,,,,,,,,,,,,,})")" \
	> "$tmp/answers"
check "so do all of them, many times" all_settled
check "and back" fmctl -q shard map edge '0-15:0;16-31:1'

# ---- all or none

moves=$(shards 'map(.moves) | add')
refuse()
{
	expect_refused "$1" "$2" "$3" "" "$4"
}
refuse "no CPU 9" EINVAL "shard 1 cannot go to CPU 9, which is not online" \
	"$(move_request "0 1" "1 9")"
refuse "no shard 64" EINVAL "shard 64: there are shards 0 to 63 only" \
	"$(move_request "0 64" "1 1")"
refuse "twice" EINVAL "shard 7 is named twice" "$(move_request "7 7" "1 2")"
refuse "no such move" ENOENT "chain edge has no move 99999 going on" \
	'{"cmd":"shard_go","attrs":[["chain_name","string","edge"],["move","nest",[["id","u32",99999]]]]}'
expect_eq "none of them moved anything" "$moves" "$(shards 'map(.moves) | add')"
expect_fail "fmctl names the place of what is wrong" \
	"fmctl: $tmp/bad:2:5: expected a CPU, a number" \
	bash -c "printf '0 1\n1-2 x\n' > $tmp/bad; fmctl shard map edge $tmp/bad"

# ---- held

# In one go, as patience ends after two seconds.
{
	move_request "8 9" "3 3" hold
	echo '{"cmd":"shard_get","dump":true,"attrs":[["chain_name","string","edge"]]}'
	move_request "9" "1"
} > "$tmp/held"
nlraw < "$tmp/held" > "$tmp/answers"
expect_eq "held shards stay with their owner" '[[0,3],[0,3]]' \
	"$(gojq -c '[.. | select(type == "array" and .[0]? == "shard")[1] |
		map({(.[0]): .[1]}) | add | select(.state == "01000000") |
		[.owner, .target | .[1:2] | tonumber]]' "$tmp/answers" |
		head -n 2 | tail -n 1)"
expect_eq "what moves, cannot be sent elsewhere" \
	"EBUSY shard 9 cannot go to CPU 1, it is on its way to CPU 3" \
	"$(tail -n 1 "$tmp/answers" | gojq -r '"\(.errno) \(.message)"')"
check "patience ends without a word" all_settled
expect_eq "they have arrived" "[3,3]" "$(shards '.[8:10] | map(.owner)')"

# ---- events

# It may begin to listen in the middle of a move.
fmctl -j monitor group shard count 3 > "$tmp/events" &
monitor=$!
for ((i = 0; i < 20; i++)); do
	kill -0 "$monitor" 2>&- || break
	fmctl -q shard move edge 20 cpu $((i % 2 + 2)) > "$tmp/moved"
done
wait "$monitor"
expect_eq "a move tells its beginning and its end" \
	'[[[20],false],[[20],true]]' \
	"$(gojq -sc 'map([.move.shards, .move.done]) |
		if .[0][1] then .[1:] else .[:2] end' "$tmp/events")"

# ---- what else may happen meanwhile

traffic()
{
	send flows "$1" 3000 --seed 3 &
	sender=$!
}

# whole PACKETS: none was lost since $before
whole()
{
	wait "$sender"
	seen edge $((before + $1)) && settled edge &&
		[[ $(stat edge .packets) -eq $((before + $1)) &&
			$(stat edge .dropped) -eq 0 ]]
}

held_all()
{
	nlraw "$(move_request "$(seq -s ' ' 0 31)" \
		"$(for i in {0..31}; do echo -n "$(((i + $1) % 4)) "; done)" \
		hold)" > "$tmp/answer"
}

before=$(stat edge .packets)
traffic 6000
for ((i = 0; i < 8; i++)); do
	held_all "$i"
	chain_set edge "$(dev eth0)" "$(steer all 64 0 1 2 3)" "$flow"
done
check "a chain is replaced in the middle of moves" whole 6000
expect_eq "its shards are where the plan says" "settled" \
	"$(shards 'map(.state) | unique | .[]' | tr -d '"')"

# Whoever waits for a move that is about to begin must not begin it again.
check "moves are waited for as they begin" nlraw -n 40 \
	"$(move_request "$(echo {0..31})" "$(echo {1,2,3,0}{,,,,,,,})")" \
	"$(request chain_set edge "$(dev eth0)" "$(steer all 64 0 1 2 3)" "$flow")"
check "they end" all_settled

if [[ -w /sys/devices/system/cpu/cpu3/online ]]; then
	before=$(stat edge .packets)
	traffic 3000
	held_all 1
	echo 0 > /sys/devices/system/cpu/cpu3/online
	expect_eq "CPU 3 goes: no move is left, all shards are elsewhere" \
		'["settled"] [0,1,2]' \
		"$(shards 'map(.state) | unique') $(shards 'map(.owner) | unique')"
	# shellcheck disable=SC2046 # words
	check "a plan that leaves them there" chain_set edge "$(dev eth0)" \
		"$(steer all 64 $(shards '.[].owner'))" "$flow"
	echo 1 > /sys/devices/system/cpu/cpu3/online
	check "CPU 3 comes" all_settled
	expect_eq "none of these shards goes there" "[0,1,2] true" \
		"$(shards 'map(.owner) | unique') $(shards 'map(.moves) | add > 0')"
	check "no packet was lost on the way" whole 3000
	chain_set edge "$(dev eth0)" "$(steer all 64 0 1 2 3)" "$flow"
	echo 0 > /sys/devices/system/cpu/cpu3/online
	expect_eq "its shards remember where they belong" '[[0,1,2],[0,1,2,3]]' \
		"$(shards '[map(.owner), map(.home)] | map(unique)')"
	echo 1 > /sys/devices/system/cpu/cpu3/online
	check "CPU 3 comes again" all_settled
	expect_eq "they are home" "[true]" \
		"$(shards 'map(.owner == .home) | unique')"
else
	skip "a CPU goes and comes" "this kernel takes no CPU away"
fi
expect_eq "no receive queue was waited for in vain" "0" \
	"$(shards 'map(.forced) | add')"

held_all 1
check "the device goes down in the middle" ip link set eth0 down
check "the moves end" all_settled
ip link set eth0 up

held_all 2
check "the chain goes in the middle" chain_del edge
ip netns add n1
check "a chain in a namespace" ip netns exec n1 bash -c "ip link add v0 type dummy
	ip link set v0 up
	source ktest/kself/data/plan.bash
	chain_new edge \"\$(dev v0)\" \"\$(steer all 64 0 1 2 3)\" '$flow'"
ip netns exec n1 nlraw "$(move_request "0 1 2" "3 2 1" hold)" > "$tmp/answer"
check "the namespace goes in the middle" ip netns del n1
check "a chain on a device" chain_new edge "$(dev eth0)" \
	"$(steer all 64 0 1 2 3)" "$flow"
held_all 3
traffic 3000
check "the module goes in the middle, under traffic" rmmod flowmage
check "it comes back" insmod "$FM_KO"
wait "$sender"
nothing_new "the end"
finish
