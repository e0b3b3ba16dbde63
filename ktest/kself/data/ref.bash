# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # of those who source it
#
# Chains whose packets are captured where they are sent, and what they remember
# and count against the independent reference.  Sourced after plan.bash, by
# scripts whose guest has one queue and no offloads.

# capture CMD...: runs it while what the peer sends is written to $FM_OUT/pcap.
# A packet to the discard port is the last, so that the file tells when tcpdump
# has seen all.
capture()
{
	local job rc=0

	rm -f "$FM_OUT/pcap"
	peer 0 tcpdump -q -i tap0 --direction=out -U -s 256 -B 8192 \
		-w "$FM_OUT/pcap" 2> "$tmp/tcpdump" &
	job=$!
	wait_for "grep -q listening $tmp/tcpdump" || return
	"$@" || rc=1
	peer 0 bash -c 'echo end > /dev/udp/10.77.0.1/9'
	wait_for captured || rc=1
	kill "$job"
	wait "$job" || :
	return $rc
}

readonly marker='host 10.77.0.1 and udp port 9'

captured()
{
	[[ $(peer 0 tcpdump --count -nr "$FM_OUT/pcap" "$marker" 2> "$tmp/read") != 0* ]]
}

# chain_file FRAG OTHER "TYPE MODE [ATTR=VALUE]...": as the reference reads it
chain_file()
{
	local frag=$1 other=$2 nf nfs=() words word params type more

	shift 2
	for nf; do
		read -r -a words <<< "$nf"
		params=() type=${words[0]} more=''
		for word in "${words[@]:2}"; do
			if [[ $word = timeout_ms=* ]]; then
				more=",\"timeout_ms\":${word#*=}"
			elif [[ ${word#*=} = *[!0-9]* ]]; then
				params+=("\"${word%%=*}\": \"${word#*=}\"")
			else
				params+=("\"${word%%=*}\": ${word#*=}")
			fi
		done
		nfs+=("{\"type\":\"$type\",\"params\":{$(join "${params[@]}")}$more}")
	done
	echo "{\"schema_version\":1,\"name\":\"edge\",\"frag_policy\":\"$frag\",\"other_policy\":\"$other\",\"nfs\":[$(join "${nfs[@]}")]}"
}

# compare NAME: the reference agrees with the chain, and nothing was left open
# but what its report says
compare()
{
	local report rc=0

	seen edge "$(peer 0 tcpdump --count -r "$FM_OUT/pcap" 2> "$tmp/read" |
		grep -o '^[0-9]*')"
	settled edge
	fmctl -j flow list edge > "$FM_OUT/flows"
	fmctl -j stat show edge > "$FM_OUT/stats"
	peer 0 ref compare -j --chain "$FM_OUT/chain" --pcap "$FM_OUT/pcap" \
		--dst-mac "$mac0" --margin 1000 --flows "$FM_OUT/flows" \
		--stats "$FM_OUT/stats" > "$tmp/report" || rc=$?
	report=$(gojq -c '[.packets, .keys, .mismatched]' "$tmp/report")
	if ! expect_eq "$1: reference and chain agree" "0 true true 0" \
		"$rc $(gojq '.packets > 0, .keys > 0' "$tmp/report" |
			tr '\n' ' ')$(gojq .mismatched "$tmp/report")"; then
		fm_comment "$(gojq -c '.differences[:10][]' "$tmp/report")"
	fi
	fm_comment "packets, keys, mismatched: $report, $(gojq -c \
		'{ambiguous, uncertain}' "$tmp/report")"
}

# run NAME STEER FRAG OTHER "NF MODE [ATTR=VALUE]..."... -- CMD...
run()
{
	local name=$1 steer=$2 frag=$3 other=$4 nfs=() insts=() nf

	shift 4
	while [[ $1 != -- ]]; do
		nfs+=("$1")
		shift
	done
	shift
	chain_file "$frag" "$other" "${nfs[@]}" > "$FM_OUT/chain"
	for nf in "${nfs[@]}"; do
		# shellcheck disable=SC2086 # words
		insts+=("$(inst $nf)")
	done
	[[ $frag = drop ]] || insts+=('["frag_policy","u32",1]')
	[[ $other = accept ]] || insts+=('["other_policy","u32",1]')
	check "$name: there is a chain" chain_new edge "$(dev eth0)" \
		"$steer" "${insts[@]}" || return
	capture "$@" > "$tmp/cmd" 2>&1 ||
		fm_result "not ok" "$name: $* runs ($(< "$tmp/cmd"))"
	compare "$name"
	if [[ ${insts[*]} = *'"mode","u32",1'* ]]; then
		expect_eq "$name: packets were handed over, none lost" "true 0" \
			"$(stat edge '[.cpu[].handed] | add > 0') \
$(stat edge '[.cpu[].handoff_drops] | add')"
	fi
	check "$name: the chain goes" chain_del edge
}
