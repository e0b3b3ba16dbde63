// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps the pointer to its state in a struct and in an array. */
#include "flowmage_nf.h"

struct in_struct_state {
	u64 n;
};

struct in_struct_work {
	struct in_struct_state *state;
	u32 len;
};

static enum fm_verdict in_struct_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct in_struct_work work[2] = { };
	struct in_struct_state *found = fm_state_lookup(ctx);

	if (!found)
		return fm_state_insert(ctx) ? FM_CONTINUE : fm_refuse(ctx);
	work[1].state = found;
	work[1].state->n++;
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_in_struct = {
	.name = "in_struct",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct in_struct_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = in_struct_eval,
};
