# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The default (5-tuple RSS, every NF shared) against the plan, both deployed at
# once on devices of their own and measured in turn.

measure_rounds=11
measure_packets=25000	# of each CPU in each round
measure_names=(bare default plan)

# measure_chain NAME: the chain under another name
measure_chain()
{
	jq --arg name "$1" '.name = $name' "$data/chain.json" > "$data/$1-chain.json"
}

# The solver's steering, in software: what the NIC would have done, pktgen does.
measure_plan()
{
	measure_chain plan
	jq '.chain_name = "plan" | .steer[0].hw = false | .nic = {}' \
		"$data/plan.json" > "$data/plan-plan.json"
}

# The NIC's own key and all fields.  With nothing local no shard has an owner.
measure_default()
{
	measure_chain default
	jq --slurpfile nic "$data/nic-before.json" '
		["src_ip", "dst_ip", "src_port", "dst_port"] as $all |
		.chain_name = "default" | .nic = {} |
		.steer[0] |= (del(.key6) | .hw = false | .symmetric = false |
			.fields = $all | .fields6 = $all |
			.key = ($nic[0].key | gsub(":"; ""))) |
		.inst[] |= if .mode == "local" then .mode = "shared" else . end
		' "$data/plan.json" > "$data/default-plan.json"
}

measure_deploy()
{
	local devices

	read -ra devices <<< "$(gen_devices "$1")"
	fmctl -q deploy "$data/$1-chain.json" "${devices[@]}" \
		--plan "$data/$1-plan.json" > "$data/$1-deploy.log"
}

# Which shard is each source in?  The module knows, once it has seen them.  Then
# every shard goes to the CPU whose thread sends its sources.
measure_owners()
{
	local per=$((gen_sources / ${#gen_cpus[@]}))

	gen_run plan 5000 sources > "$data/usec"
	save plan-flows.json fmctl -j flow list plan
	jq --argjson per "$per" --slurpfile plan "$data/plan-plan.json" '
		[.flows[] | select(.src and .shard != null) | {
			shard, cpu: (.src | split(".")[3] | tonumber / $per |
				floor)}] | unique as $map |
		if ($map | map(.shard) | unique | length) != ($map | length)
		then error("sources of two CPUs share a shard") else
		$plan[0] | .steer[0].owners = reduce $map[] as $m
			(.steer[0].owners; .[$m.shard] = $m.cpu) end' \
		"$data/plan-flows.json" > "$data/owners.json" ||
		fail "the sources cannot be split by shard"
	mv "$data/owners.json" "$data/plan-plan.json"
}

measure_setup()
{
	gen_setup "${measure_names[@]}"
	measure_default
	measure_deploy default
	measure_plan
	measure_deploy plan
	measure_owners
	measure_deploy plan
}

# measure_one NAME PACKETS: microseconds
measure_one()
{
	case $1 in
	plan) gen_run plan "$2" sources ;;
	*) gen_run "$1" "$2" ports ;;
	esac
}

measure_counters()
{
	local name

	for name in default plan; do
		save "$1-$name.json" fmctl -j stat show "$name"
	done
}

measure_rounds()
{
	local round name usec

	for name in "${measure_names[@]}"; do
		measure_one "$name" 10000 > "$data/usec"
	done
	measure_counters warm
	: > "$data/rounds"
	for ((round = 1; round <= measure_rounds; round++)); do
		step measure "round $round of $measure_rounds"
		for name in "${measure_names[@]}"; do
			usec=$(measure_one "$name" "$measure_packets")
			echo "$round $name $usec" >> "$data/rounds"
		done
	done
	measure_counters end
}

# Every packet accounted for: run where it arrived, accepted, none handed over.
measure_check()
{
	local name

	for name in default plan; do
		jq -en --slurpfile before "$data/warm-$name.json" \
			--slurpfile after "$data/end-$name.json" \
			--argjson all $((${#gen_cpus[@]} * measure_rounds *
				measure_packets)) '
			def more(f): ($after[0].stat | f) - ($before[0].stat | f);
			more(.packets) == $all and more(.accepted) == $all and
			more([.cpu[].run] | add) == $all and
			more([.cpu[].handed] | add) == 0' \
			> "$data/checked" ||
			fail "the counters of $name do not show what was sent: fmctl stat"
	done
}

# Microseconds into packets per second and cost, medians of the rounds.
measure_result()
{
	jq -nR --argjson cpus "${#gen_cpus[@]}" \
		--argjson each "$measure_packets" \
		--argjson flows $((gen_sources * gen_ports * gen_destinations)) '
		def median: sort | .[length / 2 | floor];
		[inputs | split(" ") | {round: .[0] | tonumber, name: .[1],
			usec: .[2] | tonumber}] as $rounds |
		def times($n): [$rounds[] | select(.name == $n) | .usec];
		def variant($n): (times($n) | median) as $usec | {
			usec: times($n), median_usec: $usec,
			pps: ($cpus * $each * 1e6 / $usec | round),
			ns_per_packet: (1000 * $usec / $each | round)};
		variant("bare") as $bare | variant("default") as $default |
		variant("plan") as $plan |
		[times("default"), times("plan")] | transpose |
		map(.[0] / .[1]) as $pairs | {
			cpus: $cpus, packets_per_cpu: $each, flows: $flows,
			rounds: ($pairs | length),
			bare: $bare,
			default: ($default + {net_ns: ($default.ns_per_packet -
				$bare.ns_per_packet)}),
			plan: ($plan + {net_ns: ($plan.ns_per_packet -
				$bare.ns_per_packet)}),
			ratio: ($plan.pps / $default.pps * 100 | round / 100),
			ratio_least: ($pairs | min * 100 | round / 100),
			ratio_most: ($pairs | max * 100 | round / 100)}' \
		< "$data/rounds"
}

measure_print()
{
	jq -r '
	def row($n; $v): [$n, $v.pps, $v.ns_per_packet, $v.net_ns // "",
		"\($v.usec | min / 1000 | round)-\($v.usec | max / 1000 | round)"] |
		@tsv;
	row("no chain"; .bare), row("default"; .default), row("plan"; .plan)' \
		"$data/measure.json" |
		awk -F '\t' 'BEGIN {
			printf "  %-10s %12s %15s %18s %14s\n", "", "packets/s",
				"CPU ns/packet", "the chain'\''s part", "ms per round"
		} { printf "  %-10s %12d %15d %18s %14s\n", $1, $2, $3, $4, $5 }'
	echo
}

show_measure()
{
	heading 9 "The default against the plan"
	measure_setup
	measure_rounds
	measure_check
	save measure.json measure_result

	say "  The packet generator plays the NIC: on each of ${#gen_cpus[@]} CPUs it hands" \
		"$measure_packets packets a round to a chain, $((gen_sources *
		gen_ports * gen_destinations)) flows in all.  Default is 5-tuple RSS with" \
		"every NF shared: each CPU gets flows of all sources.  Under the plan a" \
		"source has one CPU.  Medians of $measure_rounds rounds, taken in turn:"
	measure_print
	say "  The plan handles $(jq .ratio "$data/measure.json") times the packets of the" \
		"default ($(jq .ratio_least "$data/measure.json") to $(jq .ratio_most \
		"$data/measure.json") in single rounds); nothing was dropped or handed over." \
		"The CPUs are emulated, four of them on the host's $(jq -n "${FM_HOST_CPUS:-0}"):" \
		"only the ratio means anything, no absolute number does, and a real machine's" \
		"cache misses are not in it.  In the plan's disfavour, its hash is computed" \
		"in software here; a NIC brings it along."
}
