// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * psd: a source that tries more than threshold distinct destination ports in a
 * window is a scanner. The packet that does it and all others of the source
 * until block_ms later are its victims. The window begins with an attempt and is
 * over window_ms later; the next attempt begins another. After a block, too.
 *
 * A packet within the margin of the end of a window or block may be on either
 * side of it. Both are followed: a state is a set of worlds, each of them
 * what the NF may hold, of which the impossible ones die out.
 */
#include <stdlib.h>
#include <string.h>
#include "memory.h"
#include "nf.h"

#define WORLDS_MAX 256

enum { THRESHOLD, WINDOW, BLOCK, ACTION, MARK };

/*
 * begin: when the window began, or when the source was blocked: captured times
 * between lo and hi. ports is sorted; a blocked source needs none.
 */
struct world {
	bool exists;
	bool blocked;
	int64_t lo;
	int64_t hi;
	uint64_t scans;
	uint64_t distinct;
	uint16_t *ports;
};

struct psd_state {
	struct world *worlds;
	size_t n;
	bool lost;		/* too many worlds: anything may be */
};

/* What becomes of a state when a packet has come. */
struct step {
	const struct ref_inst *inst;
	const struct ref_packet *packet;
	struct world *worlds;
	size_t n;
	bool passed;		/* in some world */
	bool dropped;
	bool lost;
};

static const struct ref_param psd_params[] = {
	[THRESHOLD] = { "threshold", NULL, 1, 1024, 20, false },
	[WINDOW] = { "window_ms", NULL, 1, 86400000, 10000, false },
	[BLOCK] = { "block_ms", NULL, 1, 86400000, 60000, false },
	[ACTION] = { "action", "drop|mark", 0, 1, 0, false },
	[MARK] = { "mark", NULL, 0, UINT32_MAX, 1, false },
};

static uint64_t psd_timeout(const struct ref_inst *inst)
{
	uint64_t window = inst->param[WINDOW], block = inst->param[BLOCK];

	return window > block ? window : block;
}

static bool is_attempt(const struct ref_packet *packet)
{
	return packet->ports &&
	       (packet->protocol != 6 || !(packet->tcp_flags & REF_TCP_ACK));
}

static struct world world_copy(const struct world *from)
{
	struct world to = *from;

	if (from->ports) {
		to.ports = ref_memory_zalloc((to.distinct + 1) *
					     sizeof(*to.ports));
		memcpy(to.ports, from->ports, to.distinct * sizeof(*to.ports));
	}
	return to;
}

static bool world_same(const struct world *a, const struct world *b,
		       int64_t margin)
{
	if (a->exists != b->exists || a->blocked != b->blocked ||
	    a->scans != b->scans || a->distinct != b->distinct)
		return false;
	if (a->lo > b->hi + 2 * margin || b->lo > a->hi + 2 * margin)
		return false;
	return !a->ports || !memcmp(a->ports, b->ports,
				    a->distinct * sizeof(*a->ports));
}

/* Takes the world; like ones become one with the wider range of times. */
static void step_add(struct step *step, struct world world)
{
	for (size_t i = 0; i < step->n; i++) {
		struct world *old = &step->worlds[i];

		if (!world_same(old, &world, step->inst->margin_ns))
			continue;
		old->lo = world.lo < old->lo ? world.lo : old->lo;
		old->hi = world.hi > old->hi ? world.hi : old->hi;
		free(world.ports);
		return;
	}
	if (step->n == WORLDS_MAX) {
		step->lost = true;
		free(world.ports);
		return;
	}
	step->worlds = ref_memory_resize(step->worlds, (step->n + 1) *
					 sizeof(*step->worlds));
	step->worlds[step->n++] = world;
}

static void world_try(struct world *world, uint16_t port)
{
	size_t i = 0;

	while (i < world->distinct && world->ports[i] < port)
		i++;
	if (i < world->distinct && world->ports[i] == port)
		return;
	world->ports = ref_memory_resize(world->ports, (world->distinct + 1) *
					 sizeof(*world->ports));
	memmove(world->ports + i + 1, world->ports + i,
		(world->distinct - i) * sizeof(*world->ports));
	world->ports[i] = port;
	world->distinct++;
}

/* An attempt; takes the world. */
static void step_try(struct step *step, struct world world)
{
	world_try(&world, step->packet->dport);
	if (world.distinct <= step->inst->param[THRESHOLD]) {
		step->passed = true;
		step_add(step, world);
		return;
	}
	step->dropped = true;
	world.blocked = true;
	world.lo = step->packet->time_ns;
	world.hi = step->packet->time_ns;
	world.scans++;
	free(world.ports);
	world.ports = NULL;
	step_add(step, world);
}

static void step_restart(struct step *step, const struct world *old)
{
	struct world world = {
		.exists = true,
		.lo = step->packet->time_ns,
		.hi = step->packet->time_ns,
		.scans = old->scans,
	};

	step_try(step, world);
}

/*
 * The window or block of length len that world->lo or hi began: may it still
 * last when the packet is judged, may it be over?
 */
