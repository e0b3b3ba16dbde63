// SPDX-License-Identifier: GPL-2.0
/*
 * A plan is built whole beside the one that runs. What can stay of the old
 * one - counters, and the states of a group whose NFs, mode and steering are
 * the same - is taken over by reference.
 */
#include <linux/bitops.h>
#include <linux/cpu.h>
#include <linux/ktime.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include "chain.h"
#include "error.h"
#include "inst.h"
#include "net.h"
#include "nf.h"
#include "offload.h"

#define GC_PERIOD		(HZ / 10)
#define GC_BUCKETS_MIN		16	/* looked at in a table per period */
#define GC_BUCKETS_MAX		4096

static const struct fm_inst *plan_find(const struct fm_plan *plan,
				       const char *name,
				       const struct fm_nf_ops *ops)
{
	u32 i;

	for (i = 0; plan && i < plan->ninsts; i++)
		if (!strcmp(plan->insts[i].name, name) &&
		    plan->insts[i].ops == ops)
			return &plan->insts[i];
	return NULL;
}

static int inst_check(const struct fm_inst *inst,
		      const struct fm_inst_config *config,
		      const struct fm_chain_config *chain,
		      struct netlink_ext_ack *extack)
{
	bool stateful = inst->ops->state_size;

	if (stateful != (config->mode != FM_MODE_NONE)) {
		fm_error_set(extack, config->attr, stateful ?
			     "%s keeps state: its mode must be local or shared" :
			     "%s keeps no state: its mode must be none",
			     inst->name);
		return -EINVAL;
	}
	if (inst->max_entries > FM_ENTRIES_MAX) {
		fm_error_set(extack, config->attr,
			     "%s: max_entries is %u, at most %u", inst->name,
			     inst->max_entries, FM_ENTRIES_MAX);
		return -ERANGE;
	}
	if (config->mode != FM_MODE_LOCAL)
		return 0;
	return fm_steer_guard(&chain->steer[inst->seg], inst->name,
			      inst->ops->key, inst->ops->bidirectional, extack);
}

static int inst_setup(struct fm_inst *inst, const struct fm_inst_config *config,
		      const struct fm_chain_config *chain,
		      const struct fm_plan *old, struct fm_budget *budget,
		      struct netlink_ext_ack *extack)
{
	const struct fm_inst *before;
	int err;

	inst->ops = fm_nf_get(config->type);
	if (!inst->ops) {
		fm_error_set(extack, config->attr, "there is no NF %s",
			     config->type);
		return -ENOENT;
	}
	strscpy(inst->name, config->name, sizeof(inst->name));
	inst->mode = config->mode;
	inst->seg = config->seg;
	inst->full_policy = config->full_policy;
	inst->budget = budget;
	inst->max_entries = config->max_entries ?: inst->ops->max_entries;
	inst->timeout_ms = config->timeout_ms ?: inst->ops->timeout_ms;
	inst->timeout_set = config->timeout_ms;
	err = inst_check(inst, config, chain, extack);
	if (err)
		goto put_nf;
	before = plan_find(old, inst->name, inst->ops);
	inst->account = before ? fm_account_get(before->account) :
		fm_account_create(inst->ops->cpu_size);
	err = inst->account ? fm_inst_configure(inst, config->params,
						config->nparams, extack) :
			      -ENOMEM;
	if (err)
		goto put_account;
	return 0;

put_account:
	fm_account_put(inst->account);
put_nf:
	fm_nf_put(inst->ops);
	return err;
}

static void inst_cleanup(struct fm_inst *inst)
{
	fm_inst_release(inst);
	fm_account_put(inst->account);
	fm_nf_put(inst->ops);
}

void fm_state_init(struct fm_inst *inst, u32 timeout_ms)
{
	if (!inst->timeout_set)
		inst->timeout_ms = max_t(u32, timeout_ms, 1);
}
EXPORT_SYMBOL_GPL(fm_state_init);

static bool inst_same_key(const struct fm_inst *a, const struct fm_inst *b)
{
	return a->seg == b->seg && a->mode == b->mode &&
	       a->ops->key == b->ops->key &&
	       a->ops->bidirectional == b->ops->bidirectional;
}

