// SPDX-License-Identifier: GPL-2.0
/*
 * Waits until what was in the receive queues of a chain's devices has come out.
 *
 * A queue is empty when its NAPI has ended a poll that began later: drivers end
 * one only when they find nothing more, and flush their GRO lists first. As the
 * interrupt for the last packets may be put off, the NAPI is scheduled here, on
 * the CPU that it last ran on, so that its packets come out where those before
 * did; a poll without an interrupt is nothing new to drivers, busy polling does
 * the same. A NAPI whose polls do not end is past the old packets when more
 * have come out than a queue can hold.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include "bind.h"
#include "fence.h"

#define FENCE_PATIENCE	(5 * HZ)	/* with queues that stand still */
#define FENCE_LIMIT	(60 * HZ)	/* with all, however slow */
#define FENCE_STEP_US	30

/**
 * struct fence_queue - a queue that is waited for
 * @bind: its device
 * @queue: what is known of it
 * @packets: that had come out at the beginning
 * @passed: it has been empty
 */
struct fence_queue {
	const struct fm_bind *bind;
	const struct fm_queue *queue;
	u64 packets;
	bool passed;
};

/* Under RCU. */
static struct napi_struct *queue_napi(const struct fence_queue *q)
{
	u32 id = READ_ONCE(q->queue->napi_id);
	struct napi_struct *napi;

	list_for_each_entry_rcu(napi, &q->bind->dev->napi_list, dev_list)
		if (id && napi->napi_id == id)
			return napi;
	return NULL;
}

static void queue_kick_here(void *ptr)
{
	struct napi_struct *napi;

	rcu_read_lock();
	napi = queue_napi(ptr);
	if (napi)
		napi_schedule(napi);
	rcu_read_unlock();
}

/* A NAPI whose CPU has gone may be polled anywhere. */
static void queue_kick(struct fence_queue *q)
{
	if (!smp_call_function_single(READ_ONCE(q->queue->cpu),
				      queue_kick_here, q, true))
		return;
	local_bh_disable();
	queue_kick_here(q);
	local_bh_enable();
}

static bool queue_is_past(const struct fence_queue *q, unsigned long start)
{
	return READ_ONCE(q->queue->packets) - q->packets >= q->bind->ring &&
	       time_after(jiffies, start + 2);
}

/* After a kick. */
static void queue_look(struct fence_queue *q, unsigned long start)
{
	struct napi_struct *napi;
	bool held = false;

	rcu_read_lock();
	napi = queue_napi(q);
	if (!napi || !netif_running(q->bind->dev)) {
		q->passed = true;
	} else if (!test_bit(NAPI_STATE_SCHED, &napi->state)) {
		/* Pairs with the end of the poll. */
		smp_rmb();
		held = READ_ONCE(napi->gro_bitmask);
		q->passed = !held;
	}
	rcu_read_unlock();
	q->passed |= queue_is_past(q, start);
	if (held && !q->passed)
		queue_kick(q);
}

static bool queues_look(struct fence_queue *queues, u32 n, unsigned long start)
{
	bool passed = true;
	u32 i;

	for (i = 0; i < n; i++) {
		if (!queues[i].passed)
			queue_look(&queues[i], start);
		passed &= queues[i].passed;
	}
	return passed;
}

static u32 queues_count(const struct fm_chain *chain)
{
	const struct fm_bind *bind;
	u32 n = 0;

	list_for_each_entry(bind, &chain->binds, list)
		n += bind->verify.nqueues;
	return n;
}

/* Those that have had packets, by way of a NAPI. */
static u32 queues_find(const struct fm_chain *chain, struct fence_queue *queues)
{
	const struct fm_bind *bind;
	u32 n = 0, i;

	list_for_each_entry(bind, &chain->binds, list) {
		for (i = 0; i < bind->verify.nqueues; i++) {
			const struct fm_queue *queue = &bind->verify.queues[i];

			if (!READ_ONCE(queue->napi_id))
				continue;
			queues[n].bind = bind;
			queues[n].queue = queue;
			queues[n++].packets = READ_ONCE(queue->packets);
		}
	}
	return n;
}

/* Packets that have come out of the queues that are waited for. */
static u64 queues_progress(const struct fence_queue *queues, u32 n)
{
	u64 packets = 0;
	u32 i;

	for (i = 0; i < n; i++)
		if (!queues[i].passed)
			packets += READ_ONCE(queues[i].queue->packets);
	return packets;
}

static bool queues_wait(struct fence_queue *queues, u32 n)
{
	unsigned long start = jiffies, moved = start;
	u64 progress = 0, now;
	u32 i;

	for (i = 0; i < n; i++)
		queue_kick(&queues[i]);
	while (!queues_look(queues, n, start)) {
		now = queues_progress(queues, n);
		if (now != progress)
			moved = jiffies;
		progress = now;
		if (time_after(jiffies, moved + FENCE_PATIENCE) ||
		    time_after(jiffies, start + FENCE_LIMIT))
			return false;
		usleep_range(FENCE_STEP_US, 2 * FENCE_STEP_US);
	}
	return true;
}

/**
 * fm_fence_wait - wait until packets that were in a receive queue have come out
 * @chain: of whose devices; they stay, and so does their list
 *
 * Return: false if a queue was not seen to be past them for too long.
 */
bool fm_fence_wait(const struct fm_chain *chain)
{
	u32 n = queues_count(chain);
	struct fence_queue *queues;
	bool passed;

	if (!n)
		return true;
	queues = kvcalloc(n, sizeof(*queues), GFP_KERNEL);
	if (!queues) {
		schedule_timeout_uninterruptible(FENCE_PATIENCE);
		return false;
	}
	passed = queues_wait(queues, queues_find(chain, queues));
	kvfree(queues);
	return passed;
}
