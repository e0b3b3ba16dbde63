# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The kernel's packet generator as the NIC: a thread on each CPU hands packets to
# a dummy device's receive path there.  Both plans get the same flows, the same
# number of packets on each CPU, and what a NIC would have put there:
#
#                   sources         source ports
#   all flows       198.18.0.0-127  2000-2015     to 4 destinations, one port
#   default, CPU i  all             4 of the 16   5-tuple RSS splits every source
#   plan, CPU i     32 of the 128   all           a source has one CPU
#
# What a chain accepts is for another host and dropped by ip_rcv().

gen_cpus=(0 1 2 3)
gen_sources=128 gen_ports=16 gen_destinations=4

# gen_setup NAME...: a dummy device NAME<cpu> for each CPU
gen_setup()
{
	local name i

	modprobe dummy numdummies=0
	modprobe pktgen
	for name; do
		for i in "${gen_cpus[@]}"; do
			echo "link add $name$i type dummy"
			echo "link set $name$i up"
		done
	done | ip -batch -
}

gen_devices()
{
	printf -- "--dev $1%d " "${gen_cpus[@]}"
}

gen_write()
{
	echo "$2" > "/proc/net/pktgen/$1"
}

# gen_addresses DEV src|dst PREFIX FIRST COUNT; of random choices the upper end is
# not one.
gen_addresses()
{
	gen_write "$1" "$2_min $3.$4"
	gen_write "$1" "$2_max $3.$(($4 + $5))"
}

# gen_setup_thread NAME CPU PACKETS SPLIT
gen_setup_thread()
{
	local dev=$1$2 line
	local sources=$gen_sources ports=$gen_ports source=0 port=0
	local share=$2

	case $4 in
	sources)
		sources=$((sources / ${#gen_cpus[@]})) source=$((share * sources)) ;;
	ports)
		ports=$((ports / ${#gen_cpus[@]})) port=$((share * ports)) ;;
	esac

	gen_write "kpktgend_$2" "add_device $dev"
	gen_addresses "$dev" src 198.18.0 "$source" "$sources"
	gen_addresses "$dev" dst 198.19.0 0 "$gen_destinations"
	while read -r line; do
		gen_write "$dev" "$line"
	done <<-END
		count $3
		clone_skb 0
		pkt_size 60
		delay 0
		xmit_mode netif_receive
		dst_mac 02:00:00:00:00:01
		udp_src_min $((2000 + port))
		udp_src_max $((2000 + port + ports))
		udp_dst_min 9
		udp_dst_max 9
		flag IPSRC_RND
		flag IPDST_RND
		flag UDPSRC_RND
	END
}

# The threads forget their devices some time after they are told to.
gen_cleanup()
{
	local i

	for i in "${gen_cpus[@]}"; do
		gen_write "kpktgend_$i" rem_device_all
	done
	wait_for '! compgen -G "/proc/net/pktgen/*[0-9]" | grep -qv kpktgend_'
}

# gen_run NAME PACKETS SPLIT: prints the microseconds of the slowest thread
gen_run()
{
	local i

	for i in "${gen_cpus[@]}"; do
		gen_setup_thread "$1" "$i" "$2" "$3"
	done
	gen_write pgctrl start
	for i in "${gen_cpus[@]}"; do
		sed -n 's/^Result: OK: \([0-9]*\)(.* '"$2"' (60byte.*/\1/p' \
			"/proc/net/pktgen/$1$i"
	done | awk '{ if ($1 > max) max = $1 }
		END { if (NR != '"${#gen_cpus[@]}"') exit 1; print max }'
	gen_cleanup
}