static struct fm_group *plan_add_group(struct fm_plan *plan,
				       const struct fm_inst *inst)
{
	struct fm_group *group = &plan->groups[plan->ngroups];
	struct fm_seg *seg = &plan->segs[inst->seg];

	group->index = plan->ngroups++;
	group->seg = inst->seg;
	group->shards = seg->steer->shards;
	group->min_timeout_ns = U64_MAX;
	seg->group_end = plan->ngroups;
	if (inst->mode == FM_MODE_LOCAL) {
		seg->nlocal++;
		seg->has_local = true;
	}
	return group;
}

static void group_add_inst(struct fm_group *group, struct fm_inst *inst)
{
	struct fm_member *member = &group->members[group->nmembers];

	inst->group = group;
	inst->member = group->nmembers++;
	member->timeout_ns = (u64)inst->timeout_ms * NSEC_PER_MSEC;
	member->full_policy = inst->full_policy;
	member->config = inst->config;
	if (inst->ops->timeout)
		group->min_timeout_ns = 0;
	group->min_timeout_ns = min(group->min_timeout_ns, member->timeout_ns);
}

/* Gives every NF its segment, and if it has state its group and place therein. */
static void plan_form_groups(struct fm_plan *plan)
{
	struct fm_inst *inst, *other;
	struct fm_seg *seg;
	u32 i;

	for (i = 0; i < plan->ninsts; i++) {
		inst = &plan->insts[i];
		seg = &plan->segs[inst->seg];
		if (!seg->end) {
			seg->inst = i;
			seg->group = plan->ngroups;
			seg->group_end = plan->ngroups;
		}
		seg->end = i + 1;
		if (inst->mode == FM_MODE_NONE)
			continue;
		seg->related |= inst->ops->related &&
				inst->mode == FM_MODE_LOCAL;
		for (other = plan->insts; !inst_same_key(other, inst); other++)
			;
		group_add_inst(other == inst ? plan_add_group(plan, inst) :
			       other->group, inst);
	}
}

/* The old group with exactly the same NFs, so that its states fit. */
static struct fm_store *group_find_store(const struct fm_plan *plan,
					 const struct fm_group *group,
					 const struct fm_plan *old)
{
	const struct fm_inst *inst, *before, *any = NULL;

	for (inst = plan->insts; inst < plan->insts + plan->ninsts; inst++) {
		if (inst->group != group)
			continue;
		before = plan_find(old, inst->name, inst->ops);
		if (!before || before->mode != inst->mode ||
		    before->member != inst->member ||
		    before->group->nmembers != group->nmembers ||
		    (any && any->group != before->group))
			return NULL;
		any = before;
	}
	if (any->mode == FM_MODE_LOCAL && any->group->shards != group->shards)
		return NULL;
	return any->group->store;
}

static int group_setup_store(struct fm_plan *plan, struct fm_group *group,
			     const struct fm_plan *old)
{
	const struct fm_nf_ops *ops[FM_NFS_MAX];
	struct fm_account *accounts[FM_NFS_MAX];
	u32 max_entries[FM_NFS_MAX];
	struct fm_store *store;
	u32 i, mode = 0;

	store = group_find_store(plan, group, old);
	if (store) {
		group->store = fm_store_get(store);
		group->kept = true;
		return 0;
	}
	for (i = 0; i < plan->ninsts; i++) {
		const struct fm_inst *inst = &plan->insts[i];

		if (inst->group != group)
			continue;
		ops[inst->member] = inst->ops;
		accounts[inst->member] = inst->account;
		max_entries[inst->member] = inst->max_entries;
		mode = inst->mode;
	}
	group->store = fm_store_create(ops, accounts, max_entries,
				       group->nmembers, mode,
				       plan->segs[group->seg].steer->config.nshards,
				       &plan->chain->net->budget);
	return group->store ? 0 : -ENOMEM;
}

