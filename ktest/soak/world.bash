# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034 # used by those who source it
#
# The things that workers share, and their names.

readonly chain_names=(c0 c1 c2 c3)
readonly moving_devs=(d0 d1 d2 d3)	# come, go, are renamed, move
readonly still_devs=(p0 p1 t0 v0)	# flooded: go up and down only
readonly cpus_that_go=(1 2 3)

# ifindex attributes of the devices that are there; "plan.bash" has dev() for
# devices that must be.
devs_now()
{
	local name attrs=()

	for name; do
		if { read -r index < "/sys/class/net/$name/ifindex"; } 2>&-; then
			attrs+=("[\"ifindex\",\"u32\",$index]")
		fi
	done
	join "${attrs[@]}"
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
