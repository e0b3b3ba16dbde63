// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes through memset() and memcpy(), and to part of the state. */
#include "flowmage_nf.h"

struct mem_ops_state {
	u32 seen[4];
	u8 last[16];
};

static enum fm_verdict mem_ops_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct mem_ops_state *state = fm_state_lookup(ctx);

	if (!state) {
		state = fm_state_insert(ctx);
		if (!state)
			return fm_refuse(ctx);
		memset(state, 0, sizeof(*state));
		return FM_CONTINUE;
	}
	memcpy(&state->last, &pkt->src, sizeof(state->last));
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_mem_ops = {
	.name = "mem_ops",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct mem_ops_state),
	.key = FM_F_DST_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = mem_ops_eval,
};
