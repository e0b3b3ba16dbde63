# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # random.bash and world.bash
#
# Everything is read all the time, some of it by readers that die, and changed a
# little: the NIC's table is told, its test is begun again.

readonly request_refusals='ENOENT|ENODEV|EINVAL|unloaded|ETIMEDOUT'
# What is not there is status 3 or 5, a test of software steering 8; 124 and 137:
# the reader was killed.
readonly dump_refusals='noent|unloaded|status3|status5|status8|status124|status137'

random_request()
{
	local cmd name attrs text

	choose "${chain_names[@]}"
	name="[\"chain_name\",\"string\",\"$picked\"]"
	choose flow shard stat chain nic nf nic_set
	cmd=$picked
	case $cmd in
	stat)
		requests+=("{\"cmd\":\"stat_get\",\"attrs\":[$name]}") ;;
	flow|shard)
		requests+=("{\"cmd\":\"${cmd}_get\",\"dump\":true,\"attrs\":[$name]}") ;;
	nic_set)
		choose "${moving_devs[@]}" "${still_devs[@]}"
		attrs="[\"ifindex\",\"u32\",@$picked@]"
		choose '["test","flag"]' '["indir","hex","00000000"]' \
			'["indir","hex","0000000001000000"]' \
			'["indir","hex","0000000001000000"],["test","flag"]'
		with_indices "$attrs,$picked"
		requests+=("{\"cmd\":\"nic_set\",\"attrs\":[[\"nic\",\"nest\",[$text]]]}") ;;
	*)
		requests+=("{\"cmd\":\"${cmd}_get\",\"dump\":true}") ;;
	esac
}

by_program()
{
	local name

	choose "${chain_names[@]}"
	name=$picked
	choose "flow list $name" "stat show $name" "chain show $name" \
		"plan show $name" "nic test p0" "monitor"
	[[ $picked != monitor ]] || set -- timeout 1
	# shellcheck disable=SC2086 # words
	attempt "$dump_refusals" "$@" fmctl -j $picked
}

worker_step()
{
	local requests=() n

	pick 6
	if [[ $picked -eq 0 ]]; then
		by_program
		return
	fi
	[[ $picked -ne 1 ]] || set -- timeout -s KILL 0.2
	pick 10
	for ((n = picked; n >= 0; n--)); do
		random_request
	done
	attempt_requests "$request_refusals" "$@" nlraw "${requests[@]}"
}
