// SPDX-License-Identifier: GPL-2.0
/*
 * The self-test of a NIC's hash, on the packets that arrive. Every receive
 * queue and packet class is judged by itself, since a queue may still hold
 * packets that were hashed before the NIC was programmed, but in order: once
 * enough in a row were equal, those behind them are too. Until then the hash is
 * computed here; from then on it is taken from the NIC and a sample is compared.
 */
#include <linux/overflow.h>
#include <linux/slab.h>
#include "verify.h"

/**
 * fm_verify_setup - prepare
 * @verify: all zeros
 * @nqueues: receive queues of the device
 *
 * Return: 0 or -ENOMEM.
 */
int fm_verify_setup(struct fm_verify *verify, u32 nqueues)
{
	verify->nqueues = clamp_t(u32, nqueues, 1, FM_QUEUES_MAX);
	verify->queues = kvcalloc(verify->nqueues, sizeof(*verify->queues),
				  GFP_KERNEL);
	return verify->queues ? 0 : -ENOMEM;
}

void fm_verify_cleanup(struct fm_verify *verify)
{
	kvfree(verify->queues);
	kfree(rcu_dereference_protected(verify->indir, true));
}

/**
 * fm_verify_stop - trust the NIC no more
 * @verify: the test; packets under way may do so for a grace period
 */
void fm_verify_stop(struct fm_verify *verify)
{
	WRITE_ONCE(verify->steer, NULL);
}

/**
 * fm_verify_start - test from the beginning
 * @verify: stopped, and a grace period has passed
 * @steer: the steering whose hash the NIC is to have
 */
void fm_verify_start(struct fm_verify *verify, const struct fm_steer *steer)
{
	if (!steer->config.hw)
		return;
	WRITE_ONCE(verify->round, verify->round + 1);
	/* Whoever sees the steering sees the new round. */
	smp_store_release(&verify->steer, steer);
}

/**
 * fm_verify_set_indir - say which queue each indirection entry leads to
 * @verify: the test
 * @queues: the table
 * @n: entries, a power of two
 *
 * Calls are serialised by the caller.
 *
 * Return: 0 or -ENOMEM.
 */
