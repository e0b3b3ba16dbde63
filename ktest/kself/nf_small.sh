# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The small NFs, each against something else that knows: the reference, rules of
# nft, what was sent.
#
#     peer: gen, nping                    n1: web server, ping
#       |                                  |
#     tap0 <-> eth0 [chain edge]          v1 <-> v0 [chain gso]    VLAN 10
#                                         t1 ... t0 [chain tun]    IPIP over it
#
# One queue and no offloads on eth0, so that packets are what was sent; veth has
# all offloads, so packets there have up to 64 kB.
#
# vm: -c 4 -n 1 -q 1 -o
#
# shellcheck disable=SC2317,SC2016 # check and run call them; gojq has variables, too

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash
# shellcheck source=ktest/kself/data/ref.bash
source ktest/kself/data/ref.bash

ip link set eth0 promisc on
modprobe nf_tables
# The stack answers none of it, and says how many packets had which mark.
nft -f - <<-'END'
	table inet quiet {
		chain in {
			type filter hook prerouting priority raw
			ip saddr 198.18.0.0/15 meta mark 100-103 counter
			meta mark 100 counter name w0
			meta mark 101 counter name w1
			meta mark 102 counter name w2
			ip saddr 198.18.0.0/15 drop
			ip6 saddr 2001:2::/48 drop
		}
		counter w0 { }
		counter w1 { }
		counter w2 { }
	}
END
all=$(steer all 64 2 1 3 0)
src=$(steer src 64 3 2 1 0)

# tells CHAIN INST VALUE
tells()
{
	stat "$1" ".inst[] | select(.name == \"$2\") | .value.$3"
}

# reason CHAIN INST NAME
reason()
{
	stat "$1" ".inst[] | select(.name == \"$2\") | .reason.$3"
}

# nft_count NAME TABLE
nft_count()
{
	nft -j list counter "$2" "$1" |
		gojq '.nftables[] | select(.counter) | .counter.packets'
}

# ---- rate_limiter, against the reference

run "packets per second, local" "$all" drop accept \
	"rate_limiter local rate=1 burst=4 unit=packets timeout_ms=600000" "flow_counter local" \
	-- send flows 2000 4000 --flows 300
run "bytes per second, shared" "$src" drop accept \
	"rate_limiter shared rate=200 burst=3000 timeout_ms=600000" "flow_counter shared" \
	-- send flows 2000 4000 --flows 300 --seed 2

# ---- hash_switch, average_counter, batch_stats, payload_scan: what was sent

check "there is a chain" chain_new edge "$(dev eth0)" "$src" \
	"$(inst average_counter none window_ms=100)" "$(inst batch_stats none)" \
	"$(inst hash_switch none ways=3 mark=100)" \
	"$(inst payload_scan shared passes=3)"
check "packets are captured" capture send flows 2000 4000 --seed 3
sent=$(peer 0 tcpdump --count -r "$FM_OUT/pcap" ip or ip6 2> "$tmp/read" |
	grep -o '^[0-9]*')
settled edge
read -r -a ways < <(ktest/kself/data/ways "$FM_OUT/pcap" 12 8 3)
expect_eq "hash_switch: every way has its packets" "${ways[*]}" \
	"$(for i in way_0 way_1 way_2 too_short; do
		tells edge hash_switch $i
	done | paste -sd' ')"
expect_eq "hash_switch: they have the marks" "${ways[*]:0:3}" \
	"$(for i in w0 w1 w2; do
		nft_count $i "inet quiet"
	done | paste -sd' ')"
expect_eq "average_counter: it has counted all" "$sent" \
	"$(tells edge average_counter packets)"
check "average_counter: the rate sinks when nothing comes" wait_for \
	"[[ \$(tells edge average_counter packets_per_second) = 0 ]]"
expect_eq "batch_stats: it has counted all, in batches" "$sent true" \
	"$(tells edge batch_stats packets) $(stat edge '.inst[] |
		select(.name == "batch_stats") | .value | .packets as $all |
		[to_entries[] | select(.key != "packets") | .value *
			(.key | ltrimstr("batches_of_") | tonumber)] |
		add > 0 and add <= $all')"
fmctl flow flush edge
peer 0 bash -c 'head -c 1000 /dev/zero | tr "\0" "\2" > /dev/udp/10.77.0.1/9'
wait_for "[[ \$(fmctl -j flow list edge nf payload_scan |
	gojq '.flows | length') = 1 ]]"
expect_eq "payload_scan: bytes are read three times" "[3000,6000]" \
	"$(fmctl -j flow list edge nf payload_scan | gojq -c \
	'.flows[].state[].value | [.scanned_bytes, .sum]')"
check "the chain goes" chain_del edge

# ---- check_ip_header: packets of nping

