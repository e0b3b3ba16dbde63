/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_VERIFY_H
#define _FM_VERIFY_H

#include <linux/rcupdate.h>
#include "pkt.h"
#include "steer.h"

#define FM_QUEUES_MAX		256	/* receive queues that are told apart */
#define FM_VERIFY_ENOUGH	64	/* hashes in a row that decide */
#define FM_VERIFY_SAMPLE	256	/* afterwards 1 in so many is compared */

/**
 * struct fm_verify_count - comparisons of the packets of one class in a queue
 * @matched: hash equal to ours
 * @mismatched: hash different
 * @absent: no hash of the NIC
 * @queue_matched: in the queue that the indirection table says
 * @queue_mismatched: in another
 * @packets: seen since verified
 * @row: verdicts in a row that agree
 * @last_equal: the last verdict
 * @round: of the test; what was counted in an earlier one is void
 * @state: enum fm_hash_state
 */
struct fm_verify_count {
	u64 matched;
	u64 mismatched;
	u64 absent;
	u64 queue_matched;
	u64 queue_mismatched;
	u32 packets;
	u32 row;
	u32 round;
	bool last_equal;
	u8 state;
};

/**
 * struct fm_queue - a receive queue, written only by the CPU that serves it
 * @packets: that came through it
 * @cpu: which served it last
 * @napi_id: of the NAPI that reads it, 0 if it has none
 * @class: comparisons
 */
struct fm_queue {
	u64 packets;
	u32 cpu;
	u32 napi_id;
	struct fm_verify_count class[__FM_CLASS_MAX];
} ____cacheline_aligned_in_smp;

/**
 * struct fm_indir - an indirection table, as it was written to a NIC
 */
struct fm_indir {
	struct rcu_head rcu;
	u32 n;
	u32 queue[];
};

/**
 * struct fm_verify - is a NIC's hash ours
 * @steer: the steering that the test is about, NULL if none
 * @indir: what the queue of a packet is checked against, or NULL
 * @round: of the test
 * @differs: a verdict was mismatch and nobody has been told
 * @nqueues: receive queues
 * @queues: receive queues
 */
struct fm_verify {
	const struct fm_steer *steer;
	struct fm_indir __rcu *indir;
	u32 round;
	bool differs;
	u32 nqueues;
	struct fm_queue *queues;
};

int fm_verify_setup(struct fm_verify *verify, u32 nqueues);
void fm_verify_cleanup(struct fm_verify *verify);
void fm_verify_stop(struct fm_verify *verify);
void fm_verify_start(struct fm_verify *verify, const struct fm_steer *steer);
int fm_verify_set_indir(struct fm_verify *verify, const u32 *queues, u32 n);
bool fm_verify_differs(struct fm_verify *verify);
void fm_verify_note(struct fm_verify *verify, const struct sk_buff *skb);
u32 fm_verify_hash(struct fm_verify *verify, const struct fm_steer *steer,
		   const struct fm_pkt *pkt);
void fm_verify_read(const struct fm_verify *verify, unsigned int class,
		    struct fm_verify_count *sum);

#endif
