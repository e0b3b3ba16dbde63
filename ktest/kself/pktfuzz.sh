# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Frames that lie, are cut or make no sense: the chain counts each of them, for
# the right reason, and is as good as new afterwards.
#
#   pktfuzz, a thread per CPU ──► tap t0 (or veth t1) ──► hook ──► 10 NFs
#                                   nft counts here, too
#
# What the chain must say is told by three others: pktfuzz knows what it sent and
# by the documented rules what that is, the kernel says what it refused, and nft
# counts what gets as far as the hook.
#
# KTEST_FRAMES is how many frames there are (12000, a fifth of that in debug kernels), KTEST_SEED says which.
#
# vm: -c 4 -n 1
#
# shellcheck disable=SC2317 # check calls some

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

readonly frames=${KTEST_FRAMES:-$((12000 / ${FM_SLOW:-1}))}
readonly seed=${KTEST_SEED:-1}

# Reasons to drop come last, or nobody behind them would see a packet.
readonly nfs=("$(inst source_counter local timeout_ms=200)"
	"$(inst source_counter shared name=s2 timeout_ms=300)"
	"$(inst flow_counter local timeout_ms=200)"
	"$(inst flow_counter shared name=f2 max_entries=500 full_policy=1)"
	"$(inst source_counter local name=s3 max_entries=64 full_policy=1)"
	"$(inst policer shared rate=100000000 burst=1000000 exceed=mark)"
	"$(inst policer shared name=p2 rate=500000 burst=100000)"
	"$(inst psd local threshold=400 window_ms=200 block_ms=100)"
	"$(inst psd shared name=d2 threshold=100 action=mark timeout_ms=250)"
	"$(inst flow_counter local name=f3 max_entries=2000 timeout_ms=500)")

# plan DEV FRAG OTHER CPU...: policies are drop or accept, or FRAG is defrag
plan()
{
	local dev=$1 frag=$2 other=$3

	shift 3
	case $frag in
	drop) frag=0 ;;
	accept) frag=1 ;;
	defrag) frag=2 ;;
	esac
	[[ $other = drop ]] && other=1 || other=0
	join "$(dev "$dev")" "$(steer src 32 "$@")" "${nfs[@]}" \
		"[\"frag_policy\",\"u32\",$frag]" \
		"[\"other_policy\",\"u32\",$other]"
}

# Before our hook: what comes to the device at all.
count_begin()
{
	nft -f - <<-END
		table netdev before {
			counter arrived { }
			chain in {
				type filter hook ingress device $1 priority -400;
				counter name arrived
			}
		}
	END
}

count_end()
{
	nft -j list counter netdev before arrived |
		gojq '.nftables[] | select(.counter).counter.packets'
	nft delete table netdev before
}

# swaps_begin REQUEST...: in turn until swaps_end
swaps_begin()
{
	printf '%s\n' "$@" > "$tmp/swaps"
	while :; do
		nlraw -n 2 < "$tmp/swaps" || break
		fm_pause
	done > "$tmp/answers" &
	swapper=$!
}

swaps_end()
{
	kill "$swapper" || return
	wait "$swapper" || :
	! grep errno "$tmp/answers" && [[ -s $tmp/answers ]]
}

# fuzz PERCENT DEV WAY [OPTION]...: inject that part of the frames; the result is
# in $tmp/told, what came to the hook in $tmp/arrived
fuzz()
{
	local n=$((frames * $1 / 100)) dev=$2 way=$3
	local from=$dev rc=0

	shift 3
	[[ $way != packet ]] || from=v1
	count_begin "$dev" || return
	pktfuzz --device "$from" --way "$way" --seed "$seed" --frames "$n" \
		--workers 4 "$@" > "$tmp/told" || rc=1
	[[ $way != packet ]] ||
		seen edge "$(told '.frames - .refused - .untagged')" || rc=1
	settled edge || rc=1
	count_end > "$tmp/arrived" || rc=1
	stat edge > "$tmp/stat" || rc=1
	return "$rc"
}

