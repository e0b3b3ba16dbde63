# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # random.bash and world.bash
#
# NF modules come and go, and now and then the module itself, with all chains.

readonly nf_modules=(tcp_strict proto_filter service_counter)
readonly module_refusals='busy|unloaded|exists|noent|again|ENOENT'

worker_begin()
{
	reloads=0
}

# Chains would hold the NF modules, and those the module.
unload_all()
{
	local nf name requests=()

	for name in "${chain_names[@]}"; do
		requests+=("{\"cmd\":\"chain_del\",\"attrs\":[[\"chain_name\",\"string\",\"$name\"]]}")
	done
	attempt_requests "$module_refusals" nlraw "${requests[@]}"
	for nf in "${nf_modules[@]}"; do
		attempt "$module_refusals" rmmod "$nf"
	done
	attempt "$module_refusals" rmmod flowmage
}

worker_step()
{
	choose "${nf_modules[@]}"
	set -- "$picked"
	pick 6
	case $picked in
	0|1) attempt "$module_refusals" insmod "${FM_KO%/*}/$1.ko" ;;
	2|3) attempt "$module_refusals" rmmod "$1" ;;
	4)
		unload_all
		[[ -e /sys/module/flowmage ]] || reloads=$((reloads + 1))
		pick 3
		wait_a_little "0.$picked"
		attempt "$module_refusals" insmod "$FM_KO" ;;
	*) wait_a_little 1 ;;
	esac
}

worker_end()
{
	attempt exists insmod "$FM_KO"
	echo "reloads=$reloads"
}
