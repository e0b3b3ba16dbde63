# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # random.bash and world.bash
#
# Processors go and come back.

readonly cpu_refusals='busy|again|invalid'

cpu_set()
{
	echo "$2" > "/sys/devices/system/cpu/cpu$1/online"
}

worker_step()
{
	local cpu

	choose "${cpus_that_go[@]}"
	cpu=$picked
	attempt "$cpu_refusals" cpu_set "$cpu" 0
	choose 0 0.2 1
	wait_a_little "$picked.1"
	choose "${cpus_that_go[@]}" "$cpu" "$cpu"
	attempt "$cpu_refusals" cpu_set "$picked" 1
	wait_a_little 0.5
}

worker_end()
{
	local cpu

	for cpu in "${cpus_that_go[@]}"; do
		attempt '' cpu_set "$cpu" 1
	done
}
