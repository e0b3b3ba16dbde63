/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_MOVE_H
#define _FM_MOVE_H

#include <linux/types.h>

#define FM_PARK_MAX	8192	/* packets of a shard that may wait */

struct fm_chain;
struct fm_shard;
struct fm_steer;
struct netlink_ext_ack;
struct sk_buff;

/**
 * struct fm_move_request - shards that are to move, all or none
 * @shards: their numbers, none twice
 * @cpus: where each goes
 * @n: how many
 * @hold: wait for fm_move_go() before old packets are believed to end
 */
struct fm_move_request {
	const u32 *shards;
	const u32 *cpus;
	u32 n;
	bool hold;
};

/**
 * struct fm_move_report - a move as told to user space
 * @id: number, unique
 * @n: shards
 * @done: it is over; what follows is zero before
 * @forced: a receive queue was not seen empty in time
 * @parked: packets that waited
 * @held_ns: until fm_move_go() or the end of patience
 * @fence_ns: from then until all old packets had been run
 * @play_ns: from then until those that waited had
 */
struct fm_move_report {
	u32 id;
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
int fm_move_start(struct fm_chain *chain, const struct fm_move_request *request,
		  u32 *id, struct netlink_ext_ack *extack);
int fm_move_go(struct fm_chain *chain, u32 id, struct netlink_ext_ack *extack);
void fm_move_flush(const struct fm_steer *steer);
bool fm_move_park(struct fm_shard *shard, struct sk_buff *skb);

#endif
