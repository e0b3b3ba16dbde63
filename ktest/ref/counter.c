// SPDX-License-Identifier: GPL-2.0-or-later
/* The two NFs that count: source_counter and flow_counter. */
#include "nf.h"

struct source_state {
	struct ref_range packets;
	struct ref_range bytes;
	struct ref_range active;
};

struct flow_state {
	struct ref_range packets;
	struct ref_range bytes;
	struct ref_range first_ns;
	struct ref_range last_ns;
};

static void entry_touch(struct ref_entry *entry, bool sure)
{
	entry->may = true;
	entry->sure |= sure;
}

/* A SYN that is sent again counts again; a SYN with FIN is a SYN. */
static void source_track(struct source_state *state, uint8_t flags, bool sure)
{
	struct ref_range *active = &state->active;

	if ((flags & REF_TCP_SYN) && !(flags & REF_TCP_ACK)) {
		ref_range_add(active, 1, sure);
	} else if (flags & (REF_TCP_FIN | REF_TCP_RST)) {
		active->lo -= active->lo > 0;
		active->hi -= active->hi > 0 && sure;
	}
}

static enum ref_verdict source_eval(const struct ref_inst *inst,
				    struct ref_entry *entry,
				    const struct ref_packet *packet, bool sure)
{
	struct source_state *state = entry->state;

	(void)inst;
	entry_touch(entry, sure);
	ref_range_add(&state->packets, 1, sure);
	ref_range_add(&state->bytes, packet->bytes, sure);
	source_track(state, packet->tcp_flags, sure);
	return REF_PASS;
}

static size_t source_values(const struct ref_inst *inst,
			    const struct ref_entry *entry,
			    struct ref_value *values)
{
	const struct source_state *state = entry->state;

	(void)inst;
	values[0] = (struct ref_value){ .name = "packets",
					.range = state->packets };
	values[1] = (struct ref_value){ .name = "bytes",
					.range = state->bytes };
	values[2] = (struct ref_value){ .name = "active_connections",
					.range = state->active };
	return 3;
}

static enum ref_verdict flow_eval(const struct ref_inst *inst,
				  struct ref_entry *entry,
				  const struct ref_packet *packet, bool sure)
{
	struct flow_state *state = entry->state;
	uint64_t earliest = packet->time_ns;
	uint64_t latest = packet->time_ns + inst->margin_ns;

	if (!entry->may)
		state->first_ns.lo = earliest;
	if (!entry->sure)
		state->first_ns.hi = latest;
	if (sure || !entry->may)
		state->last_ns.lo = earliest;
	state->last_ns.hi = latest;
	entry_touch(entry, sure);
	ref_range_add(&state->packets, 1, sure);
	ref_range_add(&state->bytes, packet->bytes, sure);
	return REF_PASS;
}

static size_t flow_values(const struct ref_inst *inst,
			  const struct ref_entry *entry,
			  struct ref_value *values)
{
	const struct flow_state *state = entry->state;

	(void)inst;
	values[0] = (struct ref_value){ .name = "packets",
					.range = state->packets };
	values[1] = (struct ref_value){ .name = "bytes",
					.range = state->bytes };
	values[2] = (struct ref_value){ .name = "first_seen_ns", .time = true,
					.range = state->first_ns };
	values[3] = (struct ref_value){ .name = "last_seen_ns", .time = true,
					.range = state->last_ns };
	return 4;
}

const struct ref_nf_type ref_source_counter = {
	.name = "source_counter",
	.fields = REF_SRC_IP,
	.timeout_ms = 300000,
	.max_entries = 65536,
	.state_size = sizeof(struct source_state),
	.eval = source_eval,
	.values = source_values,
};

const struct ref_nf_type ref_flow_counter = {
	.name = "flow_counter",
	.fields = REF_FIVE_TUPLE,
	.timeout_ms = 60000,
	.max_entries = 1u << 20,
	.state_size = sizeof(struct flow_state),
	.eval = flow_eval,
	.values = flow_values,
};
