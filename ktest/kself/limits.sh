# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Bounds hold exactly: entries of a table, memory, names, NFs, chains and
# devices; and what is idle goes.
#
# vm: -c 4 -n 1 -o

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

# newest FLOWS PACKETS SEED: the source of the last packet.  A peer's processor is
# not emulated.
newest()
{
	peer 0 bash -c 'gen --profile sources --flows "$1" --packets "$2" \
		--seed "$3" -w "$4" && tcpdump -nr "$4" 2> /dev/null |
		tail -n 1' - "$@" "$FM_OUT/pcap" |
		awk '{ sub(/\.[0-9]+$/, "", $3); print $3 }'
}

# shellcheck disable=SC2317 # check calls it
sources()
{
	send sources "$2" 5000 --flows "$1" --seed "$3"
}

# ---- a full table, local and shared

for mode in local shared; do
	check "$mode: there is a chain with room for 500" chain_new edge \
		"$(dev eth0)" "$(steer src 32 0 1 2 3)" \
		"$(inst source_counter $mode max_entries=500)" \
		"$(inst flow_counter shared)"
	check "$mode: up to 2000 sources come" sources 2000 4000 3
	seen edge 4000
	settled edge
	refused=$(count edge source_counter refused)
	expect_eq "$mode: 500 were let in" "500 500 500" \
		"$(count edge source_counter entries) \
$(count edge source_counter created) \
$(fmctl -j flow list edge nf source_counter | gojq '.flows | length')"
	expect_eq "$mode: exactly the packets of others were dropped" \
		"4000 $refused $refused" \
		"$((refused + $(fmctl -j flow list edge nf source_counter |
			gojq '[.flows[].state[] |
			     select(.inst == "source_counter").value.packets] |
			    add'))) \
$(stat edge .reason.table_full) $(stat edge .dropped)"
	expect_eq "$mode: the next NF has not seen them" "$((4000 - refused))" \
		"$(count edge flow_counter packets)"
	check "$mode: the chain goes" chain_del edge

	# Each part of a table makes room for itself: enough keys per part.
	check "$mode: there is a chain that makes room" chain_new edge \
		"$(dev eth0)" "$(steer src 32 0 1 2 3)" \
		"$(inst source_counter $mode max_entries=4000 full_policy=1)"
	check "$mode: more sources come" sources 12000 9000 3
	seen edge 9000
	settled edge
	expect_eq "$mode: nobody was dropped for it" "0 9000 true" \
		"$(stat edge .dropped) $(stat edge .accepted) \
$(count edge source_counter 'evicted > 0')"
	expect_eq "$mode: never more than 4000" \
		"true $(count edge source_counter entries)" \
		"$(stat edge '.inst[0] | .entries <= 4000 and .entries > 3000') \
$(fmctl -j flow list edge | gojq '.flows | length')"
	expect_eq "$mode: what was made is there or made room" "true" \
		"$(stat edge '.inst[0] | .created == .entries + .evicted')"
	expect_eq "$mode: the newest is there" 1 \
		"$(fmctl -j flow list edge src "$(newest 12000 9000 3)" |
			gojq '.flows | length')"
	check "$mode: the chain goes, too" chain_del edge
done
expect_eq "no memory is held" 0 "$(info memory)"

# ---- ageing

for mode in local shared; do
	check "$mode: there is a chain that forgets after 300 ms" \
		chain_new edge "$(dev eth0)" "$(steer src 32 0 1 2 3)" \
		"$(inst source_counter $mode timeout_ms=300)" \
		"$(inst psd $mode timeout_ms=60000)"
	check "$mode: 1000 packets" sources 300 1000 4
	seen edge 1000
	check "$mode: all idle states of one NF go" wait_for \
		"[[ \$(count edge source_counter entries) -eq 0 ]]" 5
	expect_eq "$mode: each was made once and went once" "true 0" \
		"$(stat edge '.inst[0] | .created > 0 and .created == .expired') \
$(fmctl -j flow list edge nf source_counter | gojq '.flows | length')"
	expect_eq "$mode: those of the other NF stay" "true 0" \
		"$(stat edge '.inst[1] | .entries > 0 and .entries == .created') \
$(count edge psd expired)"
	check "$mode: the forgetful chain goes" chain_del edge
done

# ---- memory

readonly cap=400000
rmmod flowmage
check "the module is loaded with $cap bytes for states" \
	insmod "$FM_KO" memory_max=$cap
