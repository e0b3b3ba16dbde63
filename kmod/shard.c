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
#include "move.h"
#include "offload.h"
#include "shard.h"
#include "steer.h"

/* In a pointer of the ring. */
#define RING_IS_MARK	1UL
#define RING_IS_LENT	2UL

/**
 * struct fm_backlog - packets handed to a CPU
 * @ring: the packets, and marks between them
 * @due: struct fm_parked that others have added
 * @playing: those that are being run, only this CPU's
 * @napi: reads them
 * @csd: wakes @napi from another CPU
 * @drain: empties @ring from process context
 * @awake: @napi runs or was told to
 */
struct fm_backlog {
	struct ptr_ring ring;
	struct llist_head due;
	struct llist_node *playing;
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

/* True if it took an interrupt. */
static bool backlog_wake(struct fm_backlog *backlog, unsigned int cpu)
{
	/* Pairs with backlog_poll(): one of both sees the other's. */
	smp_mb();
	if (test_bit(0, &backlog->awake) ||
	    test_and_set_bit(0, &backlog->awake))
		return false;
	/* An offline CPU is not woken: its packets go to its heir. */
	if (!smp_call_function_single_async(cpu, &backlog->csd))
		return true;
	clear_bit(0, &backlog->awake);
	return false;
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

static bool backlog_add(unsigned long ptr, unsigned int cpu, bool *woke)
{
	struct fm_backlog *backlog = per_cpu_ptr(&shard_backlogs, cpu);

	if (ptr_ring_produce(&backlog->ring, (void *)ptr))
		return false;
	*woke = backlog_wake(backlog, cpu);
	return true;
}

/**
 * fm_shard_hand - hand a packet to the owner of its shard
 * @skb: the packet, bound device noted; bottom halves are off
 * @owner: CPU
 * @woke: set if it had to be woken
 *
 * Return: false if the owner's ring is full; the skb is still the caller's.
 */
bool fm_shard_hand(struct sk_buff *skb, unsigned int owner, bool *woke)
{
	return backlog_add((unsigned long)skb, owner, woke);
}

/**
 * fm_shard_lend - send a packet of this CPU's shard to an offload CPU
 * @skb: the packet, with its entries; bottom halves are off
 * @cpu: the offload CPU
 * @woke: set if it had to be woken
 *
 * Return: false if its ring is full; the skb is still the caller's.
 */
bool fm_shard_lend(struct sk_buff *skb, unsigned int cpu, bool *woke)
{
	return backlog_add((unsigned long)skb | RING_IS_LENT, cpu, woke);
}

/**
 * fm_shard_mark - be told when a CPU has run what it was handed so far
 * @mark: for its ring
 * @cpu: online
 *
 * From process context, or with bottom halves off.
 *
 * Return: false if the ring is full.
 */
bool fm_shard_mark(struct fm_mark *mark, unsigned int cpu)
{
	struct fm_backlog *backlog = per_cpu_ptr(&shard_backlogs, cpu);
	bool done, woke;

	local_bh_disable();
	done = backlog_add((unsigned long)mark | RING_IS_MARK, cpu, &woke);
	if (!done)
		backlog_wake(backlog, cpu);
	local_bh_enable();
	return done;
}

/**
 * fm_shard_play - let a CPU run parked packets
 * @parked: the packets, and those that it adds until it calls settle()
 * @cpu: which parked them; bottom halves are off
 */
void fm_shard_play(struct fm_parked *parked, unsigned int cpu)
{
	struct fm_backlog *backlog = per_cpu_ptr(&shard_backlogs, cpu);

	llist_add(&parked->node, &backlog->due);
	backlog_wake(backlog, cpu);
}

static void backlog_pass(unsigned long ptr)
{
	struct fm_mark *mark = (void *)(ptr & ~RING_IS_MARK);

	mark->pass(mark);
}

static int backlog_read(struct fm_backlog *backlog, int budget)
{
	unsigned long ptr;
	int n = 0;

	while (n < budget) {
		ptr = (unsigned long)ptr_ring_consume(&backlog->ring);
		if (!ptr)
			break;
		if (ptr & RING_IS_MARK) {
			backlog_pass(ptr);
			continue;
		}
		if (ptr & RING_IS_LENT)
			fm_offload_run((void *)(ptr & ~RING_IS_LENT));
		else
			fm_bind_resume((void *)ptr, FM_HANDED);
		n++;
	}
	return n;
}

static struct fm_parked *backlog_due(struct fm_backlog *backlog)
{
	if (!backlog->playing && !llist_empty(&backlog->due))
		backlog->playing =
			llist_reverse_order(llist_del_all(&backlog->due));
	if (!backlog->playing)
		return NULL;
	return llist_entry(backlog->playing, struct fm_parked, node);
}

static int backlog_play(struct fm_backlog *backlog, int budget)
{
	struct fm_parked *parked;
	struct sk_buff *skb;
	int n = 0;

	while (n < budget) {
		parked = backlog_due(backlog);
		if (!parked)
			break;
		skb = __skb_dequeue(&parked->skbs);
		if (skb) {
			fm_bind_resume(skb, FM_PARKED);
			n++;
			continue;
		}
		backlog->playing = parked->node.next;
		parked->settle(parked);
	}
	return n;
}

static int backlog_poll(struct napi_struct *napi, int budget)
{
	struct fm_backlog *backlog = container_of(napi, struct fm_backlog,
						  napi);
	int n;

	n = backlog_play(backlog, budget);
	n += backlog_read(backlog, budget - n);
	if (n == budget || !napi_complete_done(napi, n))
		return n;
	clear_bit(0, &backlog->awake);
	smp_mb__after_atomic();
	if ((!__ptr_ring_empty(&backlog->ring) ||
	     !llist_empty(&backlog->due)) &&
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
