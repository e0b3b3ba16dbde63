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
};

/**
 * struct fm_path_cb - what a packet carries to another CPU
 * @bind: where it arrived
 * @steer_id: of the steering that @hash and @lent are of
 * @hash: of the packet
 * @lent: its entries in local groups, of one that goes to an offload CPU
 * @state_hash: of its key in the finest state, of one that goes to its owner
 */
struct fm_path_cb {
	struct fm_bind *bind;
	u32 steer_id;
	u32 hash;
	union {
		struct fm_entry *lent[FM_LENT_GROUPS];
		u32 state_hash;
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
struct sk_buff *fm_path_keep(struct fm_bind *bind, const struct fm_steer *steer,
			     struct fm_pkt *pkt, u32 hash);
void fm_path_resume(struct sk_buff *skb, enum fm_way way);
void fm_path_prefetch(const struct sk_buff *skb, bool entry);

#endif
