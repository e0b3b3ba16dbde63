// SPDX-License-Identifier: GPL-2.0-or-later
/* Conditions: which paths go on if they are true, and which if not. */
#include <string.h>

#include "walk.h"

/* The local variable whose value is tested, as in "if (x)", "if ((x = ...))" */
static int find_tested(struct fm_walk *walk, CXCursor expression)
{
	CXCursor inner = fm_cursor_strip(expression), decl;
	struct fm_cursors parts;

	if (clang.getCursorKind(inner) == CXCursor_BinaryOperator) {
		parts = fm_cursor_children(inner);
		if (fm_cursor_binary(walk->unit->tu, inner, &parts) ==
		    FM_BINARY_ASSIGN)
			inner = fm_cursor_strip(parts.v[0]);
		fm_cursor_free(&parts);
	}
	if (clang.getCursorKind(inner) != CXCursor_DeclRefExpr)
		return FM_VALUE_NOWHERE;
	decl = clang.getCursorReferenced(inner);
	return fm_place_is_local(decl) ? fm_walk_local(walk, decl) : FM_VALUE_NOWHERE;
}

static void follow(struct fm_walk *walk, const struct fm_path *from, int id,
		  unsigned int truth, struct fm_paths *to)
{
	struct fm_path path = *from;
	struct fm_value value = fm_path_pop(&path);

	if (!(value.truth & truth))
		return;
	if (id != FM_VALUE_NOWHERE) {
		value = fm_path_get(&path, id);
		value.truth = truth;
		if (truth == FM_VALUE_ZERO)
			value = (struct fm_value){
				.truth = FM_VALUE_ZERO,
				.local = FM_VALUE_NOWHERE,
			};
		fm_path_set(&path, id, walk->locals[id].depth, value);
	}
	fm_paths_add(to, &path);
}

static void test_value(struct fm_walk *walk, CXCursor expression,
		       struct fm_paths *set, struct fm_paths *yes,
		       struct fm_paths *no)
{
	int id = find_tested(walk, expression);

	fm_expression_eval(walk, expression, set);
	for (size_t i = 0; i < set->n; i++) {
		follow(walk, &set->v[i], id, FM_VALUE_NONZERO, yes);
		follow(walk, &set->v[i], id, FM_VALUE_ZERO, no);
	}
	fm_paths_cleanup(set);
}

static bool is_zero(CXCursor expression)
{
	CXCursor inner = fm_cursor_strip(expression);
	long long value;

	return clang.getCursorKind(inner) == CXCursor_IntegerLiteral &&
	       fm_cursor_evaluate(inner, &value) && !value;
}

static void test_binary(struct fm_walk *walk, CXCursor expression,
			const struct fm_cursors *parts, struct fm_paths *set,
			struct fm_paths *yes, struct fm_paths *no)
{
	enum fm_binary binary =
		fm_cursor_binary(walk->unit->tu, expression, parts);
	struct fm_paths rest = { 0 };

	if (binary == FM_BINARY_AND) {
		fm_condition_part(walk, parts->v[0], set, &rest, no);
		fm_condition_part(walk, parts->v[1], &rest, yes, no);
	} else if (binary == FM_BINARY_OR) {
		fm_condition_part(walk, parts->v[0], set, yes, &rest);
		fm_condition_part(walk, parts->v[1], &rest, yes, no);
	} else if (binary == FM_BINARY_EQUAL && is_zero(parts->v[1])) {
		fm_condition_part(walk, parts->v[0], set, no, yes);
	} else if (binary == FM_BINARY_EQUAL && is_zero(parts->v[0])) {
		fm_condition_part(walk, parts->v[1], set, no, yes);
	} else if (binary == FM_BINARY_UNEQUAL && is_zero(parts->v[1])) {
		fm_condition_part(walk, parts->v[0], set, yes, no);
	} else if (binary == FM_BINARY_UNEQUAL && is_zero(parts->v[0])) {
		fm_condition_part(walk, parts->v[1], set, yes, no);
	} else if (binary == FM_BINARY_ASSIGN ||
		   binary == FM_BINARY_DIVIDE) {
		test_value(walk, expression, set, yes, no);
	} else {
		fm_expression_drop(walk, parts->v[0], set);
		fm_expression_drop(walk, parts->v[1], set);
		fm_paths_copy(yes, set);
		fm_paths_move(no, set);
	}
}

static bool is_expect(CXCursor call)
{
	char name[FM_RECORD_NAME];

	fm_cursor_name(call, name);
	return !strcmp(name, "__builtin_expect") &&
	       clang.Cursor_getNumArguments(call) > 0;
}

static void test(struct fm_walk *walk, CXCursor expression,
		 const struct fm_cursors *parts, struct fm_paths *set,
		 struct fm_paths *yes, struct fm_paths *no)
{
	enum CXCursorKind kind = clang.getCursorKind(expression);

	if ((kind == CXCursor_ParenExpr || kind == CXCursor_UnexposedExpr ||
	     kind == CXCursor_CStyleCastExpr) && parts->n == 1)
		fm_condition_part(walk, parts->v[0], set, yes, no);
	else if (kind == CXCursor_UnaryOperator &&
		 fm_cursor_unary(walk->unit->tu, expression) == FM_UNARY_NOT)
		fm_condition_part(walk, parts->v[0], set, no, yes);
	else if (kind == CXCursor_BinaryOperator && parts->n == 2)
		test_binary(walk, expression, parts, set, yes, no);
	else if (kind == CXCursor_CallExpr && is_expect(expression))
		fm_condition_part(walk, clang.Cursor_getArgument(expression,
								  0),
				   set, yes, no);
	else
		test_value(walk, expression, set, yes, no);
}

/**
 * fm_condition_part - part a set of paths by a condition
 * @walk: the walk
 * @expression: the condition
 * @set: the paths; empty after it
 * @yes: gets those on which it may be true
 * @no: gets those on which it may be false
 */
void fm_condition_part(struct fm_walk *walk, CXCursor expression,
			struct fm_paths *set, struct fm_paths *yes,
			struct fm_paths *no)
{
	enum CXCursorKind kind = clang.getCursorKind(expression);
	struct fm_cursors parts;

	if (!set->n)
		return;
	if (!fm_walk_enter(walk, set)) {
		fm_paths_copy(yes, set);
		fm_paths_move(no, set);
		return;
	}
	if (kind == CXCursor_BinaryOperator || kind == CXCursor_UnaryOperator)
		fm_meter_count(walk, expression,
			       walk->rules->weights.operation, set);
	parts = fm_cursor_children(expression);
	test(walk, expression, &parts, set, yes, no);
	fm_cursor_free(&parts);
	walk->nest--;
}
