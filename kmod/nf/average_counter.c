// SPDX-License-Identifier: GPL-2.0
/*
 * average_counter: packets and bytes, and their rates as exponentially weighted
 * moving averages. A window is 16 steps; at the end of a step a 16th of the
 * average gives way to what came in it, so a change has half of its effect
 * after 11 steps. What a CPU counts stays with it until somebody asks.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include "flowmage_nf.h"

#define AVERAGE_COUNTER_STEPS	16
#define AVERAGE_COUNTER_SHIFT	16	/* bits after the point of averages */
#define AVERAGE_COUNTER_IDLE	1024	/* steps after which nothing is left */

struct average_counter_config {
	u32 window_ms;
	u64 step_ns;
};

struct average_counter_cpu {
	u64 packets;
	u64 bytes;
	u64 began_ns;		/* the step that is under way */
	u64 step_packets;	/* came in it */
	u64 step_bytes;
	u64 mean_packets;	/* per step, fixed point */
	u64 mean_bytes;
};

static const struct fm_param average_counter_params[] = {
	FM_UINT(struct average_counter_config, window_ms, 16, 3600000, 1000,
		"time that the rates are averages over, ms"),
};

static int average_counter_init(struct fm_inst *inst, void *ptr,
				struct netlink_ext_ack *extack)
{
	struct average_counter_config *config = ptr;

	config->step_ns = div_u64((u64)config->window_ms * NSEC_PER_MSEC,
				  AVERAGE_COUNTER_STEPS);
	return 0;
}

static u64 average_counter_fold(u64 mean, u64 n)
{
	s64 diff = (n << AVERAGE_COUNTER_SHIFT) - mean;

	return mean + diff / AVERAGE_COUNTER_STEPS;
}

/* Ends the steps that are over. */
static void average_counter_advance(struct average_counter_cpu *cpu,
				    u64 step_ns, u64 now_ns)
{
	s64 age_ns = now_ns - cpu->began_ns;
	u64 steps;

	if (age_ns < (s64)step_ns)
		return;
	steps = div64_u64(age_ns, step_ns);
	cpu->began_ns += steps * step_ns;
	if (steps > AVERAGE_COUNTER_IDLE) {
		cpu->mean_packets = 0;
		cpu->mean_bytes = 0;
		steps = 0;
	}
	for (; steps; steps--) {
		cpu->mean_packets = average_counter_fold(cpu->mean_packets,
							 cpu->step_packets);
		cpu->mean_bytes = average_counter_fold(cpu->mean_bytes,
						       cpu->step_bytes);
		cpu->step_packets = 0;
		cpu->step_bytes = 0;
	}
	cpu->step_packets = 0;
	cpu->step_bytes = 0;
}

static enum fm_verdict average_counter_eval(struct fm_ctx *ctx,
					    struct fm_pkt *pkt)
{
	const struct average_counter_config *config = fm_ctx_config(ctx);
	struct average_counter_cpu *cpu = fm_ctx_cpu(ctx);

	average_counter_advance(cpu, config->step_ns, pkt->now_ns);
	cpu->packets += pkt->segs;
	cpu->bytes += pkt->len;
	cpu->step_packets += pkt->segs;
	cpu->step_bytes += pkt->len;
	return FM_CONTINUE;
}

static u64 average_counter_rate(u64 mean, u64 step_ns)
{
	return mul_u64_u64_div_u64(mean, NSEC_PER_SEC, step_ns) >>
	       AVERAGE_COUNTER_SHIFT;
}

/* Of copies: a rate may be off by a step that ends just now. */
static void average_counter_show(struct fm_dump *dump, const void *ptr,
				 const void __percpu *cpu)
{
	const struct average_counter_config *config = ptr;
	struct average_counter_cpu copy;
	u64 packets = 0, bytes = 0, now_ns = ktime_get_ns();
	int i;

	for_each_possible_cpu(i) {
		data_race(memcpy(&copy, per_cpu_ptr(cpu, i), sizeof(copy)));
		average_counter_advance(&copy, config->step_ns, now_ns);
		packets += average_counter_rate(copy.mean_packets,
						config->step_ns);
		bytes += average_counter_rate(copy.mean_bytes,
					      config->step_ns);
	}
	fm_dump_uint(dump, "packets", fm_cpu_sum(cpu,
			offsetof(struct average_counter_cpu, packets)));
	fm_dump_uint(dump, "bytes", fm_cpu_sum(cpu,
			offsetof(struct average_counter_cpu, bytes)));
	fm_dump_uint(dump, "packets_per_second", packets);
	fm_dump_uint(dump, "bytes_per_second", bytes);
}

FM_BUILTIN_NF(average_counter) = {
	.name = "average_counter",
	.description = "tells the rates of packets and bytes",
	.owner = THIS_MODULE,
	.params = average_counter_params,
	.nparams = ARRAY_SIZE(average_counter_params),
	.config_size = sizeof(struct average_counter_config),
	.cpu_size = sizeof(struct average_counter_cpu),
	.init = average_counter_init,
	.eval = average_counter_eval,
	.show = average_counter_show,
};
