// SPDX-License-Identifier: GPL-2.0
/*
 * Which CPUs shards live on. The shards of a CPU that goes move to the others,
 * in turn, and home again when it is back, by the same protocol as any move:
 * what a packet meets is never the loss of a CPU, but a move.
 *
 * That rests on one set of CPUs. A shard is settled on a CPU of the set, and a
 * move goes to one:
 *
 * - A new steering takes its owners from the set and joins the list in one go,
 *   under home_mutex.
 * - A CPU leaves the set, and all shards of all steerings begin to move away,
 *   in one go under home_mutex; it waits until they have arrived. It works
 *   normally all that time, as no teardown of the kernel's own has begun that
 *   would end interrupts or timers. Nothing of ours is left to do when it is
 *   dead.
 * - Users move shards under the hotplug lock, so not meanwhile.
 */
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include "home.h"
#include "move.h"
#include "shard.h"
#include "steer.h"

static LIST_HEAD(home_steers);		/* all steerings */
static struct cpumask home_cpus;	/* that may own shards */
static DEFINE_MUTEX(home_mutex);	/* guards both, and home of shards */
static enum cpuhp_state home_hotplug;

/**
 * fm_home_has - may a CPU own shards
 * @cpu: any number
 *
 * The answer is true for as long as the caller holds the hotplug lock, or
 * home_mutex.
 */
bool fm_home_has(unsigned int cpu)
{
	return cpu < nr_cpu_ids && cpumask_test_cpu(cpu, &home_cpus);
}

/* The CPUs of the set in turn. */
static u32 home_next(u32 cpu)
{
	cpu = cpumask_next(cpu, &home_cpus);
	return cpu < nr_cpu_ids ? cpu : cpumask_first(&home_cpus);
}

/**
 * fm_home_add - let the shards of a new steering live somewhere
 * @steer: the steering
 * @owners: CPU that each is to belong to; one that is gone is replaced
 */
void fm_home_add(struct fm_steer *steer, const u32 *owners)
{
	u32 i, heir = 0;

	mutex_lock(&home_mutex);
	for (i = 0; i < steer->config.nshards; i++) {
		steer->shards[i].home = owners[i];
		steer->shards[i].owner = owners[i];
		if (fm_home_has(owners[i]))
			continue;
		heir = home_next(heir);
		steer->shards[i].owner = heir;
	}
	list_add(&steer->list, &home_steers);
	mutex_unlock(&home_mutex);
}

/**
 * fm_home_set - say where the shards of a steering belong
 * @steer: the steering
 * @owners: CPU of each, where it is now
 */
void fm_home_set(struct fm_steer *steer, const u32 *owners)
{
	u32 i;

	mutex_lock(&home_mutex);
	for (i = 0; i < steer->config.nshards; i++)
		WRITE_ONCE(steer->shards[i].home, owners[i]);
	mutex_unlock(&home_mutex);
}

/**
 * fm_home_del - forget a steering
 * @steer: the steering; moves of its shards may be going on
 */
void fm_home_del(struct fm_steer *steer)
{
	mutex_lock(&home_mutex);
	list_del(&steer->list);
	mutex_unlock(&home_mutex);
}

/* Of @steer the shards on @cpu go elsewhere. */
static int home_leave(struct fm_steer *steer, u32 cpu)
{
	struct fm_move *move;
	u32 i, heir = cpu;

	move = fm_move_create(steer, steer->config.nshards, false);
	if (!move)
		return -ENOMEM;
	for (i = 0; i < steer->config.nshards; i++) {
		if (READ_ONCE(steer->shards[i].owner) != cpu)
			continue;
		heir = home_next(heir);
		fm_move_add(move, i, heir);
	}
	fm_move_begin(move);
	return 0;
}

/* Of @steer the shards that belong on @cpu go there. */
static int home_return(struct fm_steer *steer, u32 cpu)
{
	struct fm_move *move;
	u32 i;

	move = fm_move_create(steer, steer->config.nshards, false);
	if (!move)
		return -ENOMEM;
	for (i = 0; i < steer->config.nshards; i++) {
		u32 owner = READ_ONCE(steer->shards[i].owner);

		if (steer->shards[i].home == cpu && owner != cpu &&
		    fm_owner_state(owner) == FM_SHARD_SETTLED)
			fm_move_add(move, i, cpu);
	}
	fm_move_begin(move);
	return 0;
}

/*
 * A CPU has come and works; or it stays, after all. Without memory its shards
 * stay where they are, which a user can change at any time.
 */
static int home_cpu_up(unsigned int cpu)
{
	struct fm_steer *steer;

	mutex_lock(&home_mutex);
	cpumask_set_cpu(cpu, &home_cpus);
	list_for_each_entry(steer, &home_steers, list)
		if (home_return(steer, cpu))
			pr_warn("flowmage: no memory to move shards to CPU %u\n",
				cpu);
	mutex_unlock(&home_mutex);
	return 0;
}

/* Begins to move all shards off a CPU. Caller holds home_mutex. */
static int home_leave_all(u32 cpu)
{
	struct fm_steer *steer;
	int err;

	cpumask_clear_cpu(cpu, &home_cpus);
	if (cpumask_empty(&home_cpus))
		return -EBUSY;
	list_for_each_entry(steer, &home_steers, list) {
		err = home_leave(steer, cpu);
		if (err)
			return err;
	}
	return 0;
}

/*
 * A CPU is to go and still works. It stays if there is no memory for the moves
 * of its shards.
 */
static int home_cpu_down(unsigned int cpu)
{
	int err;

	/* What is on its way from or to it gets there first. */
	fm_move_flush(NULL);
	mutex_lock(&home_mutex);
	err = home_leave_all(cpu);
	mutex_unlock(&home_mutex);
	fm_move_flush(NULL);
	if (err)
		home_cpu_up(cpu);
	else
		fm_shard_leave();
	return err;
}

/**
 * fm_home_init - know the CPUs
 *
 * Return: 0 or a negative errno.
 */
int fm_home_init(void)
{
	/* Calls home_cpu_up() for all that are there. */
	home_hotplug = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN,
					 "net/flowmage:online", home_cpu_up,
					 home_cpu_down);
	return (int)home_hotplug < 0 ? (int)home_hotplug : 0;
}

/**
 * fm_home_exit - forget the CPUs; there are no shards any more
 */
void fm_home_exit(void)
{
	cpuhp_remove_state_nocalls(home_hotplug);
}
