#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The same SYN flood against a chain and against nf_conntrack, side by side.

set -euo pipefail

usage()
{
	cat <<-'END'
	Usage: ktest/flood.sh [-k KERNEL] [-s SECONDS]

	Runs ktest/kself/flood.sh for SECONDS (60) in a guest of KERNEL (6.1), once
	with a chain and once with nf_conntrack, and writes the figures of both to
	build/results/flood-KERNEL.txt.  Fails if the flows in use do not keep their
	rate through the chain, or anything else that the script checks.
	END
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
kernel=6.1 seconds=60
while getopts k:s:h opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	s) seconds=$OPTARG ;;
	h) usage; exit 0 ;;
	*) usage >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[[ $# -eq 0 && $seconds =~ ^[1-9][0-9]{0,3}$ ]] || { usage >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# flood NAME: in a guest; its figures come to $work/NAME/flood
flood()
{
	echo "# $1"
	KTEST_SECONDS=$seconds KTEST_PEER=$1 ktest/vm -k "$kernel" -c 4 -n 2 \
		-t $((600 + 10 * seconds)) -d "$work/$1" -- \
		bash ktest/kself/flood.sh
}

table()
{
	echo "ktest/flood.sh -k $kernel -s $seconds"
	echo
	{
		echo "	chain	nf_conntrack"
		join -t $'\t' <(sort "$work/chain/flood") \
			<(sort "$work/conntrack/flood")
	} | expand -t 44,60
	echo
	echo "counters of the chain:"
	gojq -c '{packets, accepted, dropped, reason}, (.inst[] |
		{name, created, evicted, expired, refused, entries})' \
		"$work/chain/flood.stat"
}

flood chain
flood conntrack
mkdir -p build/results
table | tee "build/results/flood-$kernel.txt"
