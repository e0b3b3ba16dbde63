# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# lb before real servers: who gets a connection, who keeps it while servers are
# drained, leave and come, and while shards move; whether that is what Maglev's
# table says, and how even it is beside IPVS's mh.
#
#     peer: clients                 a router             b1, b2, b3, b4: servers
#     tap0 10.77.0.2 <-> 10.77.0.1 eth0   br0 10.9.0.1 <-> 10.9.0.11 ... .14
#     fd77::2            fd77::1              fd09::1      fd09::11 ... ::14
#                            [ chain edge ]         8080: spread, 8000: nginx
#                                             |
#                                             +-- c: a client on the same link,
#                                                 10.9.0.50, for dsr
#
# The services are 192.0.2.10 and 2001:db8::10, port 80.
#
# vm: -c 4 -n 1
#
# shellcheck disable=SC2317,SC2016 # check calls them; words of gojq

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

spread=ktest/kself/data/spread
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
	net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
	net.ipv6.conf.default.accept_dad=0 net.ipv4.conf.eth0.rp_filter=0 \
	net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0
ip link add br0 address 02:00:00:00:00:09 type bridge
ip -batch - <<-'END'
	addr add 10.9.0.1/24 dev br0
	addr add fd09::1/64 dev br0 nodad
	link set br0 up
END
# host NAMESPACE NUMBER: on the bridge
host()
{
	ip netns add "$1"
	ip netns exec "$1" sysctl -qw net.ipv6.conf.default.accept_dad=0
	ip link add "v$1" master br0 type veth peer name e0 \
		address "02:00:00:00:01:$2" netns "$1"
	ip link set "v$1" up
	ip -n "$1" -batch - <<-END
		addr add 10.9.0.$2/24 dev e0
		addr add fd09::$2/64 dev e0 nodad
		link set e0 up
		link set lo up
		route add default via 10.9.0.1
		route add default via fd09::1
	END
}
for i in 1 2 3 4; do
	host b$i 1$i
done
$spread serve 8080 b1 b2 b3 b4 > "$tmp/serve" 2>&1 &
peer 0 ip route add 192.0.2.0/24 via 10.77.0.1
peer 0 ip route add 2001:db8::/64 via fd77::1

# lines "SERVER [WORDS]"...: the list of servers by their number, and what else is
# to be said of them; $services are the lines of one, with @ for its number
lines()
{
	local server words

	for server; do
		words=
		[[ $server != *' '* ]] || words=" ${server#* }"
		sed "s/@/${server%% *}/; s/\$/$words/" <<< "$services"
	done > "$tmp/servers"
}
talk='tcp 192.0.2.10:80 10.9.0.1@:8080
udp 192.0.2.10:80 10.9.0.1@:8080
udp 192.0.2.10:81 10.9.0.1@:9
tcp [2001:db8::10]:80 [fd09::1@]:8080
udp [2001:db8::10]:81 [fd09::1@]:9'
http='tcp 192.0.2.10:80 10.9.0.1@:8000
tcp [2001:db8::10]:80 [fd09::1@]:8000'
services=$talk

deploy()
{
	lines "$@"
	plan 0 1 2 3
	fmctl -q deploy "$tmp/chain" dev eth0 dev br0 plan "$tmp/plan" no-hw
}

# plan CPU...: shards are there in turn, unless they are somewhere now: states of
# shards that are to be elsewhere would not stay
plan()
{
	local cpus

	cpus=$(fmctl -j shard list edge 2> "$tmp/none" |
		gojq -r '.shards | map(.owner) | join(" ")')
	# shellcheck disable=SC2086 # words
	cat > "$tmp/plan" <<-END
		{"schema_version": 1, "chain_name": "edge", "steer": [
			$(plan_steer all 64 ${cpus:-$*})],
		"inst": [{"name": "lb", "mode": "local", "segment": 0}]}
	END
}
cat > "$tmp/chain" <<-'END'
	{"schema_version": 1, "name": "edge", "nfs": [{"type": "lb", "params":
		{"backends": {"file": "servers"}}}]}
END

# tells VALUE
tells()
{
	stat edge ".inst[].value.$1"
}

wait_for "grep -q ready $tmp/serve" 30

