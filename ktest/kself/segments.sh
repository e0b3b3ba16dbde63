# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Chains of several segments: every packet is seen once by the NFs of each, in
# order, wherever its shards are, whatever moves or changes meanwhile, and an NF
# is local only under the steering of its own segment.
#
# vm: -c 4 -n 1 -o
#
# shellcheck disable=SC2016 # words of gojq

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

count=24
[[ ${FM_SLOW:-1} -eq 1 ]] || count=12
all=(rate=17179869184 burst=4294967296)

# nfs SEGMENT...: of psd, policer and flow_counter
nfs()
{
	join "$(inst psd local segment="$1" threshold=1000)" \
		"$(inst policer local segment="$2" "${all[@]}")" \
		"${3:+$(inst flow_counter local segment="$3")}" | sed 's/,$//'
}

by_src=$(steer src 64 0 1 2 3)
by_dst=$(steer dst 32 3 2 1 0)
by_all=$(steer all 128 1 3 0 2)
two=("$(dev eth0)" "$by_src" "$by_dst" "$(nfs 0 1)")
three=("$(dev eth0)" "$by_src" "$by_dst" "$by_all" "$(nfs 0 1 2)")

keep_hook
nft -f - <<-'END'
	table inet up {
		counter everything { }
		chain in {
			type filter hook prerouting priority raw; policy drop;
			ip saddr 198.18.0.0/15 counter name everything drop
			ip6 saddr 2001:2::/48 counter name everything drop
			accept
		}
	}
END

up()
{
	nft -j list counter inet up everything |
		gojq '.nftables[] | select(.counter).counter.packets'
}

# ---- who may be local where

# refuse ERRNO SENTENCE PATH CHAIN_ATTR...
refuse()
{
	expect_refused "refused: $2" "$1" "$2" "$3" \
		"$(request chain_new new "${@:4}")"
}

subset="which is not a non-empty subset of it"
psd=$(inst psd local) pol=$(inst policer local segment=1 "${all[@]}")
refuse EINVAL "segment 1: policer cannot be local: its key is dst_ip, but IPv4 is steered by src_ip, $subset" \
	"" "$by_src" "$by_src" "$psd" "$pol"
refuse EINVAL "psd cannot be local: its key is src_ip, but IPv4 is steered by dst_ip, $subset" \
	"" "$by_dst" "$by_src" "$psd" "$pol"
refuse EINVAL "segment 2: p cannot be local: its key is src_ip, but IPv4 is steered by src_ip,dst_ip,src_port,dst_port, $subset" \
	"" "$by_src" "$by_dst" "$by_all" "$psd" "$pol" \
	"$(inst psd local name=p segment=2)"
refuse EINVAL "psd is in segment 1, there are segments 0 to 0 only" \
	"chain.inst[0]" "$by_src" "$(inst psd local segment=1)"
refuse EINVAL "segment 1 has no NF" "" "$by_src" "$by_dst" "$psd"
refuse EINVAL "policer is in segment 0, but comes after segment 1" \
	"chain.inst[2]" "$by_src" "$by_dst" "$psd" \
	"$(inst flow_counter local segment=1)" \
	"$(inst policer shared "${all[@]}")"
refuse E2BIG "more than 4 segments" "chain.steer[4]" \
	"$by_src" "$by_src" "$by_src" "$by_src" "$by_src" "$psd"
refuse EINVAL "segment 1: steering: a NIC's hash is for the first segment only" \
	"" "$by_src" "${by_dst/%]]/,[\"hw\",\"flag\"]]]}" "$psd" "$pol"
refuse EINVAL "segment 1: steering: shard 1 belongs to CPU 9, which is not online" \
	"" "$by_src" "$(steer dst 4 0 9)" "$psd" "$pol"

# ---- every packet once in each

# traffic PACKETS SEED: after which it has been $sent
sent=0
traffic()
{
	send flows "$1" 6000 --seed "$2"
	seen edge "$sent" && settled edge
}

all_seen()
{
	expect_eq "$1: the chain, each NF and the stack have each packet once" \
		"$sent [$sent] $sent $sent 0 [0]" \
		"$(stat edge .packets) \
$(stat edge '[.inst[] | select(.name != "flow_counter").packets] | unique') \
$(stat edge .accepted) $(up) $(stat edge .dropped) \
$(stat edge '[.reason[], .segment[].reason[]] | unique')"
}

check "a chain of two segments" chain_new edge "${two[@]}"
sent=3000
check "3000 packets" traffic 3000 1
all_seen "two"
expect_eq "each segment has shown them to its NFs" "[[0,3000],[1,3000]]" \
	"$(stat edge '[.segment[] | [.id, .packets]]')"
expect_eq "its shards have had them, by their owners" \
	'[[3000,64,[0,1,2,3]],[3000,32,[0,1,2,3]]]' \
	"$(fmctl -j shard list edge | gojq -c '[0, 1] as [$a, $b] | .shards |
		[map(select(.segment == $a)), map(select(.segment == $b))] |
		map([(map(.packets) | add), length, (map(.owner) | unique)])')"
expect_eq "most were handed over on the way, as are some before" "true true" \
	"$(stat edge '.segment[1].handed > 1000') \
$(stat edge '.segment[0].handed > 500')"
expect_eq "a CPU counts those that it has run, per segment" "6000" \
	"$(stat edge '[.cpu[].run] | add')"
