# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Deployment: what is applied is verified packet by packet, what is undone is as
# it was, and nothing that goes wrong on the way leaves anything behind.
#
# debug: no, its work is done in user space
# vm: -c 4 -q 4 -n 2

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

chain=examples/psd-policer-fsc.json
name=psd-policer-fsc

# Everything of a NIC that a deployment may touch.
snap()
{
	local flow

	ethtool -x "$1"
	for flow in tcp4 udp4 sctp4 tcp6 udp6 sctp6; do
		ethtool -n "$1" rx-flow-hash "$flow"
	done
	ethtool -k "$1" | grep receive-hashing
}

# as_before NAME: NICs as at the beginning, no chain, no journal.
as_before()
{
	expect_eq "$1: NICs are as before" "$before" "$(snap eth0; snap eth1)"
	expect_eq "$1: no chain is left" '[]' \
		"$(fmctl -j chain list | gojq -c .chains)"
	expect_eq "$1: no journal is left" "" \
		"$(find /run -path '/run/flowmage/nic-*')"
}

# Queues of eth0 whose interrupts have counted on since busy_begin.
busy_begin()
{
	grep "$device-input" /proc/interrupts > "$tmp/irqs"
}

busy_queues()
{
	grep "$device-input" /proc/interrupts | diff - "$tmp/irqs" | grep -c '<'
}

status()
{
	local rc=0

	"$@" > "$tmp/out" 2> "$tmp/err" || rc=$?
	echo "$rc"
}

traffic()
{
	local pid

	ping -f -c 400 -q 10.77.0.2 > "$tmp/ping" & pid=$!
	iperf3 -c 10.77.0.2 -t 2 -P 4 -R > "$tmp/iperf" 2>&1 || :
	iperf3 -c 10.77.0.2 -t 2 -P 4 -R -u -b 2M > "$tmp/iperf" 2>&1 || :
	wait "$pid"
}

# What the self-test says of every IPv4 class seen.
verdicts()
{
	fmctl -j nic show eth0 | gojq -c '[.classes[] |
		select(.class | endswith("4")) | "\(.class) \(.verdict)"] | sort'
}
verified='["other4 verified","tcp4 verified","udp4 verified"]'

peer 0 iperf3 -s -D
device=$(basename "$(readlink -f /sys/class/net/eth0/device)")
before=$(snap eth0; snap eth1)

# ---- without changing anything

check "dry run" fmctl --dry-run deploy "$chain" dev eth0
as_before "dry run"

# ---- deployed, verified, replaced, deleted

check "deploy" fmctl deploy "$chain" dev eth0
for _ in {1..8}; do
	traffic
	[[ $(verdicts) != "$verified" ]] || break
done
expect_eq "TCP, UDP and ICMP are verified" "$verified" "$(verdicts)"
{ traffic; traffic; } & pid=$!
check "a test of the NIC" fmctl nic test eth0 --timeout 30
wait "$pid"
expect_output "diff is empty" "" fmctl chain diff "$chain"
sed 's/"threshold": 20/"threshold": 30/' "$chain" > "$tmp/changed.json"
expect_eq "diff shows a change" 8 "$(status fmctl chain diff "$tmp/changed.json")"
expect_eq "diff: what it is" "psd.threshold 20     30" "$(tail -n 1 "$tmp/out")"
expect_eq "a stale generation is refused" 6 \
	"$(status fmctl deploy "$tmp/changed.json" dev eth0 generation 4000000)"
check "replace" fmctl deploy "$tmp/changed.json" dev eth0
expect_output "the change is applied" "" fmctl chain diff "$tmp/changed.json"
check "replace, now in software" fmctl deploy "$chain" dev eth0 no-hw
expect_eq "in software the NIC is as before" "$before" \
	"$(snap eth0; snap eth1)"
check "replace, with the NIC again" fmctl deploy "$chain" dev eth0
check "two devices" fmctl deploy "$chain" dev eth0 dev eth1
expect_eq "two devices: one key" 1 \
	"$(for d in eth0 eth1; do ethtool -x $d | grep -A1 'hash key'; done |
		grep : | sort -u | grep -vc hash)"
check "one device: the other is let go" fmctl deploy "$chain" dev eth0
check "delete" fmctl chain del "$name"
as_before "delete"
busy_begin
iperf3 -c 10.77.0.2 -t 1 -P 16 -R > "$tmp/iperf" 2>&1
check "the NIC spreads again" test "$(busy_queues)" -ge 2

# ---- solved with what is measured here

sed '0,/{/s//{ "sample_shift": 1,/' "$chain" > "$tmp/sampled.json"
check "a chain that is timed" fmctl deploy "$tmp/sampled.json" dev eth0
traffic & pid=$!
expect_eq "solve listens to a device" true \
	"$(fmctl -j solve "$chain" dev eth0 live eth0 seconds 3 |
		gojq '.traffic.packets > 100 and .segments[0].load >= 1')"
