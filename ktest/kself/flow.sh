# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What fmctl can do with flows: find them by any field, show one, forget some,
# and carry all of them through the module's unloading, with exact counts.
#
# CPU 3 leaves callbacks of RCU to a thread, which can be kept from running.
#
# vm: -c 4 -n 1 -o -a rcu_nocbs=3

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

flows()
{
	fmctl -j flow list edge "$@" | gojq '.flows | length'
}

# shellcheck disable=SC2317 # check calls it
make_chain()
{
	chain_new edge "$(dev eth0)" "$(steer src 4 0 1 2 3)" \
		"$(inst flow_counter local timeout_ms=600000)" \
		"$(inst source_counter shared timeout_ms=600000)"
}

# shellcheck disable=SC2317 # check calls it
export_flows()
{
	fmctl flow export edge "$tmp/flows"
}

# shellcheck disable=SC2317 # check calls it
reload()
{
	rmmod flowmage && insmod "$FM_KO" && make_chain
}

# CPU 3 does its work, and what RCU has for it waits for seconds, longer where a
# chain takes longer to go.
late_callbacks()
{
	local pid

	sysctl -qw kernel.sched_rt_runtime_us=-1
	for pid in $(pgrep '^rcuop/3$'); do
		taskset -cp 3 "$pid" > "$tmp/taskset"
	done
	# Without softirqs there would be no end of a grace period.
	for pid in $(pgrep '^kworker/3:'; pgrep '^ksoftirqd/3$'); do
		chrt -f -p 2 "$pid"
	done
	taskset -c 3 chrt -f 1 timeout $((${FM_SLOW:-1} > 1 ? 10 : 2)) \
		bash -c 'while :; do :; done' &
}

# Without what depends on the plan, and times: clocks drift by nanoseconds.
sorted()
{
	gojq -c 'select(.key) | del(.group, .mode, .shard, .slice, .idle_ms,
		.state[].value.first_seen_ns, .state[].value.last_seen_ns)' "$1" |
		sort
}

check "there is a chain" make_chain
check "4000 packets of 1000 flows" send flows 4000 5000 --flows 1000 --seed 5
seen edge 4000
settled edge
total=$(flows)
by_flow=$(flows nf flow_counter)
expect_eq "every flow and every source is listed" true \
	"$([[ $by_flow -gt 900 && $total -gt $by_flow ]] && echo true)"
expect_eq "the counters are those of all packets" 4000 \
	"$(fmctl -j flow list edge nf flow_counter |
		gojq '[.flows[].state[0].value.packets] | add')"
expect_eq "the tables of a group hold what is listed" "$total" \
	"$(fmctl -j stat edge | gojq '[.stat.group[].entries] | add')"
fmctl -j flow list edge nf flow_counter limit 1 > "$tmp/one"
expect_eq "a limit is kept" 1 "$(gojq '.flows | length' "$tmp/one")"
read -r src dst sport dport proto < <(gojq -r '.flows[0] |
	"\(.src) \(.dst) \(.src_port) \(.dst_port) \(.protocol)"' "$tmp/one")
key=(src "$src" dst "$dst" sport "$sport" dport "$dport" proto "$proto")
expect_eq "one flow is shown by its key" "[\"$src\",$sport]" \
	"$(fmctl -j flow show edge "${key[@]}" |
		gojq -c '.flows[] | [.src, .src_port]')"
check "it is forgotten" fmctl flow flush edge "${key[@]}"
expect_eq "it is gone, alone" "0 $((by_flow - 1))" \
	"$(fmctl -j flow show edge "${key[@]}" | gojq '.flows | length') \
$(flows nf flow_counter)"

# ---- through the module's unloading

check "all are written to a file" export_flows
expect_eq "a line each, and one before" "$total" "$(wc -l < "$tmp/flows")"
check "the module goes and comes back" reload
expect_eq "there is nothing" 0 "$(flows)"
expect_eq "all come back" "[$((total - 1)),$((total - 1))]" \
	"$(fmctl -j flow import edge "$tmp/flows" |
		gojq -c '[.flows, .states]')"
fmctl flow export edge "$tmp/again"
expect_eq "with the same counters" "$(sorted "$tmp/flows" | sha256sum)" \
	"$(sorted "$tmp/again" | sha256sum)"
expect_eq "what is there stays" "[$((total - 1)),0]" \
	"$(fmctl -j flow import edge "$tmp/flows" |
		gojq -c '[.flows, .states]')"
check "packets go on" send flows 4000 5000 --flows 1000 --seed 5
seen edge 4000
settled edge
expect_eq "flows count on" "true" \
	"$(fmctl -j flow list edge nf flow_counter | gojq '
		[.flows[].state[0].value.packets] | add > 7900')"

# ---- bad files

sed '3s/"family":./"family":7/' "$tmp/flows" > "$tmp/bad"
expect_eq "a bad line is named" 1 "$(fmctl flow import edge "$tmp/bad" 2>&1 |
	grep -c 'bad:3:[0-9]*: family')"
echo '{"flowmage_flows":9}' > "$tmp/bad"
expect_eq "another version is refused" 1 \
	"$(fmctl flow import edge "$tmp/bad" 2>&1 | grep -c 'version 9')"
: > "$tmp/bad"
expect_eq "an empty file, too" 1 \
	"$(fmctl flow import edge "$tmp/bad" 2>&1 | grep -c 'is empty')"

# ---- forgetting all

expect_eq "one NF forgets all" true "$(fmctl -j flow flush edge \
	nf flow_counter | gojq '.flushed > 900')"
expect_eq "the other does not" "0 true" "$(flows nf flow_counter) \
$([[ $(flows nf source_counter) -gt 0 ]] && echo true)"
check "all is forgotten" fmctl flow flush edge
expect_eq "there is nothing again" 0 "$(flows)"
fmctl -j flow import edge "$tmp/flows" > "$tmp/count"
chain='"attrs":[["chain_name","string","edge"]]'
late_callbacks
check "the chain goes right after its states" taskset -c 0 \
	nlraw "{\"cmd\":\"flow_del\",$chain}" "{\"cmd\":\"chain_del\",$chain}"
expect_eq "no memory is held" 0 "$(info memory)"
finish