int fm_verify_set_indir(struct fm_verify *verify, const u32 *queues, u32 n)
{
	struct fm_indir *indir, *old;

	indir = kzalloc(struct_size(indir, queue, n), GFP_KERNEL);
	if (!indir)
		return -ENOMEM;
	indir->n = n;
	memcpy(indir->queue, queues, n * sizeof(*queues));
	old = rcu_replace_pointer(verify->indir, indir, true);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

static void verify_napi(struct fm_queue *queue, const struct sk_buff *skb)
{
#ifdef CONFIG_NET_RX_BUSY_POLL
	if (queue->napi_id != skb->napi_id)
		WRITE_ONCE(queue->napi_id, skb->napi_id);
#endif
}

static struct fm_queue *verify_queue(const struct fm_verify *verify,
				     const struct sk_buff *skb)
{
	struct fm_queue *queue;

	if (!skb_rx_queue_recorded(skb) ||
	    skb_get_rx_queue(skb) >= verify->nqueues)
		return NULL;
	queue = &verify->queues[skb_get_rx_queue(skb)];
	WRITE_ONCE(queue->packets, queue->packets + 1);
	if (queue->cpu != smp_processor_id())
		WRITE_ONCE(queue->cpu, smp_processor_id());
	verify_napi(queue, skb);
	return queue;
}

static struct fm_verify_count *verify_count(const struct fm_verify *verify,
					    struct fm_queue *queue,
					    unsigned int class)
{
	struct fm_verify_count *count = &queue->class[class];
	u32 round = READ_ONCE(verify->round);

	if (unlikely(count->round != round)) {
		memset(count, 0, sizeof(*count));
		count->round = round;
		count->state = FM_HASH_TESTING;
	}
	return count;
}

static void verify_place(const struct fm_verify *verify,
			 struct fm_verify_count *count,
			 const struct sk_buff *skb, u32 hash)
{
	const struct fm_indir *indir = rcu_dereference(verify->indir);

	if (!indir)
		return;
	if (indir->queue[hash & (indir->n - 1)] == skb_get_rx_queue(skb))
		count->queue_matched++;
	else
		count->queue_mismatched++;
}

/* While testing a row of equal verdicts decides; later one mismatch does. */
static u8 verify_judge(const struct fm_verify_count *count, bool equal)
{
	if (count->state == FM_HASH_VERIFIED)
		return equal ? FM_HASH_VERIFIED : FM_HASH_MISMATCH;
	if (count->state != FM_HASH_TESTING || count->row < FM_VERIFY_ENOUGH)
		return count->state;
	return equal ? FM_HASH_VERIFIED : FM_HASH_MISMATCH;
}

static void verify_compare(struct fm_verify *verify,
			   struct fm_verify_count *count, bool equal)
{
	u8 before = count->state;

	if (equal)
		count->matched++;
	else
		count->mismatched++;
	count->row = equal == count->last_equal ? count->row + 1 : 1;
	count->last_equal = equal;
	count->state = verify_judge(count, equal);
	if (count->state == FM_HASH_MISMATCH && before != count->state)
		WRITE_ONCE(verify->differs, true);
}

/**
 * fm_verify_differs - is there a mismatch to tell of
 * @verify: the test
 *
 * Return: true once after each verdict that the hash of the NIC is not ours.
 */
bool fm_verify_differs(struct fm_verify *verify)
{
	return unlikely(READ_ONCE(verify->differs)) &&
	       xchg(&verify->differs, false);
}

/**
 * fm_verify_note - a packet came whose hash is not asked for
 * @verify: the test of its device
 * @skb: the packet
 *
 * Its queue is known from then on, to those who wait for it to be empty.
 */
void fm_verify_note(struct fm_verify *verify, const struct sk_buff *skb)
{
	verify_queue(verify, skb);
}

/**
 * fm_verify_hash - the hash of a packet, from the NIC if that may be
 * @verify: the test of the packet's device
 * @steer: the steering
 * @pkt: the packet
 */
u32 fm_verify_hash(struct fm_verify *verify, const struct fm_steer *steer,
		   const struct fm_pkt *pkt)
{
	const struct sk_buff *skb = pkt->skb;
	struct fm_verify_count *count;
	struct fm_queue *queue;
	u32 hash;

	queue = verify_queue(verify, skb);
	if (!queue || smp_load_acquire(&verify->steer) != steer ||
	    !(pkt->flags & FM_PKT_PLAIN))
		return fm_steer_hash(steer, pkt);
	count = verify_count(verify, queue, pkt->class);
	if (!skb->hash || skb->sw_hash) {
		count->absent++;
		return fm_steer_hash(steer, pkt);
	}
	if (count->state == FM_HASH_VERIFIED &&
	    ++count->packets % FM_VERIFY_SAMPLE)
		return skb->hash;
	hash = fm_steer_hash(steer, pkt);
	verify_place(verify, count, skb, hash);
	verify_compare(verify, count, skb->hash == hash);
	return hash;
}

/**
 * fm_verify_read - what was counted of a class
 * @verify: the test
 * @class: enum fm_class
 * @sum: filled in; its state is the worst of the queues that had packets
 */
void fm_verify_read(const struct fm_verify *verify, unsigned int class,
		    struct fm_verify_count *sum)
{
	u32 i, round = READ_ONCE(verify->round), testing = 0;

	memset(sum, 0, sizeof(*sum));
	sum->state = verify->steer ? FM_HASH_TESTING : FM_HASH_SOFTWARE;
	for (i = 0; verify->steer && i < verify->nqueues; i++) {
		const struct fm_verify_count *count =
			&verify->queues[i].class[class];

		if (READ_ONCE(count->round) != round)
			continue;
		sum->matched += READ_ONCE(count->matched);
		sum->mismatched += READ_ONCE(count->mismatched);
		sum->absent += READ_ONCE(count->absent);
		sum->queue_matched += READ_ONCE(count->queue_matched);
		sum->queue_mismatched += READ_ONCE(count->queue_mismatched);
		testing |= BIT(READ_ONCE(count->state));
	}
	if (testing & BIT(FM_HASH_MISMATCH))
		sum->state = FM_HASH_MISMATCH;
	else if (testing == BIT(FM_HASH_VERIFIED))
		sum->state = FM_HASH_VERIFIED;
}