static int plan_setup_stores(struct fm_plan *plan, const struct fm_plan *old)
{
	struct fm_group *group;
	struct fm_seg *seg;
	u32 i;
	int err;

	for (i = 0; i < plan->ngroups; i++) {
		group = &plan->groups[i];
		err = group_setup_store(plan, group, old);
		if (err)
			return err;
		seg = &plan->segs[group->seg];
		if (!seg->finest || hweight32(group->store->key) >
		    hweight32(seg->finest->store->key))
			seg->finest = group;
	}
	return 0;
}

static bool plan_has_inst(const struct fm_plan *plan, const char *name)
{
	u32 i;

	for (i = 0; i < plan->ninsts; i++)
		if (!strcmp(plan->insts[i].name, name))
			return true;
	return false;
}

static int plan_setup_insts(struct fm_plan *plan,
			    const struct fm_chain_config *config,
			    const struct fm_plan *old,
			    struct netlink_ext_ack *extack)
{
	const struct fm_inst_config *inst;
	u32 i;
	int err;

	for (i = 0; i < config->ninsts; i++) {
		inst = &config->insts[i];
		if (plan_has_inst(plan, inst->name)) {
			fm_error_set(extack, inst->attr,
				     "two NFs of the chain are named %s",
				     inst->name);
			return -EINVAL;
		}
		err = inst_setup(&plan->insts[i], inst, config, old,
				 &plan->chain->net->budget, extack);
		if (err)
			return err;
		plan->ninsts++;
		plan->has_ports |= !!(plan->insts[i].ops->key & FM_F_PORTS);
	}
	return 0;
}

static int plan_setup_percpu(struct fm_plan *plan)
{
	size_t size = max_t(u32, plan->ngroups, 1) * sizeof(struct fm_cursor);

	plan->cursors = __alloc_percpu(size, __alignof__(struct fm_cursor));
	plan->gc = alloc_percpu(struct fm_gc);
	return plan->cursors && plan->gc ? 0 : -ENOMEM;
}

static void plan_gc_local(const struct fm_group *group, u64 now_ns)
{
	u32 i, cpu = smp_processor_id();

	for (i = 0; i < group->store->nslots; i++) {
		struct fm_slot *slot = fm_store_slot(group->store, i);

		if (READ_ONCE(group->shards[i].owner) != cpu)
			continue;
		fm_group_gc(group, slot, now_ns,
			    clamp_t(u32, slot->table.entries / 16,
				    GC_BUCKETS_MIN, GC_BUCKETS_MAX));
	}
}

/* Each timer sweeps its part of the stripes, wherever it runs. */
static void plan_gc_shared(const struct fm_plan *plan, const struct fm_gc *gc,
			   const struct fm_group *group, u64 now_ns)
{
	u32 i;

	for (i = gc->index; i < group->store->nslots; i += plan->ngc) {
		struct fm_slot *slot = fm_store_slot(group->store, i);

		if (!READ_ONCE(slot->table.entries) ||
		    !spin_trylock(&slot->lock))
			continue;
		fm_group_gc(group, slot, now_ns,
			    clamp_t(u32, slot->table.entries / 16,
				    GC_BUCKETS_MIN, GC_BUCKETS_MAX));
		spin_unlock(&slot->lock);
	}
}

static void seg_tick(const struct fm_seg *seg, u64 now_ns)
{
	u32 i, cpu = smp_processor_id();

	for (i = 0; i < seg->steer->config.nshards; i++) {
		const struct fm_shard *shard = &seg->steer->shards[i];
		struct fm_offload *offload = fm_offload_of(shard);

		if (offload && READ_ONCE(shard->owner) == cpu)
			fm_offload_tick(offload, now_ns);
	}
}

static void plan_gc(struct timer_list *timer)
{
	struct fm_gc *gc = container_of(timer, struct fm_gc, timer);
	struct fm_plan *plan = gc->plan;
	u64 now_ns = ktime_get_ns();
	u32 i;

	rcu_read_lock_bh();
	for (i = 0; gc->cpu == smp_processor_id() && i < plan->nsegs; i++)
		seg_tick(&plan->segs[i], now_ns);
	for (i = 0; i < plan->ngroups; i++) {
		const struct fm_group *group = &plan->groups[i];

		if (group->store->mode != FM_MODE_LOCAL)
			plan_gc_shared(plan, gc, group, now_ns);
		else if (gc->cpu == smp_processor_id())
			plan_gc_local(group, now_ns);
	}
	rcu_read_unlock_bh();
	timer->expires = jiffies + GC_PERIOD;
	/* A timer of a CPU that went is elsewhere; it goes back when that does. */
	add_timer_on(timer, cpu_online(gc->cpu) ? gc->cpu : smp_processor_id());
}

