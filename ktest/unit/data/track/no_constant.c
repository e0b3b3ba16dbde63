// SPDX-License-Identifier: GPL-2.0-or-later
/* A key that only the running program knows. */
#include "flowmage_nf.h"

extern u32 no_constant_key;

struct no_constant_state {
	u32 n;
};

static enum fm_verdict no_constant_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct no_constant_state *state = fm_state_lookup(ctx);

	if (!state)
		return fm_state_insert(ctx) ? FM_CONTINUE : fm_refuse(ctx);
	state->n++;
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_no_constant = {
	.name = "no_constant",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct no_constant_state),
	.key = no_constant_key,
	.intensity = FM_INTENSITY_PACKET,
	.eval = no_constant_eval,
};
