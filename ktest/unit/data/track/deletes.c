// SPDX-License-Identifier: GPL-2.0-or-later
/* Ends a state that it found, and writes none. */
#include "flowmage_nf.h"

struct deletes_state {
	u64 first_ns;
};

static enum fm_verdict deletes_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct deletes_state *state = fm_state_lookup(ctx);

	if (state && (pkt->tcp_flags & FM_TCP_RST)) {
		fm_state_delete(ctx);
		return FM_CONTINUE;
	}
	if (!state && !fm_state_insert(ctx))
		return fm_refuse(ctx);
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_deletes = {
	.name = "deletes",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct deletes_state),
	.key = FM_F_ALL,
	.intensity = FM_INTENSITY_PACKET,
	.eval = deletes_eval,
};
