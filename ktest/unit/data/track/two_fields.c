// SPDX-License-Identifier: GPL-2.0-or-later
/* The key is an expression. */
#include "flowmage_nf.h"

#define TWO_FIELDS_KEY	(FM_F_IPS & ~0U)

struct two_fields_state {
	u32 n;
};

static enum fm_verdict two_fields_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct two_fields_state *state =
		fm_state_lookup(ctx) ?: fm_state_insert(ctx);

	if (!state)
		return fm_refuse(ctx);
	state->n += 1;
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_two_fields = {
	.name = "two_fields",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct two_fields_state),
	.key = FM_F_SRC_IP | (TWO_FIELDS_KEY & FM_F_DST_IP),
	.intensity = FM_INTENSITY_PACKET,
	.eval = two_fields_eval,
};
