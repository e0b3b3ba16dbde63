// SPDX-License-Identifier: GPL-2.0-or-later
/* A flag, not a branch, tells a new state from an old one. */
#include "flowmage_nf.h"

struct new_flag_state {
	u64 first_ns;
};

static enum fm_verdict new_flag_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct new_flag_state *state = fm_state_lookup(ctx);
	bool fresh = !state;

	if (fresh)
		state = fm_state_insert(ctx);
	if (!state)
		goto refuse;
	pkt->skb->mark = 1;
	if (fresh)
		state->first_ns = pkt->now_ns;
	return FM_CONTINUE;
refuse:
	return fm_refuse(ctx);
}

const struct fm_nf_ops fm_nf_new_flag = {
	.name = "new_flag",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct new_flag_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = new_flag_eval,
};
