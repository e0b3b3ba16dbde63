// SPDX-License-Identifier: GPL-2.0
/*
 * source_counter: packets, bytes and active connections of every source. A
 * connection begins with a SYN and ends with the FIN or RST of the source, so
 * a SYN that is sent again counts again.
 */
#include "flowmage_nf.h"

struct source_counter_state {
	u64 packets;
	u64 bytes;
	u32 active;
};

static void source_counter_track(struct source_counter_state *state, u8 flags)
{
	if ((flags & (FM_TCP_SYN | FM_TCP_ACK)) == FM_TCP_SYN)
		state->active++;
	else if ((flags & (FM_TCP_FIN | FM_TCP_RST)) && state->active)
		state->active--;
}

static enum fm_verdict source_counter_eval(struct fm_ctx *ctx,
					   struct fm_pkt *pkt)
{
	struct source_counter_state *state = fm_state_lookup(ctx);

	if (!state) {
		state = fm_state_insert(ctx);
		if (!state)
			return fm_refuse(ctx);
	}
	state->packets += pkt->segs;
	state->bytes += pkt->len;
	source_counter_track(state, pkt->tcp_flags);
	return FM_CONTINUE;
}

static void source_counter_dump(struct fm_dump *dump, const void *ptr)
{
	const struct source_counter_state *state = ptr;

	fm_dump_uint(dump, "packets", READ_ONCE(state->packets));
	fm_dump_uint(dump, "bytes", READ_ONCE(state->bytes));
	fm_dump_uint(dump, "active_connections", READ_ONCE(state->active));
}

static bool source_counter_load(struct fm_ctx *ctx, struct fm_pkt *pkt,
				const struct fm_load *load)
{
	struct source_counter_state *state = fm_state_insert(ctx);

	if (!state)
		return false;
	state->packets = fm_load_uint(load, "packets");
	state->bytes = fm_load_uint(load, "bytes");
	state->active = fm_load_uint(load, "active_connections");
	return true;
}

FM_BUILTIN_NF(source_counter) = {
	.name = "source_counter",
	.description = "counts packets, bytes and connections of every source",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct source_counter_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.timeout_ms = 300000,
	.max_entries = 65536,
	.eval = source_counter_eval,
	.dump = source_counter_dump,
	.load = source_counter_load,
};