wait "$pid"
own='[.inst[].own] | map(. > 0) | all'
# shellcheck disable=SC2016 # what begins with a dollar is gojq's
expect_eq "solve takes the times of the chain that runs" "true true" \
	"$(fmctl -j solve "$chain" dev eth0 measured > "$tmp/measured"
		gojq "$own" "$tmp/measured") $(fmctl -j solve "$chain" dev eth0 |
		gojq --slurpfile m "$tmp/measured" \
			'[.inst[].own] != [$m[0].inst[].own]')"
check "delete" fmctl chain del "$name"
expect_eq "then there are no times" 3 "$(status fmctl solve "$chain" dev eth0 measured)"

# ---- several segments, as the solver cuts them

cat > "$tmp/two.json" <<'END'
{ "schema_version": 1, "name": "two", "nfs": [
	{ "type": "psd", "params": { "threshold": 1000 } },
	{ "type": "policer", "params": { "rate": 1000000000, "burst": 10000000 } } ] }
END
fmctl -j solve "$tmp/two.json" dev eth0 local psd local policer > "$tmp/two"
expect_eq "wishes for local state make two segments" '["psd","policer"]' \
	"$(gojq -c '[.segments[].nfs[0]]' "$tmp/two")"
check "two segments" fmctl deploy "$tmp/two.json" dev eth0 plan "$tmp/two"
traffic
settled two
expect_eq "both see all packets, in local state" "true 0 true" \
	"$(fmctl -j stat two | gojq -r '.stat | "\([.segment[].packets] |
		.[0] == .[1] and .[0] > 1000) \(.dropped) \(
		[.cpu[] | select(.run > 0)] | length > 1)"')"
check "delete" fmctl chain del two
as_before "two segments"

# ---- left-overs

check "deploy, then unload the module" fmctl deploy "$chain" dev eth0
rmmod flowmage
check "rollback needs no module" fmctl rollback
expect_eq "rollback: the NIC is as before" "$before" "$(snap eth0; snap eth1)"
insmod "$FM_KO"
check "deploy, then reload the module" fmctl deploy "$chain" dev eth0
rmmod flowmage
insmod "$FM_KO"
check "deploying elsewhere brings it back" fmctl deploy "$chain" dev eth1
expect_eq "the first NIC is as before" "$(head -n 40 <<< "$before")" \
	"$({ snap eth0; snap eth1; } | head -n 40)"
check "rollback deletes the chain" fmctl rollback dev eth1
as_before "rollback"

# ---- plans that lie, and what a NIC refuses

fmctl -j solve "$chain" dev eth0 > "$tmp/plan.json"
check "a plan from a file" fmctl deploy "$chain" dev eth0 plan "$tmp/plan.json"
check "delete" fmctl chain del "$name"
python3 - "$tmp/plan.json" "$tmp" <<'END'
import json, sys
plan = json.load(open(sys.argv[1]))
plan["inst"][1]["mode"] = "local"
json.dump(plan, open(sys.argv[2] + "/lie.json", "w"))
plan["inst"][1]["mode"] = "shared"
plan["nic"]["select"] = {"tcp4": ["src_ip"]}
json.dump(plan, open(sys.argv[2] + "/refused.json", "w"))
END
expect_eq "a plan that lies is refused" 1 \
	"$(status fmctl deploy "$chain" dev eth0 plan "$tmp/lie.json")"
expect_eq "it says which NF" 1 "$(grep -c policer "$tmp/err")"
as_before "lie"
check "a NIC that refuses is no error" fmctl deploy "$chain" dev eth0 \
	plan "$tmp/refused.json"
status fmctl deploy "$chain" dev eth0 plan "$tmp/refused.json" > "$tmp/rc"
expect_eq "but it is said" 1 \
	"$(grep -c 'steered in software: eth0: setting the hash fields of tcp4' \
		"$tmp/err")"
expect_eq "then the NIC is as before" "$before" "$(snap eth0; snap eth1)"
check "delete" fmctl chain del "$name"
as_before "refusal"

# ---- a NIC that loses packets when it is changed

mkdir "$tmp/share"
cp -r rules kmod "$tmp/share"
sed '0,/{/s//{ "disruptive": true,/' rules/nic/virtio_net.json \
	> "$tmp/share/rules/nic/virtio_net.json"
disrupt()
{
	FLOWMAGE_SHARE=$tmp/share status fmctl deploy "$chain" dev eth0 "$@"
}
expect_eq "it is not changed unasked" 8 "$(disrupt)"
expect_eq "it is said what that would do" 1 "$(grep -c \
	'eth0 (virtio_net) closes and opens when its RSS changes' "$tmp/err")"
as_before "unasked"
expect_eq "in software nothing is changed" 0 "$(disrupt no-hw)"
expect_eq "asked it is" 0 "$(disrupt disruptive)"
expect_eq "what it is already needs no asking" 0 "$(disrupt)"
check "delete" fmctl chain del "$name"
as_before "disruptive"

