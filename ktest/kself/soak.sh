# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Everything at once: chains, devices, namespaces, processors, modules and
# readers come and go under traffic, by workers that know nothing of each other.
# What must hold: the kernel has nothing to say, nothing hangs, and at the end
# nothing is left.
#
#   chain0 chain1   c0..c3 on any of    p0 p1   pktgen, up and down
#   device          d0..d3: dummy,      t0      pktfuzz
#                   veth, renamed,      v0      ping from namespace far
#                   moved, removed
#   netns   cpu   dump0 dump1   module   traffic
#
# KTEST_MINUTES is how long (1), KTEST_SEED which operations (1).  Each worker's
# operations follow from the seed; how they meet does not.
#
# debug: only
# vm: -c 4 -n 1
#
# shellcheck disable=SC2317 # check calls them

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

readonly minutes=${KTEST_MINUTES:-1}
readonly seed=${KTEST_SEED:-1}
readonly workers=(chain0 chain1 shard device netns cpu dump0 dump1 module traffic)
export SOAK_STOP=$tmp/stop

fm_comment "soak: $minutes minutes, seed $seed, workers: ${workers[*]}"

world_setup()
{
	local dev

	modprobe dummy numdummies=0 && modprobe veth && modprobe tun &&
		modprobe nf_tables || return
	for dev in quiet p0 p1; do
		ip link add "$dev" type dummy && ip link set "$dev" up || return
	done
	# While any ingress hook is there, the kernel does not patch its code
	# for each of ours: an emulated CPU that runs into that may be lost.
	nft -f - <<-'END' || return
		table netdev keep {
			chain in {
				type filter hook ingress device quiet priority 0;
			}
		}
	END
	ip tuntap add dev t0 mode tap multi_queue vnet_hdr &&
		ip link set t0 up || return
	ip netns add far &&
		ip link add v0 type veth peer name v1 netns far &&
		ip addr add 10.8.0.1/24 dev v0 && ip link set v0 up &&
		ip -n far addr add 10.8.0.2/24 dev v1 &&
		ip -n far link set v1 up
}

# all_run PID...: a worker that ends before it is told to has failed
all_run()
{
	local pid

	for pid; do
		kill -0 "$pid" || return
	done
}

# The time runs from when each worker has done something.
begun()
{
	local ready

	ready=("$SOAK_STOP".*)
	[[ ${#ready[@]} -eq ${#workers[@]} ]]
}

soak()
{
	local name pids=() rc=0 pid end

	for name in "${workers[@]}"; do
		ktest/soak/worker "$name" "$seed" &
		pids+=($!)
	done
	wait_for begun 60 || rc=1
	end=$((SECONDS + minutes * 60))
	while [[ $SECONDS -lt $end && $rc -eq 0 ]]; do
		all_run "${pids[@]}" || rc=1
		fm_pause
	done
	: > "$SOAK_STOP"
	for pid in "${pids[@]}"; do
		wait "$pid" || rc=1
	done
	return "$rc"
}

# What was unexpected, and what the worker had done before.
explain()
{
	local name

	for name in "${workers[@]}"; do
		grep -B 5 -A 1 -m 3 UNEXPECTED "$FM_OUT/soak-$name.log" || :
	done
}

# The world again without its chains and moving devices.
all_gone()
{
	local name nf

	for name in $(fmctl -j chain list | gojq -r '.chains[].chain_name'); do
		chain_del "$name" || return
	done
	for name in d0 d1 d2 d3 tmp m1 p0 p1 t0 v0; do
		[[ ! -e /sys/class/net/$name ]] || ip link del "$name" || return
	done
	for name in $(ip netns list | awk '$1 ~ /^(m0|far|away)$/ { print $1 }'); do
		ip netns del "$name" || return
	done
	for nf in tcp_strict proto_filter service_counter; do
		[[ ! -e /sys/module/$nf ]] || rmmod "$nf" || return
	done
}

# total WORD: of all workers
total()
{
	awk -v word="$1" '{ for (i = 2; i <= NF; i++)
		if (index($i, word "=") == 1)
			n += substr($i, length(word) + 2) }
		END { print n + 0 }' "$tmp/sums"
}

check "the world is set up" world_setup
expect_eq "the workers worked until told to stop, no answer was unexpected" 0 \
	"$(soak > "$tmp/sums"; echo $?)" || fm_comment "$(explain)"
fm_comment "$(< "$tmp/sums")"
expect_eq "each worker did something" "${#workers[@]}" \
	"$(grep -c 'steps=[1-9]' "$tmp/sums")"
fm_comment "$(total steps) steps, $(total ok) operations done"
check "all goes" all_gone
check "the last namespace has gone" wait_for \
	'[[ ! -e /sys/class/net/m1 && ! -e /sys/class/net/m2 ]]'
expect_eq "no chain and no memory is left" "0 0" \
	"$(info chains) $(info memory)"
check "the module goes" rmmod flowmage
expect_eq "its slab caches have gone, with all their objects" "" \
	"$(find /sys/kernel/slab -maxdepth 1 -name 'flowmage*')"
check "the module comes back" insmod "$FM_KO"
finish
