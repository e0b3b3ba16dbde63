# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The ring of an owner that cannot keep up: when it is half full, new flows are
# dropped and named so, and flows that are known lose nothing.
#
#    netns far: v1 -- v0 [chain, owner CPU 1]    gen on CPU 2, pktgen on CPU 0
#    d0                                          pktgen holds CPU 1
#
# vm: -c 4 -n 1
#
# shellcheck disable=SC2016,SC2317 # wait_for evaluates, check calls

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash
# shellcheck source=ktest/kself/data/flood.bash
source ktest/kself/data/flood.bash

readonly known=2000

setup()
{
	modprobe pktgen && ip netns add far &&
		ip link add d0 type dummy && ip link set d0 up &&
		ip link add v0 type veth peer name v1 netns far &&
		ip link set v0 up && ip -n far link set v1 up &&
		chain_new edge "$(dev v0)" "$(steer src 4 1)" \
			"$(inst flow_counter local max_entries=20000 full_policy=1)"
}

flows()
{
	ip netns exec far taskset -c 2 gen --profile flows --family 4 \
		--flows 200 --packets "$known" --rate 4000 --dst-mac "$mac" -i v1
}

# CPU 0 floods v0; CPU 1 does nothing else for a second or so, again and again.
crowd_begin()
{
	pktgen_add 0 v0 "flag IPSRC_RND" "flag UDPSRC_RND" \
		"src_min 10.1.0.0" "src_max 10.1.255.255" \
		"udp_src_min 1024" "udp_src_max 65535" "delay 20000" &&
		pktgen_add 1 d0 "burst 500000" && pktgen_start
}

check "there is a chain" setup
mac=$(< /sys/class/net/v0/address)
check "flows that will be known" flows
seen edge $known
settled edge
expect_eq "none of them was dropped" 0 "$(stat edge .dropped)"

crowd_begin
expect_eq "there is a flood, and the owner is busy" 0 $?
check "new flows are dropped" wait_for \
	'[[ $(stat edge .reason.handoff_new) -gt 0 ]]' 60
check "the known flows go on" flows
flood_end
settled edge

fm_comment "$(stat edge '{packets, dropped} +
	(.reason | with_entries(select(.value > 0))) +
	(.inst[0] | {created, expired, evicted})')"
expect_eq "nothing else was dropped" "0" \
	"$(stat edge '.dropped - .reason.handoff_new')"
expect_eq "what was dropped is counted as drops of the hand-off" "true" \
	"$(stat edge '([.cpu[].handoff_drops] | add) == .reason.handoff_new')"
expect_eq "the known flows have all their packets" "200 $((2 * known))" \
	"$(fmctl -j flow list edge src 198.18.0.0/15 |
		gojq -r '[.flows[].state[].value.packets] |
			"\(length) \(add)"')"
check "the chain goes" chain_del edge
expect_eq "no memory is held" 0 "$(info memory)"
finish
