// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts by an atomic operation. */
#include "flowmage_nf.h"

struct atomic_count_state {
	atomic_t n;
};

static enum fm_verdict atomic_count_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct atomic_count_state *state = fm_state_lookup(ctx);

	if (!state && !(state = fm_state_insert(ctx)))
		return fm_refuse(ctx);
	atomic_inc(&state->n);
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_atomic_count = {
	.name = "atomic_count",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct atomic_count_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = atomic_count_eval,
};
