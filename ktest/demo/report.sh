# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the guest found out as report.json and report.svg, and the verdict.

data=$out/data

report_begin()
{
	cat <<-'END'
	FlowMage: one chain of network functions, planned, applied and proven
	=====================================================================

	     clients                 the guest, 4 CPUs                servers
	  curl, iperf3,  ------>  eth0              eth1  ------>  nginx,
	  ping, nmap     <------  4 RX queues, RSS        <------  iperf3
	                            |
	                            psd > policer > source_counter > flow_counter

	END
}

report_json()
{
	local commit

	commit=$(git describe --always --dirty 2>&-) || commit=unknown
	jq -n --arg commit "$commit" --arg date "$(date -u +%FT%TZ)" \
		--argjson seconds "$SECONDS" \
		--argjson host_cpus "$(nproc)" \
		--arg qemu "$(qemu-system-x86_64 --version | head -n 1)" \
		--rawfile commands "$data/commands" \
		--rawfile queues "$data/queues" \
		--slurpfile versions "$data/versions.json" \
		--slurpfile chain "$data/chain.json" \
		--slurpfile track "$data/track.json" \
		--slurpfile plan "$data/plan.json" \
		--slurpfile deploy "$data/deploy.json" \
		--slurpfile before "$data/nic-before.json" \
		--slurpfile after "$data/nic-after.json" \
		--slurpfile restored "$data/nic-restored.json" \
		--slurpfile traffic "$data/traffic" \
		--slurpfile stat "$data/stat.json" \
		--slurpfile shards "$data/shards.json" \
		--slurpfile capture "$data/capture.json" \
		--slurpfile compare "$data/compare.json" \
		--slurpfile alerts "$data/alerts" \
		--slurpfile measure "$data/measure.json" '
		def lines: rtrimstr("\n") | split("\n");
		{
			schema_version: 1, date: $date, commit: $commit,
			seconds: $seconds,
			versions: ($versions[0] + {qemu: $qemu}),
			host: {cpus: $host_cpus}, guest: {cpus: 4, queues: 4},
			commands: ($commands | lines),
			chain: $chain[0], track: $track[0].records,
			plan: $plan[0], deploy: $deploy[0],
			nic: {before: $before[0], after: $after[0],
			      restored: $restored[0]},
			traffic: $traffic,
			queues: ($queues | lines | map(split(" ") |
				{queue: .[0] | tonumber,
				 packets: .[1] | tonumber})),
			cpus: $stat[0].stat.cpu,
			stat: $stat[0].stat, shards: $shards[0].shards,
			capture: $capture[0], compare: $compare[0],
			alerts: $alerts, measure: $measure[0],
			verdict: {
				packets: $compare[0].packets,
				mismatched: $compare[0].mismatched,
				local: ([$plan[0].inst[] |
					select(.mode == "local")] | length),
				nfs: ($plan[0].inst | length),
				ratio: $measure[0].ratio
			}
		}' > "$out/report.json"
}

report_svg()
{
	jq -r '.queues | map("\(.queue) \(.packets)")[]' "$out/report.json" \
		> "$data/plot-queues"
	jq -r '.cpus | map("\(.cpu) \(.run)")[]' "$out/report.json" \
		> "$data/plot-cpus"
	jq -r '.measure | ["no chain", .bare], ["default", .default],
		["plan", .plan] | "\"\(.[0])\" \(.[1].pps / 1000)"' \
		"$out/report.json" > "$data/plot-measure"
	gnuplot -e "data='$data'; ratio='$(jq .verdict.ratio "$out/report.json")'" \
		ktest/demo/report.gp > "$out/report.svg"
}

report_finish()
{
	report_json
	report_svg
	rm -rf "$out/www"
	jq -r '.verdict | "demo: PASS packets=\(.packets) " +
		"mismatched=\(.mismatched) local=\(.local)/\(.nfs) ratio=\(.ratio)"
		' "$out/report.json"
}
