# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# fmctl is killed at system calls by which it can change anything: before each
# of them dies one deployment.  The chain is then the old or the new one, never a
# part, and rollback, or the next deployment, clears up.  KTEST_EVERY is 5, for
# every fifth of those calls; with 1 it takes many minutes.
#
# vm: -c 2 -q 2 -n 1 -o
# debug: no
#
# shellcheck disable=SC2317 # check calls them

# shellcheck source=ktest/lib.sh
source ktest/lib.sh

every=${KTEST_EVERY:-5}
chain=examples/psd-policer-fsc.json
name=psd-policer-fsc
readonly all_calls=ioctl,sendmsg,sendto,write,writev,pwrite64,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,mkdir,mkdirat,rmdir,ftruncate,fallocate,fsync,fdatasync,chmod,fchmod,fchown,openat

snap()
{
	ethtool -x eth0
	ethtool -n eth0 rx-flow-hash tcp4
	ethtool -n eth0 rx-flow-hash udp4
	ethtool -k eth0 | grep receive-hashing
}

# Everything at rest: no chain, no journal, the NIC as at first.
at_rest()
{
	local left

	left=$(find /run -path '/run/flowmage/nic-*')
	[[ $(fmctl -j chain list | gojq -c .chains) = '[]' && -z $left &&
		$(snap) = "$before" ]] && return
	echo "# chains: $(fmctl -j chain list | gojq -c '[.chains[].chain_name]')" \
		"journal: $left"
	diff <(echo "$before") <(snap) | head -n 5
	return 1
}

# The calls of trace $1 that can change anything, as NAME NUMBER: the number is
# among the calls of that name, as strace counts.  An open changes nothing
# unless it may create.
points()
{
	awk '{
		sub(/^[0-9]+ +/, "")
		call = $0
		sub(/\(.*/, "", call)
		if (call !~ /^[a-z0-9_]+$/)
			next
		n[call]++
		if (call != "openat" || /O_CREAT|O_TRUNC/)
			print call, n[call]
	}' "$1"
}

# chain_is FILE: the chain in place is exactly that one
chain_is()
{
	fmctl chain diff "$1" > "$tmp/diff" 2>&1
}

deploy()
{
	fmctl deploy "$@" > "$tmp/out" 2>&1
}

# die_at CALL NUMBER FILE [ARG]...: a deployment of FILE dies there
die_at()
{
	local call=$1 number=$2 rc=0

	shift 2
	# A shell of its own, which is the one to say "Killed".
	(
		strace -f -o /dev/null -e "trace=$call" \
			-e "inject=$call:signal=KILL:when=$number" \
			fmctl deploy "$@"
		exit $?
	) > "$tmp/out" 2>&1 || rc=$?
	[[ $rc -eq 137 ]] || {
		echo "# $call $number: not killed, status $rc"
		return 1
	}
}

# old_or_new OLD NEW: a chain file each, or - for none
old_or_new()
{
	local file

	for file; do
		if [[ $file = - ]]; then
			[[ $(fmctl -j chain list | gojq -c .chains) != '[]' ]] ||
				return 0
		else
			! chain_is "$file" || return 0
		fi
	done
	echo "# the chain is neither the old nor the new: $(< "$tmp/diff")"
	return 1
}

# clear_up N NEW ARG...: by rollback, now and then by deploying once more
clear_up()
{
	if [[ $(($1 % 5)) -ne 0 ]]; then
		fmctl rollback > "$tmp/out" 2>&1 && return
	else
		deploy "${@:2}" && chain_is "$2" &&
			fmctl chain del "$name" > "$tmp/out" 2>&1 && return
	fi
	echo "# cannot clear up: $(< "$tmp/out")"
	return 1
}

# sweep NAME CALLS OLD NEW ARG...: deployments of NEW while OLD is in place
sweep()
{
	local what=$1 calls=$2 old=$3 new=$4 n=0 bad=0 call number

	shift 4
	[[ $old = - ]] || deploy "$old" dev eth0 plan "$tmp/plan.json"
	strace -f -o "$tmp/trace" -e "trace=$calls" \
		fmctl deploy "$new" "$@" > "$tmp/out" 2>&1 || bad=1
	points "$tmp/trace" | awk "NR % $every == 0" > "$tmp/points"
	fmctl chain del "$name" > "$tmp/out" 2>&1
	check "$what: all is at rest" at_rest
	while read -r call number; do
		[[ $old = - ]] || deploy "$old" dev eth0 plan "$tmp/plan.json" ||
			bad=$((bad + 1))
		n=$((n + 1))
		if ! { die_at "$call" "$number" "$new" "$@" &&
			old_or_new "$old" "$new" &&
			clear_up "$n" "$new" "$@" && at_rest; }; then
			echo "# $what: $call $number"
			bad=$((bad + 1))
			fmctl rollback > "$tmp/out" 2>&1
		fi
	done < "$tmp/points"
	fm_comment "$what: killed before $n calls: $(cut -d ' ' -f 1 \
		"$tmp/points" | sort | uniq -c | awk '{ print $2 " " $1 }' |
		paste -sd ,)"
	expect_eq "$what: wherever it dies, one of both is in place and it clears up" \
		"true 0" "$([[ $n -ge $((10 / every)) ]] && echo true) $bad"
}

before=$(snap)
sed 's/"threshold": 20/"threshold": 30/' "$chain" > "$tmp/changed.json"
for file in "$chain" "$tmp/changed.json"; do
	fmctl -j solve "$file" dev eth0 > "$tmp/plan.json"
done
SECONDS=0
sweep "the first" "$all_calls" - "$chain" dev eth0 plan "$tmp/plan.json"
# The NIC stays as it is, and reading its settings cannot change anything.
sweep "a change" "${all_calls#ioctl,}" "$chain" "$tmp/changed.json" dev eth0 \
	plan "$tmp/plan.json"
fm_comment "both took $SECONDS s"
finish
