# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The chain's way onto the NIC and back: track, solve, deploy, delete.

# Of the evidence the first line for each attribute that decides on the plan; all
# of it is in the report.
show_track()
{
	local nfs

	mapfile -t nfs < <(jq -r '[.nfs[].type] | unique[]' "$data/chain.json")
	save track.json fmctl -j track "${nfs[@]}"

	heading 1 "What the tracker finds in the NFs' sources"
	command_line fmctl track "${nfs[@]}"
	echo
	jq -r '["NF", "state", "key", "written", "pointers", "bytes", "complexity"],
		(.records[] | [.nf, .statefulness, (.key | join(" ") |
			if . == "src_ip dst_ip src_port dst_port protocol"
			then "5-tuple" else . end), .intensity,
		 if .pointer then "yes" else "no" end, .state_size,
		 .complexity]) | @tsv' "$data/track.json" | table
	jq -r '
	["statefulness", "key", "intensity", "pointer"] as $decisive |
	.records[] | "Evidence for \(.nf), kmod/nf/\(.nf).c", (.evidence as $all |
		$decisive[] as $what | [$all[] | select(.attribute == $what)][0] //
		empty | "line \(.line)  \(.attribute): \(.why)"), ""' \
		"$data/track.json" | fold_lines
}

show_solve()
{
	save plan.json fmctl -j solve "$chain_file" --dev "$dev" --explain

	heading 2 "The plan, what else there was, and why"
	command_line fmctl solve "$chain_file" --dev "$dev" --explain
	echo
	fmctl solve "$chain_file" --dev "$dev" | grep -v '^note *$' |
		sed '/^Alternatives/,$d' | fold_lines
	echo
	jq -r '
	def short: map({src_ip: "src", dst_ip: "dst", src_port: "sport",
		dst_port: "dport", protocol: "proto"}[.]) | join(" ");
	def means: {"field-selector": "fields", "key-synthesis": "key",
		software: "soft"}[.] // .;
	def cents: . * 100 | round | "\(. / 100 | floor)." +
		("0\(. % 100)" | .[-2:]);
	["#", "spread by", "means", "cost", "local NFs"],
	(.alternatives[:12][] | [.rank, (.fields | short),
		([.means, .means6] | map(means) | unique | join("/")),
		(.cost | cents), (.local | join(" "))]) | @tsv' \
		"$data/plan.json" | table
	say "  $(jq '.alternatives | length - 12' "$data/plan.json") more are worse or" \
		"cannot be had.  Cost is in units per packet.  Means: fields, the NIC's" \
		"selector of fields; key, a hash key made for the purpose; soft, the" \
		"CPUs; after a stroke that for IPv6."
}

# A generic netlink socket with groups; fmctl's is the only one in the guest.
monitor_listens()
{
	awk '$2 == 16 && $4 !~ /^0*$/ { found = 1 } END { exit !found }' \
		/proc/net/netlink
}

# Nothing but what the NIC got while the chain was there may be in the capture.
deploy_start()
{
	save nic-before.json nic_read "$dev"
	nic_queues "$dev" > "$data/queues-before"
	for i in "${clients[@]}"; do
		echo "neigh replace $(client4 "$i") lladdr $peer_mac dev $dev"
		echo "neigh replace $(client6 "$i") lladdr $peer_mac dev $dev"
	done | ip -batch -
	# The NIC is to pass on all that is captured.
	ip link set "$dev" allmulticast on
	ip neigh replace "$scanner4" lladdr "$peer_mac" dev "$dev"
	ip neigh replace "$scanner6" lladdr "$peer_mac" dev "$dev"

	fmctl -j monitor > "$data/events" 2> "$data/monitor.log" &
	monitor_job=$!
	wait_for monitor_listens 60 || fail "fmctl monitor does not listen"
	fmctl -j deploy "$chain_file" --dev "$dev" --wait 60 \
		> "$data/deploy.json" 2> "$data/deploy.log" &
	deploy_job=$!
	wait_for '[[ -s $data/events || ! -d /proc/$deploy_job ]]' 60 ||
		fail "the module announces no chain"
	capture_is_empty ||
		fail "something was sent before the chain was there"
}

# The self-test needs packets of every class; the clients' first ones may be
# too few.
deploy_finish()
{
	local status=0

	while [[ -d /proc/$deploy_job ]]; do
		traffic_again
	done
	wait "$deploy_job" || status=$?
	[[ $status -eq 0 ]] ||
		fail "fmctl deploy: status $status: $(< "$data/deploy.log")"
	save nic-after.json nic_read "$dev"
}

show_nic()
{
	heading 3 "The NIC before and after"
	command_line fmctl deploy "$chain_file" --dev "$dev" --wait 60
	echo
	say "$(jq -r '"  Applied in \(.applied_us / 1000) ms; packets are steered " +
		if .software then "in software." else "by the NIC." end' \
		"$data/deploy.json")"
	nic_print "$data/nic-before.json" "$data/nic-after.json"
	say "  The self-test: packets whose hash by the NIC was the plan's, and whose" \
		"queue was that of their table entry.  Once a row of them was, a sample:"
	jq -r '["class", "verdict", "equal", "different", "no hash", "queue right",
		"wrong"],
		(.nic[0].class[] | select(.matched + .mismatched + .absent > 0) |
		 [.id, .state, .matched, .mismatched, .absent, .queue_matched,
		  .queue_mismatched]) | @tsv' "$data/nic-module.json" | table
}

show_restored()
{
	heading 8 "Everything restored"
	show fmctl chain del "$chain"
	save nic-restored.json nic_read "$dev"
	cmp "$data/nic-before.json" "$data/nic-restored.json" ||
		fail "the NIC's settings are not what they were before"
	say "  Fields, key and indirection table of $dev are what they were before" \
		"the deployment, as ethtool tells them."
}
