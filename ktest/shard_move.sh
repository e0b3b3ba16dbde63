#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Moves random shards among four CPUs while numbered TCP and UDP traffic comes,
# and prints what became of the traffic in one line. With --offload other CPUs
# run flows of random shards all the while. With --segments the chain has NFs with
# keys of their own, each in its segment, and shards of each move in turn. To be run
# in a guest:
#
#	ktest/vm -c 4 -- ktest/shard_move.sh --count 10000

set -u

usage()
{
	cat <<-'END'
	Usage: ktest/shard_move.sh [OPTION]...

	  --count N            shards to move (10000); 0: look at the traffic for ten
	                       seconds without a move
	  --batch N            so many in one request (1)
	  --cpu-off N          so often CPU 3 goes and comes back meanwhile; count is
	                       what is moved at a time, again and again (0)
	  --segments N         1 to 3: by source, then destination, then both and
	                       ports; steered in software (1)
	  --seed N             (1)
	  --steering nic|software  (nic)
	  --offload            offload flows of random shards meanwhile, and take
	                       them back, two settings per request
	  --flows N            UDP flows (64)
	  --rate PPS           datagrams per second (2000; 200 in a debug kernel)
	  --connections N      TCP connections (8)
	  --tcp-rate BPS       bytes per second of all (400000; 40000 likewise)

	Exits with 0 if nothing was lost, reordered, doubled or changed, no packet
	was without room to wait, and all moves were made. What TCP found out of order
	counts where taps=static says that the lab itself keeps the order.
	END
}

die()
{
	echo "shard_move: $*" >&2
	exit 1
}

