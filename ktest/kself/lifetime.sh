# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What a chain hangs on may go at any time, under traffic: its namespace, its
# device, the module.  Everything it had is released each time.
#
# vm: -c 4 -n 1 -a highres=off
#
# shellcheck disable=SC2317,SC2016 # check and other shells

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash
# shellcheck source=ktest/kself/data/flood.bash
source ktest/kself/data/flood.bash

plan=("$(steer src 64 3 2 1 0)" "$(inst psd local)"
	"$(inst source_counter local)" "$(inst flow_counter shared)")

nothing_left()
{
	expect_eq "$1: no chain and no memory is left" "0 0" \
		"$(info chains) $(info memory)"
}

# flows CHAIN: its packets go on
flows()
{
	local before

	before=$(stat "$1" .packets)
	wait_for "[[ \$(stat $1 .packets) -gt $before ]]"
}

keep_hook

# ---- devices

# pktgen would hold a device that it floods and that is renamed.
ip link add d0 type dummy
ip link add d1 type dummy
ip link set d0 up
flood_begin d0
check "a chain on two devices" chain_new edge "$(dev d0 d1)" "${plan[@]}"
check "it has packets" flows edge
check "one is renamed" ip link set d1 name d9
expect_eq "the chain knows its new name" '["d0","d9"]' \
	"$(fmctl -j chain show edge | gojq -c '.chain.dev | sort')"
generation=$(generation edge)
check "the renamed device goes" ip link del d9
expect_eq "the chain has the other" '["d0"]' \
	"$(fmctl -j chain show edge | gojq -c .chain.dev)"
check "and its packets" flows edge
flood_end
ip netns add n1
check "the last device moves to another namespace" ip link set d0 netns n1
expect_eq "the chain is there without device" \
	"[] $generation [3,true]" "$(fmctl -j chain show edge |
		gojq -c .chain.dev) $(generation edge) \
$(stat edge '[(.inst | length), .packets > 0]' )"
expect_eq "its states, too" "true" "$(stat edge '.inst[0].entries > 0')"
check "the device comes back" ip -n n1 link set d0 netns 1
check "and is bound again" chain_set edge "$(dev d0)" "${plan[@]}"
expect_eq "with the states that there were" "[true,true,true]" \
	"$(fmctl -j chain show edge | gojq -c '[.chain.inst[].kept]')"
check "the chain goes" chain_del edge
nothing_left "devices"
ip link del d0

# ---- veth, whose traffic comes from another namespace

ip link add v0 type veth peer name v1 netns n1
ip link set v0 up
ip addr add 10.3.0.1/24 dev v0
ip -n n1 link set v1 up
ip -n n1 addr add 10.3.0.2/24 dev v1
check "a chain on a veth" chain_new edge "$(dev v0)" "${plan[@]}"
check "it lets ping through" ip netns exec n1 ping -q -c 5 -i 0.02 -W 5 10.3.0.1
ip netns exec n1 ping -q -f 10.3.0.1 > "$tmp/ping" 2>&1 &
ping=$!
check "it has packets" flows edge
ip link set v0 down
check "it is renamed" ip link set v0 name v9
ip link set v9 up
check "it has packets still" flows edge
check "the veth goes under them" ip link del v9
expect_eq "the chain is there" "[]" \
	"$(fmctl -j chain show edge | gojq -c .chain.dev)"
kill "$ping" 2>&- || :
wait "$ping" || :
check "the chain goes" chain_del edge
nothing_left "veth"

# ---- namespaces

round()
{
	local i

	for i in 1 2 3; do
		ip netns add n2 || return
		ip link add v0 type veth peer name v1 netns n2 || return
		ip link set v0 up
		ip -n n2 link set v1 up
		ip -n n2 addr add 10.3.0.1/24 dev v1
		ip addr add 10.3.0.2/24 dev v0
		ip netns exec n2 bash -c '
			source ktest/kself/data/plan.bash
			chain_new inner "$(dev v1)" "$@" &&
			chain_new bare "$@"' - "${plan[@]}" || return
		ping -q -c 3 -i 0.02 -W 5 10.3.0.1 > "$tmp/ping" || return
		ping -q -f 10.3.0.1 > "$tmp/ping" 2>&1 &
		ip netns del n2 || return
		# The last of the namespace goes when its veth has gone.
		wait_for '! ip link show v0 > $tmp/link 2>&1' || return
		kill $! 2>&-
		wait $!
	done
	:
}
check "three namespaces go with a chain under traffic" round
check "one goes by way of its device" ip netns del n1
nothing_left "namespaces"
check "the module goes" rmmod flowmage
expect_eq "its slab caches have gone" "" \
	"$(find /sys/kernel/slab -maxdepth 1 -name 'flowmage*'; grep ^flowmage \
		/proc/slabinfo)"

# ---- the module, again and again, its chain in place under traffic

times=50
[[ ${FM_SLOW:-1} -eq 1 ]] || times=10

ip link add d0 type dummy
ip link add d1 type dummy
ip link set d0 up
ip link set d1 up
flood_begin d0 d1
request chain_new edge "$(dev d0 d1)" "${plan[@]}" > "$tmp/request"
bad=0 counted=0
for ((i = 0; i < times; i++)); do
	insmod "$FM_KO" && nlraw < "$tmp/request" > "$tmp/answer" || bad=1
	wait_for "nlraw '{\"cmd\":\"shard_get\",\"dump\":true,\"attrs\":[[\"chain_name\",\"string\",\"edge\"]]}' |
		grep -q '\"packets\",\"[0-9a-f]*[1-9a-f]'" && counted=$((counted + 1))
	rmmod flowmage || bad=1
done
expect_eq "$times times loaded, used and unloaded under traffic" "0 $times" \
	"$bad $counted"
flood_end
expect_eq "the kernel has nothing to say about it" "" \
	"$(complaints)"
ip link del d0
ip link del d1
check "the module is loaded again" insmod "$FM_KO"
nothing_left "reload"
finish