static bool may_last(const struct step *step, const struct world *world,
		     int64_t len)
{
	return step->packet->time_ns - world->hi - step->inst->margin_ns < len;
}

static bool may_be_over(const struct step *step, const struct world *world,
			int64_t len)
{
	return step->packet->time_ns - world->lo + step->inst->margin_ns >= len;
}

/* If it lasts, it did not begin earlier than this. */
static void world_lasts(const struct step *step, struct world *world,
			int64_t len)
{
	int64_t earliest = step->packet->time_ns - step->inst->margin_ns -
			   len + 1;

	if (world->lo < earliest)
		world->lo = earliest;
}

static void step_blocked(struct step *step, const struct world *old)
{
	int64_t len = step->inst->param[BLOCK] * REF_MSEC_NS;
	struct world world = *old;

	if (may_last(step, old, len)) {
		step->dropped = true;
		world_lasts(step, &world, len);
		step_add(step, world);
	}
	if (!may_be_over(step, old, len))
		return;
	if (is_attempt(step->packet)) {
		step_restart(step, old);
	} else {
		step->passed = true;
		step_add(step, *old);
	}
}

static void step_free(struct step *step, const struct world *old)
{
	int64_t len = step->inst->param[WINDOW] * REF_MSEC_NS;

	if (!is_attempt(step->packet)) {
		step->passed = true;
		step_add(step, world_copy(old));
		return;
	}
	if (!old->exists) {
		step_restart(step, old);
		return;
	}
	if (may_last(step, old, len)) {
		struct world world = world_copy(old);

		world_lasts(step, &world, len);
		step_try(step, world);
	}
	if (may_be_over(step, old, len))
		step_restart(step, old);
}

static void worlds_free(struct world *worlds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(worlds[i].ports);
	free(worlds);
}

static void psd_step(struct step *step, const struct psd_state *state,
		     bool sure)
{
	static const struct world nothing;
	size_t n = state->n ? state->n : 1;

	for (size_t i = 0; i < n; i++) {
		const struct world *old = state->n ? &state->worlds[i] :
						     &nothing;

		if (!sure)
			step_add(step, world_copy(old));
		if (old->blocked)
			step_blocked(step, old);
		else
			step_free(step, old);
	}
}

static void entry_update(struct ref_entry *entry, const struct psd_state *state)
{
	bool all = !state->lost;

	for (size_t i = 0; i < state->n; i++) {
		entry->may |= state->worlds[i].exists;
		all &= state->worlds[i].exists;
	}
	entry->may |= state->lost;
	entry->sure = all;
}

static enum ref_verdict psd_eval(const struct ref_inst *inst,
				 struct ref_entry *entry,
				 const struct ref_packet *packet, bool sure)
{
	struct psd_state *state = entry->state;
	struct step step = { .inst = inst, .packet = packet };

	if (entry->gap &&
	    inst->timeout_ns < (int64_t)psd_timeout(inst) * REF_MSEC_NS)
		state->lost = true;
	if (!state->lost) {
		psd_step(&step, state, sure);
		worlds_free(state->worlds, state->n);
		state->worlds = step.worlds;
		state->n = step.n;
		state->lost = step.lost;
	}
	entry_update(entry, state);
	if (inst->param[ACTION])
		return REF_PASS;
	if (state->lost || (step.passed && step.dropped))
		return REF_MAYBE;
	return step.dropped ? REF_DROP : REF_PASS;
}

static void range_widen(struct ref_range *range, uint64_t n, bool first)
{
	if (first || n < range->lo)
		range->lo = n;
	if (first || n > range->hi)
		range->hi = n;
}

static size_t psd_values(const struct ref_inst *inst,
			 const struct ref_entry *entry,
			 struct ref_value *values)
{
	const struct psd_state *state = entry->state;
	bool first = true;

	(void)inst;
	values[0] = (struct ref_value){ .name = "distinct_ports" };
	values[1] = (struct ref_value){ .name = "scans" };
	for (size_t i = 0; i < state->n; i++) {
		const struct world *world = &state->worlds[i];

		if (!world->exists)
			continue;
		range_widen(&values[0].range, world->distinct, first);
		range_widen(&values[1].range, world->scans, first);
		first = false;
	}
	if (state->lost) {
		values[0].range = (struct ref_range){ 0, UINT64_MAX };
		values[1].range = (struct ref_range){ 0, UINT64_MAX };
	}
	return 2;
}

static void psd_release(void *ptr)
{
	struct psd_state *state = ptr;

	worlds_free(state->worlds, state->n);
}

const struct ref_nf_type ref_psd = {
	.name = "psd",
	.reason = "scan",
	.fields = REF_SRC_IP,
	.params = psd_params,
	.nparams = sizeof(psd_params) / sizeof(psd_params[0]),
	.timeout_ms = 60000,
	.max_entries = 65536,
	.state_size = sizeof(struct psd_state),
	.timeout = psd_timeout,
	.eval = psd_eval,
	.values = psd_values,
	.release = psd_release,
};
