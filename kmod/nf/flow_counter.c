// SPDX-License-Identifier: GPL-2.0
/*
 * flow_counter: packets, bytes, first and last packet of every flow, each
 * direction by itself.
 */
#include "flowmage_nf.h"

struct flow_counter_state {
	u64 packets;
	u64 bytes;
	u64 first_ns;
	u64 last_ns;
};

static enum fm_verdict flow_counter_eval(struct fm_ctx *ctx,
					 struct fm_pkt *pkt)
{
	struct flow_counter_state *state = fm_state_lookup(ctx);

	if (!state) {
		state = fm_state_insert(ctx);
		if (!state)
			return fm_refuse(ctx);
		state->first_ns = pkt->now_ns;
	}
	state->packets += pkt->segs;
	state->bytes += pkt->len;
	state->last_ns = pkt->now_ns;
	return FM_CONTINUE;
}

static void flow_counter_dump(struct fm_dump *dump, const void *ptr)
{
	const struct flow_counter_state *state = ptr;

	fm_dump_uint(dump, "packets", READ_ONCE(state->packets));
	fm_dump_uint(dump, "bytes", READ_ONCE(state->bytes));
	fm_dump_time(dump, "first_seen_ns", READ_ONCE(state->first_ns));
	fm_dump_time(dump, "last_seen_ns", READ_ONCE(state->last_ns));
}

static bool flow_counter_load(struct fm_ctx *ctx, struct fm_pkt *pkt,
			      const struct fm_load *load)
{
	struct flow_counter_state *state = fm_state_insert(ctx);

	if (!state)
		return false;
	state->packets = fm_load_uint(load, "packets");
	state->bytes = fm_load_uint(load, "bytes");
	state->first_ns = fm_load_time(load, "first_seen_ns");
	state->last_ns = fm_load_time(load, "last_seen_ns");
	return true;
}

FM_BUILTIN_NF(flow_counter) = {
	.name = "flow_counter",
	.description = "counts packets and bytes of every flow",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct flow_counter_state),
	.key = FM_F_ALL,
	.intensity = FM_INTENSITY_PACKET,
	.timeout_ms = 60000,
	.max_entries = 1U << 20,
	.eval = flow_counter_eval,
	.dump = flow_counter_dump,
	.load = flow_counter_load,
};
