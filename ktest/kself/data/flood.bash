# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Traffic that goes on while a kselftest does something else.

# flood_begin DEV...: pktgen into the receive path of each, a CPU each, a packet
# every $flood_delay nanoseconds
flood_begin()
{
	local cpu=0 name word

	modprobe pktgen
	for name; do
		echo "add_device $name" > "/proc/net/pktgen/kpktgend_$cpu"
		for word in "xmit_mode netif_receive" "count 0" \
			"delay ${flood_delay:-200000}" \
			"flag IPSRC_RND" "src_min 10.1.0.0" "src_max 10.1.3.255" \
			"dst 10.2.0.1" "udp_dst_min 9" "pkt_size 60" \
			"dst_mac 02:00:00:00:00:01"; do
			echo "$word" > "/proc/net/pktgen/$name"
		done
		cpu=$((cpu + 1))
	done
	echo start > /proc/net/pktgen/pgctrl &
	flood=$!
}

flood_end()
{
	echo stop > /proc/net/pktgen/pgctrl
	wait "$flood"
	echo reset > /proc/net/pktgen/pgctrl
}
