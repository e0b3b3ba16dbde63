# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Packets that arrive on one CPU and belong to another: they come up the stack
# exactly once, with their tags, and go on when a CPU is taken away.
#
# vm: -c 4 -n 1 -o

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

for name in nf_tables sch_ingress cls_matchall act_gact 8021q; do
	modprobe "$name"
done
nft -f - <<-'END'
	table inet up {
		counter before { }
		counter local { }
		chain before {
			type filter hook prerouting priority raw
			ip saddr 198.18.0.0/15 counter name before
			ip6 saddr 2001:2::/48 counter name before
		}
		chain local {
			type filter hook input priority raw; policy accept
			ip saddr 198.18.0.0/15 counter name local drop
			ip6 saddr 2001:2::/48 counter name local drop
		}
	}
END
# All destinations of the generated traffic are ours.
ip route add local 198.19.0.0/16 dev lo
ip -6 route add local 2001:2:0:1::/64 dev lo
ip link set eth0 promisc on
tc qdisc add dev eth0 clsact
tc filter add dev eth0 ingress matchall action ok

up()
{
	nft -j list counter inet up "$1" |
		gojq '.nftables[] | select(.counter).counter.packets'
}

# ---- exactly once

tcpdump -q -ni eth0 -w "$tmp/pcap" -s 64 -B 8192 --direction=in -U \
	'net 198.18.0.0/15 or net 2001:2::/48' 2> "$tmp/tcpdump" &
dump=$!
wait_for "grep -q listening $tmp/tcpdump"
check "there is a chain" chain_new edge "$(dev eth0)" \
	"$(steer src 64 3 2 1 0)" "$(inst psd local threshold=1000)" \
	"$(inst flow_counter local)"
check "5000 packets" send flows 5000 5000
seen edge 5000
settled edge
expect_eq "most packets arrived on other CPUs than their owners" "true 0" \
	"$(stat edge '[.cpu[].handed] | add > 1000') \
$(stat edge '[.cpu[].handoff_drops] | add')"
expect_eq "each CPU has run what it owns" "5000 true" \
	"$(stat edge '[.cpu[].run] | add') $(stat edge \
		'([.cpu[].arrived] | add) == 5000 and ([.cpu[].run] | min > 0)')"
expect_eq "every shard was run by its owner" "5000" \
	"$(fmctl -j shard list edge | gojq '[.shards[].packets] | add')"
expect_eq "they came up the stack once, to prerouting and input" \
	"5000 5000" "$(up before) $(up local)"
expect_eq "tc has seen them once" "5000" \
	"$(tc -s -j filter show dev eth0 ingress |
		gojq '[.[].options.actions[]?.stats.packets] | add')"
wait_for "[[ \$(tcpdump --count -r $tmp/pcap 2> $tmp/read | grep -o '^[0-9]*') -ge 5000 ]]"
kill "$dump"
wait "$dump"
expect_eq "so has tcpdump" "5000" \
	"$(tcpdump --count -r "$tmp/pcap" 2> "$tmp/read" | grep -o '^[0-9]*')"
iperf3 --forceflush -s -1 > "$tmp/server" &
wait_for "grep -q listening $tmp/server"
check "a socket gets datagrams" peer 0 iperf3 -J -c 10.77.0.1 -u -b 2M -n 200K \
	--logfile "$FM_OUT/iperf.json"
expect_eq "each of them once, in order" "true 0 0" \
	"$(gojq -r '.end.sum | "\(.packets > 100) \(.lost_packets)"' \
		"$FM_OUT/iperf.json") \
$(gojq '[.end.streams[].udp.out_of_order] | add' "$FM_OUT/iperf.json")"

# ---- tags

tag_devices
check "there is a chain on the veth" chain_new tags "$(dev v0)" \
	"$(steer src 64 3 2 1 0)" "$(inst flow_counter local)"
for net in 1 2; do
	check "ping through $net tags" ip netns exec n1 ping -q -c 20 -i 0.02 \
		-W 5 10.78.$net.1
	expect_eq "the chain has the addresses inside" "20" \
		"$(fmctl -j flow list tags src 10.78.$net.2 proto icmp |
			gojq '.flows[0].state[0].value.packets')"
done
expect_eq "nothing was dropped" "0" "$(stat tags .dropped)"
check "that chain goes" chain_del tags
ip link del v0
ip netns del n1

# ---- what is not IP

before=$(stat edge .packets)
check "500 mixed packets" send mixed 500 2000
seen edge $((before + 500))
settled edge
check "the chain drops what is not IP now" chain_set edge "$(dev eth0)" \
	"$(steer src 64 3 2 1 0)" "$(inst psd local threshold=1000)" \
	"$(inst flow_counter local)" '["other_policy","u32",1]'
odd=$(stat edge '.reason.not_ip + .reason.malformed')
expect_eq "until now it did not" "0" "$odd"
check "the same 500 packets" send mixed 500 2000
seen edge $((before + 1000))
settled edge
expect_eq "both kinds were dropped and counted" "true true" \
	"$(stat edge '.reason.not_ip > 0') $(stat edge '.reason.malformed > 0')"

# ---- a CPU goes

owners_now()
{
	fmctl -j shard list edge | gojq -c '[.shards[].owner] | unique'
}

expect_eq "all CPUs own shards" "[0,1,2,3]" "$(owners_now)"
if [[ -w /sys/devices/system/cpu/cpu3/online ]]; then
	accepted=$(stat edge .accepted) dropped=$(stat edge .dropped)
	before=$(stat edge .packets)
	send flows 8000 4000 --seed 2 &
	sender=$!
	wait_for "[[ \$(stat edge .packets) -gt $((before + 1000)) ]]"
	echo 0 > /sys/devices/system/cpu/cpu3/online
	expect_eq "its shards have another owner" "false" \
		"$(owners_now | gojq 'index(3) != null')"
	expect_eq "no CPU is without" "$(< /sys/devices/system/cpu/online)" \
		"$(owners_now | gojq -r '"\(min)-\(max)"')"
	wait "$sender"
	seen edge $((before + 8000))
	settled edge
	expect_eq "no packet was lost on the way" \
		"$((accepted + 8000)) $dropped 0" \
		"$(stat edge .accepted) $(stat edge .dropped) \
$(stat edge '[.cpu[].handoff_drops] | add')"
	expect_refused "plans cannot have it any more" EINVAL \
		"steering: shard 1 belongs to CPU 3, which is not online" "" \
		"$(request chain_new new "$(steer src 4 0 3)" \
			"$(inst psd local)")"
	echo 1 > /sys/devices/system/cpu/cpu3/online
	wait_for "owners_now | grep -qF '[0,1,2,3]'"
	expect_eq "its shards come home" "true" "$(fmctl -j shard list edge |
		gojq '.shards | map(.owner == .home) | all')"
	check "a new plan can, when it is back" chain_set edge "$(dev eth0)" \
		"$(steer src 64 3 2 1 0)" "$(inst flow_counter local)"
	expect_eq "it owns shards again" "[0,1,2,3]" "$(owners_now)"
	before=$(stat edge .packets)
	check "1000 packets" send flows 1000 4000
	seen edge $((before + 1000))
	settled edge
	expect_eq "it runs them" "true" "$(stat edge '.cpu[3].run > 0')"
else
	skip "a CPU goes" "this kernel takes no CPU away"
fi
check "the chain goes" chain_del edge
finish
