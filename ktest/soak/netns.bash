# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # random.bash and world.bash
#
# Namespaces that end with chains in them, whose devices have packets.

readonly netns_refusals='EEXIST|EINVAL|ENODEV|EBUSY|unloaded|nodev|exists|busy'

# inner CHAIN: in namespace m0, on its end of the veth
inner()
{
	local index

	read -r index < <(ip -n m0 -o link show dev m2)
	ip netns exec m0 nlraw "$(request chain_new "$1" \
		"[\"ifindex\",\"u32\",${index%%:*}]" "$2" \
		"$(inst psd local)" "$(inst flow_counter shared)" \
		"$(inst source_counter local timeout_ms=100)")"
}

setup_link()
{
	ip netns add m0 &&
		ip link add m1 type veth peer name m2 netns m0 &&
		ip addr add 10.9.0.1/24 dev m1 &&
		ip link set m1 up &&
		ip -n m0 addr add 10.9.0.2/24 dev m2 &&
		ip -n m0 link set m2 up
}

worker_step()
{
	local flood steering name

	attempt "$netns_refusals" setup_link
	choose 0 0 0,1 2 0,1,2,3
	IFS=, read -r -a cpus <<< "$picked"
	choose src ips all
	steering=$(steer "$picked" 16 "${cpus[@]}")
	for name in in0 in1; do
		attempt "$netns_refusals" inner "$name" "$steering"
	done
	ping -q -f -w 30 10.9.0.2 > "$FM_OUT/soak-ping" 2>&1 &
	flood=$!
	choose 0.1 0.5 1
	wait_a_little "$picked"
	pick 2
	if [[ $picked -eq 0 ]]; then
		attempt "$netns_refusals" ip link del m1
		attempt "$netns_refusals" ip netns del m0
	else
		attempt "$netns_refusals" ip netns del m0
	fi
	kill "$flood" 2>&- || :
	wait "$flood" || :
	# The device goes after the namespace, some time.
	while [[ -e /sys/class/net/m1 && ! -e $SOAK_STOP ]]; do
		wait_a_little
	done
}
