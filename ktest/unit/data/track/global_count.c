// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps a state that it never writes, and a global counter. */
#include "flowmage_nf.h"

static u64 global_total;

struct global_count_state {
	u32 n;
};

static enum fm_verdict global_count_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	const struct global_count_state *state = fm_state_lookup(ctx);

	global_total++;
	if (!state && !fm_state_insert(ctx))
		return fm_refuse(ctx);
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_global_count = {
	.name = "global_count",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct global_count_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = global_count_eval,
};
