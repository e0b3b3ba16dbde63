#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# soak.sh [-k SERIES] [-m MINUTES] [-s SEED]: ktest/kself/soak.sh in the debug
# kernel; what it says goes to build/results/soak-SERIES.txt, too.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
series=6.1 minutes=10 seed=$RANDOM
while getopts k:m:s: opt; do
	case $opt in
	k) series=$OPTARG ;;
	m) minutes=$OPTARG ;;
	s) seed=$OPTARG ;;
	*) exit 2 ;;
	esac
done
[[ $minutes =~ ^[1-9][0-9]{0,3}$ && $seed =~ ^[0-9]{1,9}$ ]] ||
	{ echo "soak: -m and -s want numbers" >&2; exit 2; }

file=build/results/soak-$series.txt
mkdir -p build/results
export KTEST_MINUTES=$minutes KTEST_SEED=$seed
rc=0
{
	echo "# debug kernel $series," \
		"commit $(git rev-parse --short HEAD 2>&- || echo unknown)"
	ktest/vm -k "debug-$series" -c 4 -n 1 -t $((minutes * 60 + 1500)) -- \
		bash ktest/kself/soak.sh 2>&1 || rc=$?
	echo "soak: $([[ $rc -eq 0 ]] && echo PASS || echo "FAIL (status $rc)")" \
		"minutes=$minutes seed=$seed kernel=$series"
	exit "$rc"
} | tee "$file"
