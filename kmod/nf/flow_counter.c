// SPDX-License-Identifier: GPL-2.0
/*
 * flow_counter: packets, bytes, first and last packet of every flow, each
 * direction by itself. A TCP connection that is not open yet, or not any more,
 * may be forgotten earlier than others.
 */
#include "flowmage_nf.h"

#define FLOW_COUNTER_MS_MAX	86400000

/* In the low bits of first_ns, whose nanoseconds nobody misses. */
enum flow_counter_phase {
	FLOW_COUNTER_OPEN,
	FLOW_COUNTER_OPENING,
	FLOW_COUNTER_CLOSED,
	FLOW_COUNTER_PHASES = 3,	/* mask */
};

struct flow_counter_config {
	u32 opening_ms;
	u32 closed_ms;
};

static const struct fm_param flow_counter_params[] = {
	FM_UINT(struct flow_counter_config, opening_ms, 0, FLOW_COUNTER_MS_MAX,
		0, "idle time of a TCP flow with nothing but SYNs, ms; 0: any flow's"),
	FM_UINT(struct flow_counter_config, closed_ms, 0, FLOW_COUNTER_MS_MAX,
		0, "idle time of a TCP flow after FIN or RST, ms; 0: any flow's"),
};

struct flow_counter_state {
	u64 packets;
	u64 bytes;
	u64 first_ns;
	u64 last_ns;
};

static enum flow_counter_phase flow_counter_next(u64 phase, u8 flags)
{
	if (flags & (FM_TCP_FIN | FM_TCP_RST))
		return FLOW_COUNTER_CLOSED;
	if ((flags & (FM_TCP_SYN | FM_TCP_ACK)) == FM_TCP_SYN)
		return FLOW_COUNTER_OPENING;
	return phase == FLOW_COUNTER_CLOSED ? phase : FLOW_COUNTER_OPEN;
}

static void flow_counter_track(struct flow_counter_state *state, u8 flags)
{
	u64 phase = state->first_ns & FLOW_COUNTER_PHASES;

	state->first_ns += flow_counter_next(phase, flags) - phase;
}

static u32 flow_counter_timeout(const void *ptr, const void *data)
{
	const struct flow_counter_state *state = data;
	const struct flow_counter_config *config = ptr;

	switch (READ_ONCE(state->first_ns) & FLOW_COUNTER_PHASES) {
	case FLOW_COUNTER_OPENING:
		return config->opening_ms;
	case FLOW_COUNTER_CLOSED:
		return config->closed_ms;
	default:
		return 0;
	}
}

static enum fm_verdict flow_counter_eval(struct fm_ctx *ctx,
					 struct fm_pkt *pkt)
{
	struct flow_counter_state *state = fm_state_lookup(ctx);

	if (!state) {
		state = fm_state_insert(ctx);
		if (!state)
			return fm_refuse(ctx);
		state->first_ns = pkt->now_ns & ~(u64)FLOW_COUNTER_PHASES;
	}
	if (pkt->l4proto == IPPROTO_TCP)
		flow_counter_track(state, pkt->tcp_flags);
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
	fm_dump_time(dump, "first_seen_ns",
		     READ_ONCE(state->first_ns) & ~(u64)FLOW_COUNTER_PHASES);
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
	state->first_ns = fm_load_time(load, "first_seen_ns") &
			  ~(u64)FLOW_COUNTER_PHASES;
	state->last_ns = fm_load_time(load, "last_seen_ns");
	return true;
}

FM_BUILTIN_NF(flow_counter) = {
	.name = "flow_counter",
	.description = "counts packets and bytes of every flow",
	.owner = THIS_MODULE,
	.params = flow_counter_params,
	.nparams = ARRAY_SIZE(flow_counter_params),
	.config_size = sizeof(struct flow_counter_config),
	.state_size = sizeof(struct flow_counter_state),
	.key = FM_F_ALL,
	.intensity = FM_INTENSITY_PACKET,
	.timeout_ms = 60000,
	.max_entries = 1U << 20,
	.eval = flow_counter_eval,
	.timeout = flow_counter_timeout,
	.dump = flow_counter_dump,
	.load = flow_counter_load,
};
