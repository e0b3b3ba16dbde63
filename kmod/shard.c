// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a packet to the owner of its shard: a bounded ring per CPU, read
 * by a NAPI of that CPU. Whoever finds the ring asleep wakes it with one
 * interrupt; the packets that follow need none.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/ptr_ring.h>
#include <linux/smp.h>
#include <linux/workqueue.h>
#include "bind.h"
#include "shard.h"
#include "steer.h"

/**
 * struct fm_backlog - packets handed to a CPU
 * @ring: the packets
 * @napi: reads them
 * @csd: wakes @napi from another CPU
 * @drain: empties @ring from process context
 * @awake: @napi runs or was told to
 */
struct fm_backlog {
	struct ptr_ring ring;
	struct napi_struct napi;
	call_single_data_t csd;
	struct work_struct drain;
	unsigned long awake;
};

static DEFINE_PER_CPU(struct fm_backlog, shard_backlogs);
static struct net_device *shard_dev;	/* NAPIs need one */
static enum cpuhp_state shard_hotplug;
static DEFINE_MUTEX(shard_drain_mutex);	/* guards the use of all drain */

static void backlog_wake_here(void *ptr)
{
	struct fm_backlog *backlog = ptr;

	napi_schedule(&backlog->napi);
}

static void backlog_wake(struct fm_backlog *backlog, unsigned int cpu)
{
	if (test_bit(0, &backlog->awake) ||
	    test_and_set_bit(0, &backlog->awake))
		return;
	/* An offline CPU is not woken: its packets go to its heir. */
	if (smp_call_function_single_async(cpu, &backlog->csd))
		clear_bit(0, &backlog->awake);
}

/**
 * fm_shard_is_crowded - is a CPU's ring more than half full
 * @owner: CPU
 *
 * A hint: others fill and empty the ring meanwhile.
 */
bool fm_shard_is_crowded(unsigned int owner)
{
	const struct ptr_ring *ring = &per_cpu(shard_backlogs, owner).ring;
	int half = READ_ONCE(ring->producer) + FM_SHARD_BACKLOG / 2;

	return READ_ONCE(ring->queue[half % FM_SHARD_BACKLOG]);
}

/**
 * fm_shard_hand - hand a packet to the owner of its shard
 * @skb: the packet, bound device noted; bottom halves are off
 * @owner: CPU
 *
 * Return: false if the owner's ring is full; the skb is still the caller's.
 */
bool fm_shard_hand(struct sk_buff *skb, unsigned int owner)
{
	struct fm_backlog *backlog = per_cpu_ptr(&shard_backlogs, owner);

	if (ptr_ring_produce(&backlog->ring, skb))
		return false;
	/* Pairs with backlog_poll(): one of both sees the other's. */
	smp_mb();
	backlog_wake(backlog, owner);
	return true;
}

static int backlog_read(struct fm_backlog *backlog, int budget)
{
	struct sk_buff *skb;
	int n;

	for (n = 0; n < budget; n++) {
		skb = ptr_ring_consume(&backlog->ring);
		if (!skb)
			break;
		fm_bind_resume(skb);
	}
	return n;
}

static int backlog_poll(struct napi_struct *napi, int budget)
{
	struct fm_backlog *backlog = container_of(napi, struct fm_backlog,
						  napi);
	int n;

	n = backlog_read(backlog, budget);
	if (n == budget || !napi_complete_done(napi, n))
		return n;
	clear_bit(0, &backlog->awake);
	smp_mb__after_atomic();
	if (!__ptr_ring_empty(&backlog->ring) &&
	    !test_and_set_bit(0, &backlog->awake))
		napi_schedule(napi);
	return n;
}

static void shard_drain_here(struct work_struct *work)
{
	local_bh_disable();
	backlog_read(this_cpu_ptr(&shard_backlogs), FM_SHARD_BACKLOG);
	local_bh_enable();
}

/**
 * fm_shard_drain - wait until all packets handed over so far have been run
 *
 * For the teardown of a chain or device that hands over no more. May sleep.
 */
void fm_shard_drain(void)
{
	int cpu;

	mutex_lock(&shard_drain_mutex);
	cpus_read_lock();
	for_each_online_cpu(cpu)
		schedule_work_on(cpu, &per_cpu(shard_backlogs, cpu).drain);
	for_each_online_cpu(cpu)
		flush_work(&per_cpu(shard_backlogs, cpu).drain);
	cpus_read_unlock();
	mutex_unlock(&shard_drain_mutex);
}

/*
 * The dead CPU has an heir. Whoever still saw the old owner has enqueued by the
 * end of the grace period; resuming hands each packet to the new one.
 */
static int shard_cpu_dead(unsigned int cpu)
{
	struct fm_backlog *backlog = per_cpu_ptr(&shard_backlogs, cpu);

	fm_steer_disown(cpu, cpumask_any(cpu_online_mask));
	synchronize_net();
	local_bh_disable();
	backlog_read(backlog, FM_SHARD_BACKLOG);
	clear_bit(0, &backlog->awake);
	local_bh_enable();
	return 0;
}

static int backlog_setup(struct fm_backlog *backlog)
{
	int err;

	err = ptr_ring_init(&backlog->ring, FM_SHARD_BACKLOG, GFP_KERNEL);
	if (err)
		return err;
	netif_napi_add(shard_dev, &backlog->napi, backlog_poll);
	INIT_CSD(&backlog->csd, backlog_wake_here, backlog);
	INIT_WORK(&backlog->drain, shard_drain_here);
	napi_enable(&backlog->napi);
	return 0;
}

static void backlog_cleanup(struct fm_backlog *backlog)
{
	if (!backlog->ring.queue)
		return;
	napi_disable(&backlog->napi);
	netif_napi_del(&backlog->napi);
	ptr_ring_cleanup(&backlog->ring, NULL);
}

static void shard_cleanup(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		backlog_cleanup(per_cpu_ptr(&shard_backlogs, cpu));
	synchronize_net();
	kfree(shard_dev);
}

/**
 * fm_shard_init - make the rings
 *
 * Return: 0 or a negative errno.
 */
int fm_shard_init(void)
{
	int cpu, err = 0;

	shard_dev = kzalloc(sizeof(*shard_dev), GFP_KERNEL);
	if (!shard_dev)
		return -ENOMEM;
	init_dummy_netdev(shard_dev);
	for_each_possible_cpu(cpu) {
		err = backlog_setup(per_cpu_ptr(&shard_backlogs, cpu));
		if (err)
			goto cleanup;
	}
	shard_hotplug = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN,
						  "net/flowmage:dead", NULL,
						  shard_cpu_dead);
	if ((int)shard_hotplug >= 0)
		return 0;
	err = (int)shard_hotplug;
cleanup:
	shard_cleanup();
	return err;
}

/**
 * fm_shard_exit - free the rings, which nobody uses any more
 */
void fm_shard_exit(void)
{
	cpuhp_remove_state_nocalls(shard_hotplug);
	shard_cleanup();
}
