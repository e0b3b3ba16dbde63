# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # random.bash and world.bash
#
# Devices come, go, change their name, move to another namespace and back, and
# lose their carrier.

readonly device_refusals='exists|nodev|busy|invalid|down|nons'

worker_begin()
{
	ip netns add away
}

worker_step()
{
	local dev

	choose "${moving_devs[@]}"
	dev=$picked
	pick 9
	case $picked in
	0|1) attempt "$device_refusals" ip link add "$dev" type dummy ;;
	2) attempt "$device_refusals" ip link add "$dev" type veth \
		peer name "x$dev" ;;
	3) attempt "$device_refusals" ip link del "$dev" ;;
	4) attempt "$device_refusals" ip link set "$dev" up ;;
	5) attempt "$device_refusals" ip link set "$dev" name tmp
	   attempt "$device_refusals" ip link set tmp name "$dev" ;;
	6) attempt "$device_refusals" ip link set "$dev" netns away
	   attempt "$device_refusals" ip -n away link set "$dev" netns 1 ;;
	7) attempt "$device_refusals" ip link set "x$dev" down ;;
	8) choose "${still_devs[@]}"
	   dev=$picked
	   attempt "$device_refusals" ip link set "$dev" down
	   attempt "$device_refusals" ip link set "$dev" up ;;
	esac
}

worker_end()
{
	ip netns del away
}
