// SPDX-License-Identifier: GPL-2.0
/*
 * rate_limiter: a token bucket of packets or bytes for every flow. Tokens are
 * kept in billionths, so that refilling by elapsed ns * tokens/s is exact.
 */
#include <linux/math64.h>
#include <linux/time64.h>
#include "flowmage_nf.h"

#define RATE_LIMITER_RATE_MAX	(1ULL << 34)	/* 137 Gbit/s, if bytes */
#define RATE_LIMITER_BURST_MAX	(1ULL << 32)	/* * 10^9 fits in u64 */

#define RATE_LIMITER_IDLE_MS	10000

enum rate_limiter_unit {
	RATE_LIMITER_BYTES,
	RATE_LIMITER_PACKETS,
};

enum rate_limiter_action {
	RATE_LIMITER_DROP,
	RATE_LIMITER_MARK,
};

enum rate_limiter_reason {
	RATE_LIMITER_EXCEEDED,
};

struct rate_limiter_config {
	u64 rate;
	u64 burst;
	u64 fill_ns;		/* time to fill an empty bucket, rounded up */
	u32 mark;
	u8 unit;
	u8 exceed;
};

struct rate_limiter_state {
	u64 tokens;		/* billionths */
	u64 last_ns;		/* when tokens was true */
	u64 conformed_packets;
	u64 exceeded_packets;
};

static const struct fm_param rate_limiter_params[] = {
	FM_UINT_REQUIRED(struct rate_limiter_config, rate, 1,
			 RATE_LIMITER_RATE_MAX,
			 "units per second that a flow may send"),
	FM_UINT_REQUIRED(struct rate_limiter_config, burst, 1,
			 RATE_LIMITER_BURST_MAX,
			 "units that it may send at once"),
	FM_ENUM(struct rate_limiter_config, unit, "bytes|packets",
		RATE_LIMITER_BYTES, "what rate and burst count"),
	FM_ENUM(struct rate_limiter_config, exceed, "drop|mark",
		RATE_LIMITER_DROP, "what happens to packets above the rate"),
	FM_UINT(struct rate_limiter_config, mark, 0, U32_MAX, 1,
		"packet mark that exceed mark sets"),
};

static const char *const rate_limiter_reasons[] = {
	[RATE_LIMITER_EXCEEDED] = "rate_exceeded",
};

/* A flow that is gone has a full bucket, so it stays until that is full. */
static int rate_limiter_init(struct fm_inst *inst, void *ptr,
			     struct netlink_ext_ack *extack)
{
	struct rate_limiter_config *config = ptr;

	config->fill_ns = div64_u64(config->burst * NSEC_PER_SEC +
				    config->rate - 1, config->rate);
	fm_state_init(inst, clamp_t(u64, div_u64(config->fill_ns,
						 NSEC_PER_MSEC) + 1,
				    RATE_LIMITER_IDLE_MS, 86400000));
	return 0;
}

/* A packet of another CPU may have come later and yet been first. */
static void rate_limiter_refill(struct rate_limiter_state *state,
				const struct rate_limiter_config *config,
				u64 now_ns)
{
	u64 full = config->burst * NSEC_PER_SEC;
	u64 delta_ns = now_ns - state->last_ns;

	if ((s64)delta_ns <= 0)
		return;
	state->last_ns = now_ns;
	if (delta_ns >= config->fill_ns)
		state->tokens = full;
	else
		state->tokens = min(full, state->tokens +
				    delta_ns * config->rate);
}

static enum fm_verdict rate_limiter_eval(struct fm_ctx *ctx,
					 struct fm_pkt *pkt)
{
	const struct rate_limiter_config *config = fm_ctx_config(ctx);
	struct rate_limiter_state *state = fm_state_lookup(ctx);
	u64 cost = (u64)(config->unit == RATE_LIMITER_BYTES ? pkt->len :
			 pkt->segs) * NSEC_PER_SEC;

	if (!state) {
		state = fm_state_insert(ctx);
		if (!state)
			return fm_refuse(ctx);
		state->tokens = config->burst * NSEC_PER_SEC;
		state->last_ns = pkt->now_ns;
	}
	rate_limiter_refill(state, config, pkt->now_ns);
	if (state->tokens >= cost) {
		state->tokens -= cost;
		state->conformed_packets += pkt->segs;
		return FM_CONTINUE;
	}
	state->exceeded_packets += pkt->segs;
	if (config->exceed == RATE_LIMITER_DROP)
		return fm_drop(ctx, RATE_LIMITER_EXCEEDED);
	pkt->skb->mark = config->mark;
	return FM_CONTINUE;
}

static void rate_limiter_dump(struct fm_dump *dump, const void *ptr)
{
	const struct rate_limiter_state *state = ptr;

	fm_dump_uint(dump, "tokens",
		     div_u64(READ_ONCE(state->tokens), NSEC_PER_SEC));
	fm_dump_uint(dump, "conformed_packets",
		     READ_ONCE(state->conformed_packets));
	fm_dump_uint(dump, "exceeded_packets",
		     READ_ONCE(state->exceeded_packets));
}

static bool rate_limiter_load(struct fm_ctx *ctx, struct fm_pkt *pkt,
			      const struct fm_load *load)
{
	const struct rate_limiter_config *config = fm_ctx_config(ctx);
	struct rate_limiter_state *state = fm_state_insert(ctx);

	if (!state)
		return false;
	state->tokens = min(fm_load_uint(load, "tokens"), config->burst) *
			NSEC_PER_SEC;
	state->last_ns = pkt->now_ns;
	state->conformed_packets = fm_load_uint(load, "conformed_packets");
	state->exceeded_packets = fm_load_uint(load, "exceeded_packets");
	return true;
}

FM_BUILTIN_NF(rate_limiter) = {
	.name = "rate_limiter",
	.description = "limits the packets or bytes per second of every flow",
	.owner = THIS_MODULE,
	.params = rate_limiter_params,
	.nparams = ARRAY_SIZE(rate_limiter_params),
	.reasons = rate_limiter_reasons,
	.nreasons = ARRAY_SIZE(rate_limiter_reasons),
	.config_size = sizeof(struct rate_limiter_config),
	.state_size = sizeof(struct rate_limiter_state),
	.key = FM_F_ALL,
	.intensity = FM_INTENSITY_PACKET,
	.timeout_ms = RATE_LIMITER_IDLE_MS,
	.max_entries = 1U << 18,
	.init = rate_limiter_init,
	.eval = rate_limiter_eval,
	.dump = rate_limiter_dump,
	.load = rate_limiter_load,
};
