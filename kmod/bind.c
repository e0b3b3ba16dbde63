// SPDX-License-Identifier: GPL-2.0
/*
 * A chain at the ingress of a device: from the hook to the shard's owner and
 * through the chain.
 */
#include <linux/ethtool.h>
#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/prefetch.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "bind.h"
#include "error.h"
#include "event.h"
#include "move.h"
#include "net.h"
#include "offload.h"
#include "shard.h"

#define BIND_RING	8192	/* of devices that do not tell */
#define BIND_PRIORITY	(-300)	/* before nftables' netdev chains */

/**
 * fm_bind_drop - count a packet that is dropped
 * @chain: the chain
 * @pkt: the packet, still the caller's
 * @reason: why
 *
 * Return: FM_DROP.
 */
enum fm_verdict fm_bind_drop(const struct fm_chain *chain,
			     const struct fm_pkt *pkt, enum fm_reason reason)
{
	fm_stats_bump(chain->stats, reason[reason], pkt->segs);
	fm_stats_bump(chain->stats, dropped, pkt->segs);
	return FM_DROP;
}

static enum fm_verdict bind_accept(const struct fm_chain *chain,
				   const struct fm_pkt *pkt)
{
	fm_stats_bump(chain->stats, accepted, pkt->segs);
	return FM_ACCEPT;
}

/* Half of a crowded owner's ring is for the flows that are known. */
static bool bind_must_wait(const struct fm_plan *plan, const struct fm_pkt *pkt,
			   u32 shard, u32 owner)
{
	return unlikely(fm_shard_is_crowded(owner)) && plan->finest &&
	       !fm_state_is_known(plan->finest, pkt, shard);
}

static enum fm_verdict bind_refuse(const struct fm_chain *chain,
				   const struct fm_pkt *pkt,
				   enum fm_reason reason)
{
	fm_stats_bump(chain->stats, handoff_drops, pkt->segs);
	return fm_bind_drop(chain, pkt, reason);
}

/**
 * fm_bind_keep - have a packet as one that may be kept for later
 * @bind: where it arrived
 * @steer: its steering
 * @pkt: the packet
 * @hash: of it
 *
 * Return: the skb, or NULL if the packet is gone.
 */
struct sk_buff *fm_bind_keep(struct fm_bind *bind, const struct fm_steer *steer,
			     struct fm_pkt *pkt, u32 hash)
{
	struct sk_buff *skb = skb_share_check(pkt->skb, GFP_ATOMIC);

	if (skb)
		*fm_bind_cb(skb) = (struct fm_bind_cb){ bind, steer->id, hash };
	else
		fm_bind_drop(bind->chain, pkt, FM_REASON_NO_MEMORY);
	return skb;
}

static enum fm_verdict bind_hand(struct fm_bind *bind,
				 const struct fm_plan *plan,
				 struct fm_pkt *pkt, u32 hash, u32 owner)
{
	u32 shard = fm_steer_shard(plan->steer, hash);
	struct sk_buff *skb;
	bool woke;

	if (bind_must_wait(plan, pkt, shard, owner))
		return bind_refuse(bind->chain, pkt, FM_REASON_HANDOFF_NEW);
	skb = fm_bind_keep(bind, plan->steer, pkt, hash);
	if (!skb)
		return FM_STOLEN;
	if (plan->finest)
		fm_bind_cb(skb)->state_hash = fm_state_hash(plan->finest, pkt);
	if (!fm_shard_hand(skb, owner, &woke)) {
		bind_refuse(bind->chain, pkt, FM_REASON_HANDOFF_FULL);
		kfree_skb(skb);
		return FM_STOLEN;
	}
	fm_stats_bump(bind->chain->stats, handed, pkt->segs);
	if (woke)
		fm_stats_bump(bind->chain->stats, wakeups, 1);
	return FM_STOLEN;
}

static enum fm_verdict bind_park(struct fm_bind *bind, struct fm_steer *steer,
				 struct fm_pkt *pkt, u32 hash)
{
	const struct fm_chain *chain = bind->chain;
	struct sk_buff *skb = fm_bind_keep(bind, steer, pkt, hash);

	if (!skb)
		return FM_STOLEN;
	if (!fm_move_park(&steer->shards[fm_steer_shard(steer, hash)], skb)) {
		fm_stats_bump(chain->stats, parked_drops, pkt->segs);
		fm_bind_drop(chain, pkt, FM_REASON_PARK_FULL);
		kfree_skb(skb);
		return FM_STOLEN;
	}
	fm_stats_bump(chain->stats, parked, pkt->segs);
	return FM_STOLEN;
}

