// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a packet to the owner of its shard: a bounded ring per CPU, read
 * by a NAPI of that CPU. Whoever finds the ring asleep wakes it with one
 * interrupt; the packets that follow need none.
 *
 * A ring is read, and parked packets are run, on its own CPU only. The kernel
 * gives the NAPIs of a CPU that died to another one; there a poll does nothing
 * but wake the NAPI where it belongs, should the CPU be back. @awake is set
 * from whoever wants it polled until the poll has ended, across the interrupt,
 * so that a NAPI is never scheduled twice.
 *
 * A CPU that goes leaves nothing behind here: its shards have moved away and
 * nobody hands it packets any more, see home.c.
 */
#include <linux/cpu.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/prefetch.h>
#include <linux/ptr_ring.h>
#include <linux/smp.h>
#include <linux/workqueue.h>
#include "offload.h"
#include "path.h"
#include "shard.h"

/* In a pointer of the ring. */
#define RING_IS_MARK	1UL
#define RING_IS_LENT	2UL
#define RING_BATCH	16	/* packets whose memory is fetched together */

/**
 * struct fm_backlog - packets handed to a CPU
 * @ring: the packets, and marks between them
 * @due: struct fm_parked that others have added
 * @playing: those that are being run, only this CPU's
 * @ahead: of what is in @ring, so many come before @playing; likewise
 * @napi: reads them
 * @csd: wakes @napi from another CPU
 * @drain: empties @ring from process context
 * @awake: @napi runs or was told to
 * @cpu: whose
 */
struct fm_backlog {
	struct ptr_ring ring;
	struct llist_head due;
	struct llist_node *playing;
	u32 ahead;
	struct napi_struct napi;
	call_single_data_t csd;
	struct work_struct drain;
	unsigned long awake;
	unsigned int cpu;
};

static DEFINE_PER_CPU(struct fm_backlog, shard_backlogs);
static struct net_device *shard_dev;	/* NAPIs need one */
static DEFINE_MUTEX(shard_drain_mutex);	/* guards the use of all drain */

static void backlog_wake_here(void *ptr)
{
	struct fm_backlog *backlog = ptr;

	napi_schedule(&backlog->napi);
}

/* True if it took an interrupt. */
static bool backlog_wake(struct fm_backlog *backlog)
{
	int err;

	/* Pairs with backlog_poll(): one of both sees the other's. */
	smp_mb();
	if (test_bit(0, &backlog->awake) ||
	    test_and_set_bit(0, &backlog->awake))
		return false;
	err = smp_call_function_single_async(backlog->cpu, &backlog->csd);
	if (WARN_ON_ONCE(err))
		clear_bit(0, &backlog->awake);
	return !err;
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
	*woke = backlog_wake(backlog);
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
		backlog_wake(backlog);
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
	backlog_wake(backlog);
}

/* NULL if it is not one that was handed. */
static struct sk_buff *ring_skb(void *ptr)
{
	return (unsigned long)ptr & (RING_IS_MARK | RING_IS_LENT) ? NULL : ptr;
}

/*
 * What another CPU has written is far away, and so is the state of a flow among
 * many: all packets of a batch wait for it at once.
 */
static void batch_prefetch(void *const *batch, int n)
{
	const struct sk_buff *skb;
	int i;

	for (i = 0; i < n; i++) {
		skb = ring_skb(batch[i]);
		if (!skb)
			continue;
		prefetch(skb->cb);
		prefetch(&skb->data);
	}
	for (i = 0; i < n; i++)
		if (ring_skb(batch[i]))
			fm_path_prefetch(batch[i], false);
	for (i = 0; i < n; i++)
		if (ring_skb(batch[i]))
			fm_path_prefetch(batch[i], true);
}

static void backlog_pass(unsigned long ptr)
{
	struct fm_mark *mark = (void *)(ptr & ~RING_IS_MARK);

	mark->pass(mark);
}

