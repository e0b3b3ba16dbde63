// SPDX-License-Identifier: GPL-2.0
/*
 * Chains: how they come, change and go, and the loop that runs one. Whatever
 * changes is built aside first; from the swap of the plan on nothing can fail.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>
#include "bind.h"
#include "chain.h"
#include "error.h"
#include "home.h"
#include "net.h"
#include "priority.h"

const void *fm_ctx_config(const struct fm_ctx *ctx)
{
	return ctx->inst->config;
}
EXPORT_SYMBOL_GPL(fm_ctx_config);

void *fm_ctx_cpu(const struct fm_ctx *ctx)
{
	return this_cpu_ptr(ctx->inst->account->cpu);
}
EXPORT_SYMBOL_GPL(fm_ctx_cpu);

enum fm_verdict fm_drop(struct fm_ctx *ctx, unsigned int reason)
{
	ctx->reason = min_t(unsigned int, reason, FM_REASONS_MAX - 1);
	ctx->refused = false;
	return FM_DROP;
}
EXPORT_SYMBOL_GPL(fm_drop);

enum fm_verdict fm_refuse(struct fm_ctx *ctx)
{
	if (ctx->reason != FM_REASON_TABLE_FULL)
		ctx->reason = FM_REASON_NO_MEMORY;
	ctx->refused = true;
	return FM_DROP;
}
EXPORT_SYMBOL_GPL(fm_refuse);

static void chain_count(const struct fm_ctx *ctx, enum fm_verdict verdict,
			u32 segs, u32 len)
{
	struct fm_inst_stats *stats = this_cpu_ptr(ctx->inst->account->stats);

	u64_stats_update_begin(&stats->sync);
	u64_stats_add(&stats->packets, segs);
	u64_stats_add(&stats->bytes, len);
	if (verdict == FM_DROP) {
		u64_stats_add(&stats->dropped, segs);
		if (!ctx->refused)
			u64_stats_add(&stats->reason[ctx->reason], segs);
	}
	u64_stats_update_end(&stats->sync);
	if (verdict == FM_DROP && ctx->refused)
		fm_stats_bump(ctx->chain->stats, reason[ctx->reason], segs);
}

static enum fm_verdict chain_eval_timed(struct fm_ctx *ctx)
{
	u64 start_ns = local_clock();
	enum fm_verdict verdict = ctx->inst->ops->eval(ctx, ctx->pkt);

	fm_stats_bump(ctx->inst->account->stats, samples, 1);
	fm_stats_bump(ctx->inst->account->stats, sampled_ns,
		      local_clock() - start_ns);
	return verdict;
}

/* The entries that came along are what the NFs' lookups find. */
static void chain_take_lent(const struct fm_plan *plan,
			    const struct fm_seg *seg, struct fm_ctx *ctx,
			    struct fm_entry *const *lent)
{
	u32 i;

	ctx->lent = true;
	for (i = seg->group; i < seg->group_end; i++) {
		const struct fm_store *store = plan->groups[i].store;

		if (store->mode != FM_MODE_LOCAL)
			continue;
		ctx->cursors[i].slot = fm_store_slot(store, ctx->shard);
		ctx->cursors[i].entry = *lent++;
		ctx->looked |= BIT(i);
	}
}

static bool chain_is_sampled(const struct fm_plan *plan,
			     const struct fm_seg *seg)
{
	const struct fm_chain_stats *stats = this_cpu_ptr(plan->chain->stats);

	return plan->sample_shift &&
	       !(u64_stats_read(&stats->seg[seg->index].run) &
		 plan->sample_mask);
}

/**
 * fm_chain_run - show a packet to the NFs of a segment
 * @plan: of the chain; under RCU with bottom halves off
 * @seg: the segment
 * @pkt: the packet
 * @shard: its shard, owned by this CPU if any NF is local and @lent is NULL
 * @lent: the packet's entries in local groups, from the owner
 *
 * Return: FM_CONTINUE if the next segment is to see it; if there is none it means
 * that the packet passes, as FM_ACCEPT does.
 */