/**
 * fm_plan_create - build a plan
 * @chain: whose
 * @config: as asked for
 * @old: the plan that runs, or NULL
 * @extack: gets a sentence
 *
 * Return: the plan, not started, or an ERR_PTR.
 */
struct fm_plan *fm_plan_create(struct fm_chain *chain,
			       const struct fm_chain_config *config,
			       struct fm_plan *old,
			       struct netlink_ext_ack *extack)
{
	struct fm_plan *plan;
	int err;

	err = fm_seg_check(config, extack);
	if (err)
		return ERR_PTR(err);
	plan = kvzalloc(struct_size(plan, insts, config->ninsts), GFP_KERNEL);
	if (!plan)
		return ERR_PTR(-ENOMEM);
	plan->chain = chain;
	plan->frag_policy = config->frag_policy;
	plan->other_policy = config->other_policy;
	plan->sample_shift = config->sample_shift;
	plan->sample_mask = config->sample_shift ?
		(1U << config->sample_shift) - 1 : ~0U;
	plan->groups = kvcalloc(config->ninsts, sizeof(*plan->groups),
				GFP_KERNEL);
	err = plan->groups ? fm_seg_setup(plan, config, old) : -ENOMEM;
	if (!err)
		err = fm_defrag_setup(plan, extack);
	if (!err)
		err = plan_setup_insts(plan, config, old, extack);
	if (err)
		goto destroy_plan;
	plan_form_groups(plan);
	err = plan_setup_stores(plan, old);
	if (!err)
		err = plan_setup_percpu(plan);
	if (!err)
		return plan;

destroy_plan:
	fm_plan_destroy(plan);
	return ERR_PTR(err);
}

/**
 * fm_plan_start - begin ageing, after the plan was published
 * @plan: the plan; from here on the bounds on kept states are its own
 */
void fm_plan_start(struct fm_plan *plan)
{
	struct fm_inst *inst;
	int cpu;

	for (inst = plan->insts; inst < plan->insts + plan->ninsts; inst++)
		if (inst->group && inst->group->kept)
			fm_store_resize(inst->group->store, inst->member,
					inst->max_entries);
	cpus_read_lock();
	for_each_possible_cpu(cpu) {
		struct fm_gc *gc = per_cpu_ptr(plan->gc, cpu);

		gc->plan = plan;
		gc->cpu = cpu;
		gc->index = plan->ngc++;
		timer_setup(&gc->timer, plan_gc, TIMER_PINNED);
		gc->timer.expires = jiffies + GC_PERIOD;
		add_timer_on(&gc->timer, cpu_online(cpu) ? cpu :
			     cpumask_any(cpu_online_mask));
	}
	cpus_read_unlock();
}

/**
 * fm_plan_stop - end ageing
 * @plan: a plan that was started
 */
void fm_plan_stop(struct fm_plan *plan)
{
	int cpu;

	for_each_possible_cpu(cpu)
		timer_shutdown_sync(&per_cpu_ptr(plan->gc, cpu)->timer);
}

/**
 * fm_plan_destroy - free a plan that no packet sees and that is stopped
 * @plan: the plan, maybe not built to the end
 */
void fm_plan_destroy(struct fm_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->ngroups; i++)
		fm_store_put(plan->groups[i].store);
	for (i = 0; i < plan->ninsts; i++)
		inst_cleanup(&plan->insts[i]);
	fm_seg_cleanup(plan);
	fm_defrag_cleanup(plan);
	free_percpu(plan->cursors);
	free_percpu(plan->gc);
	kvfree(plan->groups);
	kvfree(plan);
}
