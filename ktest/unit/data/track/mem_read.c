// SPDX-License-Identifier: GPL-2.0-or-later
/* Compares its state but never changes it. */
#include "flowmage_nf.h"

struct mem_read_state {
	u8 first[16];
};

static enum fm_verdict mem_read_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct mem_read_state *state = fm_state_lookup(ctx);

	if (!state) {
		state = fm_state_insert(ctx);
		if (!state)
			return fm_refuse(ctx);
		memcpy(state->first, &pkt->dst, sizeof(state->first));
	}
	if (memcmp(state->first, &pkt->dst, sizeof(state->first)))
		return fm_drop(ctx, 0);
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_mem_read = {
	.name = "mem_read",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct mem_read_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = mem_read_eval,
};
