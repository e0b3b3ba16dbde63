# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# nat between real programs: what the server sees, what comes back, and whether
# it goes on while shards move.
#
#     n1: clients            here, chain edge             n2: servers
#       i1 <------> i0 [in]                 [in] o0 <------> o1
#     10.9.0.2, 10.9.0.3    10.9.0.1  192.0.2.1         192.0.2.2
#     fd09::2               fd09::1   2001:db8::1       2001:db8::2
#
# The pool is 198.51.100.0/30 and fd98::/126, which n2 has routes for. The devices
# have all offloads, so packets have up to 64 kB.
#
# vm: -c 4 -n 1
#
# shellcheck disable=SC2317,SC2016 # check calls them; words of gojq

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

sees=ktest/kself/data/sees
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
	net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
for i in 1 2; do
	ip netns add n$i
	ip netns exec n$i sysctl -qw net.ipv6.conf.default.accept_dad=0
done
sysctl -qw net.ipv6.conf.default.accept_dad=0
ip link add i0 type veth peer name i1 netns n1
ip link add o0 type veth peer name o1 netns n2
ip -batch - <<-'END'
	addr add 10.9.0.1/24 dev i0
	addr add fd09::1/64 dev i0 nodad
	addr add 192.0.2.1/24 dev o0
	addr add 2001:db8::1/64 dev o0 nodad
	link set i0 up
	link set o0 up
END
ip -n n1 -batch - <<-'END'
	addr add 10.9.0.2/24 dev i1
	addr add 10.9.0.3/24 dev i1
	addr add fd09::2/64 dev i1 nodad
	link set i1 up
	link set lo up
	route add default via 10.9.0.1
	route add default via fd09::1
END
ip -n n2 -batch - <<-'END'
	addr add 192.0.2.2/24 dev o1
	addr add 2001:db8::2/64 dev o1 nodad
	link set o1 up
	link set lo up
	route add 198.51.100.0/30 via 192.0.2.1
	route add fd98::/126 via 2001:db8::1
END
ip netns exec n2 $sees serve 192.0.2.2 7000 7001 >> "$tmp/seen4" &
ip netns exec n2 $sees serve 2001:db8::2 7000 7001 >> "$tmp/seen6" &
mkdir "$tmp/www"
head -c 8000000 /dev/urandom > "$tmp/www/file"
ip netns exec n2 python3 -m http.server -d "$tmp/www" 8000 > "$tmp/log" 2>&1 &
ip netns exec n2 iperf3 -s > "$tmp/iperf" 2>&1 &

# deploy MODE [PARAM]: nat on both devices, 64 shards
deploy()
{
	cat > "$tmp/plan" <<-END
		{"schema_version": 1, "chain_name": "edge", "steer": [{"fields":
			["src_ip", "dst_ip", "src_port", "dst_port"],
			"symmetric": true, "l4": ["tcp", "udp", "sctp"],
			"key": "$key_sym", "owners": [$(seq 0 63 |
				awk '{ print $1 % 4 }' | paste -sd,)],
			"hw": false}],
		"inst": [{"name": "nat", "mode": "$1", "segment": 0}]}
	END
	cat > "$tmp/chain" <<-END
		{"schema_version": 1, "name": "edge", "nfs": [{"type": "nat", "params":
			{"inside": ["10.9.0.0/24", "fd09::/64"],
			"pool": ["198.51.100.0/30", "fd98::/126"]${2:+,$2}}}]}
	END
	fmctl deploy "$tmp/chain" dev i0 dev o0 plan "$tmp/plan" no-hw
}

client()
{
	ip netns exec n1 "$@"
}

# tells VALUE
tells()
{
	stat edge ".inst[].value.$1"
}

# pooled FILE: lines of addresses of the pool with a port, and of how many
pooled()
{
	grep -cE '^[a-z]+ (198\.51\.100\.[0-3]|fd98::[0-3]?) [0-9]+$' "$1"
}

wait_for "client $sees tcp 1 10.9.0.1 1 2>&1 | grep -q refused"
wait_for "ip netns exec n2 curl -sf -o $tmp/got http://192.0.2.2:8000/"
wait_for "ip netns exec n2 $sees ask 1 :: 2001:db8::2 7000 > $tmp/got"
: > "$tmp/seen4" > "$tmp/seen6"

# ---- local to shards: who the server sees

check "there is a chain" deploy local
{
	client $sees ask 100 0.0.0.0 192.0.2.2 7000
	client $sees ask 50 :: 2001:db8::2 7000
} | sed 's/^/udp /' > "$tmp/told"
{
	client $sees tcp 20 192.0.2.2 7000
	client $sees tcp 10 2001:db8::2 7000
} | sed 's/^/tcp /' >> "$tmp/told"
expect_eq "clients have addresses of the pool, each flow its own port" \
	"180 180" "$(pooled "$tmp/told") $(sort -u "$tmp/told" | wc -l)"
sort "$tmp/seen4" "$tmp/seen6" > "$tmp/seen"
expect_output "it is what the servers have seen" "$(sort "$tmp/told")" \
	cat "$tmp/seen"
expect_eq "there are two halves of each session" 360 "$(fmctl -j flow list \
	edge nf nat limit 1000 | gojq '.flows | length')"
expect_eq "nothing was dropped" 0 "$(stat edge .dropped)"
check "pings come back" client ping -q -c 20 -i 0.01 192.0.2.2
check "pings of IPv6 do" client ping -q -c 20 -i 0.01 2001:db8::2
expect_output "an ICMP error comes to who sent" "refused" \
	client $sees refused 192.0.2.2 9
expect_output "so does one of IPv6" "refused" \
	client $sees refused 2001:db8::2 9
expect_eq "they were translated" 2 "$(tells icmp_errors)"
check "others send to the pool" ip netns exec n2 $sees throw 192.0.2.2 \
	198.51.100.1 5555 7
expect_eq "that is dropped, and told" '7 {"no_mapping":7}' \
	"$(stat edge .dropped) $(stat edge '.inst[].reason |
		with_entries(select(.value > 0))')"

# ---- shards move under files and datagrams

moves()
{
	local i

	for ((i = 0; i < 12; i++)); do
		fmctl -q shard move edge 0-63 cpu $((i % 4))
	done
}

moves &
mover=$!
check "a file comes while shards move" client curl -sf -o "$tmp/got" \
	http://192.0.2.2:8000/file
check "it is as it was" cmp "$tmp/www/file" "$tmp/got"
client iperf3 -J -c 192.0.2.2 -u -b 4M -l 1000 -t 2 > "$tmp/udp"
wait $mover
expect_eq "datagrams come all, and in order" "0 0" \
	"$(gojq -r '.end.sum | "\(.lost_packets) \(.out_of_order // 0)"' \
		"$tmp/udp")"
expect_eq "still nothing but that was dropped" 7 "$(stat edge .dropped)"
expect_eq "the file came in packets with many segments" true \
	"$(stat edge '.bytes / .packets > 100')"
check "the chain goes" fmctl chain del edge

# ---- endpoints that keep their port, whom anybody may send to

check "there is a chain" deploy shared \
	'"mapping": "endpoint_independent", "filtering": "endpoint_independent"'
client $sees ask 20 0.0.0.0 192.0.2.2 7000 7001 > "$tmp/told"
expect_eq "an endpoint has one port, whatever it sends to" 20 \
	"$(awk '$1 == $3 && $2 == $4' "$tmp/told" | wc -l)"
check "the chain goes" fmctl chain del edge
expect_eq "no memory is held" 0 "$(info memory)"
for job in $(jobs -p); do
	kill "$job"
done 2> "$tmp/kill"
wait
finish