/* What is not simply run here; FM_CONTINUE if it is after all. */
static enum fm_verdict bind_elsewhere(struct fm_bind *bind,
				      const struct fm_plan *plan,
				      struct fm_pkt *pkt, u32 hash, u32 owner,
				      enum fm_way way)
{
	u32 cpu = smp_processor_id(), next = fm_owner_next(owner, cpu);
	bool parks = next == cpu && fm_owner_parks(owner, cpu);

	/* One that was parked under this steering is here to be run. */
	if (next == cpu &&
	    (!parks || (way == FM_PARKED &&
			fm_bind_cb(pkt->skb)->steer_id == plan->steer->id)))
		return FM_CONTINUE;
	if (READ_ONCE(bind->closed))
		return fm_bind_drop(bind->chain, pkt, FM_REASON_DETACHED);
	if (parks)
		return bind_park(bind, plan->steer, pkt, hash);
	return bind_hand(bind, plan, pkt, hash, next);
}

static u32 bind_hash(struct fm_bind *bind, const struct fm_steer *steer,
		     const struct fm_pkt *pkt, enum fm_way way)
{
	const struct fm_bind_cb *cb = fm_bind_cb(pkt->skb);
	u32 hash;

	if (way == FM_WHOLE)
		return fm_steer_hash(steer, pkt);
	if (way != FM_ARRIVED)
		return cb->steer_id == steer->id ? cb->hash :
		       fm_steer_hash(steer, pkt);
	hash = fm_verify_hash(&bind->verify, steer, pkt);
	if (fm_verify_differs(&bind->verify))
		fm_event_mismatch(bind);
	return hash;
}

/* By the owner, or by who does it for the owner; else FM_CONTINUE. */
static enum fm_verdict bind_steer(struct fm_bind *bind, struct fm_plan *plan,
				  struct fm_pkt *pkt, u32 hash,
				  enum fm_way way)
{
	struct fm_shard *shard =
		&plan->steer->shards[fm_steer_shard(plan->steer, hash)];
	u32 owner = READ_ONCE(shard->owner);
	enum fm_verdict verdict = FM_CONTINUE;

	if (owner != smp_processor_id())
		verdict = bind_elsewhere(bind, plan, pkt, hash, owner, way);
	else if (unlikely(READ_ONCE(shard->lent)) && way != FM_PARKED)
		verdict = fm_offload_send(bind, plan, pkt, hash);
	if (verdict == FM_CONTINUE)
		fm_steer_count(shard, pkt);
	return verdict;
}

static enum fm_verdict bind_run(struct fm_bind *bind, struct fm_plan *plan,
				struct fm_pkt *pkt, enum fm_way way)
{
	const struct fm_chain *chain = bind->chain;
	struct fm_entry **lent = NULL;
	enum fm_verdict verdict;
	u32 shard = 0, hash;

	if (plan->has_local) {
		hash = bind_hash(bind, plan->steer, pkt, way);
		shard = fm_steer_shard(plan->steer, hash);
		verdict = way == FM_LENT ? FM_CONTINUE :
			  bind_steer(bind, plan, pkt, hash, way);
		if (verdict != FM_CONTINUE)
			return verdict;
	}
	if (way == FM_LENT) {
		lent = fm_bind_cb(pkt->skb)->lent;
		fm_stats_bump(chain->stats, offload_run, pkt->segs);
	}
	fm_stats_bump(chain->stats, run, pkt->segs);
	pkt->now_ns = ktime_get_ns();
	verdict = fm_chain_run(plan, pkt, shard, lent);
	if (verdict == FM_DROP)
		fm_stats_bump(chain->stats, dropped, pkt->segs);
	else
		fm_stats_bump(chain->stats, accepted, pkt->segs);
	return verdict;
}

/* @skb is another afterwards, or NULL, if it is taken to be put together. */
static enum fm_verdict bind_eval(struct fm_bind *bind, struct sk_buff **skb,
				 enum fm_way way)
{
	const struct fm_chain *chain = bind->chain;
	struct fm_plan *plan = rcu_dereference(chain->plan);
	struct fm_pkt pkt;
	enum fm_parse parse;

