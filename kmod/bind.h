/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_BIND_H
#define _FM_BIND_H

#include <linux/netfilter.h>
#include "chain.h"
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

int fm_bind_init(void);
void fm_bind_exit(void);
int fm_bind_create(struct fm_chain *chain, u32 ifindex,
		   struct netlink_ext_ack *extack);
void fm_bind_unhook(struct fm_bind *bind);
void fm_bind_destroy(struct list_head *binds);
struct fm_bind *fm_bind_lookup(const struct fm_net *net, u32 ifindex);

#endif
