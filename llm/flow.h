/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a function does with the state of a packet's key: followed on every way
 * through it and through the functions of the tree that it calls.
 */
#ifndef FM_LLM_FLOW_H
#define FM_LLM_FLOW_H

#include "unit.h"

#define FM_FLOW_EVENTS	1024	/* kept; later ones are not */
#define FM_FLOW_TYPES	8	/* structs that states were taken for */

enum fm_flow_kind {
	FM_FLOW_LOOKUP,
	FM_FLOW_INSERT,
	FM_FLOW_DELETE,
	FM_FLOW_WRITE,		/* to a state or what it points to */
	FM_FLOW_HEAP,		/* memory is stored in a state */
	FM_FLOW_GLOBAL,		/* a write that no key covers */
	FM_FLOW_LOOP,		/* whose rounds could not be counted */
};

/**
 * struct fm_flow_event - something that happens on some way
 * @kind: what
 * @found: to a state that was there before
 * @fresh: to a state that this packet creates
 * @what: name of the function called or of the member written
 * @file: where, relative to the tree
 * @line: where
 */
struct fm_flow_event {
	enum fm_flow_kind kind;
	bool found;
	bool fresh;
	char what[FM_RECORD_NAME];
	char file[FM_RECORD_PATH];
	unsigned int line;
};

/**
 * struct fm_flow - all of it
 * @events: @nevents, in the order they were first met
 * @types: what the state was taken for
 * @reads: FM_F_* that are looked at
 * @complexity: weighted operations of the dearest way of a packet that creates
 *	no state; of any way if there is no such
 * @problems: what could not be followed
 */
struct fm_flow {
	struct fm_flow_event *events;
	size_t nevents;
	CXType types[FM_FLOW_TYPES];
	size_t ntypes;
	uint32_t reads;
	uint32_t complexity;
	struct fm_strings problems;
};

int fm_flow_run(const struct fm_unit *unit, CXCursor entry,
		struct fm_flow *flow, char *err);
void fm_flow_cleanup(struct fm_flow *flow);

#endif
