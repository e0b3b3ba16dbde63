#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Plant a mistake in a copy of the module and see the kselftests of the debug
# kernel catch it: who watches the watchmen.

set -euo pipefail

usage()
{
	cat <<-'END'
	Usage: ktest/planted.sh [-k SERIES] [NAME...]

	For each mistake (all without a NAME), the module with it is built for the
	debug kernel of SERIES (6.1 or 6.12) below build/planted, and one kselftest
	is run, which must fail because of what the kernel has to say.

	END
	while IFS='|' read -r name _ _ suite words what; do
		printf '  %-12s %s\n%15s%s: %s\n' "$name" "$what" '' "$suite" \
			"$words"
	done < <(plants)
}

# NAME|FILE|SED|KSELFTEST|WORDS|WHAT
plants()
{
	sed 's/^ *//' <<-'END'
	barrier|kmod/store.c|/^void fm_store_put/,/^}/s/rcu_barrier();//|flow|kmem_cache_destroy|entries that RCU still has when their cache goes
	message|kmod/netlink.c|/^int fm_netlink_reply/,/^}/s/nlmsg_free(msg);//|limits|unreferenced object|a reply that was too small is not freed
	byte|kmod/nf/psd.c|/^static void psd_destroy/,/^}/s/fm_heap_free/READ_ONCE(*((u8 *)state->ports + state->size * 2)), fm_heap_free/|lifetime|KASAN: slab-out-of-bounds|one byte behind the ports of psd is read
	unlock|kmod/nl_move.c|/^int fm_nl_shard_go/,/^}/s/mutex_unlock(&net->mutex);/if (!err) &/|netlink|lock held when returning to user space|a refusal keeps the mutex
	END
}

die()
{
	echo "planted: $*" >&2
	exit 1
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
series=6.1
while getopts :k:h opt; do
	case $opt in
	k) series=$OPTARG ;;
	h) usage; exit 0 ;;
	*) usage >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
root=$(ktest/debug/kernel -n "$series")

# copy DIR: the tree and the tools as they are built, but for the module
copy()
{
	rm -rf "$1"
	mkdir -p "$1/build"
	tar -c --exclude ./build --exclude ./.git . | tar -x -C "$1"
	find build -mindepth 1 -maxdepth 1 ! -name kmod ! -name planted \
		! -name vm ! -name results -exec cp -al {} "$1/build/" \;
}

# try NAME FILE SED SUITE WORDS: is it caught
try()
{
	local dir=build/planted/$1 log=build/planted/$1.log

	copy "$dir"
	sed -i "$3" "$dir/$2"
	! cmp -s "$2" "$dir/$2" || die "$1 changes nothing in $2"
	make -s -C "$dir" KERNEL_ROOT="$root" KCFLAGS=-g modules > "$log" 2>&1 ||
		die "$1 does not build; see $log"
	if "$dir/ktest/run" -k "debug-$series" "kself/$4" >> "$log" 2>&1; then
		echo "# $4 passed; see $log"
		return 1
	fi
	grep -qF "$5" "$log" || {
		echo "# $4 failed, but does not say '$5'; see $log"
		return 1
	}
	rm -rf "$dir"
}

cases=0 failed=0
echo "KTAP version 1"
while IFS='|' read -r -u 3 name file change suite words what; do
	[[ $# -eq 0 || " $* " = *" $name "* ]] || continue
	cases=$((cases + 1)) verdict=ok
	try "$name" "$file" "$change" "$suite" "$words" || {
		verdict="not ok"
		failed=$((failed + 1))
	}
	echo "$verdict $cases - $what: $suite says '$words'"
done 3< <(plants)
[[ $cases -gt 0 ]] || { usage >&2; exit 2; }
echo "1..$cases"
echo "$((cases - failed)) passed, $failed failed, 0 skipped"
[[ $failed -eq 0 ]]
