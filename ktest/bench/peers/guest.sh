# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# In the guest: pktgen puts packets into the receive path of b0, from where they
# are forwarded to the dummy out0. Each round goes through all cases, so that
# what disturbs the machine disturbs all of them; "bare" is the path without
# either us or a peer. A line per measurement: CASE FLOWS ROUND NANOSECONDS.
#
#     pktgen, CPU 0 -> b0 [chain | nft ingress | tc] -> prerouting -> out0
#
# shellcheck disable=SC2317,SC2329 # cases are called by their names

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

packets=${KTEST_PACKETS:-60000} rounds=${KTEST_ROUNDS:-5}
read -ra flow_counts <<< "${KTEST_FLOWS:-1 1000 20000}"
read -ra wanted <<< "${KTEST_CASES:-}"
out=$FM_OUT/peers

world()
{
	modprobe -a pktgen nf_tables nf_conntrack act_police cls_matchall sch_ingress
	sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.default.rp_filter=0 net.netfilter.nf_conntrack_acct=1 \
		net.netfilter.nf_conntrack_max=1000000
	ip -batch - <<-'END'
		link add b0 address 02:00:00:00:00:01 type dummy
		link add out0 type dummy
		addr add 10.1.255.254/16 dev b0
		addr add 10.3.255.254/16 dev out0
		link set b0 up
		link set out0 up
	END
	sysctl -qw net.ipv4.conf.b0.rp_filter=0
}

# send FLOWS PACKETS: as many sources in turn, a flow each; prints the nanoseconds that a packet took
send()
{
	local word usec last=$((0x0a010001 + $1 - 1))

	printf -v last '%d.%d.%d.%d' $((last >> 24)) $((last >> 16 & 255)) \
		$((last >> 8 & 255)) $((last & 255))

	echo rem_device_all > /proc/net/pktgen/kpktgend_0
	echo "add_device b0" > /proc/net/pktgen/kpktgend_0
	for word in "xmit_mode netif_receive" "count $2" "pkt_size 60" "delay 0" \
		"dst_mac 02:00:00:00:00:01" "dst 10.3.0.1" \
		"src_min 10.1.0.1" "src_max $last" \
		"udp_src_min 1024" "udp_src_max 1024" \
		"udp_dst_min 9" "udp_dst_max 9"; do
		echo "$word" > /proc/net/pktgen/b0 || return
	done
	echo start > /proc/net/pktgen/pgctrl
	usec=$(sed -n 's/^Result: OK: \([0-9]*\).*/\1/p' /proc/net/pktgen/b0)
	awk "BEGIN { printf \"%.1f\", $usec * 1000 / $2 }"
}

# ---- ours: a chain, by the state that it has

chain()
{
	chain_new bench "$(dev b0)" "$@"
}

one()
{
	chain "$(steer "$1" 4 0)" "${@:2}"
}

ours_hook() { one src "$(inst batch_stats none)"; }
ours_source_local() { one src "$(inst source_counter local max_entries=200000)"; }
ours_source_shared() { one src "$(inst source_counter shared max_entries=200000)"; }
ours_flow_local() { one all "$(inst flow_counter local max_entries=200000)"; }
ours_flow_shared() { one all "$(inst flow_counter shared max_entries=200000)"; }
ours_policer_local() { one dst "$(inst policer local rate=17179869184 burst=4294967296)"; }
ours_psd_local() { one src "$(inst psd local threshold=60 max_entries=200000)"; }
ours_rate_local() { one all "$(inst rate_limiter local rate=1000000000 burst=1000000000 max_entries=200000)"; }
ours_chain_3()
{
	one src "$(inst source_counter local max_entries=200000)" \
		"$(inst psd local threshold=60 max_entries=200000)" \
		"$(inst flow_counter local max_entries=200000)"
}

# deploy_file NFS: by a chain file, for NFs that have lists
deploy_file()
{
	printf '{"schema_version": 1, "chain_name": "bench", "steer": [{%s, "owners": [0, 0, 0, 0], "hw": false}], "inst": [%s]}' \
		"\"fields\": [\"src_ip\", \"dst_ip\", \"src_port\", \"dst_port\"], \"symmetric\": true, \"l4\": [\"tcp\", \"udp\", \"sctp\"], \"key\": \"$key_sym\"" \
		"$2" > "$tmp/plan"
	printf '{"schema_version": 1, "name": "bench", "nfs": [%s]}' "$1" > "$tmp/chain"
	fmctl -q deploy "$tmp/chain" dev b0 plan "$tmp/plan" no-hw
}

prefixes()
{
	awk 'BEGIN { srand(7); for (i = 0; i < 10000; i++)
		printf "%d.%d.%d.0/24\n", 11 + rand() * 200, rand() * 256, rand() * 256 }' |
		sort -u
}

