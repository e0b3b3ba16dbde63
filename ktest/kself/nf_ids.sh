# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# ids: what it finds in files that a web server sends, beside what grep finds in
# the same files; and in datagrams, beside xt_string.
#
#     n1: 10.78.1.2  v1 -- v0 [         ] w0 -- w1  n2: 10.79.1.2
#         fd78::2             [ a router ]              fd79::2
#         curl                [ chain ids ]             web server
#
# The devices have all offloads, so packets have up to 64 kB, but where w1 is told
# to make small ones. Nobody is 10.79.1.99 and fd79::99.
#
# vm: -c 4 -n 1 -q 1 -o
#
# shellcheck disable=SC2317,SC2016 # check and run call them; words of gojq and bash

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

patterns=ktest/kself/data/patterns
for module in nf_tables nft_compat xt_string xt_mark ts_bm sch_netem; do
	modprobe $module
done
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
	net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
	net.ipv6.conf.default.accept_dad=0
ip netns add n1
ip netns add n2
for i in 1 2; do
	ip netns exec n$i sysctl -qw net.ipv6.conf.default.accept_dad=0
done
ip -batch - <<-'END'
	link add v0 type veth peer name v1 netns n1
	link add w0 type veth peer name w1 netns n2
	addr add 10.78.1.1/16 dev v0
	addr add 10.79.1.1/16 dev w0
	addr add fd78::1/64 dev v0 nodad
	addr add fd79::1/64 dev w0 nodad
	link set v0 up
	link set w0 up
END
dev=(v1 w1)
for i in 1 2; do
	ip -n n$i -batch - <<-END
		addr add 10.7$((i + 7)).1.2/16 dev ${dev[i - 1]}
		addr add fd7$((i + 7))::2/64 dev ${dev[i - 1]} nodad
		link set ${dev[i - 1]} up
		link set lo up
		route add default via 10.7$((i + 7)).1.1
		route add default via fd7$((i + 7))::1
	END
done

# deploy MODE PATTERNS [PARAM] [FRAG_POLICY]
deploy()
{
	cat > "$tmp/plan" <<-END
		{"schema_version": 1, "chain_name": "ids", "steer": [{"fields":
			["src_ip", "dst_ip", "src_port", "dst_port"],
			"l4": ["tcp", "udp", "sctp"], "key": "$key_all",
			"owners": [0, 1, 2, 3, 0, 1, 2, 3], "hw": false}],
		"inst": [{"name": "ids", "mode": "$1", "segment": 0}]}
	END
	cat > "$tmp/chain" <<-END
		{"schema_version": 1, "name": "ids", "frag_policy": "${4:-defrag}",
		"nfs": [{"type": "ids", "params": {"patterns": $2${3:+, $3}}}]}
	END
	fmctl deploy "$tmp/chain" dev v0 dev w0 plan "$tmp/plan" no-hw
}

# tells VALUE: of the ids
tells()
{
	stat ids ".inst[0].value.$1"
}

reason()
{
	stat ids ".inst[0].reason.$1"
}

client()
{
	ip netns exec n1 "$@"
}

# ---- files, beside grep; the host does what needs no guest

