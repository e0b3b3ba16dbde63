# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# acl: against nft with the same rules behind "ct state established", and what
# programs notice of it.
#
#     n1: 10.78.1.2  v1 -- v0 [         ] w0 -- w1  n2: 10.79.1.2
#     client                  [ a router ]          server
#                             [chain wall ]
#
# vm: -c 4 -n 1 -q 1 -o
#
# shellcheck disable=SC2317 # check and run call them

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

modprobe nf_tables
modprobe nf_conntrack
sysctl -qw net.ipv4.ip_forward=1 net.netfilter.nf_conntrack_tcp_be_liberal=1 \
	net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
ip -batch - <<-'END'
	netns add n1
	netns add n2
	link add v0 address 02:00:00:00:00:01 type veth peer name v1 netns n1
	link add w0 address 02:00:00:00:00:02 type veth peer name w1 netns n2
	addr add 10.78.1.1/16 dev v0
	addr add 10.79.1.1/16 dev w0
	link set v0 up
	link set w0 up
END
dev=(v1 w1)
for i in 1 2; do
	ip netns exec n$i sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	ip -n n$i -batch - <<-END
		addr add 10.7$((i + 7)).1.2/16 dev ${dev[i - 1]}
		link set ${dev[i - 1]} up
		link set lo up
		route add default via 10.7$((i + 7)).1.1
	END
done
sysctl -qw net.ipv6.conf.v0.disable_ipv6=1 net.ipv6.conf.w0.disable_ipv6=1

# deploy MODE RULES: RULES as in a chain file
deploy()
{
	cat > "$tmp/plan" <<-END
		{"schema_version": 1, "chain_name": "wall", "steer": [{"fields":
			["src_ip", "dst_ip", "src_port", "dst_port"],
			"symmetric": true, "l4": ["tcp", "udp", "sctp"],
			"key": "$key_sym", "owners": [0, 1, 2, 3, 0, 1, 2, 3], "hw": false}],
		"inst": [{"name": "acl", "mode": "$1", "segment": 0}]}
	END
	cat > "$tmp/chain" <<-END
		{"schema_version": 1, "name": "wall", "frag_policy": "drop",
		"nfs": [{"type": "acl", "params": {"rules": $2}}]}
	END
	fmctl deploy "$tmp/chain" dev v0 dev w0 plan "$tmp/plan" no-hw
}

# tells VALUE: of the acl
tells()
{
	stat wall ".inst[0].value.$1"
}

flows()
{
	ktest/kself/data/flows send n1:v1 n2:w1 600 2 > "$tmp/sent"
}

# ---- generated flows, judged by nft first

ktest/kself/data/flows rules "$tmp" 300 1
check "nft takes the rules" nft -f "$tmp/nft"
flows
sent=$(< "$tmp/sent")
nft_count()
{
	nft -j list counter ip judge "$1" |
		gojq '.nftables[] | select(.counter) | .counter.packets'
}
check "nft has seen all packets" wait_for "[[ \$(nft_count seen) = $sent ]]"
want=$(nft_count accepted)
nft delete table ip judge
for mode in local shared; do
	check "$mode: there is a chain with 300 rules" deploy $mode \
		'{"file": "rules"}'
	expect_output "$mode: it is that of the file" "" fmctl chain diff \
		"$tmp/chain"
	flows
	seen wall "$sent"
	settled wall
	expect_eq "$mode: it accepts what nft accepts" "$want $sent true" \
		"$(stat wall .accepted) $(stat wall .packets) $([[ $want -gt 200 &&
		$((sent - want)) -gt 200 ]] && echo true)"
	check "the chain goes" fmctl -q chain del wall
done

# ---- programs

mkdir "$tmp/www"
head -c 8000000 /dev/urandom > "$tmp/www/file"
# Python's own command asks for the host's name, which nobody here knows.
serve='import http.server, socketserver
socketserver.ThreadingTCPServer(("", 8000),
	http.server.SimpleHTTPRequestHandler).serve_forever()'
for i in 1 2; do
	(cd "$tmp/www" && exec ip netns exec n$i python3 -c "$serve") \
		> "$tmp/log$i" 2>&1 &
done
check "there is a chain" deploy local '[
	"accept tcp 10.78.0.0/16 any 10.79.1.2 8000 syn,!ack",
	"accept udp 10.78.0.0/16 any 10.79.1.2 any",
	"accept icmp 10.78.0.0/16 any any any"]'
wait_for "ip netns exec n1 curl -sf -o $tmp/none http://10.79.1.2:8000/"
# files: fetch one after the other until the moves are done, as long as all are
# whole
files()
{
	until [[ -e $tmp/moved ]]; do
		ip netns exec n1 curl -sSf --limit-rate 4M \
			-o "$tmp/got" http://10.79.1.2:8000/file
		cmp "$tmp/www/file" "$tmp/got" || return
	done
}
files &
job=$!
for cpu in 0 1 2 3; do
	check "all shards move to CPU $cpu" fmctl -q shard move wall 0-7 cpu $cpu
done
touch "$tmp/moved"
wait $job
expect_eq "files come through while shards move" 0 $?
expect_eq "nobody comes in" "28 true" \
	"$(ip netns exec n2 curl -s -m 1 -o "$tmp/none" http://10.78.1.2:8000/
		echo $?) $([[ $(stat wall '.inst[0].reason.no_rule') -gt 0 ]] &&
		echo true)"
check "a ping is answered" ip netns exec n1 ping -q -c 3 -i 0.02 10.79.1.2
expect_eq "one from outside is not" 1 "$(ip netns exec n2 ping -q -c 1 -W 1 \
	10.78.1.2 > "$tmp/ping"; echo $?)"
expect_eq "an ICMP error about a session comes through" "Connection refused 1" \
	"$(ip netns exec n1 python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(5)
s.connect(("10.79.1.2", 9))
s.send(b"x")
try:
    s.recv(1)
except OSError as error:
    print(error.strerror)') $(tells related_packets)"
before=$(stat wall '.reason.fragment')
ip netns exec n1 ping -q -c 1 -W 1 -s 3000 10.79.1.2 > "$tmp/ping"
expect_eq "fragments do not" 3 "$(($(stat wall '.reason.fragment') - before))"
expect_eq "sessions tell their rules" '[1,2,3]' "$(fmctl -j flow list wall |
	gojq -c '[.flows[].state[].value.rule] | unique')"

# ---- what is wrong with a rule is told

expect_wrong()
{
	deploy local "$2" > "$tmp/out" 2>&1
	expect_eq "$1" 1 "$(grep -cF "$3" "$tmp/out")"
}
expect_wrong "the word that is wrong in a rule" \
	'["accept tcp any any any 80-x"]' 'in word 6: "80-x" is no port'
printf '%s\n' '# ours' 'drop any any any any any' ' drop gre any any any any' \
	> "$tmp/bad"
expect_wrong "its line and column in a file" '{"file": "bad"}' \
	'bad:3:7: "drop gre any any any any" in word 2: "gre" is no protocol'
expect_refused "what the module does not take" EINVAL \
	"element 0, a rule, has no action" list.elements \
	"{\"cmd\":\"list_new\",\"attrs\":[[\"list\",\"nest\",[[\"type\",\"u32\",6],[\"count\",\"u32\",1],[\"elements\",\"hex\",\"$(printf '%094d' 0)02\"]]]]}"
check "the chain goes" fmctl -q chain del wall
expect_eq "no memory is held" 0 "$(info memory)"
kill %1 %2 2> "$tmp/kill"
wait
finish