check "there is a chain with room for all" chain_new edge "$(dev eth0)" \
	"$(steer src 32 0 1 2 3)" "$(inst psd local)" \
	"$(inst flow_counter local)"
check "5000 packets of 5000 flows" send sources 5000 5000 --flows 3000
seen edge 5000
settled edge
dropped=$(stat edge .dropped)
expect_eq "memory has run out and packets were dropped for it" \
	"true $dropped 0" "$(stat edge '.dropped > 0') \
$(stat edge .reason.no_memory) $(stat edge .reason.table_full)"
# A CPU may take or give back up to a batch before the others hear of it.
expect_eq "the bound was held" "true true" \
	"$(stat edge "(.memory - $cap | fabs) <= 65536 * $FM_CPUS") \
$(stat edge ".memory == $(info memory)")"
check "the chain goes" chain_del edge
expect_eq "all memory is back" "0" "$(info memory)"
check "there is a chain again" chain_new edge "$(dev eth0)" \
	"$(steer src 32 0 1 2 3)" "$(inst source_counter local)"
check "50 packets" sources 10 50 1
seen edge 50
expect_eq "it works" "0" "$(stat edge .dropped)"
check "it goes" chain_del edge
rmmod flowmage
check "the module is loaded with its own bound" insmod "$FM_KO"

# ---- NFs, chains, devices, names

insts=()
for ((i = 0; i < 32; i++)); do
	insts+=("$(inst flow_counter local name="f$i")")
done
check "a chain of 32 NFs, one group" chain_new wide "$(dev eth0)" \
	"$(steer src 32 0 1 2 3)" "${insts[@]}"
check "500 packets through it" send flows 500 5000 --flows 50
seen wide 500
settled wide
expect_eq "each NF has seen each packet" "[500] [0]" \
	"$(stat wide '[.inst[].packets] | unique') \
$(fmctl -j chain show wide | gojq -c '[.chain.inst[].group] | unique')"
expect_eq "each flow has 32 states that agree" "[[32,1]]" \
	"$(fmctl -j flow list wide | gojq -c '[.flows[].state |
		[length, (map(.value) | unique | length)]] | unique')"
check "it goes" chain_del wide
printf -v long 'x%030d' 0
src_1=$(steer src 4 0)
for ((i = 1; i < 64; i++)); do
	request chain_new "${long:0:29}$i" "$src_1" "$(inst psd local)"
done > "$tmp/requests"
request chain_new "$long" "$src_1" "$(inst psd local name="$long")" \
	>> "$tmp/requests"
check "64 chains, names of 31 bytes" nlraw < "$tmp/requests"
expect_eq "64 chains are listed" "64 64" \
	"$(info chains) $(fmctl -j chain list |
		gojq '[.chains[].chain_name] | unique | length')"
expect_refused "there is no 65th" ENOSPC "there are 64 chains already" "" \
	"$(request chain_new more "$src_1" "$(inst psd local)")"
gojq -c '{cmd: "chain_del", attrs: [.attrs[0]]}' "$tmp/requests" \
	> "$tmp/deletes"
check "64 chains go" nlraw < "$tmp/deletes"
devs=()
for ((i = 0; i < 16; i++)); do
	ip link add "d$i" type dummy
	devs+=("d$i")
done
check "a chain on 16 devices" chain_new many "$(dev "${devs[@]}")" "$src_1" \
	"$(inst psd local)"
expect_eq "16 devices are listed" "16 16" \
	"$(fmctl -j chain show many | gojq '.chain.dev | length') \
$(nlraw '{"cmd":"nic_get","dump":true}' | gojq '.replies | length')"
check "it goes, too" chain_del many
steer=$(steer all 4096 0 1 2 3)
check "a chain of 4096 shards" chain_new fine "$(dev eth0)" "$steer" \
	"$(inst flow_counter local)"
check "500 more packets" sources 100 500 9
seen fine 500
settled fine
expect_eq "its shards have them all" "4096 500" \
	"$(fmctl -j shard list fine | gojq -r \
		'"\(.shards | length) \([.shards[].packets] | add)"')"
expect_eq "its plan is told, in a message that has to be made larger" 4096 \
	"$(fmctl -j plan show fine | gojq '.steer[0].shards')"
check "the last chain goes" chain_del fine
for ((i = 0; i < 16; i++)); do
	ip link del "d$i"
done
expect_eq "no memory is held at the end" "0 0" "$(info memory) $(info chains)"
finish
