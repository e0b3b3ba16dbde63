// SPDX-License-Identifier: GPL-2.0
/*
 * payload_scan: reads the payload of every packet as often as it is told to and
 * adds up its bytes: an NF that costs by the byte, as inspecting ones do.
 */
#include "flowmage_nf.h"

struct payload_scan_config {
	u32 passes;
};

struct payload_scan_state {
	u64 bytes;
	u64 sum;
};

static const struct fm_param payload_scan_params[] = {
	FM_UINT(struct payload_scan_config, passes, 1, 64, 1,
		"times that each payload is read"),
};

static void payload_scan_pass(struct payload_scan_state *state,
			      const struct fm_pkt *pkt)
{
	struct fm_payload payload;
	const u8 *data;
	u64 sum = 0;
	u32 n, i;

	fm_payload_begin(&payload, pkt, pkt->payload_off);
	while ((n = fm_payload_next(&payload, &data))) {
		for (i = 0; i < n; i++)
			sum += data[i];
		state->bytes += n;
	}
	state->sum += sum;
}

static enum fm_verdict payload_scan_eval(struct fm_ctx *ctx,
					 struct fm_pkt *pkt)
{
	const struct payload_scan_config *config = fm_ctx_config(ctx);
	struct payload_scan_state *state = fm_state_lookup(ctx);
	u32 pass;

	if (!state) {
		state = fm_state_insert(ctx);
		if (!state)
			return fm_refuse(ctx);
	}
	for (pass = 0; pass < config->passes; pass++)
		payload_scan_pass(state, pkt);
	return FM_CONTINUE;
}

static void payload_scan_dump(struct fm_dump *dump, const void *ptr)
{
	const struct payload_scan_state *state = ptr;

	fm_dump_uint(dump, "scanned_bytes", READ_ONCE(state->bytes));
	fm_dump_uint(dump, "sum", READ_ONCE(state->sum));
}

static bool payload_scan_load(struct fm_ctx *ctx, struct fm_pkt *pkt,
			      const struct fm_load *load)
{
	struct payload_scan_state *state = fm_state_insert(ctx);

	if (!state)
		return false;
	state->bytes = fm_load_uint(load, "scanned_bytes");
	state->sum = fm_load_uint(load, "sum");
	return true;
}

FM_BUILTIN_NF(payload_scan) = {
	.name = "payload_scan",
	.description = "reads the payload of every packet a number of times",
	.owner = THIS_MODULE,
	.params = payload_scan_params,
	.nparams = ARRAY_SIZE(payload_scan_params),
	.config_size = sizeof(struct payload_scan_config),
	.state_size = sizeof(struct payload_scan_state),
	.key = FM_F_ALL,
	.intensity = FM_INTENSITY_PACKET,
	.timeout_ms = 60000,
	.max_entries = 1U << 18,
	.eval = payload_scan_eval,
	.dump = payload_scan_dump,
	.load = payload_scan_load,
};
