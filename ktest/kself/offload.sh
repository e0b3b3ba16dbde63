# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Another CPU runs flows of a shard, and nobody notices: every packet is run once
# and in order, every state ends when it should, packets with priority never
# leave, and whatever else happens, flows come home.
#
# vm: -c 4 -n 1
#
# shellcheck disable=SC2016,SC2317 # wait_for's words, check's functions

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

flow=$(inst flow_counter local)
count=20
[[ ${FM_SLOW:-1} -eq 1 ]] || count=10

# cpu_sum COUNTER: of all CPUs
cpu_sum()
{
	stat edge "[.cpu[].$1] | add"
}

# offload_request SHARDS_HEX CPU [SLICES]: of the chain edge
offload_request()
{
	echo "{\"cmd\":\"offload_set\",\"attrs\":[[\"chain_name\",\"string\",\"edge\"],[\"offload\",\"nest\",[[\"shards\",\"hex\",\"$1\"],[\"cpu\",\"u32\",$2]${3:+,[\"slices\",\"u64\",$3]}]]]}"
}

# rule_request RULE...: of the chain edge
rule_request()
{
	echo "{\"cmd\":\"priority_set\",\"attrs\":[[\"chain_name\",\"string\",\"edge\"],$(join "$@")]}"
}

rule()
{
	echo "[\"priority\",\"nest\",[$(join "$@")]]"
}

refuse()
{
	expect_refused "refused: $2" "$1" "$2" "$3" "$4"
}

nothing_new()
{
	expect_eq "$1: the kernel has nothing to say" "" \
		"$(complaints)"
}

# run PACKETS: flows, and wait until all of them have been judged
run()
{
	local before

	before=$(stat edge .packets)
	send flows "$1" 4000 --seed 5 --family 4
	seen edge $((before + $1)) && settled edge
}

keep_hook

# ---- in order, while shards move

for steering in nic software; do
	check "flows are offloaded while $count shards move, steered by $steering" \
		ktest/shard_move.sh --offload --count "$count" --batch 2 \
		--steering "$steering" --seed 3
done
nothing_new "traffic"

# ---- counters and states are what they are without

check "a chain" chain_new edge "$(dev eth0)" "$(steer src 64 0)" "$flow" \
	"$(inst psd local threshold=1000)"
check "half of the flows go to CPU 2" fmctl -q offload set edge 0-63 cpu 2 \
	share 50
expect_eq "64 shards are offloaded, 32 slices each" "[64,2,0,32]" \
	"$(fmctl -j offload list edge | gojq -c \
		'.offloads | [length, .[0].cpu, .[0].owner, (.[9].slices | length)]')"
check "traffic" run 4000
expect_eq "CPU 2 has run what was sent to it" "true" \
	"$(stat edge '.cpu[0].offloaded as $n | $n > 1000 and $n < 3000 and
		.cpu[2].offload_run == $n and .cpu[2].run == $n')"
expect_eq "every packet was run, and counted in its flow" "4000 4000 0" \
	"$(cpu_sum run) $(fmctl -j flow list edge nf flow_counter | gojq \
		'[.flows[].state[0].value.packets] | add') $(stat edge .dropped)"
expect_eq "states are as many as flows" "$(count edge flow_counter entries)" \
	"$(fmctl -j flow list edge nf flow_counter | gojq '.flows | length')"
expect_eq "a flow tells its slice, which has its packets" "true" \
	"$(fmctl -j flow list edge nf psd limit 1 | gojq -c '.flows[0] |
		[.shard, .slice]' | { read -r at; fmctl -j offload list edge |
		gojq "$at as [\$shard, \$slice] | .offloads[\$shard] |
			.slice_packets[\$slice] > 0"; })"

# ---- priority

check "IPv4 of all sources has priority" fmctl -q priority set edge \
	src 198.18.0.0/15
before=$(cpu_sum offloaded)
check "traffic" run 1000
expect_eq "no packet of it has left" "$before 1000" \
	"$(cpu_sum offloaded) $(cpu_sum priority)"
check "DSCP EF has" fmctl -q priority set edge dscp ef mark 0x10/0xf0 \
	dst 2001:db8::/32
expect_eq "the rules are told" \
	'[{"dscp":[46]},{"mark":16,"mark_mask":240},{"dst":"2001:db8::/32"}]' \
	"$(fmctl -j priority list edge | gojq -c .priority)"
check "all goes to CPU 2" fmctl -q offload set edge 0-63 cpu 2
before=$(cpu_sum priority)
check "a ping with it" peer 0 ping -q -c 20 -i 0.01 -Q 184 10.77.0.1
expect_eq "its packets have it" 20 $(($(cpu_sum priority) - before))
before=$(cpu_sum offloaded)
check "a ping without it, once a second has passed" peer 0 bash -c \
	'sleep 1.1; ping -q -c 20 -i 0.01 10.77.0.1'
expect_eq "is offloaded" 20 $(($(cpu_sum offloaded) - before))
check "no rules" fmctl -q priority clear edge

# ---- refused, and nothing changes

refuse EINVAL "shard 3 belongs to CPU 0 itself" "" \
	"$(offload_request 03000000 0 1)"
refuse EINVAL "flows cannot be offloaded to CPU 77, which is not online" "" \
	"$(offload_request 03000000 77 1)"
refuse EINVAL "shard 64: there are shards 0 to 63 only" "" \
	"$(offload_request 0300000040000000 2 1)"
