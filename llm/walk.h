/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk behind flow.h, shared by its statements, expressions and calls. */
#ifndef FM_LLM_WALK_H
#define FM_LLM_WALK_H

#include "cursor.h"
#include "flow.h"
#include "path.h"

#define FM_WALK_DEPTH	16		/* calls inside calls */
#define FM_WALK_NEST	512		/* syntax inside syntax */
#define FM_WALK_LOCALS	4096		/* local variables */
#define FM_WALK_GOTOS	32		/* labels of a function */
#define FM_WALK_STEPS	4000000		/* nodes times paths */
#define FM_WALK_COUNTED	256		/* operations in a macro's arguments */

struct fm_walk_goto {
	CXCursor label;
	struct fm_paths paths;
};

/* A call; breaks, continues and entry are those of the innermost statement. */
struct fm_frame {
	CXCursor function;
	const struct fm_frame *caller;
	struct fm_paths returns;
	struct fm_paths *breaks;
	struct fm_paths *continues;
	const struct fm_paths *entry;	/* of the switch */
	bool has_default;
	struct fm_walk_goto gotos[FM_WALK_GOTOS];
	size_t ngotos;
};

struct fm_walk_local {
	CXCursor decl;
	unsigned int depth;
};

/* Operations that were counted in the arguments of a macro. */
struct fm_walk_counted {
	unsigned int offset;
	enum CXCursorKind kind;
};

/**
 * struct fm_walk - a walk
 * @unit: what is walked through
 * @flow: what is found
 * @frame: of the function at hand
 * @depth: calls that it is inside of
 * @nest: of the syntax
 * @scale: rounds of all loops around, for costs
 * @steps: left to go
 */
struct fm_walk {
	const struct fm_unit *unit;
	const struct fm_rules *rules;
	struct fm_flow *flow;
	struct fm_frame *frame;
	unsigned int depth;
	unsigned int nest;
	uint64_t scale;
	long steps;
	struct fm_walk_local *locals;
	size_t nlocals;
	struct fm_walk_counted counted[FM_WALK_COUNTED];
	size_t ncounted;
};

/* flow.c */
bool fm_walk_enter(struct fm_walk *walk, const struct fm_paths *set);
int fm_walk_local(struct fm_walk *walk, CXCursor decl);
void fm_walk_event(struct fm_walk *walk, enum fm_flow_kind kind,
		   unsigned int bits, CXCursor where, const char *what);
void fm_walk_problem(struct fm_walk *walk, CXCursor where, const char *text);
void fm_walk_type(struct fm_walk *walk, CXType type);

/* meter.c */
void fm_meter_count(struct fm_walk *walk, CXCursor cursor, uint32_t weight,
		    struct fm_paths *set);
void fm_meter_restart(struct fm_walk *walk, CXCursor cursor);
uint64_t fm_meter_rounds(struct fm_walk *walk, CXCursor condition);

/* statement.c */
void fm_statement_run(struct fm_walk *walk, CXCursor statement,
		      struct fm_paths *set);
void fm_statement_value(struct fm_walk *walk, CXCursor compound,
			struct fm_paths *set);

/* expression.c: each pushes one value on every path */
void fm_expression_eval(struct fm_walk *walk, CXCursor expression,
			struct fm_paths *set);
void fm_expression_drop(struct fm_walk *walk, CXCursor expression,
			struct fm_paths *set);

/* condition.c */
void fm_condition_part(struct fm_walk *walk, CXCursor expression,
		       struct fm_paths *set, struct fm_paths *yes,
		       struct fm_paths *no);

/* place.c */
bool fm_place_is_leading(CXCursor expression);
bool fm_place_is_local(CXCursor decl);
void fm_place_address(struct fm_walk *walk, CXCursor expression,
		      struct fm_paths *set);
void fm_place_value(struct fm_walk *walk, CXCursor expression,
		    struct fm_paths *set);
void fm_place_store(struct fm_walk *walk, CXCursor target,
		    struct fm_paths *set);
void fm_place_modify(struct fm_walk *walk, CXCursor expression,
		     CXCursor target, uint32_t weight, struct fm_paths *set);

/* call.c */
void fm_call_eval(struct fm_walk *walk, CXCursor call, struct fm_paths *set);

#endif