check "a third segment comes" chain_set edge "${three[@]}"
expect_eq "what did not change has kept its state" "[true,true,false]" \
	"$(fmctl -j chain show edge | gojq -c '[.chain.inst[].kept]')"
bytes=$(stat edge .bytes)
sent=$((sent + 3000))
check "the same 3000 packets" traffic 3000 1
all_seen "three"
bytes=$(($(stat edge .bytes) - bytes))
fmctl -j flow list edge > "$tmp/flows.json"
# sum INST VALUE
sum()
{
	gojq "[.flows[].state[] | select(.inst == \"$1\").value.$2] | add" \
		"$tmp/flows.json"
}
expect_eq "the states are what was sent" \
	"3000 $bytes $((2 * bytes)) 0" "$(sum flow_counter packets) \
$(sum flow_counter bytes) $(sum policer conformed_bytes) \
$(sum policer exceeded_bytes)"
expect_eq "no key is in two shards, none in another segment" "true [0,1,2]" \
	"$(gojq '.flows | map([.segment, .family, .src, .dst, .src_port,
		.dst_port, .protocol]) | length == (unique | length)' \
		"$tmp/flows.json") \
$(gojq -c '[.flows[] | .segment] | unique' "$tmp/flows.json")"
expect_eq "a plan is shown with its segments" '[["src_ip"],["dst_ip"],["src_ip","dst_ip","src_port","dst_port"]] [64,32,128] [0,1,2]' \
	"$(fmctl -j plan show edge | gojq -c '[.steer[].fields],
		[.steer[].shards], [.inst[].segment]' | tr '\n' ' ' |
		sed 's/ $//')"
expect_eq "shards of one segment can be listed" "32" \
	"$(fmctl -j shard list edge segment 1 | gojq '.shards | length')"

# ---- a plan comes and goes under traffic

request chain_set edge "$(dev eth0)" "$by_src" \
	"$(inst psd local threshold=1000)" "$(inst policer shared "${all[@]}")" \
	> "$tmp/swaps"
request chain_set edge "${two[@]}" >> "$tmp/swaps"
request chain_set edge "$(dev eth0)" "$by_dst" "$by_src" \
	"$(inst policer local "${all[@]}")" \
	"$(inst psd local segment=1 threshold=1000)" >> "$tmp/swaps"
before=$(generation edge)
nlraw -n 5 < "$tmp/swaps" > "$tmp/answers" &
job=$! rc=0 seed=2
while kill -0 "$job" 2>&-; do
	sent=$((sent + 2000))
	traffic 2000 $((seed++)) || rc=1
done
wait "$job" || rc=1
expect_eq "15 changes from one segment to two and to two others" \
	"0 $((before + 15))" "$rc $(generation edge)"
all_seen "changes"

# ---- moves

check "two segments again" chain_set edge "${two[@]}"
expect_fail "a segment that is not there" \
	"fmctl: segment 2: there are segments 0 to 1 only" \
	fmctl shard move edge 1 cpu 0 segment 2
check "a shard of the second segment moves" \
	fmctl -q shard move edge 0-7 cpu 2 segment 1
expect_eq "those of the first stay" '[[2],[0,1,2,3]]' \
	"$(fmctl -j shard list edge | gojq -c '.shards |
		[map(select(.segment == 1))[0:8], map(select(.segment == 0))[0:8]] |
		map(map(.owner) | unique)')"
check "flows of the second segment are offloaded" \
	fmctl -q offload set edge 0-7 cpu 1 segment 1
sent=$((sent + 2000))
check "2000 packets" traffic 2000 30
all_seen "offload"
expect_eq "the offload CPU has run some" "true [1]" \
	"$(stat edge '.cpu[1].offload_run > 0') \
$(fmctl -j offload list edge | gojq -c '[.offloads[].segment] | unique')"
check "they come home" fmctl -q offload clear edge
check "the chain goes" chain_del edge
check "$count shards of three segments move under traffic" \
	ktest/shard_move.sh --count "$count" --batch 4 --steering software \
	--segments 3
if [[ -w /sys/devices/system/cpu/cpu3/online ]]; then
	check "and while CPU 3 goes and comes" ktest/shard_move.sh --count 5 \
		--cpu-off 2 --steering software --segments 3
fi
# For long enough that packets come where flows are offloaded.
check "and of two, while flows are offloaded" ktest/shard_move.sh \
	--count "$((count == 24 ? 200 : 6))" --batch 2 --steering software --segments 2 \
	--offload

# ---- the end under traffic

check "a chain of three segments" chain_new edge "${three[@]}"
send flows 4000 6000 --seed 40 &
wait_for "[[ \$(stat edge .packets) -gt 500 ]]"
check "the chain goes under traffic" chain_del edge
check "it comes back" chain_new edge "${three[@]}"
wait
send flows 4000 6000 --seed 41 &
wait_for "[[ \$(stat edge .packets) -gt 500 ]]"
check "the module goes under traffic" rmmod flowmage
check "it comes back, too" insmod "$FM_KO"
wait
expect_eq "the kernel has nothing to say" "" \
	"$(complaints)"
nft delete table inet up
finish