refuse EINVAL "shard 3 is named twice" "" \
	"$(offload_request 0300000003000000 2 1)"
refuse EINVAL "offload: slices is missing" "" "$(offload_request 03000000 2)"
refuse EINVAL "offload: shards must be whole 32-bit numbers" offload.shards \
	"$(offload_request 0300000003 2 1)"
refuse EINVAL "a rule for priority is one of dscp, mark, src and dst" \
	"priority[0]" "$(rule_request "$(rule '["len","u8",3]')")"
refuse EINVAL "dscp names no code point" "priority[0].dscp" \
	"$(rule_request "$(rule '["dscp","u64",0]')")"
refuse EINVAL "mark 0x10 has bits that its mask 0xf has not" \
	"priority[0].mark" "$(rule_request \
	"$(rule '["mark","u32",16]' '["mark_mask","u32",15]')")"
refuse EINVAL "a prefix of 33 bits is too long" "priority[0].len" \
	"$(rule_request "$(rule '["src","hex","0a000000"]' '["len","u8",33]')")"
refuse EINVAL "the address has bits beyond its prefix of 8" \
	"priority[1].src" "$(rule_request "$(rule '["dscp","u64",1]')" \
	"$(rule '["src","hex","0a000001"]' '["len","u8",8]')")"
# shellcheck disable=SC2046 # words
refuse E2BIG "more than 16 rules for priority" "priority[16]" \
	"$(rule_request $(for i in {1..17}; do rule '["dscp","u64",1]'; done))"
expect_eq "none of the rules is there" "[]" \
	"$(fmctl -j priority list edge | gojq -c .priority)"

# ---- what else may happen meanwhile

before=$(stat edge .packets)
dropped=$(stat edge .dropped)
send flows 8000 3000 --seed 7 --family 4 &
sender=$!
for ((i = 0; i < 5; i++)); do
	fmctl -q flow flush edge src "198.18.0.$i" > "$tmp/words"
	chain_set edge "$(dev eth0)" "$(steer src 64 0)" "$flow" \
		"$(inst psd local threshold=$((1000 + i)))"
	fmctl -q shard move edge $((10 * i))-$((10 * i + 9)) cpu $((i % 3 + 1)) \
		> "$tmp/words"
	fmctl -q shard move edge $((10 * i))-$((10 * i + 9)) cpu 0 > "$tmp/words"
	fmctl -q offload set edge 0-63 cpu $((i % 3 + 1)) share $((100 - i)) \
		> "$tmp/words"
	fmctl -q offload clear edge 0-7 > "$tmp/words"
done
wait "$sender"
whole()
{
	seen edge $((before + 8000)) && settled edge &&
		[[ $(stat edge .packets) -eq $((before + 8000)) &&
			$(stat edge .dropped) -eq $dropped ]]
}
check "flushes, plans, moves and settings lose nothing" whole
expect_eq "a plan with the same steering keeps the offload" 56 \
	"$(fmctl -j offload list edge | gojq '.offloads | length')"

if [[ -w /sys/devices/system/cpu/cpu2/online ]]; then
	away()
	{
		fmctl -j offload list edge | gojq '[.offloads[].away | length] | add'
	}
	check "traffic" run 300
	check "some flows are on CPU 2" test "$(away)" -gt 0
	send flows 6000 3000 --seed 7 --family 4 &
	sender=$!
	echo 0 > /sys/devices/system/cpu/cpu2/online
	expect_eq "CPU 2 goes: they come home" 0 "$(away)"
	wait "$sender"
	echo 1 > /sys/devices/system/cpu/cpu2/online
	check "traffic" run 300
	check "it came: they are there again" test "$(away)" -gt 0
else
	skip "a CPU goes and comes" "this kernel takes no CPU away"
fi

# ---- ageing and bounds

timeout=timeout_ms=$((400 * ${FM_SLOW:-1}))
check "states that end soon, 512 of them" chain_set edge "$(dev eth0)" \
	"$(steer src 64 0)" "$(inst flow_counter local "$timeout" \
	max_entries=512 full_policy=1)" "$(inst psd local "$timeout")"
check "all goes to CPU 2" fmctl -q offload set edge 0-63 cpu 2
others=$(stat edge '.dropped - .reason.table_full')
check "traffic of many flows" run 4000
# Of so few some may find that all others are on their way: table_full.
expect_eq "the longest idle have made room" "true $others" \
	"$(stat edge '.inst[0] | .evicted > 100 and .entries <= 512') $(
		stat edge '.dropped - .reason.table_full')"
check "states end" wait_for \
	'[[ $(stat edge "[.inst[].entries] | add") = 0 ]]'
check "and so do their entries" wait_for \
	'[[ $(fmctl -j shard list edge | gojq "[.shards[].entries] | add") = 0 ]]'

send flows 6000 3000 --seed 9 --family 4 &
sender=$!
check "the chain goes under traffic" chain_del edge
wait "$sender"
check "a chain" chain_new edge "$(dev eth0)" "$(steer all 64 0)" "$flow"
check "offloaded" fmctl -q offload set edge 0-63 cpu 3
send flows 6000 3000 --seed 10 --family 4 &
sender=$!
check "they go there" wait_for '[[ $(cpu_sum offload_run) -gt 100 ]]'
check "the module goes under traffic" rmmod flowmage
check "it comes back" insmod "$FM_KO"
wait "$sender"
nothing_new "the end"
finish
