# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # random.bash and world.bash
#
# Shards are sent from CPU to CPU, many at a time, some held until told or until
# the module has no patience any more, and flows of theirs to offload CPUs.

# EINVAL: no such shard or CPU, or no NF is local. ENOENT: no such chain, or the
# move is over.
readonly shard_refusals='ENOENT|EINVAL|EBUSY|unloaded|ETIMEDOUT'

# number NAME VALUE: appends a u32
number()
{
	local -n text=$1
	local word

	printf -v word %02x%02x0000 $(($2 & 255)) $(($2 >> 8))
	text+=$word
}

random_move()
{
	local chain=$1 shards='' cpus='' first n

	pick 60
	first=$picked
	pick 12
	for ((n = picked; n >= 0; n--)); do
		number shards $((first + n))
		pick 4
		number cpus "$picked"
	done
	choose '' '' ',["hold","flag"]'
	requests+=("{\"cmd\":\"shard_move\",\"attrs\":[$chain,[\"move\",\"nest\",[[\"shards\",\"hex\",\"$shards\"],[\"cpus\",\"hex\",\"$cpus\"]$picked]]]}")
}

random_offload()
{
	local chain=$1 shards='' first n

	pick 60
	first=$picked
	pick 12
	for ((n = picked; n >= 0; n--)); do
		number shards $((first + n))
	done
	choose 0 1 255 18446744073709551615
	n=$picked
	pick 4
	requests+=("{\"cmd\":\"offload_set\",\"attrs\":[$chain,[\"offload\",\"nest\",[[\"shards\",\"hex\",\"$shards\"],[\"cpu\",\"u32\",$picked],[\"slices\",\"u64\",$n]]]]}")
}

worker_step()
{
	local requests=() chain n

	choose "${chain_names[@]}"
	chain="[\"chain_name\",\"string\",\"$picked\"]"
	pick 8
	for ((n = picked; n >= 0; n--)); do
		random_move "$chain"
	done
	pick 2
	[[ $picked -eq 0 ]] || random_offload "$chain"
	pick 500
	requests+=("{\"cmd\":\"shard_go\",\"attrs\":[$chain,[\"move\",\"nest\",[[\"id\",\"u32\",$picked]]]]}")
	attempt_requests "$shard_refusals" nlraw "${requests[@]}"
}
