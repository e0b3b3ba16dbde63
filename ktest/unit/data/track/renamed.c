// SPDX-License-Identifier: GPL-2.0-or-later
/* Passes its state through untyped variables of other names. */
#include "flowmage_nf.h"

struct renamed_state {
	u32 n;
	u64 last_ns;
};

static enum fm_verdict renamed_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	void *found = fm_state_lookup(ctx);
	void *alias = found ? found : fm_state_insert(ctx);
	struct renamed_state *mine;

	if (alias == NULL)
		return fm_refuse(ctx);
	mine = alias;
	mine->last_ns = pkt->now_ns;
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_renamed = {
	.name = "renamed",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct renamed_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = renamed_eval,
};
