// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls itself with its state, and writes in an endless loop. */
#include "flowmage_nf.h"

struct recursive_state {
	u32 depth;
};

static void recursive_go(struct recursive_state *state, u32 left)
{
	for (;;) {
		if (!left)
			return;
		state->depth = left--;
		recursive_go(state, left);
	}
}

static enum fm_verdict recursive_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct recursive_state *state = fm_state_lookup(ctx);

	if (!state)
		return fm_state_insert(ctx) ? FM_CONTINUE : fm_refuse(ctx);
	recursive_go(state, 3);
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_recursive = {
	.name = "recursive",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct recursive_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = recursive_eval,
};
