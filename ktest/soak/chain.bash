# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # random.bash and world.bash
#
# Chains come, change and go.  Most plans are good; the guard and the absence of
# a CPU, device or NF refuse others.

readonly chain_refusals='EEXIST|ENOENT|EBUSY|EINVAL|ENODEV|unloaded|ETIMEDOUT'
readonly chain_plans=24

# random_inst N SEGMENT
random_inst()
{
	local n=$1 type mode words=("segment=$2")

	choose psd policer source_counter flow_counter psd source_counter \
		flow_counter flow_counter service_counter proto_filter tcp_strict
	type=$picked
	choose local local shared
	mode=$picked
	case $type in
	policer) words+=(rate=100000 burst=20000) mode=shared ;;
	proto_filter) words+=("allow=6,17") mode=none ;;
	esac
	pick 3
	[[ $picked -ne 0 ]] || words+=(timeout_ms=100)
	pick 4
	[[ $picked -ne 0 ]] || words+=(max_entries=50)
	pick 4
	[[ $picked -ne 0 ]] || words+=(full_policy=1)
	made=$(inst "$type" "$mode" "${words[@]}" name="n$n")
}

random_devs()
{
	local dev

	choose_some "${moving_devs[@]}" "${still_devs[@]}"
	for dev in "${picks[@]}"; do
		attrs+=("[\"ifindex\",\"u32\",@$dev@]")
	done
}

random_steer()
{
	local kind shards

	choose src src src src dst ips all sym service tcp
	kind=$picked
	choose 1 4 16 64 128
	shards=$picked
	choose_some 0 0 0 1 2 3
	[[ ${#picks[@]} -gt 0 ]] || picks=(0)
	attrs+=("$(steer "$kind" "$shards" "${picks[@]}")")
}

# A plan of one or two segments, in the array attrs.
random_plan()
{
	local i n made last

	attrs=()
	random_devs
	random_steer
	pick 6
	n=$((picked + 1)) last=$((picked + 1))
	pick 3
	if [[ $picked -eq 0 && $n -gt 1 ]]; then
		random_steer
		last=$((n / 2))
	fi
	for ((i = 0; i < n; i++)); do
		random_inst "$i" $((i >= last))
		attrs+=("$made")
	done
	pick 3
	attrs+=("[\"frag_policy\",\"u32\",$picked]")
	pick 2
	attrs+=("[\"other_policy\",\"u32\",$picked]")
	pick 6
	attrs+=("[\"sample_shift\",\"u32\",$picked]")
}

worker_begin()
{
	plans=()
	made_plans=0
}

# Making a plan takes longer than applying it: each is used some times.
add_plan()
{
	local attrs

	random_plan
	plans[made_plans % chain_plans]=$(join "${attrs[@]}")
	made_plans=$((made_plans + 1))
}

random_request()
{
	local name cmd=chain_new

	choose "${chain_names[@]}"
	name="[\"chain_name\",\"string\",\"$picked\"]"
	pick 10
	if [[ $picked -lt 2 ]]; then
		requests+=("{\"cmd\":\"chain_del\",\"attrs\":[$name]}")
		return
	fi
	[[ $picked -ge 6 ]] || cmd=chain_set
	pick "${#plans[@]}"
	with_indices "${plans[picked]}"
	requests+=("{\"cmd\":\"$cmd\",\"attrs\":[$name,[\"chain\",\"nest\",[$text]]]}")
}

worker_step()
{
	local requests=() n text

	add_plan
	pick 8
	for ((n = picked; n >= 0; n--)); do
		random_request
	done
	attempt_requests "$chain_refusals" nlraw "${requests[@]}"
}
