// SPDX-License-Identifier: GPL-2.0
/*
 * Offloads come, change and go, and slices are recalled: all that may sleep. A
 * shard that is kept has no slice that goes away; keeping it and recalling its
 * slices leaves it to whoever did so, until he no longer keeps it.
 */
#include <linux/bitmap.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include "error.h"
#include "offload.h"
#include "request.h"

#define RING_RETRY_US	50

static LIST_HEAD(offload_list);
static DEFINE_MUTEX(offload_mutex);	/* guards offload_list and recalls */
static enum cpuhp_state offload_hotplug;

/* The shard is kept by whoever recalls, so that nothing goes away meanwhile. */
static void recall_begin(struct fm_offload *offload)
{
	u32 owner = fm_owner_cpu(READ_ONCE(offload->shard->owner));

	lockdep_assert_held(&offload_mutex);
	offload->waits = true;
	reinit_completion(&offload->home);
	/* If the shard moves, its slices were home before and are so still. */
	while (!fm_shard_mark(&offload->recall, owner))
		usleep_range(RING_RETRY_US, 2 * RING_RETRY_US);
}

static void recall_wait(bool unkeep)
{
	struct fm_offload *offload;

	lockdep_assert_held(&offload_mutex);
	list_for_each_entry(offload, &offload_list, list) {
		if (!offload->waits)
			continue;
		wait_for_completion(&offload->home);
		offload->waits = false;
		if (unkeep)
			fm_offload_unkeep(offload->shard);
	}
}

/**
 * fm_offload_recall - begin to keep shards
 *
 * Calls of fm_offload_keep() follow, then one of fm_offload_wait().
 */
void fm_offload_recall(void)
{
	mutex_lock(&offload_mutex);
}

/**
 * fm_offload_keep - let no more slices of a shard go away
 * @shard: the shard; those that are away begin to come home
 *
 * The counterpart is fm_offload_unkeep().
 */
void fm_offload_keep(struct fm_shard *shard)
{
	struct fm_offload *offload = fm_offload_of(shard);

	lockdep_assert_held(&offload_mutex);
	atomic_inc(&shard->kept);
	if (offload)
		recall_begin(offload);
}

/**
 * fm_offload_wait - wait until all slices of the shards just kept are home
 *
 * Needs neither rtnl nor the hotplug lock nor a namespace's mutex.
 */
void fm_offload_wait(void)
{
	recall_wait(false);
	mutex_unlock(&offload_mutex);
}

/**
 * fm_offload_unkeep - let slices go away, unless somebody else keeps the shard
 * @shard: the shard
 */
void fm_offload_unkeep(struct fm_shard *shard)
{
	atomic_dec(&shard->kept);
}

/**
 * fm_offload_stop - have all packets run by their shards' owners
 * @steer: of the shards; afterwards no packet is with an offload CPU
 */
void fm_offload_stop(struct fm_steer *steer)
{
	u32 i;

	fm_offload_recall();
	for (i = 0; i < steer->config.nshards; i++)
		fm_offload_keep(&steer->shards[i]);
	fm_offload_wait();
}

/**
 * fm_offload_start - end what fm_offload_stop() began
 * @steer: of the shards
 */
void fm_offload_start(struct fm_steer *steer)
{
	u32 i;

	for (i = 0; i < steer->config.nshards; i++)
		fm_offload_unkeep(&steer->shards[i]);
}

/**
 * fm_offload_forget - free a steering's offloads
 * @steer: which no packet sees any more
 */
void fm_offload_forget(const struct fm_steer *steer)
{
	struct fm_offload *offload, *next;

	mutex_lock(&offload_mutex);
	list_for_each_entry_safe(offload, next, &offload_list, list) {
		if (offload->steer != steer)
			continue;
		list_del(&offload->list);
		kvfree(offload);
	}
	mutex_unlock(&offload_mutex);
}

static int request_check_seg(const struct fm_plan *plan, u32 n, u32 cpu,
			     struct netlink_ext_ack *extack)
{
	int err = fm_request_check_seg(plan, n, extack);

