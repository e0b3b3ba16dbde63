// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counting operations.
 *
 * The count must not depend on the headers a machine has: a macro of the
 * environment counts as one operation of its rule's weight, whatever it is made
 * of, and what is in its arguments counts once, however often it repeats them.
 */
#include "walk.h"

#define ROUNDS_MAX	4096		/* of a loop that can be counted */
#define SCALE_MAX	1000000		/* of loops inside loops */

static bool is_counted(struct fm_walk *walk, unsigned int offset,
		       enum CXCursorKind kind)
{
	for (size_t i = 0; i < walk->ncounted; i++)
		if (walk->counted[i].offset == offset &&
		    walk->counted[i].kind == kind)
			return true;
	if (walk->ncounted == FM_WALK_COUNTED)
		return true;
	walk->counted[walk->ncounted++] = (struct fm_walk_counted){
		.offset = offset, .kind = kind,
	};
	return false;
}

static void add(struct fm_walk *walk, uint32_t weight, struct fm_paths *set)
{
	for (size_t i = 0; i < set->n; i++) {
		set->v[i].cost += weight * walk->scale;
		if (set->v[i].cost > FM_RECORD_COMPLEXITY_MAX)
			set->v[i].cost = FM_RECORD_COMPLEXITY_MAX;
	}
}

/* The environment's macro whose own text the cursor is, or NULL. */
static const struct fm_unit_macro *find_body(struct fm_walk *walk,
					     CXCursor cursor, CXFile file,
					     unsigned int start)
{
	const struct fm_unit_macro *m =
		fm_unit_macro_at(walk->unit, file, start);

	if (m && m->system && m->function_like &&
	    fm_cursor_end(cursor) <= m->end)
		return m;
	return NULL;
}

/**
 * fm_meter_count - add an operation to the cost of every path
 * @walk: the walk
 * @cursor: the operation
 * @weight: what it costs
 * @set: the paths
 */
void fm_meter_count(struct fm_walk *walk, CXCursor cursor, uint32_t weight,
		    struct fm_paths *set)
{
	const struct fm_rules_call *rule;
	const struct fm_unit_macro *m;
	unsigned int start;
	CXFile file;

	start = fm_cursor_start(cursor, &file);
	m = find_body(walk, cursor, file, start);
	if (m) {
		if (is_counted(walk, start, CXCursor_MacroExpansion))
			return;
		rule = fm_rules_call(walk->rules, m->name);
		add(walk, rule ? rule->weight : walk->rules->weights.call, set);
		return;
	}
	if (fm_unit_macro_around(walk->unit, file, start) &&
	    is_counted(walk, start, clang.getCursorKind(cursor)))
		return;
	add(walk, weight, set);
}

/**
 * fm_meter_restart - begin a new statement
 * @walk: the walk
 * @cursor: the statement; if a macro made it, the old one goes on
 */
void fm_meter_restart(struct fm_walk *walk, CXCursor cursor)
{
	CXFile file;
	unsigned int start = fm_cursor_start(cursor, &file);

	if (!find_body(walk, cursor, file, start) &&
	    !fm_unit_macro_around(walk->unit, file, start))
		walk->ncounted = 0;
}

/**
 * fm_meter_rounds - how often does a loop go round?
 * @walk: the walk
 * @condition: of the loop, or the null cursor
 *
 * Return: the bound in "i < bound" if it is a constant, else what the rules
 * say.
 */
uint64_t fm_meter_rounds(struct fm_walk *walk, CXCursor condition)
{
	uint64_t rounds = walk->rules->weights.loop;
	struct fm_cursors operands;
	long long bound;

	if (clang.getCursorKind(condition) == CXCursor_BinaryOperator) {
		operands = fm_cursor_children(condition);
		if (fm_cursor_binary(walk->unit->tu, condition, &operands) ==
		    FM_BINARY_LESS &&
		    fm_cursor_evaluate(operands.v[1], &bound) && bound > 0 &&
		    bound <= ROUNDS_MAX)
			rounds = bound;
		fm_cursor_free(&operands);
	}
	if (rounds * walk->scale > SCALE_MAX)
		return walk->scale ? SCALE_MAX / walk->scale : 0;
	return rounds;
}
