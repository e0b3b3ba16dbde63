// SPDX-License-Identifier: GPL-2.0-or-later
/* Lvalues: where a value is kept, reading it and writing to it. */
#include "walk.h"

static void push_all(struct fm_paths *set, struct fm_value value)
{
	for (size_t i = 0; i < set->n; i++)
		fm_path_push(&set->v[i], value);
}

static enum CXTypeKind type_kind(CXCursor expression)
{
	return clang.getCanonicalType(clang.getCursorType(expression)).kind;
}

static bool is_array(CXCursor expression)
{
	enum CXTypeKind kind = type_kind(expression);

	return kind == CXType_ConstantArray || kind == CXType_VariableArray ||
	       kind == CXType_IncompleteArray;
}

/**
 * fm_place_is_leading - may a value of an expression's type lead to a state?
 * @expression: the expression
 */
bool fm_place_is_leading(CXCursor expression)
{
	enum CXTypeKind kind = type_kind(expression);

	return kind == CXType_Pointer || kind == CXType_Record ||
	       kind == CXType_Invalid || kind == CXType_Unexposed;
}

/**
 * fm_place_is_local - is it a variable of a call, that paths can follow?
 * @decl: the declaration
 */
bool fm_place_is_local(CXCursor decl)
{
	enum CXCursorKind kind = clang.getCursorKind(decl);

	if (kind == CXCursor_ParmDecl)
		return true;
	return kind == CXCursor_VarDecl &&
	       clang.Cursor_getStorageClass(decl) != CX_SC_Static &&
	       clang.getCursorKind(clang.getCursorSemanticParent(decl)) ==
	       CXCursor_FunctionDecl;
}

/* ---- addresses: each function pushes where the expression's value is kept */

static void push_variable(struct fm_walk *walk, CXCursor expression,
			  struct fm_paths *set)
{
	CXCursor decl = clang.getCursorReferenced(expression);
	struct fm_value value = {
		.truth = FM_VALUE_NONZERO, .local = FM_VALUE_NOWHERE,
	};

	if (fm_place_is_local(decl))
		value.local = fm_walk_local(walk, decl);
	else if (clang.getCursorKind(decl) == CXCursor_VarDecl)
		value.bits = FM_VALUE_GLOBAL;
	push_all(set, value);
}

/* A part of what the value on the stack points to, or is the address of. */
static void take_part(struct fm_paths *set)
{
	for (size_t i = 0; i < set->n; i++) {
		struct fm_value value = fm_path_pop(&set->v[i]);

		value.bits &= ~FM_VALUE_START;
		if (value.local != FM_VALUE_NOWHERE)
			value.bits |= FM_VALUE_PART;
		fm_path_push(&set->v[i], value);
	}
}

static void note_field(struct fm_walk *walk, CXCursor expression, CXType base)
{
	char type[FM_RECORD_NAME], member[FM_RECORD_NAME];

	if (!fm_cursor_record(base, type))
		return;
	fm_cursor_name(expression, member);
	walk->flow->reads |= fm_rules_field(walk->rules, type, member);
}

static void push_member(struct fm_walk *walk, CXCursor expression,
			struct fm_paths *set)
{
	struct fm_cursors parts = fm_cursor_children(expression);
	CXCursor base = parts.n ? parts.v[0] : clang.getNullCursor();

	fm_cursor_free(&parts);
	if (clang.Cursor_isNull(base)) {
		push_all(set, fm_value_unknown);
		return;
	}
	note_field(walk, expression, clang.getCursorType(base));
	if (type_kind(base) == CXType_Pointer) {
		fm_expression_eval(walk, base, set);
		fm_meter_count(walk, expression, walk->rules->weights.memory,
			       set);
	} else {
		fm_place_address(walk, base, set);
	}
	take_part(set);
}

static void push_element(struct fm_walk *walk, CXCursor expression,
			 struct fm_paths *set)
{
	struct fm_cursors parts = fm_cursor_children(expression);

	if (parts.n == 2) {
		fm_expression_drop(walk, parts.v[1], set);
		fm_expression_eval(walk, parts.v[0], set);
		take_part(set);
	} else {
		push_all(set, fm_value_unknown);
	}
	fm_cursor_free(&parts);
	fm_meter_count(walk, expression, walk->rules->weights.memory, set);
}

/**
 * fm_place_address - push where an expression's value is kept
 * @walk: the walk
 * @expression: an lvalue; of anything else its value is pushed
 * @set: the paths
 */