	if (err)
		return err;
	if (plan->segs[n].nlocal > FM_LENT_GROUPS) {
		fm_error_set(extack, NULL,
			     "the chain's local NFs have %u keys, offload is for %u at most",
			     plan->segs[n].nlocal, FM_LENT_GROUPS);
		return -EOPNOTSUPP;
	}
	if (cpu < nr_cpu_ids && cpu_online(cpu))
		return 0;
	fm_error_set(extack, NULL,
		     "flows cannot be offloaded to CPU %u, which is not online",
		     cpu);
	return -EINVAL;
}

static int request_check(const struct fm_plan *plan,
			 const struct fm_offload_request *request,
			 struct netlink_ext_ack *extack)
{
	DECLARE_BITMAP(seen, FM_SHARDS_MAX) = {};
	int err = request_check_seg(plan, request->seg, request->cpu, extack);
	const struct fm_steer *steer;
	u32 i, id;

	if (err)
		return err;
	steer = plan->segs[request->seg].steer;
	for (i = 0; !err && i < request->n; i++) {
		id = request->shards[i];
		err = fm_request_check_shard(steer, id, seen, extack);
		if (err || fm_owner_to(READ_ONCE(steer->shards[id].owner)) !=
		    request->cpu)
			continue;
		fm_error_set(extack, NULL,
			     "shard %u belongs to CPU %u itself", id,
			     request->cpu);
		err = -EINVAL;
	}
	return err;
}

/* Adds what is missing to @fresh; NULL where the shard has one already. */
static int offload_alloc(struct fm_steer *steer, const u32 *shards, u32 n,
			 struct list_head *fresh)
{
	struct fm_offload *offload;
	u32 i;

	for (i = 0; i < n; i++) {
		if (steer->shards[shards[i]].lent)
			continue;
		offload = kvzalloc(sizeof(*offload), GFP_KERNEL);
		if (!offload)
			return -ENOMEM;
		fm_offload_setup(offload);
		offload->steer = steer;
		offload->id = shards[i];
		offload->shard = &steer->shards[shards[i]];
		list_add_tail(&offload->list, fresh);
	}
	return 0;
}

static void offload_free_list(struct list_head *list)
{
	struct fm_offload *offload, *next;

	list_for_each_entry_safe(offload, next, list, list)
		kvfree(offload);
}

/* The settings change while all slices of the shards are home. */
static void offload_apply(struct fm_steer *steer,
			  const struct fm_offload_request *request,
			  struct list_head *fresh)
{
	struct fm_offload *offload;
	u32 i;

	fm_offload_recall();
	for (i = 0; i < request->n; i++)
		fm_offload_keep(&steer->shards[request->shards[i]]);
	fm_offload_wait();
	mutex_lock(&offload_mutex);
	list_for_each_entry(offload, fresh, list)
		/* Who sees it sees what was set up. */
		smp_store_release(&offload->shard->lent, &offload->lent);
	list_splice_tail_init(fresh, &offload_list);
	for (i = 0; i < request->n; i++) {
		offload = fm_offload_of(&steer->shards[request->shards[i]]);
		WRITE_ONCE(offload->cpu, request->cpu);
		WRITE_ONCE(offload->wanted, request->slices);
	}
	mutex_unlock(&offload_mutex);
	for (i = 0; i < request->n; i++)
		fm_offload_unkeep(&steer->shards[request->shards[i]]);
}

/**
 * fm_offload_set - have flows of shards run by another CPU
 * @chain: whose shards; its namespace's mutex is held
 * @request: which and how
 * @extack: gets a sentence that names the shard or the CPU
 *
 * Return: 0 or a negative errno; then nothing has changed.
 */
int fm_offload_set(struct fm_chain *chain,
		   const struct fm_offload_request *request,
		   struct netlink_ext_ack *extack)
{
	struct fm_plan *plan = fm_chain_plan(chain);
	LIST_HEAD(fresh);
	int err;

	cpus_read_lock();
	err = request_check(plan, request, extack);
	if (!err)
		err = offload_alloc(plan->segs[request->seg].steer,
				    request->shards, request->n, &fresh);
	if (err)
		offload_free_list(&fresh);
	else
		offload_apply(plan->segs[request->seg].steer, request, &fresh);
	cpus_read_unlock();
	return err;
}

