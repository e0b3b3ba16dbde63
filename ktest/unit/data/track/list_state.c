// SPDX-License-Identifier: GPL-2.0-or-later
/* The state holds a list head, inside a struct inside of it. */
#include "flowmage_nf.h"

struct list_inner {
	u32 n;
	struct list_head head;
};

struct list_state_state {
	u64 packets;
	struct list_inner inner;
};

static enum fm_verdict list_state_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct list_state_state *state = fm_state_lookup(ctx);

	if (!state) {
		state = fm_state_insert(ctx);
		if (!state)
			return fm_refuse(ctx);
		INIT_LIST_HEAD(&state->inner.head);
	}
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_list_state = {
	.name = "list_state",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct list_state_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = list_state_eval,
};
