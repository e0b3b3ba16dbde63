// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_strict: lets TCP packets pass only if their connection was seen to begin.
 * FIN, NULL and ACK scans, spoofed resets and backscatter end here.
 *
 * An example of an NF with state, as a module of its own. What there is to see:
 *
 *  - The key is all five fields and bidirectional: both directions of a
 *    connection find one state, so a plan can make it local only if it steers
 *    both directions to one shard. The core checks that, not the NF.
 *  - The intensity is FM_INTENSITY_FLOW: eval() writes a state only when it
 *    makes it. So established connections take no lock where the state is
 *    shared; in return a state that was looked up may only be read.
 *  - Nothing here knows of CPUs, locks, tables or ageing.
 */
#include <flowmage_nf.h>

enum tcp_strict_unknown {
	UNKNOWN_DROP,
	UNKNOWN_ADOPT,
};

enum tcp_strict_reason {
	REASON_NO_HANDSHAKE,
};

/* One field per parameter; immutable once init() has seen it. */
struct tcp_strict_config {
	u8 unknown;
};

/* What is remembered of a connection. It begins as zeros. */
struct tcp_strict_state {
	u64 began_ns;
	__be16 opener_port;	/* source port of the packet that began it */
	bool adopted;		/* it was under way when first seen */
};

static const struct fm_param tcp_strict_params[] = {
	FM_ENUM(struct tcp_strict_config, unknown, "drop|adopt", UNKNOWN_DROP,
		"what happens to connections whose beginning was not seen"),
};

static const char *const tcp_strict_reasons[] = {
	[REASON_NO_HANDSHAKE] = "no_handshake",
};

static bool tcp_strict_begins(const struct fm_pkt *pkt)
{
	return (pkt->tcp_flags & (FM_TCP_SYN | FM_TCP_ACK | FM_TCP_RST |
				  FM_TCP_FIN)) == FM_TCP_SYN;
}

static enum fm_verdict tcp_strict_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	const struct tcp_strict_config *config = fm_ctx_config(ctx);
	struct tcp_strict_state *state;

	if (pkt->l4proto != IPPROTO_TCP)
		return FM_CONTINUE;
	state = fm_state_lookup(ctx);
	if (state) {
		if (pkt->tcp_flags & FM_TCP_RST)
			fm_state_delete(ctx);
		return FM_CONTINUE;
	}
	if (!tcp_strict_begins(pkt) && config->unknown == UNKNOWN_DROP)
		return fm_drop(ctx, REASON_NO_HANDSHAKE);
	state = fm_state_insert(ctx);
	if (!state)
		return fm_refuse(ctx);
	state->began_ns = pkt->now_ns;
	state->opener_port = pkt->sport;
	state->adopted = !tcp_strict_begins(pkt);
	return FM_CONTINUE;
}

/* Runs beside eval(): every field is read once. */
static void tcp_strict_dump(struct fm_dump *dump, const void *ptr)
{
	const struct tcp_strict_state *state = ptr;

	fm_dump_time(dump, "began_ns", READ_ONCE(state->began_ns));
	fm_dump_uint(dump, "opener_port", ntohs(READ_ONCE(state->opener_port)));
	fm_dump_uint(dump, "adopted", READ_ONCE(state->adopted));
}

static const struct fm_nf_ops tcp_strict = {
	.name = "tcp_strict",
	.description = "lets only TCP connections pass that began with a SYN",
	.owner = THIS_MODULE,
	.params = tcp_strict_params,
	.nparams = ARRAY_SIZE(tcp_strict_params),
	.reasons = tcp_strict_reasons,
	.nreasons = ARRAY_SIZE(tcp_strict_reasons),
	.config_size = sizeof(struct tcp_strict_config),
	.state_size = sizeof(struct tcp_strict_state),
	.key = FM_F_ALL,
	.bidirectional = true,
	.intensity = FM_INTENSITY_FLOW,
	.timeout_ms = 3600000,
	.max_entries = 65536,
	.eval = tcp_strict_eval,
	.dump = tcp_strict_dump,
};

module_fm_nf(tcp_strict);
MODULE_DESCRIPTION("FlowMage NF: TCP connections must begin with a SYN");
MODULE_AUTHOR("The FlowMage for Linux developers");
MODULE_LICENSE("GPL");
