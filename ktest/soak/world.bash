# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034 # used by those who source it
#
# The things that workers share, and their names.

readonly chain_names=(c0 c1 c2 c3)
readonly moving_devs=(d0 d1 d2 d3)	# come, go, are renamed, move
readonly still_devs=(p0 p1 t0 v0)	# flooded: go up and down only
readonly cpus_that_go=(1 2 3)

# with_indices TEXT: put the index of device d for @d@, in $text; of one that is
# not there, a wrong one
with_indices()
{
	local name index

	text=$1
	for name in "${moving_devs[@]}" "${still_devs[@]}"; do
		index=999999
		{ read -r index < "/sys/class/net/$name/ifindex"; } 2>&-
		text=${text//@$name@/$index}
	done
}

wait_a_little()
{
	read -r -t "${1:-0.1}" <> <(:) || :
}

worker_begin()
{
	:
}

worker_end()
{
	:
}
