/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A chain and its plan as plain data: what the chain file's parser makes, the
 * netlink layer sends and receives, and the printers show.
 */
#ifndef FM_TOOLS_CHAIN_H
#define FM_TOOLS_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "flowmage.h"

struct fm_elements;

/*
 * A named value: a parameter, a field of a state, the counter of a reason. One
 * that is a list has @list in a chain that goes to the module, borrowed from
 * the chain file, or @uint and @count in one that comes from there.
 */
struct fm_value {
	char name[FM_NAME_MAX + 1];
	bool is_string;
	bool is_list;
	uint64_t uint;			/* or the id of the list */
	uint32_t count;			/* its elements */
	struct fm_elements *list;
	char string[FM_STRING_MAX + 1];
};

/* An NF in a chain. Zero means "the NF's default" where the ABI says so. */
struct fm_chain_inst {
	char name[FM_NAME_MAX + 1];	/* unique in the chain */
	char type[FM_NAME_MAX + 1];
	enum fm_mode mode;
	uint32_t segment;
	uint32_t max_entries;
	uint32_t timeout_ms;
	enum fm_full_policy full_policy;
	struct fm_value params[FM_PARAMS_MAX];
	size_t nparams;
	enum fm_mode pin;		/* the user's wish; NONE = no wish */
	uint32_t group;			/* out */
	bool kept;			/* out */
};

/* How packets find their shard and shards their CPU. */
struct fm_steering {
	uint32_t fields;		/* FM_F_* for IPv4 */
	uint32_t fields6;		/* FM_F_* for IPv6 */
	bool symmetric;
	uint32_t l4;			/* FM_L4_* */
	uint8_t key[FM_KEY_MAX];
	size_t key_len;			/* bytes, 40..52 */
	uint8_t key6[FM_KEY_MAX];
	size_t key6_len;		/* 0: the same key */
	uint32_t owners[FM_SHARDS_MAX];	/* CPU of each shard */
	uint32_t nshards;		/* a power of two */
	bool hw;			/* use the NIC's hash once verified */
};

struct fm_chain {
	char name[FM_NAME_MAX + 1];
	uint32_t generation;
	uint32_t ifindex[FM_DEVS_MAX];
	size_t ndevs;
	enum fm_frag_policy frag_policy;
	enum fm_other_policy other_policy;
	uint32_t sample_shift;
	struct fm_steering steer[FM_SEGMENTS_MAX];
	uint32_t nsegs;			/* segments, each with its steering */
	struct fm_chain_inst nfs[FM_NFS_MAX];
	size_t nnfs;
};

#endif
