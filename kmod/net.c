// SPDX-License-Identifier: GPL-2.0
#include <linux/moduleparam.h>
#include <linux/rtnetlink.h>
#include <net/netns/generic.h>
#include "chain.h"
#include "net.h"

#define ALERTS_PER_SECOND	100

static unsigned int net_id;

static ulong memory_max = FM_MEMORY_MAX;
module_param(memory_max, ulong, 0644);
MODULE_PARM_DESC(memory_max,
		 "bytes of state that a network namespace may use, taken when it begins");

/**
 * fm_net_get - what we know of a namespace
 * @net: the namespace
 */
struct fm_net *fm_net_get(const struct net *net)
{
	return net_generic(net, net_id);
}

static int __net_init net_enter(struct net *net)
{
	struct fm_net *fnet = fm_net_get(net);

	fnet->net = net;
	mutex_init(&fnet->mutex);
	INIT_LIST_HEAD(&fnet->chains);
	fnet->budget.max = memory_max;
	fm_lists_setup(&fnet->lists, &fnet->budget);
	ratelimit_state_init(&fnet->alert_limit, HZ, ALERTS_PER_SECOND);
	ratelimit_set_flags(&fnet->alert_limit, RATELIMIT_MSG_ON_RELEASE);
	return percpu_counter_init(&fnet->budget.used, 0, GFP_KERNEL);
}

static void __net_exit net_leave(struct net *net)
{
	struct fm_net *fnet = fm_net_get(net);
	struct fm_chain *chain, *next;

	rtnl_lock();
	mutex_lock(&fnet->mutex);
	list_for_each_entry_safe(chain, next, &fnet->chains, list)
		fm_chain_destroy(chain);
	fm_lists_release(&fnet->lists, 0);
	mutex_unlock(&fnet->mutex);
	rtnl_unlock();
	percpu_counter_destroy(&fnet->budget.used);
}

static struct pernet_operations net_ops = {
	.init = net_enter,
	.exit = net_leave,
	.id = &net_id,
	.size = sizeof(struct fm_net),
};

int fm_net_init(void)
{
	return register_pernet_subsys(&net_ops);
}

void fm_net_exit(void)
{
	unregister_pernet_subsys(&net_ops);
}
