# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # random.bash and world.bash
#
# Everything is read all the time, some of it by readers that die, and changed a
# little: the NIC's table is told, its test is begun again.

# status124 and status137: the reader was killed.
readonly dump_refusals='noent|ENOENT|ENODEV|EINVAL|unloaded|status5|status3|status124|status137'

nic_set()
{
	local index attr=$2

	{ read -r index < "/sys/class/net/$1/ifindex"; } 2>&- || return 3
	nlraw "{\"cmd\":\"nic_set\",\"attrs\":[[\"nic\",\"nest\",[[\"ifindex\",\"u32\",$index],$attr]]]}"
}

worker_step()
{
	local name dev

	choose "${chain_names[@]}"
	name=$picked
	choose "${moving_devs[@]}" "${still_devs[@]}"
	dev=$picked
	pick 11
	case $picked in
	0) attempt "$dump_refusals" fmctl -j flow list "$name" ;;
	1) attempt "$dump_refusals" fmctl shard list "$name" ;;
	2) attempt "$dump_refusals" fmctl stat show "$name" ;;
	3) attempt "$dump_refusals" fmctl -j chain show "$name" ;;
	4) attempt "$dump_refusals" nlraw '{"cmd":"nic_get","dump":true}' \
		'{"cmd":"chain_get","dump":true}' '{"cmd":"nf_get","dump":true}' \
		'{"cmd":"stat_get","dump":true}' ;;
	5) choose 0.05 0.1 0.2 0.4
	   attempt "$dump_refusals" timeout -s KILL "$picked" \
		nlraw -n 20 "{\"cmd\":\"flow_get\",\"dump\":true,\"attrs\":[[\"chain_name\",\"string\",\"$name\"]]}" ;;
	6) attempt "$dump_refusals" timeout 1 fmctl -j monitor ;;
	7) attempt "$dump_refusals" nic_set "$dev" '["test","flag"]' ;;
	8) choose 00000000 0000000001000000 \
		00000000010000000200000003000000
	   attempt "$dump_refusals" nic_set "$dev" "[\"indir\",\"hex\",\"$picked\"]" ;;
	9) attempt "$dump_refusals" fmctl nic test "$dev" ;;
	10) attempt "$dump_refusals" fmctl plan show "$name" ;;
	esac
}
