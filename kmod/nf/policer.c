// SPDX-License-Identifier: GPL-2.0
/*
 * policer: a token bucket of bytes per destination. Tokens are kept in
 * nanobytes (bytes * 10^9), so that refilling by elapsed ns * bytes/s is exact.
 */
#include <linux/math64.h>
#include <linux/time64.h>
#include "flowmage_nf.h"

#define POLICER_RATE_MAX	(1ULL << 34)	/* bytes/s, 137 Gbit/s */
#define POLICER_BURST_MAX	(1ULL << 32)	/* bytes; * 10^9 fits in u64 */

enum policer_action {
	POLICER_DROP,
	POLICER_MARK,
};

enum policer_reason {
	POLICER_EXCEEDED,
};

struct policer_config {
	u64 rate;
	u64 burst;
	u64 fill_ns;		/* time to fill an empty bucket, rounded up */
	u32 mark;
	u8 exceed;
};

struct policer_state {
	u64 tokens_nb;		/* nanobytes */
	u64 last_ns;		/* when tokens_nb was true */
	u64 conformed_bytes;
	u64 exceeded_bytes;
};

static const struct fm_param policer_params[] = {
	FM_UINT_REQUIRED(struct policer_config, rate, 1, POLICER_RATE_MAX,
			 "bytes per second a destination may receive"),
	FM_UINT_REQUIRED(struct policer_config, burst, 1, POLICER_BURST_MAX,
			 "bytes it may receive at once"),
	FM_ENUM(struct policer_config, exceed, "drop|mark", POLICER_DROP,
		"what happens to packets above the rate"),
	FM_UINT(struct policer_config, mark, 0, U32_MAX, 1,
		"packet mark that exceed mark sets"),
};

static const char *const policer_reasons[] = {
	[POLICER_EXCEEDED] = "rate_exceeded",
};

static int policer_init(struct fm_inst *inst, void *ptr,
			struct netlink_ext_ack *extack)
{
	struct policer_config *config = ptr;

	config->fill_ns = div64_u64(config->burst * NSEC_PER_SEC +
				    config->rate - 1, config->rate);
	return 0;
}

/* A packet of another CPU may have come later and yet been first. */
static void policer_refill(struct policer_state *state,
			   const struct policer_config *config, u64 now_ns)
{
	u64 full_nb = config->burst * NSEC_PER_SEC;
	u64 delta_ns = now_ns - state->last_ns;

	if ((s64)delta_ns <= 0)
		return;
	state->last_ns = now_ns;
	if (delta_ns >= config->fill_ns)
		state->tokens_nb = full_nb;
	else
		state->tokens_nb = min(full_nb, state->tokens_nb +
				       delta_ns * config->rate);
}

static enum fm_verdict policer_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	const struct policer_config *config = fm_ctx_config(ctx);
	struct policer_state *state = fm_state_lookup(ctx);
	u64 cost_nb = (u64)pkt->len * NSEC_PER_SEC;

	if (!state) {
		state = fm_state_insert(ctx);
		if (!state)
			return fm_refuse(ctx);
		state->tokens_nb = config->burst * NSEC_PER_SEC;
		state->last_ns = pkt->now_ns;
	}
	policer_refill(state, config, pkt->now_ns);
	if (state->tokens_nb >= cost_nb) {
		state->tokens_nb -= cost_nb;
		state->conformed_bytes += pkt->len;
		return FM_CONTINUE;
	}
	state->exceeded_bytes += pkt->len;
	if (config->exceed == POLICER_DROP)
		return fm_drop(ctx, POLICER_EXCEEDED);
	pkt->skb->mark = config->mark;
	return FM_CONTINUE;
}

static void policer_dump(struct fm_dump *dump, const void *ptr)
{
	const struct policer_state *state = ptr;

	fm_dump_uint(dump, "tokens_bytes",
		     div_u64(READ_ONCE(state->tokens_nb), NSEC_PER_SEC));
	fm_dump_uint(dump, "conformed_bytes",
		     READ_ONCE(state->conformed_bytes));
	fm_dump_uint(dump, "exceeded_bytes", READ_ONCE(state->exceeded_bytes));
}

static bool policer_load(struct fm_ctx *ctx, struct fm_pkt *pkt,
			 const struct fm_load *load)
{
	const struct policer_config *config = fm_ctx_config(ctx);
	struct policer_state *state = fm_state_insert(ctx);

	if (!state)
		return false;
	state->tokens_nb = min(fm_load_uint(load, "tokens_bytes"),
			       config->burst) * NSEC_PER_SEC;
	state->last_ns = pkt->now_ns;
	state->conformed_bytes = fm_load_uint(load, "conformed_bytes");
	state->exceeded_bytes = fm_load_uint(load, "exceeded_bytes");
	return true;
}

FM_BUILTIN_NF(policer) = {
	.name = "policer",
	.description = "limits the bytes per second that a destination receives",
	.owner = THIS_MODULE,
	.params = policer_params,
	.nparams = ARRAY_SIZE(policer_params),
	.reasons = policer_reasons,
	.nreasons = ARRAY_SIZE(policer_reasons),
	.config_size = sizeof(struct policer_config),
	.state_size = sizeof(struct policer_state),
	.key = FM_F_DST_IP,
	.intensity = FM_INTENSITY_PACKET,
	.timeout_ms = 60000,
	.max_entries = 65536,
	.init = policer_init,
	.eval = policer_eval,
	.dump = policer_dump,
	.load = policer_load,
};
