/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_REQUEST_H
#define _FM_REQUEST_H

#include <linux/types.h>

struct fm_chain;
struct fm_plan;
struct fm_steer;
struct netlink_ext_ack;

/**
 * struct fm_request - shards that are to move, all or none
 * @shards: their numbers, none twice
 * @cpus: where each goes
 * @n: how many
 * @seg: whose shards
 * @hold: wait for fm_request_go() before old packets are believed to end
 */
struct fm_request {
	const u32 *shards;
	const u32 *cpus;
	u32 n;
	u32 seg;
	bool hold;
};

int fm_request_move(struct fm_chain *chain, const struct fm_request *request,
		    u32 *id, struct netlink_ext_ack *extack);
int fm_request_go(struct fm_chain *chain, u32 id,
		  struct netlink_ext_ack *extack);
int fm_request_find_seg(const struct fm_plan *plan, u32 n,
			struct netlink_ext_ack *extack);
int fm_request_check_seg(const struct fm_plan *plan, u32 n,
			 struct netlink_ext_ack *extack);
int fm_request_check_shard(const struct fm_steer *steer, u32 id,
			   unsigned long *seen, struct netlink_ext_ack *extack);

#endif
