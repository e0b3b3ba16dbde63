/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_LEND_H
#define _FM_LEND_H

#include "table.h"

#define FM_LENT_GROUPS	4	/* local groups whose entries a packet takes along */
#define FM_LENT_FRESH	1024	/* entries made for lending between two ticks */
#define FM_LENT_LOOK	32	/* after so many packets see which were run */

struct fm_group;
struct fm_plan;
struct fm_seg;
struct fm_steer;

/**
 * struct fm_lent - a shard's entries that another CPU may be writing
 * @sent: packets that took entries along so far
 * @last: when the last of them was, fm_entry_time()
 * @seen: @sent when it was last looked how far the offload CPU is
 * @seen_at: @last then
 * @quiet: entries whose last packet is older are with their owner again
 * @fresh: entries made since the last tick, which may stay empty
 * @done: packets that were run so far; the offload CPU's, all above the owner's
 *
 * The owner keeps the table and the times of its entries. States in an entry
 * belong to the offload CPU as long as a packet is there that has it along.
 */
struct fm_lent {
	u32 sent;
	u32 last;
	u32 seen;
	u32 seen_at;
	u32 quiet;
	u32 fresh;
	u32 done ____cacheline_aligned_in_smp;
};

/**
 * fm_lent_has - may another CPU be writing an entry
 * @lent: of the shard, or NULL
 * @entry: the entry
 *
 * On the owner. If not, all that was written to it is visible.
 */
static inline bool fm_lent_has(const struct fm_lent *lent,
			       const struct fm_entry *entry)
{
	if (likely(!lent))
		return false;
	/* Pairs with fm_lent_return(). */
	if (smp_load_acquire(&lent->done) == lent->sent)
		return false;
	return (s32)((READ_ONCE(entry->last) & ~FM_ENTRY_AGAIN) -
		     lent->quiet) >= 0;
}

/* On the offload CPU, after it has run a packet. */
static inline void fm_lent_return(struct fm_lent *lent)
{
	smp_store_release(&lent->done, lent->done + 1);
}

void fm_offload_forget(const struct fm_steer *steer);
struct fm_lent *fm_lent_of(const struct fm_group *group, u32 shard);
bool fm_lent_keeps(struct fm_lent *lent, const struct fm_entry *entry);
void fm_lent_send(struct fm_lent *lent, u64 now_ns);
void fm_lent_tick(struct fm_lent *lent, u64 now_ns);
bool fm_lend_collect(const struct fm_plan *plan, const struct fm_seg *seg,
		     const struct fm_pkt *pkt, u32 shard, u64 now_ns,
		     struct fm_entry **entries);

#endif
