/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_NET_H
#define _FM_NET_H

#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <net/net_namespace.h>
#include "list.h"

#define FM_MEMORY_MAX	(1ULL << 30)	/* bytes of state in a namespace */

/**
 * struct fm_net - what the module knows of a network namespace
 * @net: the namespace
 * @mutex: guards everything below but the counters; taken after rtnl
 * @chains: struct fm_chain
 * @nchains: how many
 * @generation: of the last change; a chain's is the value after its last
 * @budget: memory for states, lists and what NFs make of them
 * @lists: that parameters refer to
 * @seq: number of the last event
 * @alert_limit: alerts per second
 * @alerts_lost: not sent since the last that was
 */
struct fm_net {
	struct net *net;
	struct mutex mutex;
	struct list_head chains;
	u32 nchains;
	u32 generation;
	struct fm_budget budget;
	struct fm_lists lists;
	atomic64_t seq;
	struct ratelimit_state alert_limit;
	atomic_t alerts_lost;
};

struct fm_net *fm_net_get(const struct net *net);
int fm_net_init(void);
void fm_net_exit(void);

#endif