static int batch_run(void *const *batch, int n)
{
	unsigned long ptr;
	int packets = 0, i;

	for (i = 0; i < n; i++) {
		ptr = (unsigned long)batch[i];
		if (ptr & RING_IS_MARK) {
			backlog_pass(ptr);
			continue;
		}
		if (ptr & RING_IS_LENT)
			fm_offload_run((void *)(ptr & ~RING_IS_LENT));
		else
			fm_path_resume(batch[i], FM_HANDED);
		packets++;
	}
	return packets;
}

static int backlog_read(struct fm_backlog *backlog, int budget)
{
	void *batch[RING_BATCH];
	int n = 0, got;

	while (n < budget) {
		got = ptr_ring_consume_batched(&backlog->ring, batch,
					       min(RING_BATCH, budget - n));
		if (!got)
			break;
		backlog->ahead -= min_t(u32, got, backlog->ahead);
		if (got > 1)
			batch_prefetch(batch, got);
		n += batch_run(batch, got);
	}
	return n;
}

/*
 * How many are in the ring. Exact, or parked packets would wait for one that
 * never comes: nobody adds meanwhile. Where the next one goes to, there is none
 * unless the ring is full.
 */
static u32 ring_count(struct ptr_ring *ring)
{
	u32 n;

	spin_lock(&ring->producer_lock);
	n = (ring->producer - ring->consumer_head + ring->size) % ring->size;
	if (!n && !__ptr_ring_empty(ring))
		n = ring->size;
	spin_unlock(&ring->producer_lock);
	return n;
}

/*
 * Who gives a shard away has handed packets of its flows over before, for their
 * next segment, and maybe to this CPU. Those that were parked are later ones, and
 * may go on to that segment here and at once: they wait for what is in the ring.
 */
static struct fm_parked *backlog_due(struct fm_backlog *backlog)
{
	if (!backlog->playing && !llist_empty(&backlog->due)) {
		backlog->playing =
			llist_reverse_order(llist_del_all(&backlog->due));
		/* After llist_del_all(): all that was handed before is seen. */
		backlog->ahead = ring_count(&backlog->ring);
	}
	if (!backlog->playing || backlog->ahead)
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
			fm_path_resume(skb, FM_PARKED);
			n++;
			continue;
		}
		backlog->playing = parked->node.next;
		parked->settle(parked);
	}
	return n;
}

static bool backlog_is_empty(const struct fm_backlog *backlog)
{
	return __ptr_ring_empty((struct ptr_ring *)&backlog->ring) &&
	       llist_empty(&backlog->due) && !READ_ONCE(backlog->playing);
}

static int backlog_poll(struct napi_struct *napi, int budget)
{
	struct fm_backlog *backlog = container_of(napi, struct fm_backlog,
						  napi);
	int n = 0;

	if (likely(backlog->cpu == smp_processor_id())) {
		n = backlog_play(backlog, budget);
		if (backlog->ahead) {
			n += backlog_read(backlog, min_t(u32, budget - n,
							 backlog->ahead));
			n += backlog_play(backlog, budget - n);
		}
		n += backlog_read(backlog, budget - n);
	}
	if (n == budget || !napi_complete_done(napi, n))
		return n;
	clear_bit(0, &backlog->awake);
	smp_mb__after_atomic();
	if (!backlog_is_empty(backlog))
		backlog_wake(backlog);
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

/**
 * fm_shard_leave - run what is left for this CPU, which nobody adds to any more
 *
 * That is little: what is not moved away is of steerings that have gone.
 */
void fm_shard_leave(void)
{
	struct fm_backlog *backlog;

	local_bh_disable();
	backlog = this_cpu_ptr(&shard_backlogs);
	backlog_read(backlog, FM_SHARD_BACKLOG);
	WARN_ON_ONCE(!backlog_is_empty(backlog));
	local_bh_enable();
}

static int backlog_setup(struct fm_backlog *backlog, unsigned int cpu)
{
	int err;

	backlog->cpu = cpu;
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
		err = backlog_setup(per_cpu_ptr(&shard_backlogs, cpu), cpu);
		if (err)
			break;
	}
	if (err)
		shard_cleanup();
	return err;
}

/**
 * fm_shard_exit - free the rings, which nobody uses any more
 */
void fm_shard_exit(void)
{
	shard_cleanup();
}