enum fm_verdict fm_chain_run(struct fm_plan *plan, const struct fm_seg *seg,
			     struct fm_pkt *pkt, u32 shard,
			     struct fm_entry *const *lent)
{
	struct fm_ctx ctx = {
		.pkt = pkt,
		.cursors = this_cpu_ptr(plan->cursors),
		.chain = plan->chain,
		.steer = seg->has_local ? seg->steer : NULL,
		.shard = shard,
	};
	const struct fm_inst *inst, *end = plan->insts + seg->end;
	enum fm_verdict verdict = FM_CONTINUE;
	bool sampled = chain_is_sampled(plan, seg);
	u32 segs = pkt->segs, len = pkt->len;

	if (unlikely(lent))
		chain_take_lent(plan, seg, &ctx, lent);
	for (inst = plan->insts + seg->inst;
	     inst < end && verdict == FM_CONTINUE; inst++) {
		if (pkt->flags & FM_PKT_FRAG && inst->ops->key & FM_F_PORTS)
			continue;
		if ((ctx.open || ctx.locked) && inst->group != ctx.inst->group)
			fm_state_release(&ctx);
		ctx.inst = inst;
		verdict = sampled ? chain_eval_timed(&ctx) :
			  inst->ops->eval(&ctx, pkt);
		chain_count(&ctx, verdict, segs, len);
	}
	fm_state_release(&ctx);
	return verdict;
}

/**
 * fm_chain_plan - the plan of a chain
 * @chain: the chain; the caller holds its namespace's mutex
 */
struct fm_plan *fm_chain_plan(const struct fm_chain *chain)
{
	return rcu_dereference_protected(chain->plan,
				lockdep_is_held(&chain->net->mutex));
}

/**
 * fm_chain_memory - bytes of a chain's states
 * @chain: the chain; the caller holds its namespace's mutex
 */
u64 fm_chain_memory(const struct fm_chain *chain)
{
	const struct fm_plan *plan = fm_chain_plan(chain);
	u64 bytes = 0;
	u32 i;

	for (i = 0; i < plan->ngroups; i++)
		bytes += percpu_counter_sum_positive(
				&plan->groups[i].store->tables.memory.bytes);
	return bytes;
}

/**
 * fm_chain_lookup - find a chain
 * @net: its namespace; the caller holds the mutex
 * @name: of the chain
 *
 * Return: the chain or NULL.
 */
struct fm_chain *fm_chain_lookup(struct fm_net *net, const char *name)
{
	struct fm_chain *chain;

	lockdep_assert_held(&net->mutex);
	list_for_each_entry(chain, &net->chains, list)
		if (!strcmp(chain->name, name))
			return chain;
	return NULL;
}

static u32 chain_next_generation(struct fm_net *net)
{
	if (!++net->generation)
		net->generation = 1;
	return net->generation;
}

static bool chain_has_index(const u32 *indices, u32 n, u32 ifindex)
{
	while (n--)
		if (indices[n] == ifindex)
			return true;
	return false;
}

static struct fm_bind *chain_find_bind(const struct fm_chain *chain,
				       u32 ifindex)
{
	struct fm_bind *bind;

	list_for_each_entry(bind, &chain->binds, list)
		if (bind->dev->ifindex == ifindex)
			return bind;
	return NULL;
}

/* Takes off the chain the bindings of all devices but @n to @keep. */
static void chain_unbind(struct fm_chain *chain, const u32 *keep, u32 n)
{
	struct fm_bind *bind, *next;
	LIST_HEAD(gone);

	fm_seg_settle(fm_chain_plan(chain));
	list_for_each_entry_safe(bind, next, &chain->binds, list) {
		if (chain_has_index(keep, n, bind->dev->ifindex))
			continue;
		fm_bind_unhook(bind);
		list_add(&bind->list, &gone);
	}
	fm_bind_destroy(&gone);
}

/* Binds the devices that are not bound yet. Undone by the caller. */
static int chain_bind(struct fm_chain *chain,
		      const struct fm_chain_config *config,
		      struct netlink_ext_ack *extack)
{
	u32 i;
	int err;

	for (i = 0; i < config->ndevs; i++) {
		if (chain_find_bind(chain, config->ifindex[i]))
			continue;
		err = fm_bind_create(chain, config->ifindex[i], extack);
		if (err)
			return err;
	}
	return 0;
}

static struct fm_chain *chain_alloc(struct fm_net *net, const char *name)
{
	struct fm_chain *chain = kzalloc(sizeof(*chain), GFP_KERNEL);

	if (!chain)
		return NULL;
	chain->stats = fm_stats_alloc();
	if (!chain->stats) {
		kfree(chain);
		return NULL;
	}
	chain->net = net;
	INIT_LIST_HEAD(&chain->binds);
	strscpy(chain->name, name, sizeof(chain->name));
	return chain;
}

