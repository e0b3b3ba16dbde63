// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes by a macro of its own, in a switch in a loop. */
#include "flowmage_nf.h"

#define SET(to, from) to = from

struct by_macro_state {
	u64 seen[8];
};

static enum fm_verdict by_macro_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct by_macro_state *state = fm_state_lookup(ctx);
	int i;

	if (!state)
		return fm_state_insert(ctx) ? FM_CONTINUE : fm_refuse(ctx);
	for (i = 0; i < 8; i++) {
		switch (pkt->family) {
		case 4:
			SET(state->seen[i], pkt->now_ns);
			break;
		default:
			continue;
		}
	}
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_by_macro = {
	.name = "by_macro",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct by_macro_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = by_macro_eval,
};
