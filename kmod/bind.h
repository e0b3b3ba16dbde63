/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_BIND_H
#define _FM_BIND_H

#include <linux/netfilter.h>
#include "chain.h"
#include "lend.h"
#include "verify.h"

/**
 * struct fm_bind - a device that a chain is bound to
 * @list: of the chain's
 * @chain: the chain
 * @dev: the device; we let go of it before it goes
 * @hook: at its ingress
 * @gone: the device is going, packets on their way are dropped
 * @closed: no packet is handed over any more
 * @ring: packets that one of its receive queues can hold
 * @verify: how its hash compares with ours
 */
struct fm_bind {
	struct list_head list;
	struct fm_chain *chain;
	struct net_device *dev;
	struct nf_hook_ops hook;
	bool gone;
	bool closed;
	u32 ring;
	struct fm_verify verify;
};

/* How a packet came to the CPU that it is on. */
enum fm_way {
	FM_ARRIVED,		/* from the device */
	FM_HANDED,		/* from another CPU */
	FM_PARKED,		/* it waited here for those before it */
	FM_LENT,		/* from the owner of its shard, to be run here */
	FM_WHOLE,		/* it was just made of fragments */
};

/**
 * struct fm_bind_cb - what a packet carries to another CPU
 * @bind: where it arrived
 * @steer_id: of the steering that @hash and @lent are of
 * @hash: of the packet
 * @lent: its entries in local groups, of one that goes to an offload CPU
 * @state_hash: of its key in the finest state, of one that goes to its owner
 */
struct fm_bind_cb {
	struct fm_bind *bind;
	u32 steer_id;
	u32 hash;
	union {
		struct fm_entry *lent[FM_LENT_GROUPS];
		u32 state_hash;
	};
};

static inline struct fm_bind_cb *fm_bind_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct fm_bind_cb) > sizeof(skb->cb));
	return (struct fm_bind_cb *)skb->cb;
}

int fm_bind_init(void);
void fm_bind_exit(void);
int fm_bind_create(struct fm_chain *chain, u32 ifindex,
		   struct netlink_ext_ack *extack);
void fm_bind_unhook(struct fm_bind *bind);
void fm_bind_destroy(struct list_head *binds);
struct fm_bind *fm_bind_lookup(const struct fm_net *net, u32 ifindex);
void fm_bind_prefetch(const struct sk_buff *skb, bool entry);
enum fm_verdict fm_bind_drop(const struct fm_chain *chain,
			     const struct fm_pkt *pkt, enum fm_reason reason);
struct sk_buff *fm_bind_keep(struct fm_bind *bind, const struct fm_steer *steer,
			     struct fm_pkt *pkt, u32 hash);
void fm_bind_resume(struct sk_buff *skb, enum fm_way way);

#endif
