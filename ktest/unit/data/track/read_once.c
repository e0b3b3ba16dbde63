// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads by READ_ONCE() and atomic_read(), which is no write. */
#include "flowmage_nf.h"

struct read_once_state {
	u64 first_ns;
	atomic_t limit;
};

static enum fm_verdict read_once_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct read_once_state *state = fm_state_lookup(ctx);

	if (!state) {
		state = fm_state_insert(ctx);
		if (!state)
			return fm_refuse(ctx);
		WRITE_ONCE(state->first_ns, pkt->now_ns);
		atomic_set(&state->limit, 5);
	}
	if (READ_ONCE(state->first_ns) + atomic_read(&state->limit) < 9)
		return fm_drop(ctx, 0);
	return FM_CONTINUE;
}

const struct fm_nf_ops fm_nf_read_once = {
	.name = "read_once",
	.description = "test",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct read_once_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.eval = read_once_eval,
};
