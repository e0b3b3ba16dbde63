# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# frag_policy defrag: NFs see whole packets with their ports, each goes up the
# stack once, and whatever does not become a packet is bounded and counted.
#
#   peer 0 ── fragments ──► eth0 ► chain ► socket, or ► eth1 ── fragments ──► peer 1
#
# vm: -c 4 -n 2 -o
#
# shellcheck disable=SC2016,SC2034,SC2317 # check, eval and ${!word}

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

keep_hook
# Nor does it for the first fragment.
check "there are fragments" peer 0 ping -q -c 1 -W 5 -s 2000 10.77.0.1
nft -f - <<-'END'
	table inet up {
		counter whole { }
		counter part { }
		chain before {
			type filter hook prerouting priority -450
			ip saddr 198.18.0.0/15 ip frag-off & 0x3fff != 0 counter name part drop
			ip6 saddr 2001:2::/48 exthdr frag exists counter name part drop
			ip saddr 198.18.0.0/15 meta l4proto udp counter name whole drop
			ip6 saddr 2001:2::/48 meta l4proto udp counter name whole drop
		}
	}
END

up()
{
	nft -j list counter inet up "$1" |
		gojq '.nftables[] | select(.counter).counter.packets'
}

# By ports, and the NIC is said to do it, too.
steer=$(steer all 64 3 2 1 0)
steer=${steer/,[/,[[\"hw\",\"flag\"],}
plan=("$(dev eth0)" "$steer" "$(inst flow_counter local)")

chain()
{
	chain_new edge "${plan[@]}" '["frag_policy","u32",2]'
}

# now FILTER...: several counters in a row
now()
{
	local IFS=,

	stat edge "[$*] | join(\" \")" | tr -d '"'
}

# Queues of the kernel's reassembly of IPv4 (inuse), and their bytes (memory).
waiting()
{
	local word inuse memory

	while read -r word _ inuse _ memory; do
		[[ $word != FRAG: ]] || echo "${!1}"
	done < /proc/net/sockstat
}

# ---- whole packets, once

check "there is a chain" chain
check "the module of IPv6 was loaded for it" test -d /sys/module/nf_defrag_ipv6
expect_eq "the chain says so" '"defrag"' \
	"$(fmctl -j chain show edge | gojq .chain.frag_policy)"
check "4000 fragments in any order" send fragments 4000 5000
seen edge 4000
check "all are seen to" settled edge
expect_eq "1000 packets are made of them" "4000 4000 1000 1000 0" \
	"$(now .frags .frags_merged .reassembled .accepted .dropped)"
expect_eq "they have gone up the stack once, whole" "1000 0" \
	"$(up whole) $(up part)"
expect_eq "all of them have ports" "1000" \
	"$(fmctl -j flow list edge | gojq '[.flows[] |
		select(.src_port > 1023 and .dst_port > 0 and .protocol == 17) |
		.state[].value.packets] | add')"
expect_eq "those of other CPUs were handed over" "true 1000" \
	"$(stat edge '[.cpu[].handed] | add > 300') $(now '[.cpu[].run] | add')"
expect_eq "nobody has compared a fragment's hash" "true 0" \
	"$(fmctl -j chain show edge | gojq .chain.steer[0].hw) \
$(fmctl -j nic show eth0 | gojq '[.classes[] |
		select(.class | startswith("udp") or . == "other4") |
		.matched, .mismatched, .absent] | add // 0')"
check "the chain goes" chain_del edge

# ---- real programs

# datagrams FAMILY SIZE BYTES: iperf3 to the guest; the flow has them all
datagrams()
{
	local to=10.77.0.1 want

	[[ $1 = 4 ]] || to=fd77:0::1
	iperf3 --forceflush -s -1 > "$tmp/server" &
	wait_for "grep -q listening $tmp/server"
	peer 0 iperf3 -J -c "$to" -u -b 10M -l "$2" -n "$3" \
		--logfile "$FM_OUT/iperf.json" 2> "$tmp/mss" || return
	wait
	want=$(gojq -r '"\(.end.sum.packets) \(.end.sum.lost_packets) \(
		[.end.streams[].udp.out_of_order] | add)"' "$FM_OUT/iperf.json")
	rm "$FM_OUT/iperf.json"
	# Besides, the client begins with a datagram of its own.
	expect_eq "IPv$1, $2 bytes: the flow has each datagram" \
		"$(($3 / $2)) 0 0 $(($3 / $2 + 1))" \
		"$want $(fmctl -j flow list edge dport 5201 proto udp |
			gojq '.flows[0].state[0].value.packets')"
	fmctl flow flush edge > "$tmp/flush"
}

check "there is a chain again" chain
datagrams 4 60000 600000
datagrams 6 5000 200000
for to in 10.77.1.2 fd77:1::2; do
	check "large pings through the guest to $to" peer 0 ping -q -c 20 -i 0.02 \
		-W 5 -s 4000 "$to"
done
check "every fragment is accounted for" settled edge
expect_eq "none was lost" "0 true" \
	"$(now .dropped '(.frags == .frags_merged)')"

# ---- fragments that do not become packets

sysctl -qw net.ipv4.ipfrag_time=1 net.netfilter.nf_conntrack_frag6_timeout=1
up_before=$(up whole)
read -r frags merged accepted dropped < <(now .frags .frags_merged .accepted \
	.dropped)
before=$(stat edge .packets)
check "600 fragments of 200 packets, one of each is lost" \
	send fragments-lost 600 5000
seen edge $((before + 600))
check "they are taken" settled edge
expect_eq "nothing is made of them" "$((frags + 600)) $merged $accepted $dropped" \
	"$(now .frags .frags_merged .accepted .dropped)"
check "the kernel forgets them" wait_for '[[ $(waiting inuse) -eq 0 ]]'
check "800 fragments of 200 packets that overlap" \
	send fragments-overlap 800 5000
seen edge $((before + 1400))
check "they are seen to" settled edge
expect_eq "the ones that overlap are refused" "true true" \
	"$(now '(.reason.frag_refused >= 200)' \
		".frags_merged == $merged and .accepted == $accepted")"
expect_eq "nothing has come up the stack" "$up_before 0" \
	"$(up whole) $(up part)"

# ---- memory

sysctl -qw net.ipv4.ipfrag_low_thresh=131072 net.ipv4.ipfrag_high_thresh=262144
before=$(stat edge .packets)
send fragments-first 5000 0 --family 4 &
sender=$!
for ((left = 10, peak = 0; left > 0; left--)); do
	bytes=$(waiting memory)
	peak=$((bytes > peak ? bytes : peak))
	[[ ! -d /proc/$sender ]] || left=10
	fm_pause
done
check "5000 first fragments, and no other" seen edge $((before + 5000))
fm_comment "at most $peak bytes"
expect_eq "the kernel's bound on memory is reached and kept" "true" \
	"$([[ $peak -gt 200000 && $peak -lt 270000 ]] && echo true)"
check "all have an end or wait" settled edge
expect_eq "those that found no room are counted" "true" \
	"$(stat edge '.reason.frag_full > 2000')"
check "whole packets pass meanwhile" peer 0 ping -q -c 5 -i 0.02 -W 5 10.77.0.1
sysctl -qw net.ipv4.ipfrag_high_thresh=4194304 net.ipv4.ipfrag_low_thresh=3145728
check "the memory comes back" wait_for '[[ $(waiting memory) -eq 0 ]]'
before=$(stat edge .reassembled)
check "afterwards packets are made again" send fragments 400 5000 --family 4
wait_for "[[ \$(stat edge .reassembled) -eq $((before + 100)) ]]"
check "and the chain goes, too" chain_del edge

# ---- tags

modprobe 8021q
tag_devices
check "there is a chain on a veth" chain_new tags "$(dev v0)" \
	"$(steer all 64 3 2 1 0)" "$(inst flow_counter shared)" \
	'["frag_policy","u32",2]'
for to in 10.78.1.1 10.78.2.1 fd78:2::1; do
	check "large pings to $to" ip netns exec n1 ping -q -c 10 -i 0.02 -W 5 \
		-s 3000 "$to"
done
expect_eq "the chain has had whole packets" "true 0 true" \
	"$(stat tags '.reassembled == 30 and .frags == .frags_merged') \
$(stat tags .dropped) $(fmctl -j flow list tags proto icmp | gojq '
	[.flows[].state[].value.packets] == [10, 10]')"

# ---- everything goes in the middle

ip netns exec n1 ping -q -f -s 8000 10.78.1.1 > "$tmp/ping" 2>&1 &
ping=$!
check "it has fragments" wait_for "[[ \$(stat tags .reassembled) -gt 100 ]]"
check "the device goes under them" ip link del v0
kill "$ping" 2>&- || :
wait "$ping" || :
check "its chain goes" chain_del tags
ip netns del n1

rounds()
{
	local i

	for i in 1 2 3; do
		chain && wait_for "[[ \$(stat edge .reassembled) -gt 20 ]]" &&
			rmmod flowmage && insmod "$FM_KO" || return
	done
}
peer 0 gen --profile fragments --packets 100000000 --rate 4000 -i tap0 \
	--dst-mac "$mac0" &
sender=$!
check "3 times the module goes while fragments come" rounds
check "a chain with fragments" chain
check "has packets" wait_for "[[ \$(stat edge .reassembled) -gt 20 ]]"
check "another policy in the middle" chain_set edge "${plan[@]}"
check "drops them" wait_for "[[ \$(stat edge .reason.fragment) -gt 100 ]]"
check "and back" chain_set edge "${plan[@]}" '["frag_policy","u32",2]'
expect_fail "meanwhile nobody can take the module of IPv6 away" \
	"rmmod: ERROR: Module nf_defrag_ipv6 is in use" rmmod nf_defrag_ipv6
check "the chain goes under fragments" chain_del edge
kill "$sender"
wait "$sender" || :
check "the module of IPv6 is free" rmmod nf_defrag_ipv6
expect_eq "no memory is held" "0 0" "$(info memory) $(info chains)"

# ---- without the module of IPv6

sysctl -qw kernel.modprobe=/nonexistent
expect_refused "it is missed" EOPNOTSUPP \
	"frag-policy defrag needs the kernel module nf_defrag_ipv6, which cannot be loaded" \
	chain.frag_policy "$(request chain_new edge "$(steer src 4 0)" \
		"$(inst psd local)" '["frag_policy","u32",2]')"
finish