# ---- connections stay where they are

check "there is a chain" deploy 1 2 3
rm -f "$FM_OUT/stop"
peer 0 "$spread" hold 48 192.0.2.10 80 "$FM_OUT/stop" > "$FM_OUT/held4" \
	2> "$FM_OUT/holds4" &
job4=$!
peer 0 "$spread" hold 24 2001:db8::10 80 "$FM_OUT/stop" > "$FM_OUT/held6" \
	2> "$FM_OUT/holds6" &
job6=$!
check "connections are there" wait_for \
	"[[ -s $FM_OUT/holds4 && -s $FM_OUT/holds6 ]]" 20
expect_eq "each server has some of them" 3 \
	"$(grep -o "'b[1-4]': [1-9]" "$FM_OUT/holds4" | wc -l)"
check "b1 is drained, b4 comes" deploy '1 drain' 2 3 '4 weight 2'
peer 0 "$spread" tcp 40 192.0.2.10 80 > "$tmp/names"
expect_eq "new ones go to all but the one that is drained" "40 b2 b3 b4" \
	"$(wc -l < "$tmp/names") $(sort -u "$tmp/names" | paste -sd' ')"
moves()
{
	local i

	for ((i = 0; i < 4; i++)); do
		fmctl -q shard move edge 0-63 cpu $((i % 4)) || return
	done
}
check "shards move" moves
check "b3 leaves" deploy '1 drain' 2 '4 weight 2'
check "shards move again" moves
check "b2 is back at another weight" deploy '1 weight 5' '2 weight 9' 4
: > "$FM_OUT/stop"
wait $job4
check "IPv4: all connections but those of who has left went on" \
	awk '{ print; bad += $1 == "b3" ? $2 != $3 : $3 } END { exit bad }' \
	"$FM_OUT/held4"
wait $job6
check "IPv6: likewise" \
	awk '{ print; bad += $1 == "b3" ? $2 != $3 : $3 } END { exit bad }' \
	"$FM_OUT/held6"
expect_eq "they are all there are" "48 24" \
	"$(awk '{ n += $2 } END { print n }' "$FM_OUT/held4") $(awk \
		'{ n += $2 } END { print n }' "$FM_OUT/held6")"
expect_eq "flows of who has left were told another" \
	"$(cat "$FM_OUT/held4" "$FM_OUT/held6" |
		awk '$1 == "b3" { n += $2 } END { print n }')" \
	"$(tells moved_flows)"
expect_eq "nothing was dropped" 0 "$(stat edge .dropped)"
expect_eq "a flow tells its server" true "$(fmctl -j flow list edge nf lb \
	limit 1 | gojq '.flows[0].state[0].value | .backend < 15 and
		.backend_id != 0')"

# ---- ICMP errors

