#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pktfuzz.sh [-n FRAMES] [-s SEED] KERNEL...: ktest/kself/pktfuzz.sh with many
# frames, in each kernel; debug kernels get 200000.  What it says goes to
# build/results/pktfuzz-KERNEL.txt, too.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
frames=10000000 seed=1
while getopts n:s: opt; do
	case $opt in
	n) frames=$OPTARG ;;
	s) seed=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[[ $frames =~ ^[1-9][0-9]{3,11}$ && $seed =~ ^[0-9]{1,9}$ ]] ||
	{ echo "pktfuzz: -n and -s want numbers, 1000 frames at least" >&2; exit 2; }

mkdir -p build/results
failed=0
for kernel; do
	n=$frames
	[[ $kernel != debug* || $n -lt 200000 ]] || n=200000
	start=$SECONDS rc=0
	{
		echo "# kernel $kernel," \
			"commit $(git rev-parse --short HEAD 2>&- || echo unknown)"
		KTEST_FRAMES=$n KTEST_SEED=$seed ktest/vm -k "$kernel" -c 4 -n 1 \
			-t 7200 -- bash ktest/kself/pktfuzz.sh 2>&1 || rc=$?
		echo "pktfuzz: $([[ $rc -eq 0 ]] && echo PASS ||
			echo "FAIL (status $rc)") frames=$n seed=$seed" \
			"kernel=$kernel seconds=$((SECONDS - start))"
		exit "$rc"
	} | tee "build/results/pktfuzz-$kernel.txt" || failed=1
done
exit "$failed"
