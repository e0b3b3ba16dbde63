// SPDX-License-Identifier: GPL-2.0
/*
 * Work on states for user space, by whoever may write them: of a local store that
 * is the CPU that owns the shard, of a shared one anybody who has the lock.
 */
#include <linux/bitmap.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include "owner.h"

#define OWNER_ROUNDS	4	/* while shards change their owners */

struct owner_job {
	const struct fm_group *group;
	fm_owner_fn fn;
	void *arg;
	unsigned long *done;
};

/* Returns false if somebody else owns it, be it only since just now. */
static bool owner_run_local(const struct owner_job *job, u32 n)
{
	const struct fm_shard *shard = &job->group->shards[n];
	bool mine, more = false;

	do {
		local_bh_disable();
		mine = READ_ONCE(shard->owner) == smp_processor_id();
		if (mine)
			more = job->fn(fm_store_slot(job->group->store, n), n,
				       job->arg);
		local_bh_enable();
		cond_resched();
	} while (mine && more);
	return mine;
}

static long owner_run_here(void *arg)
{
	const struct owner_job *job = arg;
	u32 n;

	for (n = 0; n < job->group->store->nslots; n++)
		if (!test_bit(n, job->done) && owner_run_local(job, n))
			__set_bit(n, job->done);
	return 0;
}

static void owner_run_shared(const struct fm_group *group, fm_owner_fn fn,
			     void *arg)
{
	struct fm_slot *slot;
	bool more;
	u32 n;

	for (n = 0; n < group->store->nslots; n++) {
		slot = fm_store_slot(group->store, n);
		do {
			spin_lock_bh(&slot->lock);
			more = fn(slot, n, arg);
			spin_unlock_bh(&slot->lock);
			cond_resched();
		} while (more);
	}
}

/**
 * fm_owner_run - do something to all slots of a group
 * @group: the group, which stays
 * @fn: called for one slot after the other, maybe on other CPUs
 * @arg: for @fn
 *
 * May sleep.
 *
 * Return: 0, -ENOMEM, or -EAGAIN if shards changed their owners all the time.
 */
int fm_owner_run(const struct fm_group *group, fm_owner_fn fn, void *arg)
{
	struct owner_job job = { .group = group, .fn = fn, .arg = arg };
	u32 nslots = group->store->nslots, round;
	int cpu, err;

	if (group->store->mode == FM_MODE_SHARED) {
		owner_run_shared(group, fn, arg);
		return 0;
	}
	job.done = bitmap_zalloc(nslots, GFP_KERNEL);
	if (!job.done)
		return -ENOMEM;
	for (round = 0; round < OWNER_ROUNDS; round++) {
		cpus_read_lock();
		for_each_online_cpu(cpu)
			work_on_cpu(cpu, owner_run_here, &job);
		cpus_read_unlock();
		if (bitmap_full(job.done, nslots))
			break;
	}
	err = bitmap_full(job.done, nslots) ? 0 : -EAGAIN;
	bitmap_free(job.done);
	return err;
}