# What a debug kernel has time for is a tenth.
share=1
[[ ${FM_SLOW:-1} -eq 1 ]] || share=10
count=10000 batch=1 cpu_off=0 seed=1 steering=nic flows=64 connections=8
rate=$((2000 / share)) tcp_rate=$((400000 / share)) segments=1 offload=()
while [[ $# -gt 0 ]]; do
	case $1 in
	--help) usage; exit 0 ;;
	--offload) offload=(--offload); shift ;;
	--count|--batch|--cpu-off|--segments|--seed|--flows|--rate|--connections|\
	--tcp-rate|--steering)
		[[ $# -gt 1 ]] || die "$1 wants a value"
		name=${1#--}
		printf -v "${name/-/_}" %s "$2"
		shift 2 ;;
	*) die "what is '$1'? (--help)" ;;
	esac
done
[[ $steering = nic || $steering = software ]] ||
	die "--steering is nic or software, not '$steering'"
[[ $segments -eq 1 || $steering = software ]] ||
	die "several segments want --steering software"

# See ktest/lab/taps.c. A tap that learns sends a connection's segments the way
# that its last answer came, so answers had better stay with one queue.
taps=$(< "$FM_OUT/taps")
if [[ $taps = learning ]]; then
	for xps in /sys/class/net/eth0/queues/tx-*/xps_cpus; do
		cpus=0
		[[ $xps != */tx-0/* ]] ||
			printf -v cpus %x $(((1 << $(nproc)) - 1))
		echo "$cpus" > "$xps" || die "$xps cannot be set"
	done
fi

dir=$(mktemp -d "$FM_OUT/move.XXXXXX")
chain=move deploy=() mover=()
[[ $steering = nic ]] || { deploy=(no-hw) mover=(--software); }

nfs=('{"type": "flow_counter", "pin": "local"}')
if [[ $segments -gt 1 ]]; then
	# shellcheck source=ktest/kself/data/plan.bash
	source ktest/kself/data/plan.bash
	# Few shards where there are few keys, so that those with packets move.
	steers=("$(plan_steer src 4 0 1 2 3)" "$(plan_steer dst 4 3 2 1 0)")
	nfs=('{"type": "psd", "params": {"threshold": 1000}}' '{
		"type": "policer",
		"params": {"rate": 17179869184, "burst": 4294967296}}')
	insts=("$(plan_inst psd 0)" "$(plan_inst policer 1)")
	if [[ $segments -eq 3 ]]; then
		steers+=("$(plan_steer all 64 1 2 3 0)")
		nfs+=('{"type": "flow_counter"}')
		insts+=("$(plan_inst flow_counter 2)")
	fi
	cat > "$dir/plan.json" <<-END
	{
		"schema_version": 1, "chain_name": "$chain",
		"steer": [$(join "${steers[@]}")],
		"inst": [$(join "${insts[@]}")]
	}
	END
	deploy+=(plan "$dir/plan.json")
fi
cat > "$dir/chain.json" <<-END
{
	"schema_version": 1,
	"name": "$chain",
	"nfs": [$(IFS=,; echo "${nfs[*]}")]
}
END

stop()
{
	touch "$dir/stop"
	wait
	fmctl -q chain del "$chain" 2>&-
	rm -rf "$dir"
}
trap stop EXIT

fmctl -q deploy "$dir/chain.json" dev eth0 "${deploy[@]}" > "$dir/deploy" ||
	die "the chain is not deployed"
stream receive > "$dir/received" &
receiver=$!
until grep -q listening "$dir/received"; do
	read -r -t 0.05 <> <(:) || kill -0 "$receiver" || die "no receiver"
done
peer 0 stream send --to 10.77.0.1 --to6 fd77:0::1 --until "$dir/stop" \
	--flows "$flows" --rate "$rate" --connections "$connections" \
	--tcp-rate "$tcp_rate" &
sender=$!
until [[ $(fmctl -j stat show "$chain" | gojq .stat.packets) -gt 1000 ]]; do
	kill -0 "$sender" || die "no sender"
done

# Both directions wait until the kernel is done.
toggle()
{
	local i state

	for ((i = 0; i < cpu_off; i++)); do
		for state in 0 1; do
			echo "$state" > /sys/devices/system/cpu/cpu3/online ||
				return
		done
	done
}

# move OPTION...: as mover does, and says, but of each segment in turn
move()
{
	local n line sum=(0 0) drops moved rest

	[[ $segments -gt 1 ]] || { mover "$chain" "$@"; return; }
	for ((n = 0; n < segments; n++)); do
		line=$(mover "$chain" "$@" --segment "$n" \
			--count $(((count + n) / segments))) || return
		read -r drops moved rest <<< "$line"
		sum=($((sum[0] + ${drops#*=})) $((sum[1] + ${moved#*=})))
	done
	echo "parked_drops=${sum[0]} moves=${sum[1]} $rest"
}

# Moves, while there is something else going on.
move_along()
{
	while kill -0 "$1" 2>&-; do
		move --count "$count" --batch "$batch" --seed "$((seed++))" \
			--cpus-go "${mover[@]}" "${offload[@]}" || return
	done
	wait "$1"
}

if [[ $cpu_off -gt 0 ]]; then
	toggle &
	move_along $! > "$dir/moved" || die "the moves failed"
elif [[ $count -gt 0 ]]; then
	move --count "$count" --batch "$batch" --seed "$seed" \
		"${mover[@]}" "${offload[@]}" > "$dir/moved" || die "the moves failed"
else
	read -r -t 10 <> <(:) || echo "parked_drops=0 moves=0" > "$dir/moved"
fi
touch "$dir/stop"
wait "$sender" || die "the sender failed"
wait "$receiver" || die "the receiver failed"

fmctl -j stat show "$chain" > "$dir/stat.json"
dropped=$(gojq .stat.dropped "$dir/stat.json")
read -r lost reordered duplicated rest < <(tail -n 1 "$dir/received")
read -r parked_drops moves more < "$dir/moved"
if [[ $cpu_off -gt 0 ]]; then
	parked_drops=parked_drops=$(gojq '[.stat.cpu[].parked_drops] | add' \
		"$dir/stat.json")
	moves=moves=$(fmctl -j shard list "$chain" |
		gojq '[.shards[].moves] | add')
	count=${moves#*=} more=cpu_off=$cpu_off
fi
parked=$(gojq '[.stat.cpu[].parked] | add' "$dir/stat.json")
offloaded=$(gojq '[.stat.cpu[].offloaded] | add' "$dir/stat.json")
waited=$(gojq '[.stat.cpu[].offload_waited] | add' "$dir/stat.json")
echo "$lost $reordered $duplicated $parked_drops $moves parked=$parked" \
	"dropped=$dropped offloaded=$offloaded waited=$waited" \
	"steering=$steering segments=$segments taps=$taps $more $rest"
[[ ${#offload[@]} -eq 0 || $offloaded -gt 0 ]] || die "nothing was offloaded"
[[ $taps = learning || $rest = *"tcp_reordered=0 "* ]] || exit 1
[[ "$lost $reordered $duplicated $parked_drops $moves" = \
	"lost=0 reordered=0 duplicated=0 parked_drops=0 moves=$count" &&
	$dropped = 0 && $rest = "corrupt=0 "*"tcp_missing=0 "* ]]