check "there is a chain" chain_new edge "$(dev eth0)" "$src" \
	"$(inst check_ip_header none options=1)"
craft()
{
	local to="--dest-mac $mac0 -e tap0 --send-eth --rate 500 -c 20 -N -q"

	# shellcheck disable=SC2086 # words
	peer 0 bash -c "
		nping --udp -S 192.0.2.1 $to 10.77.0.1
		nping --udp -S 192.0.2.1 --badsum-ip $to 10.77.0.1
		nping --udp -S 127.0.0.1 $to 10.77.0.1
		nping --udp -S 10.77.0.1 $to 10.77.0.1
		nping --udp -S 192.0.2.1 --ip-options R $to 10.77.0.1
		nping --udp -S 192.0.2.1 $to 0.1.2.3"
}
check "nping sends" craft
wait_for "[[ \$(count edge check_ip_header packets) -ge 120 ]]"
expect_eq "check_ip_header: each is dropped for its reason" \
	"20 20 20 20 20 100" "$(for i in bad_checksum martian_source \
		source_is_destination options martian_destination; do
		reason edge check_ip_header $i
	done | paste -sd' ') $(count edge check_ip_header dropped)"
check "the chain goes" chain_del edge

# ---- adl: lists from files, against rules of nft that ask for each length

# deploy CHAIN NF: one NF without state
deploy()
{
	cat > "$tmp/plan" <<-END
		{"schema_version": 1, "chain_name": "$1", "steer": [{"fields": ["src_ip"], "key":
			"$key_src", "owners": [0, 1, 2, 3], "hw": false}],
		"inst": [{"name": "adl", "mode": "none", "segment": 0}]}
	END
	echo "{\"schema_version\":1,\"name\":\"$1\",\"nfs\":[$2]}" > "$tmp/chain"
	fmctl deploy "$tmp/chain" dev eth0 plan "$tmp/plan" no-hw
}
ktest/kself/data/prefixes "$tmp" 300 1
nft -f "$tmp/nft"
check "adl: a chain with 600 prefixes" deploy edge '{"type": "adl", "params":
	{"allow": {"file": "allow"}, "deny": {"file": "deny"}}}'
expect_eq "adl: they are what the chain has" '{"count":300,"list":1}' \
	"$(fmctl -j chain show edge | gojq -c '.chain.inst[0].param.allow |
		.list = 1')"
expect_output "adl: it is that of the file" "" fmctl chain diff "$tmp/chain"
check "packets of random sources" send syn 3000 4000
seen edge 3000
settled edge
denied=$(nft_count denied "netdev peer")
expect_eq "adl: it drops what nft would" "$denied true" \
	"$(count edge adl dropped) $([[ $denied -gt 300 ]] && echo true)"
sed -i 1d "$tmp/deny"
expect_eq "adl: a shorter list differs" \
	'{"file":"299 prefixes","kernel":"300 prefixes","path":"adl.deny"}' \
	"$(fmctl -j chain diff "$tmp/chain" | gojq -c '.differences[]')"
echo 192.0.2.0/24 >> "$tmp/deny"
expect_eq "adl: so does another of the same length" "300 prefixes, others" \
	"$(fmctl -j chain diff "$tmp/chain" | gojq -r '.differences[].file')"
seq 0 99999 | awk '{ printf "10.%d.%d.%d\n", $1 / 16384, $1 / 64 % 256,
	$1 * 4 % 256 }' > "$tmp/deny"
check "adl: a chain with 100000 more, in place of it" deploy edge \
	'{"type": "adl", "params": {"deny": {"file": "deny"}}}'
expect_eq "adl: they take memory" true \
	"$([[ $(info memory) -gt 2000000 ]] && echo true)"
check "fmctl list: the old lists have gone" wait_for \
	"[[ \$(info memory) -lt 3500000 ]]"
check "the chain goes" chain_del edge
expect_eq "no memory is held" 0 "$(info memory)"
nft delete table netdev peer

# ---- lists by themselves

list='["type","u32",5],["count","u32",2]'
ten=0a000000000000000000000000000000
expect_refused "an element that is not clean is named" EINVAL \
	"element 0, 10.0.0.0/4, has bits beyond its length" list.elements \
	"{\"cmd\":\"list_new\",\"attrs\":[[\"list\",\"nest\",[$list,[\"elements\",\"hex\",\"${ten}04040000\"]]]]}"
