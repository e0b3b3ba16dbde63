# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What goes through the chain, and what the chain says of it.

servers_start()
{
	peer 1 ktest/demo/servers &
	wait_for '[[ $(peer 1 ss -Hltn | grep -c ":80 \|:52..[^0-9]") -ge 10 ]]' ||
		fail "the servers do not start"
}

traffic_run()
{
	local what

	servers_start
	peer 0 ktest/demo/clients addresses
	for what in page ping tcp udp; do
		step traffic "$what over IPv4 and IPv6"
		peer 0 ktest/demo/clients "$what" >> "$data/traffic"
	done
}

traffic_again()
{
	peer 0 ktest/demo/clients page >> "$data/traffic"
	peer 0 ktest/demo/clients udp >> "$data/traffic"
}

scan_run()
{
	step scan "nmap over IPv4 and IPv6"
	peer 0 ktest/demo/clients scan
}

stat_packets()
{
	fmctl -j stat show "$chain" | jq .stat.packets
}

# The servers go silent, so that nothing is answered any more: all that was sent
# has been counted when the count stands still.
settle()
{
	local now before=-1 same=0

	peer 1 ip link set tap1 down
	while [[ $same -lt 3 ]]; do
		now=$(stat_packets)
		[[ $now = "$before" ]] && same=$((same + 1)) || same=0
		before=$now
		pause
	done
	save stat.json fmctl -j stat show "$chain"
	save flows.json fmctl -j flow list "$chain"
	save shards.json fmctl -j shard list "$chain"
	save nic-module.json fmctl -j plan show "$chain"
	nic_queues "$dev" > "$data/queues-after"
	kill "$monitor_job"
}

show_traffic()
{
	heading 4 "Real programs talk through the chain"
	jq -sr '
	["program", "clients", "what came of it"],
	(group_by(.program)[] | [.[0].program, (map(.from) | unique | length),
		if .[0].sent then
			"\(map(.received) | add) of \(map(.sent) | add) answered"
		else "\(map(.bytes) | add / 1e6 * 10 | round / 10) MB in " +
			"\(length) transfers" end]) | @tsv' \
		"$data/traffic" | table
	say "  Half of the clients' addresses are IPv6.  A scanner with addresses of" \
		"its own runs nmap at the end."
}

show_spread()
{
	heading 5 "Packets per queue and per CPU"
	awk 'NR == FNR { before[$1] = $2; next } { print $1, $2 - before[$1] }' \
		"$data/queues-before" "$data/queues-after" > "$data/queues"
	bars "queue" < "$data/queues"
	jq -r '.stat.cpu[] | "\(.cpu) \(.run)"' "$data/stat.json" | bars "CPU"
	say "  $(jq '[.stat.cpu[].handed] | add' "$data/stat.json") of" \
		"$(jq .stat.packets "$data/stat.json") packets were handed to another CPU" \
		"than the one that their queue interrupted."
}

show_counters()
{
	local status=0

	build/ref compare -j --chain "$chain_file" --pcap "$capture" \
		--dst-mac "$guest_mac" --flows "$data/flows.json" \
		--stats "$data/stat.json" > "$data/compare.json" || status=$?

	heading 6 "The NFs' counters against the capture"
	say "  tcpdump took $captured packets where the clients send them and lost" \
		"$lost.  Out of them ref, which shares no code with the module," \
		"works out what the chain must have done:"
	jq -r --slurpfile stat "$data/stat.json" '
	def range: if type == "object" then "\(.min)..\(.max)" else . end;
	. as $ref |
	["", "counted", "in the capture", "dropped", "states", "different"],
	($stat[0].stat | ["all", .packets, $ref.packets, .dropped, "", ""],
	 (.inst[] | $ref.nfs[.name] as $nf | [.name, .packets,
		($nf.packets | range), .dropped, $nf.keys, $nf.mismatched])) |
	@tsv' "$data/compare.json" | table
	[[ $lost -eq 0 ]] || fail "tcpdump lost $lost packets"
	[[ $unsent -eq 0 ]] || fail "$unsent packets were lost before the NIC"
	if [[ $status -ne 0 ]]; then
		jq -r '.differences[:20][] | tostring' "$data/compare.json"
		fail "module and capture differ in $(jq .mismatched \
			"$data/compare.json") places"
	fi
}

# answered 4|6: ports that nmap found open or closed
answered()
{
	awk '/^[0-9]+\/tcp +(open|closed)/ { n++ }
		/^Not shown:/ && match($0, /[0-9]+ closed/) {
			n += substr($0, RSTART, RLENGTH) }
		END { print n + 0 }' "$FM_OUT/nmap$1"
}

show_scan()
{
	heading 7 "The scan, caught"
	jq -ce 'select(.event == "alert_ntf" and .alert.kind == "port-scan")' \
		"$data/events" > "$data/alerts" ||
		fail "no port-scan event came"
	command_line fmctl monitor group alert
	jq -r '"  \(.alert.kind) by \(.alert.inst): \(.alert.flow.src)"' \
		"$data/alerts"
	echo
	jq -sc 'map(.alert.flow.src) | unique' "$data/alerts" |
		jq -e --arg a "$scanner4" --arg b "$scanner6" \
		'. == ([$a, $b] | sort)' > "$data/caught" ||
		fail "others than the scanner were caught, or only one address"
	jq -r '.stat.inst[] | select(.reason.scan) |
		"  \(.name) dropped \(.reason.scan) packets of the scanner."' \
		"$data/stat.json"
	jq -e '[.stat.inst[].reason.scan // 0] | add > 0' "$data/stat.json" \
		> "$data/caught" || fail "nothing of the scan was dropped"
	echo
	say "  Of $scan_ports ports, nmap had an answer from $(answered 4) over IPv4 and" \
		"$(answered 6) over IPv6 before it was shut out."
}
