// SPDX-License-Identifier: GPL-2.0-or-later
/* A helper finds or creates the state and tells by arguments. */
#include "flowmage_nf.h"

struct out_param_state {
	u64 first_ns;
};

static int out_param_get(struct fm_ctx *ctx, struct out_param_state **out,
			 bool *fresh)
{
	*out = fm_state_lookup(ctx);
	*fresh = false;
	if (*out)
		return 0;
	*out = fm_state_insert(ctx);
	*fresh = true;
	return *out ? 0 : -1;
}

static enum fm_verdict out_param_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct out_param_state *state;
	bool fresh;

	if (out_param_get(ctx, &state, &fresh))
		return fm_refuse(ctx);
	if (fresh)
		state->first_ns = pkt->now_ns;
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_out_param = {
	.name = "out_param",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct out_param_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = out_param_eval,
};
