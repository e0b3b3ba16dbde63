// SPDX-License-Identifier: GPL-2.0
/*
 * batch_stats: how many packets come at once. A batch is what one run of the
 * receive softirq on a CPU brings to this NF.
 */
#include <linux/kernel_stat.h>
#include <linux/log2.h>
#include "flowmage_nf.h"

#define BATCH_STATS_BUCKETS	10	/* 1, 2-3, 4-7 ... 512 and more */

struct batch_stats_cpu {
	u64 batches[BATCH_STATS_BUCKETS];	/* that are over */
	u64 packets;
	u32 batch;		/* number of the run that is under way */
	u32 seen;		/* packets in it */
};

static u32 batch_stats_bucket(u32 n)
{
	return min_t(u32, ilog2(n), BATCH_STATS_BUCKETS - 1);
}

/* A GSO packet counts once: it came as one. */
static enum fm_verdict batch_stats_eval(struct fm_ctx *ctx,
					struct fm_pkt *pkt)
{
	struct batch_stats_cpu *cpu = fm_ctx_cpu(ctx);
	u32 batch = kstat_softirqs_cpu(NET_RX_SOFTIRQ, smp_processor_id());

	if (cpu->seen && cpu->batch != batch) {
		cpu->batches[batch_stats_bucket(cpu->seen)]++;
		cpu->seen = 0;
	}
	cpu->batch = batch;
	cpu->seen++;
	cpu->packets++;
	return FM_CONTINUE;
}

/* The last batch of a CPU is known to be over when the next one begins. */
static void batch_stats_show(struct fm_dump *dump, const void *config,
			     const void __percpu *cpu)
{
	static const char *const names[BATCH_STATS_BUCKETS] = {
		"batches_of_1", "batches_of_2", "batches_of_4", "batches_of_8",
		"batches_of_16", "batches_of_32", "batches_of_64",
		"batches_of_128", "batches_of_256", "batches_of_512",
	};
	u32 i;

	fm_dump_uint(dump, "packets", fm_cpu_sum(cpu,
			offsetof(struct batch_stats_cpu, packets)));
	for (i = 0; i < BATCH_STATS_BUCKETS; i++)
		fm_dump_uint(dump, names[i],
			     fm_cpu_sum(cpu, i * sizeof(u64)));
}

FM_BUILTIN_NF(batch_stats) = {
	.name = "batch_stats",
	.description = "tells how many packets come at once",
	.owner = THIS_MODULE,
	.cpu_size = sizeof(struct batch_stats_cpu),
	.eval = batch_stats_eval,
	.show = batch_stats_show,
};