void fm_place_address(struct fm_walk *walk, CXCursor expression,
		      struct fm_paths *set)
{
	switch (clang.getCursorKind(expression)) {
	case CXCursor_DeclRefExpr:
		push_variable(walk, expression, set);
		break;
	case CXCursor_MemberRefExpr:
		push_member(walk, expression, set);
		break;
	case CXCursor_ArraySubscriptExpr:
		push_element(walk, expression, set);
		break;
	case CXCursor_ParenExpr:
		fm_place_address(walk, fm_cursor_last(expression), set);
		break;
	case CXCursor_UnaryOperator:
		if (fm_cursor_unary(walk->unit->tu, expression) ==
		    FM_UNARY_DEREF) {
			fm_expression_eval(walk, fm_cursor_last(expression), set);
			fm_meter_count(walk, expression,
				       walk->rules->weights.memory, set);
			break;
		}
		/* fall through */
	default:
		fm_expression_eval(walk, expression, set);
	}
}

/* ---- reading and writing */

static struct fm_value read_at(const struct fm_path *path,
			       struct fm_value address, CXCursor expression)
{
	struct fm_value value = fm_value_unknown;

	if (address.local != FM_VALUE_NOWHERE)
		value = fm_path_get(path, address.local);
	else if (fm_place_is_leading(expression))
		value.bits = address.bits & FM_VALUE_STATE;
	if (address.bits & FM_VALUE_PART) {
		value.truth = FM_VALUE_ANY;
		value.local = FM_VALUE_NOWHERE;
		if (!fm_place_is_leading(expression))
			value.bits = 0;
	}
	return value;
}

/**
 * fm_place_value - push the value of an lvalue
 * @walk: the walk
 * @expression: the lvalue; an array decays to its address
 * @set: the paths
 */
void fm_place_value(struct fm_walk *walk, CXCursor expression,
		    struct fm_paths *set)
{
	fm_place_address(walk, expression, set);
	if (is_array(expression))
		return;
	for (size_t i = 0; i < set->n; i++) {
		struct fm_value address = fm_path_pop(&set->v[i]);

		fm_path_push(&set->v[i],
			     read_at(&set->v[i], address, expression));
	}
}

static void name_target(CXCursor target, char name[FM_RECORD_NAME])
{
	CXCursor inner = fm_cursor_strip(target);

	while (clang.getCursorKind(inner) == CXCursor_UnaryOperator ||
	       clang.getCursorKind(inner) == CXCursor_ArraySubscriptExpr) {
		struct fm_cursors parts = fm_cursor_children(inner);

		inner = parts.n ? fm_cursor_strip(parts.v[0]) :
				  clang.getNullCursor();
		fm_cursor_free(&parts);
	}
	fm_cursor_name(inner, name);
}

static void write_at(struct fm_walk *walk, struct fm_path *path,
		     CXCursor target, struct fm_value address,
		     struct fm_value value)
{
	char name[FM_RECORD_NAME];

	if (address.local != FM_VALUE_NOWHERE) {
		if (address.bits & FM_VALUE_PART)
			value = fm_value_join(value,
					      fm_path_get(path, address.local));
		fm_path_set(path, address.local,
			    walk->locals[address.local].depth, value);
		return;
	}
	if (!(address.bits & (FM_VALUE_STATE | FM_VALUE_GLOBAL)))
		return;
	name_target(target, name);
	if (address.bits & FM_VALUE_STATE)
		fm_walk_event(walk, FM_FLOW_WRITE, address.bits, target, name);
	else
		fm_walk_event(walk, FM_FLOW_GLOBAL, 0, target, name);
	if ((address.bits & FM_VALUE_STATE) && (value.bits & FM_VALUE_HEAP))
		fm_walk_event(walk, FM_FLOW_HEAP, address.bits, target, name);
}

/**
 * fm_place_store - write to an lvalue
 * @walk: the walk
 * @target: the lvalue
 * @set: the paths; its address is popped, then the value, which is pushed again
 */
void fm_place_store(struct fm_walk *walk, CXCursor target,
		    struct fm_paths *set)
{
	for (size_t i = 0; i < set->n; i++) {
		struct fm_value address = fm_path_pop(&set->v[i]);
		struct fm_value value = fm_path_pop(&set->v[i]);

		write_at(walk, &set->v[i], target, address, value);
		fm_path_push(&set->v[i], value);
	}
}

/**
 * fm_place_modify - ++, --, += and the like
 * @walk: the walk
 * @expression: the operation
 * @target: its lvalue; a pointer stays in what it pointed into
 * @weight: of the operation
 * @set: the paths; the new value is pushed
 */
void fm_place_modify(struct fm_walk *walk, CXCursor expression, CXCursor target,
		     uint32_t weight, struct fm_paths *set)
{
	fm_place_address(walk, target, set);
	fm_meter_count(walk, expression, weight, set);
	for (size_t i = 0; i < set->n; i++) {
		struct fm_value address = fm_path_pop(&set->v[i]);
		struct fm_value value =
			read_at(&set->v[i], address, target);

		value.bits &= ~FM_VALUE_START;
		value.truth = FM_VALUE_ANY;
		write_at(walk, &set->v[i], target, address, value);
		fm_path_push(&set->v[i], value);
	}
}