/* Takes the offloads of kept shards off their shards. */
static void offload_unlink(const struct fm_steer *steer,
			   const unsigned long *wanted, struct list_head *gone)
{
	struct fm_offload *offload, *next;

	mutex_lock(&offload_mutex);
	list_for_each_entry_safe(offload, next, &offload_list, list) {
		if (offload->steer != steer || !test_bit(offload->id, wanted))
			continue;
		WRITE_ONCE(offload->shard->lent, NULL);
		list_move_tail(&offload->list, gone);
	}
	mutex_unlock(&offload_mutex);
}

/* If @wanted is empty, all. */
static void offload_clear(struct fm_steer *steer, unsigned long *wanted)
{
	LIST_HEAD(gone);
	u32 i;

	if (bitmap_empty(wanted, steer->config.nshards))
		bitmap_fill(wanted, steer->config.nshards);
	fm_offload_recall();
	for_each_set_bit(i, wanted, steer->config.nshards)
		fm_offload_keep(&steer->shards[i]);
	fm_offload_wait();
	offload_unlink(steer, wanted, &gone);
	if (!list_empty(&gone))
		synchronize_net();
	offload_free_list(&gone);
	for_each_set_bit(i, wanted, steer->config.nshards)
		fm_offload_unkeep(&steer->shards[i]);
}

/**
 * fm_offload_clear - have shards' owners run all their packets again
 * @chain: whose shards; its namespace's mutex is held
 * @request: which; if it names none, all
 * @extack: gets a sentence that names the shard
 *
 * Return: 0 or a negative errno; then nothing has changed.
 */
int fm_offload_clear(struct fm_chain *chain,
		     const struct fm_offload_request *request,
		     struct netlink_ext_ack *extack)
{
	const struct fm_plan *plan = fm_chain_plan(chain);
	u32 i, last = request->all ? plan->nsegs - 1 : request->seg;
	DECLARE_BITMAP(wanted, FM_SHARDS_MAX) = {};
	int err;

	err = fm_request_find_seg(plan, request->seg, extack);
	for (i = 0; !err && i < request->n; i++)
		err = fm_request_check_shard(plan->segs[request->seg].steer,
					     request->shards[i], wanted,
					     extack);
	for (i = request->seg; !err && i <= last; i++) {
		offload_clear(plan->segs[i].steer, wanted);
		bitmap_zero(wanted, FM_SHARDS_MAX);
	}
	return err;
}

static int offload_cpu_up(unsigned int cpu)
{
	cpumask_set_cpu(cpu, &fm_offload_cpus);
	return 0;
}

/*
 * A CPU is about to go and still works: what it sent comes home, and what it
 * was sent goes back. Slices go away again when it is there again.
 */
static int offload_cpu_down(unsigned int cpu)
{
	struct fm_offload *offload;
	u32 owner;

	cpumask_clear_cpu(cpu, &fm_offload_cpus);
	mutex_lock(&offload_mutex);
	list_for_each_entry(offload, &offload_list, list) {
		owner = fm_owner_cpu(READ_ONCE(offload->shard->owner));
		if (offload->cpu == cpu || owner == cpu)
			fm_offload_keep(offload->shard);
	}
	recall_wait(true);
	mutex_unlock(&offload_mutex);
	return 0;
}

/**
 * fm_offload_init - be ready for offloads
 *
 * Return: 0 or a negative errno.
 */
int fm_offload_init(void)
{
	fm_offload_seed();
	/* After that of moves, so that a CPU that goes is left before they begin. */
	offload_hotplug = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN,
					    "net/flowmage:offload",
					    offload_cpu_up, offload_cpu_down);
	return (int)offload_hotplug < 0 ? (int)offload_hotplug : 0;
}

/**
 * fm_offload_exit - the counterpart; there are no offloads any more
 */
void fm_offload_exit(void)
{
	cpuhp_remove_state_nocalls(offload_hotplug);
}
