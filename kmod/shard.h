/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_SHARD_H
#define _FM_SHARD_H

#include <linux/llist.h>
#include <linux/skbuff.h>

#define FM_SHARD_BACKLOG	4096	/* packets that wait for an owner */

/**
 * struct fm_mark - a place in a ring, between two packets
 * @pass: called by the ring's CPU with bottom halves off when all packets
 *	before the mark have been run
 */
struct fm_mark {
	void (*pass)(struct fm_mark *mark);
};

/**
 * struct fm_parked - packets of a shard that wait on the CPU it moves to
 * @node: in the list of what that CPU is to run
 * @skbs: the packets; only that CPU touches them, with bottom halves off
 * @settle: called there when all have been run; may end @parked
 */
struct fm_parked {
	struct llist_node node;
	struct sk_buff_head skbs;
	void (*settle)(struct fm_parked *parked);
};

int fm_shard_init(void);
void fm_shard_exit(void);
bool fm_shard_is_crowded(unsigned int owner);
bool fm_shard_hand(struct sk_buff *skb, unsigned int owner, bool *woke);
bool fm_shard_lend(struct sk_buff *skb, unsigned int cpu, bool *woke);
bool fm_shard_mark(struct fm_mark *mark, unsigned int cpu);
void fm_shard_play(struct fm_parked *parked, unsigned int cpu);
void fm_shard_drain(void);
void fm_shard_leave(void);

#endif
