// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes by WRITE_ONCE() alone. */
#include "flowmage_nf.h"

struct write_once_state {
	u64 last_ns;
};

static enum fm_verdict write_once_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct write_once_state *state = fm_state_lookup(ctx);

	if (!state)
		state = fm_state_insert(ctx);
	if (unlikely(!state))
		return fm_refuse(ctx);
	if (READ_ONCE(state->last_ns) != pkt->now_ns)
		WRITE_ONCE(state->last_ns, pkt->now_ns);
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_write_once = {
	.name = "write_once",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct write_once_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = write_once_eval,
};
