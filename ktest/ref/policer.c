// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * policer: a bucket of bytes per destination, full when first used, refilled
 * at rate bytes/s up to burst. rate_limiter: one of bytes or packets per flow. A packet that is not larger than what is there
 * conforms and takes its bytes; another exceeds and takes none. All in
 * nanobytes, so that a nanosecond at rate bytes/s is rate of them.
 *
 * A packet captured at t is judged at t + e, e in [0, margin]. The state is what
 * the bucket would have held at t, level = tokens - rate * e, as a range: the
 * e of one packet then has no bearing on the next one, and errors do not add up.
 *
 * Under load most verdicts depend on e, and yet their sum hardly does: what
 * conformed is what was filled in, less what ran over and what is left.
 */
#include "nf.h"

enum { RATE, BURST, EXCEED, MARK, UNIT };
enum { UNIT_BYTES, UNIT_PACKETS };

typedef __int128 nanobytes;

/* filled: level and all that conformed, together. */
struct policer_state {
	nanobytes lo;
	nanobytes hi;
	nanobytes filled_lo;
	nanobytes filled_hi;
	int64_t last_ns;
	bool used;
	struct ref_range seen;
	struct ref_range conformed;
	struct ref_range exceeded;
};

static const struct ref_param policer_params[] = {
	[RATE] = { "rate", NULL, 1, 1ULL << 34, 0, true },
	[BURST] = { "burst", NULL, 1, 1ULL << 32, 0, true },
	[EXCEED] = { "exceed", "drop|mark", 0, 1, 0, false },
	[MARK] = { "mark", NULL, 0, UINT32_MAX, 1, false },
};

static const struct ref_param limiter_params[] = {
	[RATE] = { "rate", NULL, 1, 1ULL << 34, 0, true },
	[BURST] = { "burst", NULL, 1, 1ULL << 32, 0, true },
	[EXCEED] = { "exceed", "drop|mark", 0, 1, 0, false },
	[MARK] = { "mark", NULL, 0, UINT32_MAX, 1, false },
	[UNIT] = { "unit", "bytes|packets", 0, 1, UNIT_BYTES, false },
};

static nanobytes smaller(nanobytes a, nanobytes b)
{
	return a < b ? a : b;
}

static nanobytes larger(nanobytes a, nanobytes b)
{
	return a > b ? a : b;
}

/* A bucket that is not there, or is gone, is a full one at any e. */
static void policer_refill(struct policer_state *state, nanobytes full,
			   nanobytes late, nanobytes rate,
			   const struct ref_entry *entry, int64_t now_ns)
{
	nanobytes more = rate * (now_ns - state->last_ns);

	if (!state->used) {
		state->lo = full + late;
		state->hi = full + late;
		state->filled_lo = full + late;
		state->filled_hi = full + late;
		more = 0;
	}
	state->lo += more;
	state->hi += more;
	state->filled_lo += more;
	state->filled_hi += more;
	if (entry->gap && state->hi < full + late) {
		state->filled_hi += full + late - state->hi;
		state->hi = full + late;
	}
	state->used = true;
	state->last_ns = now_ns;
}

/* What is more than the bucket holds at the time of judgement runs over. */
static void policer_clamp(struct policer_state *state, nanobytes full,
			  nanobytes late)
{
	state->filled_lo -= larger(0, state->hi + late - full);
	state->filled_hi -= larger(0, state->lo - full);
	state->lo = smaller(state->lo, full - late);
	state->hi = smaller(state->hi, full);
}

/* The packet's cost goes from every level at which it may have conformed. */
static void policer_take(struct policer_state *state, enum ref_verdict verdict,
			 nanobytes cost, nanobytes late, bool sure)
{
	nanobytes lo = state->lo, hi = state->hi;

	if (verdict == REF_DROP)
		return;
	if (verdict == REF_PASS) {
		state->hi = sure ? hi - cost : hi;
		state->lo = lo - cost;
		return;
	}
	state->lo = smaller(lo, larger(lo - cost, -late));
	state->hi = sure ? larger(hi - cost, smaller(hi, cost)) : hi;
}

