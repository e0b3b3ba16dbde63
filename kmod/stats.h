/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_STATS_H
#define _FM_STATS_H

#include <linux/refcount.h>
#include <linux/u64_stats_sync.h>
#include "flowmage_nf.h"

#define FM_REASONS_MAX	16	/* of one NF */

/* Why the core drops a packet, and the NFs that could not keep state. */
enum fm_reason {
	FM_REASON_FRAGMENT,
	FM_REASON_NOT_IP,
	FM_REASON_MALFORMED,
	FM_REASON_HANDOFF_FULL,
	FM_REASON_HANDOFF_NEW,
	FM_REASON_DETACHED,
	FM_REASON_PARK_FULL,
	FM_REASON_FRAG_REFUSED,
	FM_REASON_FRAG_FULL,
	FM_REASON_OFFLOAD_FULL,
	FM_REASON_TABLE_FULL,
	FM_REASON_NO_MEMORY,
	__FM_REASON_MAX
};

/* Why a packet can be lost on its way to its shard's owner. */
#define FM_REASONS_WAY							\
	(1U << FM_REASON_HANDOFF_FULL | 1U << FM_REASON_HANDOFF_NEW |	\
	 1U << FM_REASON_DETACHED | 1U << FM_REASON_PARK_FULL |		\
	 1U << FM_REASON_OFFLOAD_FULL | 1U << FM_REASON_NO_MEMORY)

/**
 * struct fm_seg_stats - a CPU's counters of a segment, all in packets
 * @run: the segment's NFs saw it here
 * @handed: to its shard's owner
 * @parked: until its shard has moved here
 * @reason: lost on the way, FM_REASONS_WAY only
 */
struct fm_seg_stats {
	u64_stats_t run;
	u64_stats_t handed;
	u64_stats_t parked;
	u64_stats_t reason[__FM_REASON_MAX];
};

/**
 * struct fm_chain_stats - a CPU's counters of a chain, all in packets or bytes
 */
struct fm_chain_stats {
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t accepted;
	u64_stats_t dropped;
	u64_stats_t handoff_drops;
	u64_stats_t parked_drops;
	u64_stats_t wakeups;
	u64_stats_t frags;
	u64_stats_t frags_merged;
	u64_stats_t reassembled;
	u64_stats_t offloaded;
	u64_stats_t offload_run;
	u64_stats_t offload_waited;
	u64_stats_t priority;
	u64_stats_t reason[__FM_REASON_MAX];
	struct fm_seg_stats seg[FM_SEGMENTS_MAX];
	struct u64_stats_sync sync;
};

/**
 * struct fm_inst_stats - a CPU's counters of an NF in a chain
 */
struct fm_inst_stats {
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t dropped;
	u64_stats_t created;
	u64_stats_t expired;
	u64_stats_t evicted;
	u64_stats_t deleted;
	u64_stats_t refused;
	u64_stats_t samples;
	u64_stats_t sampled_ns;
	u64_stats_t reason[FM_REASONS_MAX];
	struct u64_stats_sync sync;
};

/**
 * struct fm_account - the counters of an NF, which outlive a change of plan
 * @ref: plans that have it
 * @stats: the core's
 * @cpu: the NF's own, or NULL
 */
struct fm_account {
	refcount_t ref;
	struct fm_inst_stats __percpu *stats;
	void __percpu *cpu;
};

/* The two are plain arrays of counters, for adding up and for bumping one. */
#define FM_CHAIN_COUNTERS \
	(offsetof(struct fm_chain_stats, sync) / sizeof(u64_stats_t))
#define FM_INST_COUNTERS \
	(offsetof(struct fm_inst_stats, sync) / sizeof(u64_stats_t))

#define FM_COUNTERS_MAX	32	/* that are read together */

#define fm_stats_bump(pcpu, field, n) do {				\
	typeof(*(pcpu)) *__s = this_cpu_ptr(pcpu);			\
	u64_stats_update_begin(&__s->sync);				\
	u64_stats_add(&__s->field, n);					\
	u64_stats_update_end(&__s->sync);				\
} while (0)

struct fm_chain_stats __percpu *fm_stats_alloc(void);
void fm_stats_read(const struct fm_chain_stats __percpu *stats, int cpu,
		   u64 *sum);
struct fm_account *fm_account_create(u32 cpu_size);
struct fm_account *fm_account_get(struct fm_account *account);
void fm_account_put(struct fm_account *account);
void fm_account_read(const struct fm_account *account, u64 *sum);
const char *fm_reason_name(enum fm_reason reason);

/* Index of a counter in the sums that the above fill. */
#define FM_CHAIN_SUM(field) \
	(offsetof(struct fm_chain_stats, field) / sizeof(u64_stats_t))
#define FM_INST_SUM(field) \
	(offsetof(struct fm_inst_stats, field) / sizeof(u64_stats_t))

#endif
