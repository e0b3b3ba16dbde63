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
# KTEST_FRAMES is how many frames there are (200000), KTEST_SEED says which.
#
# vm: -c 4 -n 1
#
# shellcheck disable=SC2317 # check calls some

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

readonly frames=${KTEST_FRAMES:-200000}
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

# plan DEV FRAG OTHER CPU...: policies are drop or accept
plan()
{
	local dev=$1 frag=$2 other=$3

	shift 3
	[[ $frag = drop ]] && frag=0 || frag=1
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
			counter all { }
			chain in {
				type filter hook ingress device $1 priority -400;
				counter name all
			}
		}
	END
}

count_end()
{
	nft -j list counter netdev before all |
		jq '.nftables[] | select(.counter).counter.packets'
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
	[[ -s $tmp/answers ]] && ! grep -q errno "$tmp/answers"
}

# fuzz PERCENT DEV WAY [OPTION]...: inject that part of the frames; the result is
# in $tmp/told, what came to the hook in $arrived
fuzz()
{
	local n=$((frames * $1 / 100)) dev=$2 way=$3
	local from=$dev rc=0

	shift 3
	[[ $way != packet ]] || from=v1
	count_begin "$dev" || return
	pktfuzz --device "$from" --way "$way" --seed "$seed" --frames "$n" \
		--workers 4 "$@" > "$tmp/told" || rc=1
	settled edge || rc=1
	arrived=$(count_end)
	fm_comment "$way: $(cat "$tmp/told")"
	return $rc
}

told()
{
	jq -r "$1" "$tmp/told"
}

# What holds for every chain: each packet has one end, each drop one reason.
balanced()
{
	expect_eq "$1: what came was accepted or dropped" "true" \
		"$(stat edge '.packets == .accepted + .dropped')"
	expect_eq "$1: each drop has a reason" "$(stat edge .dropped)" \
		"$(stat edge '([.reason[]] | add) + ([.inst[].reason[]] | add)')"
	expect_eq "$1: each NF has seen what the one before let through" \
		"true" "$(stat edge '[.inst[] |
			{packets, left: (.packets - .dropped)}] as $i |
			all(range(1; $i | length);
			    $i[.].packets <= $i[. - 1].left)')"
}

# exact NAME FRAG OTHER: every frame, by what it is
exact()
{
	local name=$1 dropped='{}'

	expect_eq "$name: every frame that the kernel took has come" \
		"$(told '.frames - .refused - .untagged') $arrived" \
		"$(stat edge .packets) $(stat edge .packets)"
	[[ $3 = accept ]] || dropped=$(told '{not_ip, malformed}')
	[[ $2 = accept ]] || dropped=$(told "$dropped + {fragment}")
	expect_eq "$name: each was dropped for what it is" \
		"$(jq -cnS "{not_ip: 0, malformed: 0, fragment: 0} + $dropped")" \
		"$(stat edge '.reason | {not_ip, malformed, fragment}' |
			jq -cS .)"
	good=$(told .good)
	[[ $2 = drop ]] || good=$(told '.good + .fragment')
	expect_eq "$name: the NFs saw the good ones" "$good" \
		"$(stat edge '.inst[0].packets + .reason.handoff_full')"
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

ends()
{
	check "$1: states age" wait_for \
		"[[ \$(count edge source_counter entries) -eq 0 ]]" 20
	expect_eq "$1: what aged was there" "true" \
		"$(stat edge '.inst[0] | .expired > 0 and
			.expired == .created')"
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
	exact "$name" "$frag" "$other"
	balanced "$name"
	ends "$name"
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
check "segments: honest frames" fuzz 5 t0 copy --only segments
expect_eq "segments: each counts" "$(told .segments)" "$(stat edge .packets)"
balanced "segments"
gone "segments"
for way in page frags; do
	check "lies, $way: there is a chain" chain_new edge \
		"$(plan t0 drop drop 3 2 1 0)"
	check "lies, $way: all kinds of frames" fuzz 5 t0 "$way"
	expect_eq "lies, $way: every frame that the kernel took has come" \
		"$(told '.frames - .refused - .untagged')" \
		"$((arrived + 0))"
	expect_eq "lies, $way: none counts as less than one packet" "true" \
		"$(stat edge ".packets >= $arrived")"
	balanced "lies, $way"
	judges "lies, $way" t0 t0 page
	gone "lies, $way"
done

ip link del t0
ip link del t1
expect_eq "no memory is held at the end" "0 0" "$(info memory) $(info chains)"
finish