told()
{
	gojq -c "$1" "$tmp/told"
}

# now FILTER: of the counters as they were when fuzz had ended
now()
{
	gojq -c "$1" "$tmp/stat"
}

# What holds for every chain: each packet has one end, each drop one reason.
balanced()
{
	expect_eq "$1: what came was accepted or dropped" "true" \
		"$(now '.packets + .reassembled ==
			.accepted + .dropped + .frags')"
	expect_eq "$1: each drop has a reason" "true" "$(now '.dropped ==
		([.reason[]] | add) + ([.inst[].reason[]] | add)')"
}

# exact NAME FRAG OTHER: every frame, by what it is
exact()
{
	local name=$1 dropped='{}' arrived good='.good' passed=0

	arrived=$(< "$tmp/arrived")
	expect_eq "$name: every frame that the kernel took has come" \
		"$(told '.frames - .refused - .untagged') $arrived" \
		"$arrived $(now .packets)"
	[[ $3 = accept ]] || dropped='{not_ip, malformed}'
	[[ $2 = accept ]] || dropped+=' + {fragment}'
	[[ $3 = drop ]] || passed=$(told '.not_ip + .malformed')
	[[ $2 = drop ]] || good='.good + .fragment'
	expect_eq "$name: each was dropped for what it is" \
		"$(told "{not_ip: 0, malformed: 0, fragment: 0} + $dropped")" \
		"$(now '.reason | {not_ip, malformed, fragment}')"
	expect_eq "$name: the NFs saw the good ones" "$(told "$good")" \
		"$(now '.inst[0].packets + .reason.handoff_full')"
	expect_eq "$name: what no NF dropped was accepted" \
		"$(now '.inst[0].packets - ([.inst[].dropped] | add)')" \
		"$(($(now .accepted) - passed))"
}

# One of each verdict, right after all that.
judges()
{
	local before

	check "$1: a plan that lets packets through" chain_set edge \
		"$(join "$(dev "$2")" "$(steer src 32 0 1 2 3)" \
		"$(inst flow_counter local name=new)")"
	before=$(stat edge .accepted)
	pktfuzz --device "$3" --way "$4" --only none --frames 50 \
		--seed "$seed" > "$tmp/told" || return
	settled edge
	expect_eq "$1: it does" "50 50" \
		"$(($(stat edge .accepted) - before)) \
$(count edge new packets)"
	check "$1: a plan that does not" chain_set edge \
		"$(join "$(dev "$2")" "$(steer dst 32 3 2 1 0)" \
		"$(inst policer local name=new rate=1 burst=1)")"
	pktfuzz --device "$3" --way "$4" --only none --frames 50 \
		--seed "$seed" > "$tmp/told" || return
	settled edge
	expect_eq "$1: it does not" "50" \
		"$(count edge new reason.rate_exceeded)"
}

# Of an NF whose states outlive a change of the owners.
ages()
{
	check "$1: states age" wait_for \
		"[[ \$(count edge s2 entries) -eq 0 ]]" 20
	expect_eq "$1: each state has one end" "true" \
		"$(stat edge '.inst[1] | .expired > 0 and
			.created == .expired + .deleted + .evicted')"
}

gone()
{
	check "$1: the chain goes" chain_del edge
	expect_eq "$1: no memory is held" "0 0" \
		"$(info memory) $(info chains)"
}

# flood NAME PERCENT WAY FRAG OTHER CPU...: frames without GSO, the plan with two
# owners of each shard in turn
flood()
{
	local name=$1 percent=$2 way=$3 frag=$4 other=$5 a b from=t0

	shift 5
	[[ $way != packet ]] || from=v1
	a=$(plan "$dev" "$frag" "$other" "$@")
	b=$(plan "$dev" "$frag" "$other" 2 3 0 1)
	check "$name: there is a chain" chain_new edge "$a"
	swaps_begin "$(request chain_set edge "$b")" \
		"$(request chain_set edge "$a")"
	check "$name: frames" fuzz "$percent" "$dev" "$way" \
		--without gso,segments
	check "$name: the plan changed all the time" swaps_end
	fm_comment "$name: $(< "$tmp/told")"
	exact "$name" "$frag" "$other"
	balanced "$name"
	ages "$name"
	judges "$name" "$dev" "$from" "$way"
	gone "$name"
}

