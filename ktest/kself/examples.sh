# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Every chain of examples/ as a user deploys it: checked, solved, applied to a
# real NIC, under traffic of programs, and gone without a trace.
#
# debug: no, its work is done in user space
# vm: -c 4 -q 4 -n 1

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

peer 0 iperf3 -s -D
before=$(ethtool -x eth0)
for chain in examples/*.json; do
	name=$(basename "$chain" .json)
	check "$name: deploy" fmctl deploy "$chain" dev eth0
	chain_name=$(fmctl -j chain list | gojq -r '.chains[].chain_name')
	expect_output "$name: it is that of the file" "" fmctl chain diff "$chain"
	iperf3 -c 10.77.0.2 -t 1 -P 2 -R --connect-timeout 500 > "$tmp/iperf" 2>&1
	ping -q -c 50 -i 0.002 -W 1 10.77.0.2 > "$tmp/ping"
	settled "$chain_name"
	# Every packet is accepted, or dropped for a reason.
	expect_eq "$name: all packets are accounted for" "true true true" \
		"$(fmctl -j stat "$chain_name" | gojq -r '.stat |
			"\(.packets > 40) \(.packets == .accepted + .dropped) \(
			.dropped == ([.reason[]?] + [.inst[].reason[]?] | add // 0))"')"
	check "$name: delete" fmctl chain del "$chain_name"
	expect_eq "$name: the NIC is as before" "$before" "$(ethtool -x eth0)"
done
expect_eq "no memory is held" 0 "$(info memory)"
finish