icmp_in()
{
	local i sum=0

	for i in 1 2 3 4; do
		sum=$((sum + $(ip netns exec b$i awk '/^Icmp: [0-9]/ {
			print $2 - $3 - $4 }' /proc/net/snmp)))
	done
	echo $sum
}
check "there is a chain with all four" deploy 1 2 3 4
expect_output "an error of a server comes to the client" refused \
	peer 0 "$spread" refused 192.0.2.10 81
expect_output "so does one of IPv6" refused \
	peer 0 "$spread" refused 2001:db8::10 81
before=$(icmp_in)
for i in 1 2 3; do
	peer 0 "$spread" udp 192.0.2.10 80 > "$tmp/told"
done
check "errors of the client come to servers, with good checksums" wait_for \
	'[[ $(icmp_in) -ge $((before + 3)) ]]'
expect_eq "they were translated" 5 "$(tells icmp_errors)"
check "the chain goes" fmctl chain del edge

# ---- files of HTTP servers

head -c 1000000 /dev/urandom > "$FM_OUT/file"
cp "$FM_OUT/file" "$tmp/file"
chmod -R a+rX "$tmp"
for i in 1 2 3 4; do
	cat > "$tmp/nginx$i" <<-END
		daemon off;
		master_process off;
		pid $tmp/pid$i;
		error_log $tmp/log$i;
		events { }
		http {
			access_log off;
			keepalive_timeout 0;
			client_body_temp_path $tmp;
			proxy_temp_path $tmp;
			fastcgi_temp_path $tmp;
			uwsgi_temp_path $tmp;
			scgi_temp_path $tmp;
			server {
				listen 8000;
				listen [::]:8000;
				root $tmp;
				location /name {
					return 200 "b$i\\n";
				}
			}
		}
	END
	ip netns exec b$i nginx -c "$tmp/nginx$i" -e "$tmp/log$i" &
done
# names URL COUNT: who answers
names()
{
	peer 0 curl -sSf -m 20 "$1/name?[1-$2]" | sort | uniq -c |
		awk '{ print $2, $1 }'
}
# open SERVER: connections that it has, or whose last packets it waits for
open()
{
	ip netns exec "b$1" ss -Htan exclude listening exclude time-wait \
		sport = :8000 | wc -l
}
services=$http
check "there is a chain for HTTP" deploy 1 2 3 4
check "all servers are there" wait_for \
	'[[ $(names http://192.0.2.10 16 | wc -l) -eq 4 ]]'
rm -f "$FM_OUT/stop"
peer 0 ktest/kself/data/fetch "$FM_OUT" http://192.0.2.10/file \
	http://192.0.2.10/file http://192.0.2.10/file http://192.0.2.10/file \
	'http://[2001:db8::10]/file' 'http://[2001:db8::10]/file' \
	'http://[2001:db8::10]/file' 'http://[2001:db8::10]/file' \
	> "$FM_OUT/fetched" 2>&1 &
job=$!
check "b1 is asked for files" wait_for '[[ $(open 1) -gt 0 ]]' 20
check "shards move" moves
check "b1 is drained" deploy '1 drain' 2 3 4
check "its last file is through" wait_for '[[ $(open 1) -eq 0 ]]' 20
check "it leaves" deploy 2 3 4
check "shards move again" moves
expect_eq "the others answer" "b2 b3 b4 40" "$(names 'http://[2001:db8::10]' 40 |
	awk '{ printf "%s ", $1; n += $2 } END { print n }')"
: > "$FM_OUT/stop"
wait $job
expect_eq "no file was lost or broken ($(< "$FM_OUT/fetched"))" "true 0" \
	"$(awk '{ print ($1 >= 8 ? "true" : "false"), $2 }' "$FM_OUT/fetched")"
expect_eq "nothing was dropped, no flow had to move" "0 0" \
	"$(stat edge .dropped) $(tells moved_flows)"
check "the chain goes" fmctl chain del edge

# ---- how even it is, beside IPVS

# got: packets that b1, b2, b3 have got
got()
{
	cat /sys/class/net/vb[123]/statistics/tx_packets | paste -sd' '
}

# flood: what they get of 4000 flows of one packet
flood()
{
	local before now

	read -r -a before <<< "$(got)"
	peer 0 "$spread" sources tap0 "$mac0" 192.0.2.10 81 4000 4000
	wait_for "read -r -a now <<< \$(got)
		[[ \$((now[0] + now[1] + now[2] - before[0] - before[1] -
			before[2])) -ge 4000 ]]"
	read -r -a now <<< "$(got)"
	echo "$((now[0] - before[0])) $((now[1] - before[1])) \
$((now[2] - before[2]))"
}

# far PACKETS...: of weights 1, 2, 3: greatest distance from what is due, in %
far()
{
	awk '{ n = $1 + $2 + $3
		for (i = 1; i <= 3; i++) {
			d = ($i * 6 / i / n - 1) * 100
			d = d < 0 ? -d : d
			m = d > m ? d : m
		}
		printf "%.1f\n", m }' <<< "$*"
}
for i in 1 2 3; do
	ip netns exec b$i sysctl -qw net.ipv4.icmp_ratelimit=100000
done
services=$talk
check "there is a chain" deploy '1 weight 1' '2 weight 2' '3 weight 3'
ours=$(flood)
expect_eq "4000 flows by weights 1, 2, 3 ($ours): as due but for what chance allows" \
	yes "$(awk -v far="$(far "$ours")" 'BEGIN { print far < 11 ? "yes" : far }')"