# ---- interrupts

mapfile -t irq < <(sed -n "s/^ *\([0-9]*\):.*$device-input.*/\1/p" /proc/interrupts)
# irqs [LIST]: the CPUs that serve eth0's receive queues, or make them these
irqs()
{
	local i

	for i in "${!irq[@]}"; do
		[[ $# -eq 0 ]] ||
			echo "$1" > "/proc/irq/${irq[i]}/smp_affinity_list"
		cat "/proc/irq/${irq[i]}/smp_affinity_list"
	done | xargs
}
mapfile -d ' ' -t spread < <(irqs)
irqs 0 > "$tmp/irqs"
expect_eq "a dry run tells which would move" 3 "$(fmctl --dry-run -j deploy \
	"$chain" dev eth0 | gojq '[.nic_changes[] | select(.flow |
		startswith("irq"))] | length')"
check "all queues interrupt one CPU" fmctl deploy "$chain" dev eth0
expect_eq "then they are spread" "0 1 2 3" "$(irqs | tr ' ' '\n' | sort -n | xargs)"
owners='[.steer[0].owners] | add | unique'
expect_eq "and shards with them" "[0,1,2,3]" \
	"$(fmctl -j chain show "$name" | gojq -c ".chain | $owners")"
check "delete" fmctl chain del "$name"
expect_eq "they go back" "0 0 0 0" "$(irqs)"
check "only two CPUs" fmctl deploy "$chain" dev eth0 cpus 2,3
expect_eq "two queues each" "2 2 3 3" "$(irqs | tr ' ' '\n' | sort -n | xargs)"
check "rollback" fmctl rollback
expect_eq "rollback brings them back" "0 0 0 0" "$(irqs)"
check "asked not to" fmctl deploy "$chain" dev eth0 keep-irqs
expect_eq "they stay" "0 0 0 0" "$(irqs)"
check "delete" fmctl chain del "$name"
irqs 0-3 > "$tmp/irqs"
expect_eq "all may serve all" "0-3 0-3 0-3 0-3" "$(irqs)"
check "where all may serve all" fmctl deploy "$chain" dev eth0
check "delete" fmctl chain del "$name"
expect_eq "all may again" "0-3 0-3 0-3 0-3" "$(irqs)"
for i in "${!irq[@]}"; do
	xargs <<< "${spread[i]}" > "/proc/irq/${irq[i]}/smp_affinity_list"
done
as_before "interrupts"

# ---- no RSS

ip link add d0 type dummy
ip link set d0 up
expect_eq "a device without RSS" 0 "$(status fmctl deploy "$chain" dev d0)"
expect_eq "it is said that software steers" \
	"d0 has no RSS: its packets are steered in software" \
	"$(grep -m 1 'no RSS' "$tmp/err")"
check "delete" fmctl chain del "$name"
ip link del d0

# ---- interrupted at any point; killed it is by killed.sh

# The shortest of three, in ms.
duration=60000
for _ in 1 2 3; do
	start=${EPOCHREALTIME/./}
	fmctl deploy "$chain" dev eth0 > "$tmp/out" 2>&1
	took=$(((${EPOCHREALTIME/./} - start) / 1000))
	duration=$((took < duration ? took : duration))
	fmctl chain del "$name"
done

# What a deployment on eth0 changes first and last, in a hurry.
glance()
{
	ethtool -x eth0
	ethtool -n eth0 rx-flow-hash udp4
}

# At 20 points of a deployment, the last when it should be over.  Before main()
# a signal kills.
cut_off()
{
	local glance ms pid rc bad=0 ended=0 undone=0 i

	glance=$(glance)
	for i in {1..20}; do
		ms=$((duration * i / 12))
		fmctl deploy "$chain" dev eth0 > "$tmp/out" 2>&1 & pid=$!
		read -r -t "$((ms / 1000)).$(printf %03d $((ms % 1000)))" <> <(:) || :
		kill "$pid" 2> "$tmp/kill" || :
		rc=0
		wait "$pid" 2> "$tmp/wait" || rc=$?
		if [[ $rc -eq 0 ]]; then
			ended=$((ended + 1))
			fmctl chain del "$name" || bad=$((bad + 1))
		elif [[ $rc -eq 130 ]]; then
			undone=$((undone + 1))
		elif [[ $rc -ne 143 ]]; then
			echo "# after $ms ms: status $rc: $(cat "$tmp/out")"
			bad=$((bad + 1))
		fi
		if [[ $glance != "$(glance)" ]]; then
			echo "# after $ms ms: the NIC is not as before"
			fmctl rollback
			bad=$((bad + 1))
		fi
	done
	echo "# $ended ended, $undone were undone, of 20, in $duration ms"
	expect_eq "interrupted at 20 points: all is as before" 0 "$bad"
	as_before "interrupted"
}

cut_off

finish
