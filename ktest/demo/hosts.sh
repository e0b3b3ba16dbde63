# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Who talks to whom. Sourced at both ends and in the guest.
#
#   clients, scanner                                   servers
#   10.77.0.16 ... 10.77.0.23   -- eth0  guest  eth1 --  10.77.1.2
#   fd77::10 ... fd77::17                                fd77:1::2
#   10.77.0.66, fd77::66

# shellcheck disable=SC2034 # for those who source this
clients=({0..7}) page_bytes=262144 scan_first=60 scan_ports=41

scanner4=10.77.0.66
scanner6=fd77::66
server4=10.77.1.2
server6=fd77:1::2
guest_mac=52:54:00:77:00:01	# eth0
peer_mac=52:54:00:77:00:02	# tap0, behind eth0

client4()
{
	echo "10.77.0.$((16 + $1))"
}

client6()
{
	printf 'fd77::%x\n' $((16 + $1))
}

iperf_port()
{
	echo $((5201 + $1))
}
