// SPDX-License-Identifier: GPL-2.0
/*
 * service_counter: packets and bytes of every service, that is destination
 * address and port, whatever the protocol.
 *
 * An example of the shortest NF that has state, and of a key with ports but
 * without the protocol: a plan can make it local only if the ports of all
 * protocols are hashed, else TCP and UDP of one service would part. Fragments
 * do not reach it (the chain's frag_policy says what becomes of them), but
 * packets of protocols without ports do, with port 0.
 */
#include <flowmage_nf.h>

struct service_counter_state {
	u64 packets;
	u64 bytes;
};

static enum fm_verdict service_counter_eval(struct fm_ctx *ctx,
					    struct fm_pkt *pkt)
{
	struct service_counter_state *state = fm_state_lookup(ctx);

	if (!state)
		state = fm_state_insert(ctx);
	if (!state)
		return fm_refuse(ctx);
	state->packets += pkt->segs;
	state->bytes += pkt->len;
	return FM_CONTINUE;
}

static void service_counter_dump(struct fm_dump *dump, const void *ptr)
{
	const struct service_counter_state *state = ptr;

	fm_dump_uint(dump, "packets", READ_ONCE(state->packets));
	fm_dump_uint(dump, "bytes", READ_ONCE(state->bytes));
}

static const struct fm_nf_ops service_counter = {
	.name = "service_counter",
	.description = "counts packets and bytes of every service",
	.owner = THIS_MODULE,
	.state_size = sizeof(struct service_counter_state),
	.key = FM_F_DST_IP | FM_F_DST_PORT,
	.intensity = FM_INTENSITY_PACKET,
	.timeout_ms = 300000,
	.max_entries = 65536,
	.eval = service_counter_eval,
	.dump = service_counter_dump,
};

module_fm_nf(service_counter);
MODULE_DESCRIPTION("FlowMage NF: packets and bytes per service");
MODULE_AUTHOR("The FlowMage for Linux developers");
MODULE_LICENSE("GPL");
