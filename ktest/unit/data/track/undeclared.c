// SPDX-License-Identifier: GPL-2.0-or-later
/* Passes its state to a function that nobody declares. */
#include "flowmage_nf.h"

struct undeclared_state {
	u32 n;
};

static enum fm_verdict undeclared_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct undeclared_state *state = fm_state_lookup(ctx);

	if (!state)
		return fm_state_insert(ctx) ? FM_CONTINUE : fm_refuse(ctx);
	mystery(state);
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_undeclared = {
	.name = "undeclared",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct undeclared_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = undeclared_eval,
};