# rules: 999 that match nothing here, and one that matches all
rules()
{
	awk 'BEGIN { srand(7); for (i = 0; i < 999; i++)
		printf "%d.%d.%d.0/24 %d\n", 11 + rand() * 200, rand() * 256, rand() * 256,
			1 + int(rand() * 60000) }'
}

ours_prefixes()
{
	prefixes > "$tmp/deny"
	deploy_file '{"type": "adl", "params": {"deny": {"file": "deny"}}}' \
		'{"name": "adl", "mode": "none", "segment": 0}'
}

ours_rules()
{
	{ rules | awk '{ print "accept udp", $1, "any any", $2 }'
		echo "accept udp 10.1.0.0/16 any any any"; } > "$tmp/rules"
	deploy_file '{"type": "acl", "params": {"rules": {"file": "rules"}}}' \
		'{"name": "acl", "mode": "local", "segment": 0}'
}

ours_nat()
{
	deploy_file '{"type": "nat", "params": {"inside": ["10.1.0.0/16"], "pool": ["198.51.100.0/28"]}}' \
		'{"name": "nat", "mode": "local", "segment": 0}'
}

# ---- peers

ingress()
{
	nft -f - <<-END
		table netdev bench {
			$1
			chain in { type filter hook ingress device b0 priority 0; $2; }
		}
	END
}

nft_hook() { ingress "" "counter"; }
nft_source() { ingress "set s { type ipv4_addr; size 200000; flags dynamic; }" "update @s { ip saddr counter }"; }
nft_flow()
{
	ingress "set s { type ipv4_addr . ipv4_addr . inet_proto . inet_service . inet_service; size 200000; flags dynamic; }" \
		"update @s { ip saddr . ip daddr . meta l4proto . th sport . th dport counter }"
}
nft_policer() { ingress "set s { type ipv4_addr; size 200000; flags dynamic; }" "update @s { ip daddr limit rate over 1000 mbytes/second } drop"; }
nft_scan()
{
	ingress "set p { type ipv4_addr . inet_service; size 200000; flags dynamic; timeout 60s; }
		set c { type ipv4_addr; size 200000; flags dynamic; timeout 60s; }" \
		"add @p { ip saddr . th dport }; update @c { ip saddr counter }"
}
nft_rate()
{
	ingress "set s { type ipv4_addr . ipv4_addr . inet_proto . inet_service . inet_service; size 200000; flags dynamic; }" \
		"update @s { ip saddr . ip daddr . meta l4proto . th sport . th dport limit rate over 1000000000/second } drop"
}
nft_prefixes()
{
	ingress "set deny { type ipv4_addr; flags interval; auto-merge; elements = { $(prefixes | paste -sd ,) }; }" \
		"ip saddr @deny drop"
}
nft_rules()
{
	nft -f - <<-END
		table ip bench {
			chain in { type filter hook prerouting priority 0; policy drop;
				ct state established accept
				$(rules | awk '{ print "ip saddr", $1, "udp dport", $2, "accept" }')
				ip saddr 10.1.0.0/16 meta l4proto udp accept
			}
		}
	END
}
conntrack() { nft "add table ip bench; add chain ip bench pre { type filter hook prerouting priority 0; }; add rule ip bench pre ct state new accept"; }
masquerade() { nft "add table ip bench; add chain ip bench post { type nat hook postrouting priority 100; }; add rule ip bench post oif out0 masquerade"; }
tc_police()
{
	tc qdisc add dev b0 ingress && tc filter add dev b0 ingress matchall \
		action police rate 10gbit burst 100m conform-exceed drop/continue
}
bare() { :; }

clean()
{
	fmctl -q chain del bench > "$tmp/clean" 2>&1
	nft flush ruleset
	tc qdisc del dev b0 ingress > "$tmp/clean" 2>&1
}

all=(bare ours_hook nft_hook
	ours_source_local ours_source_shared nft_source
	ours_flow_local ours_flow_shared nft_flow conntrack
	ours_policer_local nft_policer tc_police
	ours_psd_local nft_scan
	ours_rate_local nft_rate
	ours_prefixes nft_prefixes
	ours_rules nft_rules
	ours_nat masquerade
	ours_chain_3)
[[ ${#wanted[@]} -gt 0 ]] || wanted=("${all[@]}")

world
: > "$out"
for flows in "${flow_counts[@]}"; do
	for ((round = 1; round <= rounds; round++)); do
		for name in "${wanted[@]}"; do
			"$name" > "$tmp/setup" 2>&1 || {
				echo "$name: $(cat "$tmp/setup")" >&2
				exit 1
			}
			# Once to make the states, then what counts.
			send "$flows" $((flows > 2000 ? 2 * flows : 4000)) > "$tmp/warm"
			echo "$name $flows $round $(send "$flows" "$packets")" | tee -a "$out"
			clean
		done
	done
done
expect_eq "all cases were measured" \
	$((${#flow_counts[@]} * rounds * ${#wanted[@]})) "$(wc -l < "$out")"
finish
