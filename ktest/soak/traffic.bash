# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # random.bash and world.bash
#
# Packets: floods of the generator in the kernel into p0 and p1, frames that lie
# into t0, and pings to v0.

# Its device may be down, or its queues held by the run before.
readonly traffic_refusals='status1|status2|again|down'

flood_set()
{
	echo "$2" > "/proc/net/pktgen/$1"
}

worker_begin()
{
	local word dev

	modprobe pktgen
	for dev in p0 p1; do
		flood_set kpktgend_0 "add_device $dev"
		for word in "xmit_mode netif_receive" "count 0" \
			"delay 2000000" "flag IPSRC_RND" "flag UDPSRC_RND" \
			"src_min 10.1.0.0" "src_max 10.1.3.255" \
			"udp_src_min 9" "udp_src_max 99" "dst 10.2.0.1" \
			"udp_dst_min 9" "pkt_size 60" \
			"dst_mac 02:00:00:00:00:01"; do
			flood_set "$dev" "$word"
		done
	done
}

flood()
{
	echo start > /proc/net/pktgen/pgctrl &
	generator=$!
	wait_a_little "$1"
	echo stop > /proc/net/pktgen/pgctrl
	wait "$generator"
}

worker_step()
{
	local seed

	pick 1000000
	seed=$picked
	choose page copy frags
	case $seed in
	*[0-2]) attempt "$traffic_refusals" flood 2 ;;
	*[3-7]) attempt "$traffic_refusals" pktfuzz --device t0 --way "$picked" \
		--frames 1000 --seed "$seed" --workers 2 ;;
	*) attempt "$traffic_refusals" ip netns exec far ping -q -c 20 \
		-i 0.02 -W 1 -s $((seed % 8000)) 10.8.0.1 ;;
	esac
}

worker_end()
{
	echo reset > /proc/net/pktgen/pgctrl
}