static void chain_free(struct fm_chain *chain)
{
	kfree(rcu_dereference_protected(chain->priority, true));
	free_percpu(chain->stats);
	kfree(chain);
}

static void plan_retire(struct fm_plan *plan)
{
	fm_plan_stop(plan);
	fm_plan_destroy(plan);
}

/**
 * fm_chain_create - make a chain
 * @net: where; rtnl and the mutex are held
 * @config: as asked for
 * @extack: gets a sentence
 *
 * Return: 0 or a negative errno; then nothing has changed.
 */
int fm_chain_create(struct fm_net *net, const struct fm_chain_config *config,
		    struct netlink_ext_ack *extack)
{
	struct fm_chain *chain;
	struct fm_plan *plan;
	int err;

	if (net->nchains == FM_CHAINS_MAX) {
		fm_error_set(extack, NULL, "there are %u chains already",
			     FM_CHAINS_MAX);
		return -ENOSPC;
	}
	chain = chain_alloc(net, config->name);
	if (!chain)
		return -ENOMEM;
	plan = fm_plan_create(chain, config, NULL, extack);
	if (IS_ERR(plan)) {
		err = PTR_ERR(plan);
		goto free_chain;
	}
	rcu_assign_pointer(chain->plan, plan);
	fm_plan_start(plan);
	err = chain_bind(chain, config, extack);
	if (err)
		goto unbind;
	chain->generation = chain_next_generation(net);
	list_add_tail(&chain->list, &net->chains);
	net->nchains++;
	return 0;

unbind:
	chain_unbind(chain, NULL, 0);
	plan_retire(plan);
free_chain:
	chain_free(chain);
	return err;
}

static void chain_swap(struct fm_chain *chain, struct fm_plan *plan)
{
	struct fm_plan *old = fm_chain_plan(chain);
	struct fm_bind *bind;

	list_for_each_entry(bind, &chain->binds, list)
		fm_verify_stop(&bind->verify);
	/* Until no packet sees the old one, none has entries of its stores. */
	fm_seg_gather(old);
	rcu_assign_pointer(chain->plan, plan);
	fm_plan_start(plan);
	synchronize_net();
	fm_seg_drain(old);
	fm_seg_scatter(old);
	list_for_each_entry(bind, &chain->binds, list)
		fm_verify_start(&bind->verify, plan->segs[0].steer);
	plan_retire(old);
}

/**
 * fm_chain_replace - change a chain
 * @chain: the chain; rtnl and the namespace's mutex are held
 * @config: as asked for
 * @extack: gets a sentence
 *
 * Return: 0 or a negative errno; then the chain is as it was.
 */
int fm_chain_replace(struct fm_chain *chain,
		     const struct fm_chain_config *config,
		     struct netlink_ext_ack *extack)
{
	u32 before[FM_DEVS_MAX], n = 0, i;
	struct fm_bind *bind;
	struct fm_plan *plan;
	int err;

	/* Moves need the devices, and a plan takes over shards that are settled. */
	fm_seg_settle(fm_chain_plan(chain));
	plan = fm_plan_create(chain, config, fm_chain_plan(chain), extack);
	if (IS_ERR(plan))
		return PTR_ERR(plan);
	list_for_each_entry(bind, &chain->binds, list)
		before[n++] = bind->dev->ifindex;
	err = chain_bind(chain, config, extack);
	if (err) {
		chain_unbind(chain, before, n);
		fm_plan_destroy(plan);
		return err;
	}
	chain_swap(chain, plan);
	/* Of a steering that was kept shards may be away from home. */
	for (i = 0; i < plan->nsegs; i++)
		fm_home_set(plan->segs[i].steer, config->owners[i]);
	chain_unbind(chain, config->ifindex, config->ndevs);
	chain->generation = chain_next_generation(chain->net);
	return 0;
}

/**
 * fm_chain_destroy - end a chain
 * @chain: the chain; rtnl and the namespace's mutex are held
 *
 * Packets that were handed to their owner still run through it.
 */
void fm_chain_destroy(struct fm_chain *chain)
{
	list_del(&chain->list);
	chain->net->nchains--;
	chain_unbind(chain, NULL, 0);
	plan_retire(fm_chain_plan(chain));
	chain_free(chain);
}