/* A packet that costs so many units; what is counted may be another number. */
static enum ref_verdict bucket_eval(const struct ref_inst *inst,
				    struct ref_entry *entry,
				    const struct ref_packet *packet, bool sure,
				    uint64_t units, uint64_t counted)
{
	struct policer_state *state = entry->state;
	nanobytes full = (nanobytes)inst->param[BURST] * REF_SECOND_NS;
	nanobytes cost = (nanobytes)units * REF_SECOND_NS;
	nanobytes late = (nanobytes)inst->param[RATE] * inst->margin_ns;
	enum ref_verdict verdict = REF_MAYBE;

	policer_refill(state, full, late, inst->param[RATE], entry,
		       packet->time_ns);
	if (smaller(state->lo, full) >= cost)
		verdict = REF_PASS;
	else if (smaller(state->hi + late, full) < cost)
		verdict = REF_DROP;
	policer_clamp(state, full, late);
	policer_take(state, verdict, cost, late, sure);
	entry->may = true;
	entry->sure |= sure;
	ref_range_add(&state->seen, counted, sure);
	if (verdict != REF_DROP)
		ref_range_add(&state->conformed, counted,
			      sure && verdict == REF_PASS);
	if (verdict != REF_PASS)
		ref_range_add(&state->exceeded, counted,
			      sure && verdict == REF_DROP);
	return inst->param[EXCEED] ? REF_PASS : verdict;
}

static enum ref_verdict policer_eval(const struct ref_inst *inst,
				     struct ref_entry *entry,
				     const struct ref_packet *packet, bool sure)
{
	return bucket_eval(inst, entry, packet, sure, packet->bytes,
			   packet->bytes);
}

static enum ref_verdict limiter_eval(const struct ref_inst *inst,
				     struct ref_entry *entry,
				     const struct ref_packet *packet, bool sure)
{
	return bucket_eval(inst, entry, packet, sure,
			   inst->param[UNIT] == UNIT_PACKETS ? 1 :
			   packet->bytes, 1);
}

/* A flow stays until its bucket is full, from 10 s to a day. */
static uint64_t limiter_timeout(const struct ref_inst *inst)
{
	uint64_t ms = ((nanobytes)inst->param[BURST] * REF_SECOND_NS /
		       inst->param[RATE]) / REF_MSEC_NS + 1;

	return ms < 10000 ? 10000 : ms > 86400000 ? 86400000 : ms;
}

static uint64_t bytes_of(nanobytes n)
{
	return n < 0 ? 0 : n / REF_SECOND_NS;
}

static struct ref_range range_both(struct ref_range range, uint64_t lo,
				   uint64_t hi)
{
	range.lo = lo > range.lo ? lo : range.lo;
	range.hi = hi < range.hi ? hi : range.hi;
	return range;
}

static size_t policer_values(const struct ref_inst *inst,
			     const struct ref_entry *entry,
			     struct ref_value *values)
{
	const struct policer_state *state = entry->state;
	struct ref_range conformed, exceeded;

	(void)inst;
	conformed = range_both(state->conformed,
			       bytes_of(state->filled_lo - state->hi +
					REF_SECOND_NS - 1),
			       bytes_of(state->filled_hi - state->lo));
	exceeded = range_both(state->exceeded,
			      state->seen.lo < conformed.hi ? 0 :
			      state->seen.lo - conformed.hi,
			      state->seen.hi - conformed.lo);
	values[0] = (struct ref_value){ .name = "conformed_bytes",
					.range = conformed };
	values[1] = (struct ref_value){ .name = "exceeded_bytes",
					.range = exceeded };
	values[2] = (struct ref_value){ .name = "conformed_bytes",
					.plus = "exceeded_bytes",
					.range = state->seen };
	return 3;
}

const struct ref_nf_type ref_policer = {
	.name = "policer",
	.reason = "rate_exceeded",
	.fields = REF_DST_IP,
	.params = policer_params,
	.nparams = sizeof(policer_params) / sizeof(policer_params[0]),
	.timeout_ms = 60000,
	.max_entries = 65536,
	.state_size = sizeof(struct policer_state),
	.eval = policer_eval,
	.values = policer_values,
};

static size_t limiter_values(const struct ref_inst *inst,
			     const struct ref_entry *entry,
			     struct ref_value *values)
{
	size_t i, n = 0;

	if (inst->param[UNIT] == UNIT_PACKETS) {
		n = policer_values(inst, entry, values);
	} else {
		const struct policer_state *state = entry->state;

		values[n++].range = state->conformed;
		values[n++].range = state->exceeded;
		values[n++].range = state->seen;
	}
	for (i = 0; i < n; i++) {
		values[i].time = false;
		values[i].plus = i == 2 ? "exceeded_packets" : NULL;
		values[i].name = i == 1 ? "exceeded_packets" :
					  "conformed_packets";
	}
	return n;
}

const struct ref_nf_type ref_rate_limiter = {
	.name = "rate_limiter",
	.reason = "rate_exceeded",
	.fields = REF_FIVE_TUPLE,
	.params = limiter_params,
	.nparams = sizeof(limiter_params) / sizeof(limiter_params[0]),
	.timeout_ms = 10000,
	.max_entries = 1u << 18,
	.state_size = sizeof(struct policer_state),
	.timeout = limiter_timeout,
	.eval = limiter_eval,
	.values = limiter_values,
};