mkdir "$FM_OUT/www" "$tmp/got"
check "patterns are made, and planted" peer 0 $patterns make "$FM_OUT" 1
peer 0 cp /usr/bin/{bash,curl,strace} "$FM_OUT/www/"
{
	head -c 200000 /dev/zero | tr '\0' x
	echo TopSecret
	head -c 300000 /dev/zero | tr '\0' x
} > "$tmp/secret"
cp "$tmp/secret" "$FM_OUT/www/"
# counts FILE...: how often grep finds each pattern, from the third on
counts()
{
	peer 0 bash -c '
		for n in {2..39}; do
			cat "${@:2}" | LC_ALL=C grep -oaF $([[ -e $1/grep.$n ]] || echo -i) \
				-f "$1"/*."$n" | wc -l
		done' bash "$FM_OUT" "$@"
}
# judge TIMES FILE...: what ids is to tell after TIMES requests for each
judge()
{
	counts "${@:2}" | awk -v times="$1" -v files="$(($# - 1))" '
		function tell(i, n) {
			all += n
			if (i >= 24)
				others += n
			else if (n)
				printf "\"pattern_%d\":%d,", i, n
		}
		BEGIN {
			printf "{"
			tell(0, times * files)
			tell(1, times * files)
		}
		{ tell(NR + 1, times * $1) }
		END { printf "\"other_patterns\":%d,\"matches\":%d," \
			"\"gaps\":0,\"unordered\":0}\n", others, all }' | gojq -c .
}
found()
{
	stat ids '.inst[0].value | del(.scanned_bytes)'
}
expect_eq "grep finds what was planted" "$(paste -sd' ' "$FM_OUT/planted")" \
	"$(counts "$FM_OUT/www/planted" | tail -n 26 | paste -sd' ')"
serve='import http.server, socket, socketserver
socketserver.ThreadingTCPServer.address_family = socket.AF_INET6
socketserver.ThreadingTCPServer(("", 8000),
	http.server.SimpleHTTPRequestHandler).serve_forever()'
(cd "$FM_OUT/www" && exec ip netns exec n2 python3 -c "$serve") \
	> "$tmp/log" 2>&1 &
server=$!
wait_for "client curl -sf -o $tmp/none http://10.79.1.2:8000/" 60

cp "$FM_OUT/patterns" "$tmp/"
# Not only as much as goes out within a millisecond, which is little here.
ip netns exec n2 sysctl -qw net.ipv4.tcp_tso_rtt_log=20
nft -f - <<-'END'
	table inet large {
		counter seen { }
		chain way {
			type filter hook forward priority 0
			meta length > 60000 counter name seen
		}
	}
END
check "there is a chain with 40 patterns" deploy shared \
	'{"file": "patterns"}' '"action": "alert"'
expect_output "it is that of the file" "" fmctl chain diff "$tmp/chain"
fmctl -j monitor group alert count 1 > "$tmp/alert" &
monitor=$!
check "files come" client curl -sf -o "$tmp/got/#1" \
	"http://10.79.1.2:8000/{bash,curl,strace,planted,secret}"
check "they are as they were" diff -r "$FM_OUT/www" "$tmp/got"
expect_eq "what grep finds is found, and nothing else" \
	"$(judge 1 "$FM_OUT"/www/*)" "$(found)"
large=$(nft -j list counter inet large seen |
	gojq '.nftables[] | select(.counter).counter.packets')
expect_eq "some packets had 60 kB and more" true \
	"$([[ $large -gt 0 ]] && echo true)"
fm_comment "$large of $(stat ids .packets)"
expect_eq "nothing was dropped" 0 "$(stat ids .dropped)"
wait_for "[[ -s $tmp/alert ]]" 60
expect_eq "alerts name a pattern" 1 "$(grep -cE '"pattern-[0-9]+"' "$tmp/alert")"
kill $monitor 2> "$tmp/kill"
check "the chain goes" fmctl -q chain del ids

# ---- small packets, out of order, some of them lost, while shards move

# No more of a stream is under way than ids keeps.
ip netns exec n1 sysctl -qw net.ipv4.tcp_rmem="4096 65536 65536"
ip netns exec n2 ethtool -K w1 tso off gso off > "$tmp/ethtool"
ip netns exec n2 tc qdisc add dev w1 root netem delay 2ms reorder 70% 50% loss 1%
check "there is a chain, local" deploy local '{"file": "patterns"}' \
	'"action": "alert", "reorder": 131072'
# files: fetch one after the other until the moves are done
files()
{
	local n=0

	until [[ -e $tmp/moved ]]; do
		client curl -sSf -o "$tmp/again" "http://[fd79::2]:8000/planted"
		cmp "$FM_OUT/www/planted" "$tmp/again" || return
		n=$((n + 1))
		echo $n > "$tmp/times"
	done
}
files &
job=$!
for cpu in 0 1 2 3 2 1; do
	check "all shards move to CPU $cpu" fmctl -q shard move ids 0-7 cpu $cpu
done
touch "$tmp/moved"
wait $job
expect_eq "files of IPv6 come while shards move" 0 $?
fm_comment "$(< "$tmp/times") times, $(stat ids .packets) packets"
expect_eq "each pattern is found each time" \
	"$(judge "$(< "$tmp/times")" "$FM_OUT/www/planted")" "$(found)"
expect_eq "there were packets out of order" true "$([[ $(client nstat -az |
	awk '$1 == "TcpExtTCPOFOQueue" { print $2 }') -gt 50 ]] && echo true)"
check "the chain goes" fmctl -q chain del ids
ip netns exec n2 tc qdisc del dev w1 root

# ---- dropped

check "there is a chain that drops" deploy local '["\"topsecret\" nocase"]'
client curl -s -m 2 -o "$tmp/part" http://10.79.1.2:8000/secret
expect_eq "curl does not get all of the secret" "28 0" \
	"$? $(grep -ciaF topsecret "$tmp/part")"
expect_eq "it got what was before" true "$([[ $(wc -c < "$tmp/part") -gt 100000 ]] &&
	echo true)"
expect_eq "the packet that ends it is dropped, and those after it" "1 1 true" \
	"$(tells matches) $(reason pattern) $([[ $(reason blocked) -gt 0 ]] &&
		echo true)"
check "another connection is not blocked" client curl -sf -o "$tmp/none" \
	http://10.79.1.2:8000/curl
check "the chain goes" fmctl -q chain del ids

# ---- fragments

whole=0123456789abcdefg
check "there is a chain" deploy shared "[\"$whole\"]" '"action": "alert"'
client $patterns repeat 10.79.1.99 170 $whole
client $patterns repeat fd79::99 170 $whole
settled ids
expect_eq "patterns are found in reassembled datagrams" "340 340 2 5" \
	"$(tells matches) $(tells pattern_0) $(stat ids .reassembled) \
$(stat ids .frags)"
check "the chain goes" fmctl -q chain del ids
check "there is a chain that lets fragments pass" deploy shared "[\"$whole\"]" \
	'"action": "alert"' accept
client $patterns repeat 10.79.1.99 170 $whole
client $patterns repeat 10.79.1.99 50 $whole
expect_eq "in fragments none is found" 50 "$(tells matches)"
check "the chain goes" fmctl -q chain del ids

# ---- datagrams, beside xt_string

check "other patterns are made" $patterns letters "$tmp" 2
check "iptables looks for the same" iptables-restore "$tmp/iptables"
check "there is a chain that marks" deploy shared '{"file": "patterns"}' \
	'"action": "mark", "mark": 7'
check "datagrams are sent" client $patterns throw 10.79.1.99 600 3
settled ids
# judged CHAIN: marked packets, and others
judged()
{
	iptables -nvxL "$1" | awk '/ACCEPT/ { print $1 }' | paste -sd' '
}
read -r marked missed < <(judged found)
read -r more others < <(judged clean)
expect_eq "those are marked that xt_string finds, and only those" \
	"600 0 0 true" "$((marked + others)) $missed $more \
$([[ $marked -gt 100 && $others -gt 100 ]] && echo true)"
iptables -F
check "the chain goes" fmctl -q chain del ids

# ---- what is wrong is told

expect_wrong()
{
	deploy local "$2" "${4:-}" > "$tmp/out" 2>&1
	expect_eq "$1" 1 "$(grep -cF "$3" "$tmp/out")"
}
printf '%s\n' '# ours' 'right' ' "wrong" nocas' right > "$tmp/bad"
expect_wrong "the line and column of a mistake in a file" '{"file": "bad"}' \
	'bad:3:10: ""wrong" nocas" has something else than nocase, offset=N and depth=N at byte 9'
expect_wrong "the lines of a pattern that is there twice" '{"file": "bad"}' \
	'the same is in lines 2 and 4'
expect_wrong "a pattern in the chain file" '["|0d 0|"]' \
	'"|0d 0|" has no two hexadecimal digits at byte 5'
expect_wrong "an action that there is not" '["a"]' \
	'action must be one of drop|mark|alert, not "quarantine"' '"action": "quarantine"'
expect_wrong "a bound that is too high" '["a"]' \
	'reorder must be from 0 to 131072, not 131073' '"reorder": 131073'
expect_refused "what the module does not take" EINVAL \
	"element 0 has no length from 1 to 112" list.elements \
	"{\"cmd\":\"list_new\",\"attrs\":[[\"list\",\"nest\",[[\"type\",\"u32\",7],[\"count\",\"u32\",1],[\"elements\",\"hex\",\"$(printf '%0256d' 0)\"]]]]}"
expect_eq "no memory is held" 0 "$(info memory)"
kill $server 2> "$tmp/kill"
wait
finish
