# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # random.bash, world.bash, outcome.bash
#
# Namespaces that end with chains in them, whose devices have packets.

readonly netns_refusals='EEXIST|ENOENT|EINVAL|ENODEV|EBUSY|unloaded|nodev|exists|busy|nons|ETIMEDOUT'
readonly inner_index=77

# Two chains; only one gets the device.
random_requests()
{
	local cpus name plan

	choose 0 0,1 2 0,1,2,3
	IFS=, read -r -a cpus <<< "$picked"
	choose src ips all
	plan=$(join "[\"ifindex\",\"u32\",$inner_index]" \
		"$(steer "$picked" 16 "${cpus[@]}")" "$(inst psd shared)" \
		"$(inst flow_counter local)" \
		"$(inst source_counter shared timeout_ms=100)")
	requests=()
	for name in in0 in1; do
		requests+=("$(request chain_new "$name" "$plan")")
	done
}

# A namespace ends some time after it was deleted, and its devices then.
setup_link()
{
	local batch=("netns add m0"
		"link add m1 type veth peer name m2 index $inner_index netns m0"
		"addr add 10.9.0.1/24 dev m1" "link set m1 up")

	attempt_batch "$netns_refusals" ip
	batch=("addr add 10.9.0.2/24 dev m2" "link set m2 up")
	attempt_batch "$netns_refusals" ip -n m0
}

teardown_link()
{
	local batch=("netns del m0")

	pick 2
	[[ $picked -eq 0 ]] || batch=("link del m1" "netns del m0")
	attempt_batch "$netns_refusals" ip
}

worker_step()
{
	local flood requests

	random_requests
	setup_link
	attempt_requests "$netns_refusals" ip netns exec m0 nlraw \
		"${requests[@]}"
	ping -q -i 0.002 -w 30 10.9.0.2 > "$FM_OUT/soak-ping" 2>&1 &
	flood=$!
	choose 0.1 0.3 1
	wait_a_little "$picked"
	teardown_link
	kill "$flood" 2>&- || :
	wait "$flood" || :
	while [[ -e /sys/class/net/m1 && ! -e $SOAK_STOP ]]; do
		wait_a_little
	done
}
