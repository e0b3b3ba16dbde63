# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A SYN flood from random addresses and ports, as fast as one CPU can make it:
# flows that are in use keep their rate, memory keeps its bound, the guest can be
# reached, and counters name every packet that was dropped.
#
#    peer 0 -- eth0 [chain] ---- routed ---- eth1 -- peer 1    iperf3, ping
#    netns flood: v1 -- v0 [chain] - routed - d1               gen
#
# KTEST_SECONDS is how long the flood lasts (5). With KTEST_PEER=conntrack
# nf_conntrack does the work instead of a chain. Figures go to $FM_OUT/flood.
#
# vm: -c 4 -n 2
#
# shellcheck disable=SC2317,SC2086 # check calls them; numbers

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

readonly duration=${KTEST_SECONDS:-5} bound=16384 cap=$((8 << 20))
readonly peer=${KTEST_PEER:-}

setup()
{
	modprobe nf_tables &&
		ip netns add flood &&
		ip link add d1 type dummy &&
		ip link add v0 type veth peer name v1 netns flood &&
		ip link set d1 up && ip link set v0 up &&
		ip -n flood link set v1 up &&
		ip route add 198.19.0.0/16 dev d1 &&
		ip -6 route add 2001:2:0:1::/64 dev d1 &&
		nft -f - <<-'END'
			table inet flood {
				counter passed { }
				chain forward {
					type filter hook forward priority 10
					iifname v0 counter name passed
				}
			}
		END
}

passed()
{
	nft -j list counter inet flood passed |
		gojq '.nftables[].counter.packets // empty'
}

setup_chain()
{
	rmmod flowmage && insmod "$FM_KO" memory_max=$cap &&
		chain_new edge "$(dev eth0 v0)" "$(steer src 128 0 1 2 3)" \
			"$(inst psd local max_entries=$bound full_policy=1)" \
			"$(inst source_counter local max_entries=$bound full_policy=1)" \
			"$(inst flow_counter local max_entries=$bound full_policy=1)"
}

# Connections are let through by their state, as in any firewall.
setup_conntrack()
{
	modprobe -a nf_conntrack nft_ct &&
		sysctl -qw net.netfilter.nf_conntrack_max=$bound &&
		nft -f - <<-'END'
			table inet firewall {
				chain forward {
					type filter hook forward priority 0
					policy drop
					ct state established,related,new accept
				}
			}
		END
}

# Bytes of memory for states.
memory()
{
	if [[ $peer = conntrack ]]; then
		awk '$1 == "nf_conntrack" { print $3 * $4 }' /proc/slabinfo
	else
		info memory
	fi
}

# talk SECONDS: eight connections of 200 kbit/s; prints what arrived per second
talk()
{
	peer 0 iperf3 -c 10.77.1.2 -t "$1" -b 200K -l 1000 -P 8 -J \
		> "$tmp/iperf" || return
	gojq '.end.sum_received.bits_per_second | floor' "$tmp/iperf"
}

# The most that memory() has said while the flood lasted.
watch_memory()
{
	local now most=0

	while kill -0 "$1" 2>&-; do
		now=$(memory)
		most=$((now > most ? now : most))
		echo "$most" > "$tmp/most"
		fm_pause
	done
}

check "the guest routes a flood to nowhere" setup
mac=$(< /sys/class/net/v0/address)
if [[ $peer = conntrack ]]; then
	check "nf_conntrack has room for $bound connections" setup_conntrack
else
	check "a chain has room for $bound states of each NF" setup_chain
fi
peer 1 iperf3 -s -D
wait_for "peer 0 bash -c ': > /dev/tcp/10.77.1.2/5201' 2>&-"

quiet=$(talk "$duration")
ip netns exec flood gen --profile syn --rate 0 --packets 1000000000 -i v1 \
	--dst-mac "$mac" > "$tmp/gen" 2>&1 & flood=$!
wait_for "[[ \$(passed) -gt $bound ]]"
watch_memory $flood & watch=$!
before=$(passed) begin=${EPOCHREALTIME/./}
talk $((duration + 1)) > "$tmp/loud" & talk=$!
peer 0 ping -q -c $((duration * 10)) -i 0.1 -W 2 10.77.0.1 > "$tmp/ping" & ping=$!
wait $talk $ping
after=$(passed) end=${EPOCHREALTIME/./}
kill $flood
wait $flood $watch 2>&-

loud=$(< "$tmp/loud")
lost=$(grep -o '[0-9.]*% packet loss' "$tmp/ping")
lost=${lost%%[.%]*}
rate=$(((after - before) * 1000000 / (end - begin)))
{
	echo "flood, packets a second that passed	$rate"
	echo "flows in use, bit/s before the flood	$quiet"
	echo "flows in use, bit/s during the flood	$loud"
	echo "pings without answer, percent	$lost"
	echo "memory for states at the most, bytes	$(< "$tmp/most")"
} > "$FM_OUT/flood"
fm_comment "$(< "$FM_OUT/flood")"
if [[ $peer = conntrack ]]; then
	expect_eq "the flood went by" true "$([[ $rate -gt 0 ]] && echo true)"
	finish
fi

# A debug kernel has not enough processor for both.
tenths=9
[[ ${FM_SLOW:-1} -eq 1 ]] || tenths=5
expect_eq "flows in use keep $tenths tenths of their rate" true \
	"$([[ $((loud * 10)) -ge $((quiet * tenths)) ]] && echo true)"
expect_eq "the guest answers" true "$([[ $lost -le 10 ]] && echo true)"
expect_eq "memory stays below its bound" true \
	"$([[ $(< "$tmp/most") -le $cap ]] && echo true)"
settled edge
stat edge > "$FM_OUT/flood.stat"
expect_eq "no table has more than its bound" "[]" \
	"$(stat edge "[.inst[] | select(.entries > $bound)]")"
expect_eq "every drop has a reason" true \
	"$(stat edge '.dropped == ([.reason[]] | add) +
		([.inst[].reason[]?] | add // 0)')"
fm_comment "$(stat edge '{packets, accepted, dropped, reason}')"
check "the chain goes" chain_del edge
expect_eq "no memory is held" 0 "$(info memory)"
finish
