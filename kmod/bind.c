// SPDX-License-Identifier: GPL-2.0
/*
 * Which devices a chain is bound to, and the hooks at their ingress.
 */
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "bind.h"
#include "error.h"
#include "net.h"
#include "path.h"
#include "shard.h"

#define BIND_RING	8192	/* of devices that do not tell */
#define BIND_PRIORITY	(-300)	/* before nftables' netdev chains */

/**
 * fm_bind_lookup - the binding of a device
 * @net: its namespace; the caller holds the mutex
 * @ifindex: of the device
 *
 * Return: the binding or NULL.
 */
struct fm_bind *fm_bind_lookup(const struct fm_net *net, u32 ifindex)
{
	struct fm_chain *chain;
	struct fm_bind *bind;

	lockdep_assert_held(&net->mutex);
	list_for_each_entry(chain, &net->chains, list)
		list_for_each_entry(bind, &chain->binds, list)
			if (bind->dev->ifindex == ifindex)
				return bind;
	return NULL;
}

static struct net_device *bind_find_dev(struct fm_chain *chain, u32 ifindex,
					struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	struct fm_bind *bind;

	dev = __dev_get_by_index(chain->net->net, ifindex);
	if (!dev) {
		fm_error_set(extack, NULL, "there is no device with index %u",
			     ifindex);
		return ERR_PTR(-ENODEV);
	}
	bind = fm_bind_lookup(chain->net, ifindex);
	if (bind) {
		fm_error_set(extack, NULL, "%s is bound to chain %s already",
			     dev->name, bind->chain->name);
		return ERR_PTR(-EBUSY);
	}
	return dev;
}

static u32 bind_find_ring(struct net_device *dev)
{
	const struct ethtool_ops *ops = dev->ethtool_ops;
	struct kernel_ethtool_ringparam kernel = {};
	struct ethtool_ringparam ring = {};

	if (ops && ops->get_ringparam)
		ops->get_ringparam(dev, &ring, &kernel, NULL);
	return ring.rx_max_pending ?: BIND_RING;
}

/**
 * fm_bind_create - bind a chain to a device
 * @chain: the chain, with a plan; rtnl and the namespace's mutex are held
 * @ifindex: of the device
 * @extack: gets a sentence
 *
 * Packets run through the chain from here on.
 *
 * Return: 0 or a negative errno.
 */
int fm_bind_create(struct fm_chain *chain, u32 ifindex,
		   struct netlink_ext_ack *extack)
{
	struct net_device *dev = bind_find_dev(chain, ifindex, extack);
	struct fm_bind *bind;
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	bind = kzalloc(sizeof(*bind), GFP_KERNEL);
	if (!bind)
		return -ENOMEM;
	bind->chain = chain;
	bind->dev = dev;
	bind->ring = bind_find_ring(dev);
	err = fm_verify_setup(&bind->verify, dev->num_rx_queues);
	if (err)
		goto free_bind;
	fm_verify_start(&bind->verify, fm_chain_plan(chain)->segs[0].steer);
	bind->hook.hook = fm_path_hook;
	bind->hook.priv = bind;
	bind->hook.dev = dev;
	bind->hook.pf = NFPROTO_NETDEV;
	bind->hook.hooknum = NF_NETDEV_INGRESS;
	bind->hook.priority = BIND_PRIORITY;
	err = nf_register_net_hook(chain->net->net, &bind->hook);
	if (err)
		goto cleanup_verify;
	list_add_tail(&bind->list, &chain->binds);
	chain->nbinds++;
	return 0;

cleanup_verify:
	fm_verify_cleanup(&bind->verify);
free_bind:
	kfree(bind);
	return err;
}

/**
 * fm_bind_unhook - let no further packet in
 * @bind: the binding, which the chain has no more
 *
 * Then comes fm_bind_destroy().
 */
void fm_bind_unhook(struct fm_bind *bind)
{
	nf_unregister_net_hook(bind->chain->net->net, &bind->hook);
	list_del(&bind->list);
	bind->chain->nbinds--;
}

/* Waits for what is in rings, and for what waits for them to be empty. */
static void bind_drain(const struct fm_plan *plan)
{
	fm_seg_settle(plan);
	fm_seg_gather(plan);
	fm_shard_drain();
	fm_seg_scatter(plan);
}

/**
 * fm_bind_destroy - free bindings
 * @binds: unhooked ones
 *
 * Waits for the packets that are inside: those in the hook, then those that are
 * parked or on their way to an owner, which may lead them to the owner in the
 * next segment. What is handed over or parked after that, because an owner changes
 * meanwhile, is dropped.
 */
void fm_bind_destroy(struct list_head *binds)
{
	struct fm_bind *bind, *next;
	const struct fm_plan *plan;
	u32 i;

	if (list_empty(binds))
		return;
	bind = list_first_entry(binds, struct fm_bind, list);
	plan = fm_chain_plan(bind->chain);
	synchronize_net();
	for (i = 1; i < plan->nsegs; i++)
		bind_drain(plan);
	list_for_each_entry(bind, binds, list)
		WRITE_ONCE(bind->closed, true);
	synchronize_net();
	bind_drain(plan);
	list_for_each_entry_safe(bind, next, binds, list) {
		fm_verify_cleanup(&bind->verify);
		kfree(bind);
	}
}

/* The device goes, or goes to another namespace; the chain stays. */
static int bind_notify(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct fm_net *net = fm_net_get(dev_net(dev));
	struct fm_bind *bind;
	LIST_HEAD(gone);

	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	mutex_lock(&net->mutex);
	bind = fm_bind_lookup(net, dev->ifindex);
	if (bind) {
		if (dev->reg_state == NETREG_UNREGISTERING)
			WRITE_ONCE(bind->gone, true);
		fm_seg_settle(fm_chain_plan(bind->chain));
		fm_bind_unhook(bind);
		list_add(&bind->list, &gone);
		fm_bind_destroy(&gone);
	}
	mutex_unlock(&net->mutex);
	return NOTIFY_DONE;
}

static struct notifier_block bind_notifier = {
	.notifier_call = bind_notify,
};

int fm_bind_init(void)
{
	return register_netdevice_notifier(&bind_notifier);
}

void fm_bind_exit(void)
{
	unregister_netdevice_notifier(&bind_notifier);
}