half="{\"cmd\":\"list_new\",\"attrs\":[[\"list\",\"nest\",[$list,[\"elements\",\"hex\",\"${ten}04080000\"]]]]}"
# use ID: a chain that refers to the list
use()
{
	request chain_new bad "$src" "[\"inst\",\"nest\",[[\"type\",\"string\",\"adl\"],[\"mode\",\"u32\",0],[\"param\",\"nest\",[[\"name\",\"string\",\"deny\"],[\"list\",\"u32\",$1]]]]]"
}
# The next id, of which the lowest byte comes first.
id=$(nlraw "$half" | gojq -r '.. | arrays | select(.[0] == "id") | .[1][:2]')
id=$((16#$id + 1))
expect_eq "a list that is not complete is not used" \
	"list $id has 1 of its 2 elements" \
	"$(nlraw "$half" "$(use $id)" | tail -n 1 | gojq -r .message)"
expect_refused "a list that is not there neither" ENOENT \
	"there is no list 99" "chain.inst[0].param[0]" \
	"$(use 99)"
expect_eq "the list has gone with its socket" 0 "$(info memory)"
expect_refused "no list: a number" EINVAL "adl: deny must be a list" \
	"chain.inst[0].param[0]" \
	"$(request chain_new bad "$src" "$(inst adl none deny=7)")"
expect_refused "no address" EINVAL \
	"ether_encap: dst must be an Ethernet address as 02:00:5e:10:00:01" \
	"chain.inst[0].param[0]" \
	"$(request chain_new bad "$src" "$(inst ether_encap none dst=x)")"

# ---- ether_mirror: the peer sees its own frames again

check "there is a chain" chain_new edge "$(dev eth0)" "$src" \
	"$(inst ether_mirror none)"
peer 0 timeout 20 tcpdump -q -i tap0 --direction=in -c 500 -w "$FM_OUT/back" \
	"ether src $mac0 and ether dst 02:00:00:00:00:01" 2> "$tmp/mirror" &
job=$!
wait_for "grep -q listening $tmp/mirror"
check "packets are sent" send flows 500 4000 --src-mac 02:00:00:00:00:01
wait $job
expect_eq "ether_mirror: all come back" "500 500" \
	"$(peer 0 tcpdump --count -r "$FM_OUT/back" 2> "$tmp/read" |
		grep -o '^[0-9]*') $(tells edge ether_mirror sent)"
check "the chain goes" chain_del edge

# ---- packets of 64 kB, and a tunnel

tag_devices
mkdir "$tmp/www"
head -c 2000000 /dev/urandom > "$tmp/www/file"
ip netns exec n1 python3 -m http.server -d "$tmp/www" 8000 > "$tmp/log" 2>&1 &
addr=$(< /sys/class/net/v0/address)
check "there is a chain" chain_new gso "$(dev v0)" "$src" \
	"$(inst check_ip_header none)" "$(inst adl none)" \
	"$(inst rate_limiter local rate=1000000000 burst=100000000)" \
	"$(inst payload_scan local)" "$(inst hash_switch none)" \
	"$(inst average_counter none)" \
	"$(inst ether_encap none "dst=$addr" src=02:00:00:00:00:42)"
wait_for "curl -sf -o $tmp/got http://10.78.1.2:8000/file"
check "a file comes through the NFs as it was" cmp "$tmp/www/file" "$tmp/got"
expect_eq "GSO packets pass all of them" "0 true true" \
	"$(stat gso .dropped) $(stat gso '.inst | map(.packets) |
		unique | length == 1') $(stat gso '.bytes / .packets > 100')"
check "the chain goes" chain_del gso

modprobe ipip
ip link add t0 type ipip local 10.78.1.1 remote 10.78.1.2
ip -n n1 link add t1 type ipip local 10.78.1.2 remote 10.78.1.1
ip addr add 10.79.0.1/24 dev t0
ip -n n1 addr add 10.79.0.2/24 dev t1
ip link set t0 up
ip -n n1 link set t1 up
sysctl -qw net.ipv4.conf.t0.rp_filter=0
check "there is a chain" chain_new tun "$(dev t0)" "$src" \
	"$(inst ensure_ether none dst=02:00:00:00:00:01 src=02:00:00:00:00:02)" \
	"$(inst ether_encap none dst=02:00:00:00:00:03 src=02:00:00:00:00:04)"
check "packets without a header pass" ip netns exec n1 ping -q -c 10 -i 0.02 \
	10.79.0.1
expect_eq "ensure_ether: each got one" "10 10 0" \
	"$(tells tun ensure_ether added) $(count tun ether_encap packets) \
$(stat tun .dropped)"
check "the chain goes" chain_del tun
check "there is a chain" chain_new tun "$(dev t0)" "$src" \
	"$(inst ether_mirror none)"
ip netns exec n1 ping -q -c 3 -i 0.02 -W 1 10.79.0.1 > "$tmp/ping"
expect_eq "ether_mirror: without a header none comes back" 3 \
	"$(reason tun ether_mirror no_ethernet_header)"
chain_del tun
kill %% 2> "$tmp/kill"
wait
finish