expect_eq "lb knows each of them" 4000 "$(tells new_flows)"
fmctl -j flow list edge nf lb limit 1000 > "$FM_OUT/flows"
cp "$tmp/servers" "$FM_OUT/servers"
expect_output "of 1000 of them all are where another Maglev would have them" \
	"1000 0" peer 0 bash -c "ktest/kself/data/maglev flows \
	$FM_OUT/servers 65537 0 < $FM_OUT/flows"
check "the chain goes" fmctl chain del edge

if modprobe ip_vs_mh 2> "$tmp/mh" && ip addr add 192.0.2.10/32 dev lo &&
	ipvsadm -A -u 192.0.2.10:81 -s mh -b mh-port 2> "$tmp/mh"; then
	for i in 1 2 3; do
		ipvsadm -a -u 192.0.2.10:81 -r 10.9.0.1$i:9 -m -w $i
	done
	theirs=$(flood)
	expect_eq "lb ($(far "$ours") % off) is no worse than mh ($theirs, $(far "$theirs") %) but for chance" \
		yes "$(awk -v a="$(far "$ours")" -v b="$(far "$theirs")" \
			'BEGIN { print a <= b + 5 ? "yes" : "no" }')"
	ipvsadm -C
else
	fm_result "not ok" "IPVS's mh is there ($(< "$tmp/mh"))"
fi
ip addr del 192.0.2.10/32 dev lo

# ---- by Ethernet address

host c 50
ip -n c route add 192.0.2.0/24 via 10.9.0.1
for i in 1 2 3; do
	ip -n b$i addr add 192.0.2.10/32 dev lo
	echo "tcp 192.0.2.10:8080 10.9.0.1$i:8080 mac 02:00:00:00:01:1$i"
done > "$tmp/servers"
sed -i 's/{"backends"/{"forward": "dsr", "backends"/' "$tmp/chain"
check "there is a chain that changes Ethernet addresses only" \
	fmctl -q deploy "$tmp/chain" dev br0 plan "$tmp/plan" no-hw
ip netns exec c $spread tcp 20 192.0.2.10 8080 > "$tmp/names"
expect_eq "servers answer themselves" "20 true" \
	"$(wc -l < "$tmp/names") $([[ $(sort -u "$tmp/names" |
		wc -l) -ge 2 ]] && echo true)"
expect_eq "answers do not pass" "true 0" \
	"$(stat edge '.inst[].value | .forwarded >= 60') $(tells answered)"

# ---- bad parameters

expect_fail "two services behind one server are one too many" \
	"fmctl: server 10.9.0.11:8080 of 192.0.2.11:80 is behind another service, too: its answers would not tell which" \
	bash -c "printf '%s\n' 'tcp 192.0.2.10:80 10.9.0.11:8080' \
		'tcp 192.0.2.11:80 10.9.0.11:8080' > $tmp/servers
		sed -i 's/\"forward\": \"dsr\", //' $tmp/chain
		fmctl -q deploy $tmp/chain dev br0 plan $tmp/plan no-hw"
check "the chain goes" fmctl chain del edge

# ---- the example, by the solver's plan

check "the example is deployed" fmctl -q deploy examples/load-balancer.json \
	dev eth0 dev br0 no-hw
expect_eq "a source has one server" "1 20" "$(names http://192.0.2.10 20 |
	awk '{ n += $2 } END { print NR, n }')"
expect_eq "sources are counted" true "$(fmctl -j flow list load-balancer \
	nf source_counter | gojq '.flows | length >= 2')"
peer 0 bash -c 'for i in {1..60}; do echo > /dev/udp/192.0.2.10/$((1000 + i)); done'
check "who scans is shut out" wait_for \
	'[[ $(count load-balancer psd reason.scan) -ge 40 ]]'
expect_eq "and is not answered" 28 "$(peer 0 curl -s -m 1 -o "$FM_OUT/none" \
	http://192.0.2.10/name > "$tmp/none"; echo $?)"
expect_eq "others are" "1 5" "$(names 'http://[2001:db8::10]' 5 |
	awk '{ n += $2 } END { print NR, n }')"
check "the chain goes" fmctl chain del load-balancer
expect_eq "no memory is held" 0 "$(info memory)"
for job in $(jobs -p); do
	kill "$job"
done 2> "$tmp/kill"
wait
finish
