# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Memory runs out anywhere: each allocation of each operation fails once.  What
# was asked for is then done or not done, never a part of it; nothing is lost,
# nothing hangs, and packets that could not be remembered are counted as such.
#
# debug: only
# vm: -c 2 -n 1 -o -a slub_debug=A,flowmage_*,kmalloc-2k,kmalloc-128,kmalloc-256,kmalloc-512
#
# shellcheck disable=SC2317,SC2016 # check and other shells call them

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

readonly debug=/sys/kernel/debug
readonly knobs=("$debug/failslab" "$debug/fail_page_alloc")

# Slab and percpu code prints a trace whenever it has no memory; the console is
# spared what is only a warning, and at the end the log is looked through.
dmesg -n 4
for knob in "${knobs[@]}"; do
	echo 0 > "$knob/verbose"
	echo N > "$knob/ignore-gfp-wait"
done
echo N > "$debug/fail_page_alloc/ignore-gfp-highmem"
echo 0 > "$debug/fail_page_alloc/min-order"

# What the log says besides that memory was short on purpose.
complaints()
{
	dmesg | sed 's/^\[[^]]*\] //' | awk '
	/failed with error -(12|22)|error: -12|allocation failed, size=|vmalloc error|page allocation failure|Unable to allocate|SLUB:/ { excused = 1 }
	/Call Trace:/ && excused { next }
	/Call Trace:/ { print said }
	/<\/TASK>/ { excused = 0 }
	!/^(CPU:|Hardware name:|Workqueue:|<)/ { said = $0 }
	/BUG:|WARNING|KASAN|UBSAN|possible (circular|recursive)|inconsistent lock|suspicious RCU|ODEBUG|refcount_t|Call Trace:|sysfs: cannot create/' |
		sort | uniq -c | head -n 10
}

# caches: how many slab caches the module has; they go some time after
caches()
{
	find /sys/kernel/slab -maxdepth 1 -name 'flowmage*' | wc -l
}

# swept NAME CMD...: a sweep finds something to fail and nothing bad
swept()
{
	local name=$1 out

	shift
	out=$("$@" 2> "$tmp/swept")
	fm_comment "$name: $out"
	expect_eq "$name: each allocation fails, nothing is half done" \
		"true bad=0" "$([[ $out =~ sites=([0-9]+) &&
			${BASH_REMATCH[1]} -gt 0 ]] && echo true) ${out##* }" ||
		fm_comment "$(head -c 4000 "$tmp/swept")"
}

