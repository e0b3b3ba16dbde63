// SPDX-License-Identifier: GPL-2.0-or-later
/* Both directions of a flow share a state. */
#include "flowmage_nf.h"

struct both_ways_state {
	u64 packets;
};

static enum fm_verdict both_ways_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct both_ways_state *state = fm_state_lookup(ctx);

	if (!state)
		state = fm_state_insert(ctx);
	if (!state)
		return fm_refuse(ctx);
	state->packets++;
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_both_ways = {
	.name = "both_ways",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct both_ways_state),
	.key = FM_F_ALL,
	.bidirectional = true,
	.intensity = FM_INTENSITY_PACKET,
	.eval = both_ways_eval,
};
