/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_MOVE_H
#define _FM_MOVE_H

#include <linux/types.h>

#define FM_PARK_MAX	8192	/* packets of a shard that may wait */

struct fm_chain;
struct fm_move;
struct fm_shard;
struct fm_steer;
struct sk_buff;

/**
 * struct fm_move_report - a move as told to user space
 * @id: number, unique
 * @seg: of the segment
 * @n: shards
 * @done: it is over; what follows is zero before
 * @forced: a receive queue was not seen empty in time
 * @parked: packets that waited
 * @held_ns: until fm_move_hurry() or the end of patience
 * @fence_ns: from then until all old packets had been run
 * @play_ns: from then until those that waited had
 */
struct fm_move_report {
	u32 id;
	u32 seg;
	u32 n;
	bool done;
	bool forced;
	u64 parked;
	u64 held_ns;
	u64 fence_ns;
	u64 play_ns;
};

int fm_move_init(void);
void fm_move_exit(void);
struct fm_move *fm_move_create(struct fm_steer *steer, u32 n, bool hold);
void fm_move_destroy(struct fm_move *move);
void fm_move_add(struct fm_move *move, u32 id, u32 to);
u32 fm_move_begin(struct fm_move *move);
bool fm_move_hurry(const struct fm_steer *steer, u32 id);
void fm_move_flush(const struct fm_steer *steer);
bool fm_move_park(struct fm_shard *shard, struct sk_buff *skb);

#endif
