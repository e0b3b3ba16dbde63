// SPDX-License-Identifier: GPL-2.0-or-later
/* A source with errors, of which the rest can still be read. */
#include "flowmage_nf.h"

struct broken_state {
	u64 n;
	strange_t odd;
};

static int broken_other(void)
{
	return nothing +;
}

static enum fm_verdict broken_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct broken_state *state = fm_state_lookup(ctx);

	if (!state)
		return fm_state_insert(ctx) ? FM_CONTINUE : fm_refuse(ctx);
	state->n++;
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_broken = {
	.name = "broken",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct broken_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = broken_eval,
};
