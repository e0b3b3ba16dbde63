# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # random.bash, world.bash, outcome.bash
#
# Devices come, go, change their name, move to another namespace and back, and
# lose their carrier.

readonly device_refusals='exists|nodev|busy|invalid|down|nons'

worker_begin()
{
	ip netns add away
}

random_line()
{
	local dev

	choose "${moving_devs[@]}"
	dev=$picked
	pick 9
	case $picked in
	0|1) batch+=("link add $dev type dummy") ;;
	2) batch+=("link add $dev type veth peer name x$dev") ;;
	3) batch+=("link del $dev") ;;
	4|5) batch+=("link set $dev up") ;;
	6) batch+=("link set $dev name tmp" "link set tmp name $dev") ;;
	7) batch+=("link set x$dev down" "link set x$dev up") ;;
	8) choose "${still_devs[@]}"
	   batch+=("link set $picked down" "link set $picked up") ;;
	esac
}

move()
{
	choose "${moving_devs[@]}"
	attempt "$device_refusals" ip link set "$picked" netns away
	batch=("link set d0 netns 1" "link set d1 netns 1"
		"link set d2 netns 1" "link set d3 netns 1")
	attempt_batch "$device_refusals" ip -n away
}

worker_step()
{
	local batch=() n

	pick 5
	if [[ $picked -eq 0 ]]; then
		move
		return
	fi
	pick 6
	for ((n = picked; n >= 0; n--)); do
		random_line
	done
	attempt_batch "$device_refusals" ip
}

worker_end()
{
	ip netns del away
}
