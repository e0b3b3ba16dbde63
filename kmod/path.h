/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_PATH_H
#define _FM_PATH_H

#include "bind.h"
#include "lend.h"

struct nf_hook_state;

/* How a packet came to the CPU that it is on. */
enum fm_way {
	FM_ARRIVED,		/* from the device */
	FM_HANDED,		/* from another CPU */
	FM_PARKED,		/* it waited here for those before it */
	FM_LENT,		/* from the owner of its shard, to be run here */
	FM_WHOLE,		/* it was just made of fragments */
	FM_PASSED,		/* from the segment before, where it was run here */
};

/**
 * struct fm_path_cb - what a packet carries to another CPU
 * @bind: where it arrived
 * @seg: number of the segment that it is to be run in
 * @hash: of the packet, there
 * @lent: its entries in local groups, of one that goes to an offload CPU; others
 *	have what follows
 * @plan: if @seg is not the first one, the plan that it has begun with
 * @steer_id: of the steering that @hash is of
 * @state_hash: of its key in the finest state, of one that goes to its owner
 */
struct fm_path_cb {
	struct fm_bind *bind;
	u32 seg;
	u32 hash;
	union {
		struct fm_entry *lent[FM_LENT_GROUPS];
		struct {
			struct fm_plan *plan;
			u32 steer_id;
			u32 state_hash;
		};
	};
};

static inline struct fm_path_cb *fm_path_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct fm_path_cb) > sizeof(skb->cb));
	return (struct fm_path_cb *)skb->cb;
}

unsigned int fm_path_hook(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state);
enum fm_verdict fm_path_drop(const struct fm_chain *chain,
			     const struct fm_pkt *pkt, enum fm_reason reason);
enum fm_verdict fm_path_lose(const struct fm_chain *chain,
			     const struct fm_seg *seg, const struct fm_pkt *pkt,
			     enum fm_reason reason);
struct sk_buff *fm_path_keep(struct fm_bind *bind, struct fm_plan *plan,
			     const struct fm_seg *seg, struct fm_pkt *pkt,
			     u32 hash);
void fm_path_unkeep(struct sk_buff *skb);
void fm_path_resume(struct sk_buff *skb, enum fm_way way);
void fm_path_prefetch(const struct sk_buff *skb, bool entry);

#endif
