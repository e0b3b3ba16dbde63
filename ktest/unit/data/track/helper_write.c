// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes to its state only in a helper of a helper. */
#include "flowmage_nf.h"

struct helper_write_state {
	u64 bytes;
};

static void helper_write_add(u64 *counter, u32 len)
{
	*counter += len;
}

static void helper_write_count(struct helper_write_state *s,
			       const struct fm_pkt *pkt)
{
	helper_write_add(&s->bytes, pkt->len);
}

static enum fm_verdict helper_write_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct helper_write_state *state = fm_state_lookup(ctx);

	if (!state) {
		state = fm_state_insert(ctx);
		if (!state)
			return fm_refuse(ctx);
	}
	helper_write_count(state, pkt);
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_helper_write = {
	.name = "helper_write",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct helper_write_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = helper_write_eval,
};
