# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Traffic that goes on while a kselftest does something else.

# pktgen_add CPU DEV [WORDS]...: what is to arrive at DEV
pktgen_add()
{
	local word

	echo "add_device $2" > "/proc/net/pktgen/kpktgend_$1"
	for word in "xmit_mode netif_receive" "count 0" "dst 10.2.0.1" \
		"pkt_size 60" "dst_mac 02:00:00:00:00:01" "${@:3}"; do
		echo "$word" > "/proc/net/pktgen/$2" || return
	done
}

pktgen_start()
{
	echo start > /proc/net/pktgen/pgctrl &
	flood=$!
}

# flood_begin DEV...: pktgen into the receive path of each, a CPU each, a packet
# every $flood_delay nanoseconds
flood_begin()
{
	local cpu=0 name

	modprobe pktgen
	for name; do
		pktgen_add "$cpu" "$name" "delay ${flood_delay:-200000}" \
			"flag IPSRC_RND" "src_min 10.1.0.0" "src_max 10.1.3.255" \
			"udp_dst_min 9"
		cpu=$((cpu + 1))
	done
	pktgen_start
}

flood_end()
{
	echo stop > /proc/net/pktgen/pgctrl
	wait "$flood"
	echo reset > /proc/net/pktgen/pgctrl
}
