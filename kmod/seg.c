// SPDX-License-Identifier: GPL-2.0
/*
 * The segments of a plan. A packet goes through them in order, each on the CPU
 * that owns its shard there; Documentation/shards.rst says why packets of a flow
 * stay in order.
 *
 * A packet that has run one segment finishes under the plan it began with. It
 * carries that plan's address while it is on its way, and counts: a plan that is
 * replaced waits until none is between its segments. Who is counted in is
 * counted out later, maybe by another CPU; so the sum of those that left is read
 * first, and if those that entered are not more, there was nobody in between.
 */
#include <linux/delay.h>
#include <linux/netdevice.h>
#include "chain.h"
#include "error.h"
#include "move.h"
#include "offload.h"

#define DRAIN_STEP_US	50

/* One NF after the other: each is in the segment of the one before or the next. */
static int seg_check_insts(const struct fm_chain_config *config,
			   struct netlink_ext_ack *extack)
{
	const struct fm_inst_config *inst;
	u32 i, seg = 0;

	for (i = 0; i < config->ninsts; i++) {
		inst = &config->insts[i];
		if (inst->seg >= config->nsegs) {
			fm_error_set(extack, inst->attr,
				     "%s is in segment %u, there are segments 0 to %u only",
				     inst->name, inst->seg, config->nsegs - 1);
			return -EINVAL;
		}
		if (inst->seg < seg) {
			fm_error_set(extack, inst->attr,
				     "%s is in segment %u, but comes after segment %u",
				     inst->name, inst->seg, seg);
			return -EINVAL;
		}
		if (inst->seg > seg + !!i) {
			fm_error_set(extack, inst->attr, "segment %u has no NF",
				     seg + !!i);
			return -EINVAL;
		}
		seg = inst->seg;
	}
	if (seg + 1 == config->nsegs)
		return 0;
	fm_error_set(extack, NULL, "segment %u has no NF", seg + 1);
	return -EINVAL;
}

/**
 * fm_seg_check - can a chain have the segments that it is to have
 * @config: the chain
 * @extack: gets a sentence
 *
 * Return: 0 or a negative errno.
 */
int fm_seg_check(const struct fm_chain_config *config,
		 struct netlink_ext_ack *extack)
{
	u32 i, nshards = 0;
	int err;

	for (i = 0; i < config->nsegs; i++)
		nshards += config->steer[i].nshards;
	if (nshards > FM_SHARDS_TOTAL) {
		fm_error_set(extack, NULL,
			     "steering: the segments have %u shards together, at most %u",
			     nshards, FM_SHARDS_TOTAL);
		return -E2BIG;
	}
	for (i = 0; i < config->nsegs; i++) {
		err = fm_steer_check(&config->steer[i], config->owners[i],
				     extack);
		if (err)
			return err;
	}
	return seg_check_insts(config, extack);
}

/**
 * fm_seg_setup - give a plan its segments, without NFs yet
 * @plan: the plan
 * @config: which passed fm_seg_check()
 * @old: the plan that runs, or NULL; steerings that do not change are its
 *
 * Return: 0 or -ENOMEM; fm_seg_cleanup() in any case.
 */
int fm_seg_setup(struct fm_plan *plan, const struct fm_chain_config *config,
		 const struct fm_plan *old)
{
	struct fm_steer *before;
	struct fm_seg *seg;
	u32 i;

	plan->transit = alloc_percpu(struct fm_transit);
	if (!plan->transit)
		return -ENOMEM;
	for (i = 0; i < config->nsegs; i++) {
		before = old && i < old->nsegs ? old->segs[i].steer : NULL;
		seg = &plan->segs[plan->nsegs++];
		seg->index = i;
		if (before && fm_steer_equal(before, &config->steer[i],
					     config->owners[i]))
			seg->steer = fm_steer_get(before);
		else
			seg->steer = fm_steer_create(&config->steer[i],
						     config->owners[i],
						     plan->chain);
		if (!seg->steer)
			return -ENOMEM;
	}
	return 0;
}

void fm_seg_cleanup(struct fm_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->nsegs; i++)
		fm_steer_put(plan->segs[i].steer);
	free_percpu(plan->transit);
}

/**
 * fm_seg_settle - let the moves of a plan's shards end, and wait for that
 * @plan: the plan
 */
void fm_seg_settle(const struct fm_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->nsegs; i++)
		fm_move_flush(plan->segs[i].steer);
}

/**
 * fm_seg_gather - have all packets of a plan run by their shards' owners
 * @plan: the plan; afterwards no packet is with an offload CPU
 */
void fm_seg_gather(const struct fm_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->nsegs; i++)
		fm_offload_stop(plan->segs[i].steer);
}

/**
 * fm_seg_scatter - end what fm_seg_gather() began
 * @plan: the plan
 */
void fm_seg_scatter(const struct fm_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->nsegs; i++)
		fm_offload_start(plan->segs[i].steer);
}

static bool seg_is_empty(const struct fm_plan *plan)
{
	unsigned long entered = 0, left = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		left += smp_load_acquire(&per_cpu_ptr(plan->transit, cpu)->left);
	/* Pairs with fm_seg_leave(). */
	for_each_possible_cpu(cpu)
		entered += READ_ONCE(per_cpu_ptr(plan->transit, cpu)->entered);
	return entered == left;
}

/**
 * fm_seg_drain - wait until no packet is between two segments
 * @plan: which no packet begins with any more, for a grace period now
 *
 * It ends, as what is in a ring is run, and so is what waits for a move.
 */
void fm_seg_drain(const struct fm_plan *plan)
{
	if (plan->nsegs < 2)
		return;
	while (!seg_is_empty(plan))
		usleep_range(DRAIN_STEP_US, 2 * DRAIN_STEP_US);
	/* The last one is still inside. */
	synchronize_net();
}