modprobe nf_tables
modprobe tun
ip tuntap add dev t0 mode tap multi_queue vnet_hdr
ip link set t0 address 02:00:00:00:00:02 up
ethtool -K t0 gro off
ip link add t1 type veth peer name v1
ip link set t1 address 02:00:00:00:00:02 up
ip link set v1 up

dev=t0
flood "in one buffer, all dropped" 35 page drop drop 0 1 2 3
flood "in pages, all accepted" 20 copy accept accept 3 2 1 0
flood "in pieces, to one CPU" 20 frags accept drop 1

# ---- GSO: a frame counts as the packets that it stands for

check "segments: there is a chain" chain_new edge \
	"$(plan t0 drop drop 0 1 2 3)"
check "segments: honest frames" fuzz 6 t0 copy --only segments
fm_comment "segments: $(< "$tmp/told")"
expect_eq "segments: each counts" "$(told .segments)" "$(now .packets)"
balanced "segments"
gone "segments"
# lies NAME WAY [OPTION]...
lies()
{
	local name=$1 way=$2

	shift 2
	check "$name: there is a chain" chain_new edge \
		"$(plan t0 drop drop 3 2 1 0)"
	check "$name: frames" fuzz 3 t0 "$way" "$@"
	fm_comment "$name: $(< "$tmp/told")"
	expect_eq "$name: every frame that the kernel took has come" \
		"$(told '.frames - .refused - .untagged')" \
		"$(< "$tmp/arrived")"
	expect_eq "$name: none counts as less than one packet, some as more" \
		"true" "$(now ".packets > $(< "$tmp/arrived")")"
	balanced "$name"
	judges "$name" t0 t0 "$way"
	gone "$name"
}
lies "all kinds of lies" page
lies "lies about segments" copy --only gso
lies "lies about segments, in pieces" frags --only gso

# ---- the kernel puts together what is made to be fragments

check "together: there is a chain" chain_new edge \
	"$(plan t0 defrag drop 0 1 2 3)"
# Few of them are refused.
check "together: frames" fuzz $((5 * ${FM_SLOW:-1})) t0 page
fm_comment "together: $(now '{frags, frags_merged, reassembled, reason}')"
expect_eq "together: some are taken, some are not, and no NF has seen one" \
	"true true 0" "$(now '.frags > 0') $(now '.reason.frag_refused > 0') \
$(now .reason.fragment)"
balanced "together"
judges "together" t0 t0 page
gone "together"

# ---- a device whose packets wait in the CPU's backlog

dev=t1
sysctl -qw net.core.netdev_max_backlog=1000000
flood "from a veth, fragments accepted" 10 packet accept drop 0 1 2 3
ip link del t1

# ---- packets of many segments are on their way to a CPU when the device goes

check "no device: there is a chain" chain_new edge "$(dev t0)" \
	"$(steer src 32 3)" "$(inst flow_counter local)"
pktfuzz --device t0 --way copy --only segments --frames 100000000 \
	--seed "$seed" --workers 4 > "$tmp/told" 2> "$tmp/why" &
flood=$!
check "no device: it has packets" seen edge 20000
check "no device: it goes" ip link del t0
wait "$flood"
expect_eq "no device: nobody can send" 1 "$?"
settled edge
stat edge > "$tmp/stat"
fm_comment "no device: $(now .reason.detached) of $(now .packets)"
balanced "no device"
gone "no device"
expect_eq "no memory is held at the end" "0 0" "$(info memory) $(info chains)"
finish