# netlink NAME DO [UNDO]...: a request, and those that take it back
netlink()
{
	local name=$1 request=$2 undo=''

	shift 2
	[[ $# -eq 0 ]] || undo="\"undo\":[$(join "$@")],"
	swept "$name" failnth netlink \
		"{\"do\":$request,$undo\"look\":[$(join "${look[@]}")]}"
}

dump()
{
	echo "{\"cmd\":\"$1\",\"dump\":true,\"attrs\":[$(join "${@:2}")]}"
}

ask()
{
	echo "{\"cmd\":\"$1\",\"attrs\":[$(join "${@:2}")]}"
}

chain()
{
	echo "[\"chain_name\",\"string\",\"$1\"]"
}

look=("$(dump chain_get)" "$(dump nic_get)" "$(ask info_get)"
	"$(ask stat_get "$(chain edge)")")

# ---- requests, with states in place

for i in 0 1; do
	ip link add "d$i" type dummy
	ip link set "d$i" up
done
src_8=$(steer src 8 0 1)
keep=(timeout_ms=86400000)
nfs=("$(inst psd local "${keep[@]}" threshold=500)"
	"$(inst source_counter local "${keep[@]}")"
	"$(inst flow_counter shared "${keep[@]}")")
check "there is a chain" chain_new edge "$(dev eth0)" "$src_8" "${nfs[@]}"
check "300 packets" send flows 300 2000 --flows 50 --seed 7
seen edge 300
settled edge
before="$(info memory) $(caches)"

netlink "chain_new" "$(request chain_new new "$(dev d0 d1)" "$src_8" \
	"${nfs[@]}")" "$(ask chain_del "$(chain new)")"
same=$(request chain_set edge "$(dev eth0)" "$src_8" "${nfs[@]}")
netlink "chain_set, states kept" "$(request chain_set edge "$(dev eth0)" \
	"$src_8" "$(inst psd local "${keep[@]}" threshold=499)" \
	"${nfs[@]:1}")" "$same"
netlink "chain_set, more devices" "$(request chain_set edge \
	"$(dev eth0 d0 d1)" "$src_8" "${nfs[@]}")" "$same"
check "a chain without states" chain_new bare "$(dev d0)" "$src_8" \
	"${nfs[@]}"
bare=$(request chain_set bare "$(dev d0)" "$src_8" "${nfs[@]}")
netlink "chain_set, other steering" "$(request chain_set bare "$(dev d0)" \
	"$(steer dst 16 1 0)" "$(inst policer local rate=1 burst=1)" \
	"${nfs[2]}")" "$bare"
netlink "chain_del" "$(ask chain_del "$(chain bare)")" \
	"${bare/chain_set/chain_new}"
check "it goes" chain_del bare
d0=$(dev eth0)
netlink "nic_set" "$(ask nic_set "[\"nic\",\"nest\",[$d0,[\"indir\",\"hex\",\"0000000001000000\"],[\"test\",\"flag\"]]]")"
for what in chain_get nic_get nf_get; do
	netlink "dump of $what" "$(dump $what)"
done
for what in shard_get flow_get; do
	netlink "dump of $what" "$(dump $what "$(chain edge)")"
done
netlink "chain_get" "$(ask chain_get "$(chain edge)")"
netlink "stat_get" "$(ask stat_get "$(chain edge)")"
swept "shard_move" failnth netlink "{\"settles\":true,
	\"do\":$(move_request "0 1 2" "1 0 1"),
	\"undo\":[$(move_request "0 1 2" "0 1 0")],
	\"look\":[$(join "${look[@]}")]}"
fmctl monitor > "$tmp/monitor" &
monitor=$!
netlink "chain_set, while somebody listens" "$(request chain_set edge \
	"$(dev eth0)" "$src_8" "$(inst psd local "${keep[@]}" threshold=499)" \
	"${nfs[@]:1}")" "$same"
kill "$monitor"
wait "$monitor"

insts=()
for ((i = 0; i < 32; i++)); do
	insts+=("$(inst source_counter shared name="s$i")")
done
netlink "chain_new, 32 NFs" "$(request chain_new wide "$(dev d0)" "$src_8" \
	"${insts[@]}")" "$(ask chain_del "$(chain wide)")"
wait_for "[[ \$(caches) -eq ${before#* } ]]"
expect_eq "memory and caches are as before" "$before" \
	"$(info memory) $(caches)"

# ---- other calls

swept "listening" failnth listen config
swept "unlink of a bound device" failnth \
	-b 'ip link add d9 type dummy && source ktest/kself/data/plan.bash &&
	    chain_new gone "$(dev d9)" "$(steer src 8 0 1)" "$(inst psd local)"' \
	-a 'source ktest/kself/data/plan.bash
	    left=$(fmctl -j chain show gone | gojq -c .chain.dev)
	    chain_del gone
	    if [[ $1 != refused && $left = "[]" ]]; then
	    	[[ ! -e /sys/class/net/d9 ]]
	    else
	    	ip link del d9 && [[ $1 != done && $left = "[\"d9\"]" ]]
	    fi' \
	unlink d9
swept "an NF module" failnth \
	-a 'nfs=$(fmctl -j nf list | gojq ".nfs | length")
	    if [[ $1 = done ]]; then [[ $nfs = 5 ]] && rmmod proto_filter
	    else [[ $nfs = 4 ]]; fi' \
	insmod "${FM_KO%/*}/proto_filter.ko"

# ---- namespaces

# Only the last of many hundred allocations have to do with the module.
swept "netns" failnth -l 40 netns

# leave N: a namespace goes with a chain; the N-th allocation of whichever
# kernel thread does it fails.  Prints how many threads had that.
leave()
{
	local dir failed=0 threads=()

	ip netns add n1 && ip netns exec n1 bash -c '
		source ktest/kself/data/plan.bash
		ip link add d2 type dummy
		chain_new inner "$(dev d2)" "$@"' - "$src_8" "${nfs[@]}" || return
	for dir in /proc/[0-9]*; do
		[[ $(< "$dir/comm") != kworker/u* ]] || threads+=("$dir")
	done 2>&-
	for dir in "${threads[@]}"; do
		echo "$1" > "$dir/fail-nth"
	done
	ip netns del n1
	wait_for '[[ $(caches) -eq $had ]]' >&2 || return
	for dir in "${threads[@]}"; do
		[[ $(< "$dir/fail-nth") != 0 ]] || failed=$((failed + 1))
		echo 0 > "$dir/fail-nth"
	done
	echo "$failed"
}

# shellcheck disable=SC2034 # wait_for evaluates it
had=$(caches)
reached=0 bad=0
for n in 1 2 3 4 5 6 8 10 15 20; do
	failed=$(leave "$n") || bad=$((bad + 1))
	reached=$((reached + (${failed:-0} > 0)))
done
expect_eq "netns exit: nothing stays, whatever fails" "true 0" \
	"$([[ $reached -gt 0 ]] && echo true) $bad"
fm_comment "netns exit: an allocation failed in $reached of 10"

# ---- packets

# Of what the module's packets allocate one in five fails: entries, and what has
# the sizes of psd's ports and of buckets. The kernel's command line says which
# caches these are; what may wait is not for packets, and is left alone.
short()
{
	echo Y > "$debug/failslab/ignore-gfp-wait"
	echo Y > "$debug/failslab/cache-filter"
	echo 20 > "$debug/failslab/probability"
	echo -1 > "$debug/failslab/times"
}

enough()
{
	echo 0 > "$debug/failslab/probability"
	echo N > "$debug/failslab/cache-filter"
	echo N > "$debug/failslab/ignore-gfp-wait"
}

# starve NAME: packets come while there is not always memory
starve()
{
	local name=$1 sent=3000

	check "$name: there is a chain" chain_new edge "$(dev eth0)" "$src_8" \
		"${nfs[@]}"
	short
	send flows "$sent" 2000 --flows 1000 --seed 3 || :
	wait_for "[[ \$(stat edge .packets) -ge $((sent / 2)) ]]"
	settled edge
	enough
	fm_comment "$name: $(stat edge '{packets, accepted, dropped, reason}')"
	expect_eq "$name: every packet was accepted or dropped" "true" \
		"$(stat edge '.accepted + .dropped == .packets')"
	expect_eq "$name: memory was short, and nothing else is a reason" \
		"true true" "$(stat edge '.reason.no_memory > 0') \
$(stat edge '.dropped == .reason.no_memory')"
	expect_eq "$name: NFs say who could not remember" "true" \
		"$(stat edge '([.inst[].refused] | add) <= .reason.no_memory')"
	expect_eq "$name: what was made is there" "true" \
		"$(stat edge '[.inst[] | .created == .entries] | all')"
	check "$name: all go on" send flows 500 2000 --flows 1000 --seed 4
	check "$name: the chain goes" chain_del edge
	expect_eq "$name: no memory is held" "0" "$(info memory)"
}

check "the chain goes" chain_del edge
starve "packets"

# ---- the module itself

ip link del d0
ip link del d1
rmmod flowmage
swept "insmod" failnth \
	-a 'if [[ $1 = done ]]; then fmctl -j chain list > /dev/null &&
	    	rmmod flowmage
	    else [[ ! -d /sys/module/flowmage ]]; fi' \
	insmod "$FM_KO"
check "the module is loaded again" insmod "$FM_KO"
expect_eq "it is as new" "0 0 0" "$(info memory) $(info chains) $(caches)"
expect_eq "the log tells of nothing but a lack of memory" "" "$(complaints)"
finish
