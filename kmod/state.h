/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_STATE_H
#define _FM_STATE_H

#include "entry.h"

/**
 * struct fm_cursor - what a packet has found in a group
 * @slot: where its key is, or would be
 * @entry: its entry, or NULL
 * @hash: of @key
 * @key: the packet's key
 */
struct fm_cursor {
	struct fm_slot *slot;
	struct fm_entry *entry;
	u32 hash;
	struct fm_key key;
};

struct fm_inst;
struct fm_steer;

/**
 * struct fm_ctx - a packet's way through a chain
 * @pkt: the packet
 * @inst: the NF that looks at it now
 * @cursors: one per group, this CPU's
 * @locked: slot whose lock is held, or NULL
 * @open: entry whose states the NFs may be writing, or NULL
 * @chain: the chain
 * @steer: how packets find their shards, NULL if no NF is local
 * @looked: bit per group whose cursor is set
 * @touched: bit per group whose entry knows of the packet
 * @touched_own: while @aimed, that bit of the NF's group for the packet's key
 * @aimed: the cursor of the NF's group is on another key than the packet's
 * @shard: the packet's
 * @reason: why it is dropped: the NF's, or if @refused enum fm_reason
 * @refused: state could not be created
 * @lent: local entries came with the packet from the CPU that owns the shard
 */
struct fm_ctx {
	struct fm_pkt *pkt;
	const struct fm_inst *inst;
	struct fm_cursor *cursors;
	struct fm_slot *locked;
	struct fm_entry *open;
	struct fm_chain *chain;
	const struct fm_steer *steer;
	u32 looked;
	u32 touched;
	u32 touched_own;
	u32 shard;
	u8 reason;
	u8 refused;
	bool lent;
	bool aimed;
};

void fm_state_release(struct fm_ctx *ctx);
bool fm_state_is_known(const struct fm_group *group, const struct fm_pkt *pkt,
		       u32 shard);
u32 fm_state_hash(const struct fm_group *group, const struct fm_pkt *pkt);
void fm_state_prefetch(const struct fm_group *group, u32 shard, u32 hash);
void fm_state_prefetch_entry(const struct fm_group *group, u32 shard, u32 hash);

#endif