	if (!plan)
		return FM_ACCEPT;
	parse = fm_pkt_parse(&pkt, *skb);
	if (way == FM_ARRIVED) {
		fm_stats_bump(chain->stats, packets, pkt.segs);
		fm_stats_bump(chain->stats, bytes, pkt.len);
	}
	if (parse == FM_PARSE_OK && pkt.flags & FM_PKT_FRAG &&
	    plan->frag_policy == FM_FRAG_DEFRAG) {
		if (way == FM_ARRIVED)
			fm_verify_note(&bind->verify, *skb);
		parse = fm_defrag_eval(plan, &pkt);
		way = FM_WHOLE;
		*skb = pkt.skb;
		if (!pkt.skb)
			return FM_STOLEN;
	}
	if (parse != FM_PARSE_OK) {
		if (plan->other_policy == FM_OTHER_ACCEPT)
			return bind_accept(chain, &pkt);
		return fm_bind_drop(chain, &pkt, parse == FM_PARSE_NOT_IP ?
				 FM_REASON_NOT_IP : FM_REASON_MALFORMED);
	}
	if (pkt.flags & FM_PKT_FRAG && plan->has_ports &&
	    plan->frag_policy == FM_FRAG_DROP)
		return fm_bind_drop(chain, &pkt, FM_REASON_FRAGMENT);
	return bind_run(bind, plan, &pkt, way);
}

/* Up the stack, past the taps, tc and hooks that have seen the packet. */
static void bind_finish(struct sk_buff *skb, enum fm_verdict verdict)
{
	if (verdict == FM_STOLEN)
		return;
	if (verdict == FM_DROP) {
		kfree_skb(skb);
		return;
	}
	skb->tc_skip_classify = 1;
	netif_receive_skb(skb);
}

static unsigned int bind_hook(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	struct sk_buff *whole = skb;
	enum fm_verdict verdict = bind_eval(priv, &whole, FM_ARRIVED);

	if (whole != skb) {
		bind_finish(whole, verdict);
		return NF_STOLEN;
	}
	if (verdict == FM_DROP)
		return NF_DROP;
	return verdict == FM_STOLEN ? NF_STOLEN : NF_ACCEPT;
}

/**
 * fm_bind_resume - go on with a packet that was handed to this CPU
 * @skb: the packet; bottom halves are off
 * @way: not FM_ARRIVED
 */
void fm_bind_resume(struct sk_buff *skb, enum fm_way way)
{
	struct fm_bind *bind = fm_bind_cb(skb)->bind;
	enum fm_verdict verdict;
	struct fm_pkt pkt;

	rcu_read_lock();
	if (READ_ONCE(bind->gone)) {
		fm_pkt_parse(&pkt, skb);
		verdict = fm_bind_drop(bind->chain, &pkt, FM_REASON_DETACHED);
	} else {
		verdict = bind_eval(bind, &skb, way);
	}
	rcu_read_unlock();
	bind_finish(skb, verdict);
}

/**
 * fm_bind_prefetch - have fetched what a packet handed to this CPU needs
 * @skb: the packet, some packets before fm_bind_resume()
 * @entry: its entry, and not what comes before that
 */
void fm_bind_prefetch(const struct sk_buff *skb, bool entry)
{
	const struct fm_bind_cb *cb = (const struct fm_bind_cb *)skb->cb;
	const struct fm_plan *plan;
	u32 shard;

	if (!entry)
		prefetch(skb->data);
	rcu_read_lock();
	plan = rcu_dereference(cb->bind->chain->plan);
	if (plan && plan->finest) {
		shard = fm_steer_shard(plan->steer, cb->hash);
		if (entry)
			fm_state_prefetch_entry(plan->finest, shard,
						cb->state_hash);
		else
			fm_state_prefetch(plan->finest, shard, cb->state_hash);
	}
	rcu_read_unlock();
}

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
	fm_verify_start(&bind->verify, fm_chain_plan(chain)->steer);
	bind->hook.hook = bind_hook;
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

/**
 * fm_bind_destroy - free bindings
 * @binds: unhooked ones
 *
 * Waits for the packets that are inside: those in the hook, then those that are
 * parked or on their way to an owner. Of the latter one whose owner changes
 * meanwhile is dropped.
 */
void fm_bind_destroy(struct list_head *binds)
{
	struct fm_bind *bind, *next;
	struct fm_steer *steer;

	if (list_empty(binds))
		return;
	synchronize_net();
	list_for_each_entry(bind, binds, list)
		WRITE_ONCE(bind->closed, true);
	synchronize_net();
	bind = list_first_entry(binds, struct fm_bind, list);
	steer = fm_chain_plan(bind->chain)->steer;
	fm_move_flush(steer);
	fm_offload_stop(steer);
	fm_shard_drain();
	fm_offload_start(steer);
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
		fm_move_flush(fm_chain_plan(bind->chain)->steer);
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
