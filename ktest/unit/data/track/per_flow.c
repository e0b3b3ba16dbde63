// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes its state only when it creates it. */
#include "flowmage_nf.h"

struct per_flow_state {
	u64 first_ns;
	u32 server;
};

static enum fm_verdict per_flow_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct per_flow_state *state = fm_state_lookup(ctx);

	if (!state) {
		state = fm_state_insert(ctx);
		if (!state)
			return fm_refuse(ctx);
		state->first_ns = pkt->now_ns;
		state->server = pkt->len & 7;
	}
	pkt->skb->mark = state->server;
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_per_flow = {
	.name = "per_flow",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct per_flow_state),
	.key = FM_F_ALL,
	.intensity = FM_INTENSITY_PACKET,
	.eval = per_flow_eval,
};
