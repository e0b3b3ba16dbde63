// SPDX-License-Identifier: GPL-2.0-or-later
/* Expressions: what their values lead to. */
#include "walk.h"

static void push_all(struct fm_paths *set, struct fm_value value)
{
	for (size_t i = 0; i < set->n; i++)
		fm_path_push(&set->v[i], value);
}

static void drop_all(struct fm_paths *set)
{
	for (size_t i = 0; i < set->n; i++)
		fm_path_pop(&set->v[i]);
}

static struct fm_value number(long long n)
{
	return (struct fm_value){
		.truth = n ? FM_VALUE_NONZERO : FM_VALUE_ZERO,
		.local = FM_VALUE_NOWHERE,
	};
}

static void assign(struct fm_walk *walk, CXCursor expression,
		   const struct fm_cursors *parts, struct fm_paths *set)
{
	fm_expression_eval(walk, parts->v[1], set);
	fm_place_address(walk, parts->v[0], set);
	fm_meter_count(walk, expression, walk->rules->weights.operation, set);
	fm_place_store(walk, parts->v[0], set);
}

static void push_truth(struct fm_walk *walk, CXCursor expression,
		       struct fm_paths *set)
{
	struct fm_paths yes = { 0 }, no = { 0 };

	fm_condition_part(walk, expression, set, &yes, &no);
	push_all(&yes, number(1));
	push_all(&no, number(0));
	fm_paths_move(set, &yes);
	fm_paths_move(set, &no);
}

/* Evaluates all; what comes out may be what any of them is. */
static void push_joined(struct fm_walk *walk, const struct fm_cursors *parts,
			struct fm_paths *set)
{
	struct fm_value a, b;
	bool first = true;

	for (size_t i = 0; i < parts->n; i++) {
		if (!clang.isExpression(clang.getCursorKind(parts->v[i])))
			continue;
		fm_expression_eval(walk, parts->v[i], set);
		for (size_t j = 0; j < set->n && !first; j++) {
			b = fm_path_pop(&set->v[j]);
			a = fm_path_pop(&set->v[j]);
			fm_path_push(&set->v[j], fm_value_join(a, b));
		}
		first = false;
	}
	if (first)
		push_all(set, fm_value_unknown);
}

static void push_arithmetic(struct fm_walk *walk, CXCursor expression,
			    const struct fm_cursors *parts, uint32_t weight,
			    struct fm_paths *set)
{
	bool leading = fm_place_is_leading(expression);

	push_joined(walk, parts, set);
	fm_meter_count(walk, expression, weight, set);
	for (size_t i = 0; i < set->n; i++) {
		struct fm_value value = fm_path_pop(&set->v[i]);

		value.bits &= leading ? ~FM_VALUE_START : 0;
		value.truth = FM_VALUE_ANY;
		fm_path_push(&set->v[i], value);
	}
}

static uint32_t weight_of(struct fm_walk *walk, enum fm_binary binary)
{
	return binary == FM_BINARY_DIVIDE ? walk->rules->weights.division :
					    walk->rules->weights.operation;
}

static void eval_binary(struct fm_walk *walk, CXCursor expression,
			const struct fm_cursors *parts, struct fm_paths *set)
{
	enum fm_binary binary =
		fm_cursor_binary(walk->unit->tu, expression, parts);

	switch (binary) {
	case FM_BINARY_ASSIGN:
		assign(walk, expression, parts, set);
		break;
	case FM_BINARY_COMMA:
		fm_expression_drop(walk, parts->v[0], set);
		fm_expression_eval(walk, parts->v[1], set);
		break;
	case FM_BINARY_AND:
	case FM_BINARY_OR:
	case FM_BINARY_EQUAL:
	case FM_BINARY_UNEQUAL:
		push_truth(walk, expression, set);
		break;
	default:
		push_arithmetic(walk, expression, parts,
				weight_of(walk, binary), set);
	}
}

static void eval_compound_assign(struct fm_walk *walk, CXCursor expression,
				 const struct fm_cursors *parts,
				 struct fm_paths *set)
{
	enum fm_binary binary;

	if (parts->n != 2) {
		push_joined(walk, parts, set);
		return;
	}
	binary = fm_cursor_binary(walk->unit->tu, expression, parts);
	fm_expression_drop(walk, parts->v[1], set);
	fm_place_modify(walk, expression, parts->v[0], weight_of(walk, binary), set);
}

static void eval_unary(struct fm_walk *walk, CXCursor expression,
		       const struct fm_cursors *parts, struct fm_paths *set)
{
	uint32_t weight = walk->rules->weights.operation;

	switch (fm_cursor_unary(walk->unit->tu, expression)) {
	case FM_UNARY_NOT:
		push_truth(walk, expression, set);
		break;
	case FM_UNARY_ADDRESS:
		fm_place_address(walk, parts->v[parts->n - 1], set);
		break;
	case FM_UNARY_DEREF:
		fm_place_value(walk, expression, set);
		break;
	case FM_UNARY_STEP:
		fm_place_modify(walk, expression, parts->v[parts->n - 1], weight, set);
		break;
	case FM_UNARY_ARITHMETIC:
		push_arithmetic(walk, expression, parts, weight, set);
		break;
	case FM_UNARY_EXTENSION:
		push_joined(walk, parts, set);
		break;
	}
}

static void eval_conditional(struct fm_walk *walk, CXCursor expression,
			     const struct fm_cursors *parts,
			     struct fm_paths *set)
{
	struct fm_paths yes = { 0 }, no = { 0 };

	if (parts->n != 3) {
		push_joined(walk, parts, set);
		return;
	}
	fm_meter_count(walk, expression, walk->rules->weights.branch, set);
	fm_condition_part(walk, parts->v[0], set, &yes, &no);
	fm_expression_eval(walk, parts->v[1], &yes);
	fm_expression_eval(walk, parts->v[2], &no);
	fm_paths_move(set, &yes);
	fm_paths_move(set, &no);
}

/* "a ?: b", of which libclang shows a three times, then b. */
static void eval_elvis(struct fm_walk *walk, const struct fm_cursors *parts,
		       struct fm_paths *set)
{
	struct fm_paths yes = { 0 }, no = { 0 };

	fm_expression_eval(walk, parts->v[0], set);
	for (size_t i = 0; i < set->n; i++) {
		struct fm_path path = set->v[i];
		struct fm_value value = fm_path_pop(&path);

		if (value.truth & FM_VALUE_ZERO)
			fm_paths_add(&no, &path);
		if (!(value.truth & FM_VALUE_NONZERO))
			continue;
		value.truth = FM_VALUE_NONZERO;
		fm_path_push(&path, value);
		fm_paths_add(&yes, &path);
	}
	fm_expression_eval(walk, parts->v[3], &no);
	fm_paths_cleanup(set);
	fm_paths_move(set, &yes);
	fm_paths_move(set, &no);
}

static void eval_unexposed(struct fm_walk *walk, const struct fm_cursors *parts,
			   struct fm_paths *set)
{
	if (parts->n == 4 &&
	    fm_cursor_start(parts->v[0], NULL) ==
	    fm_cursor_start(parts->v[2], NULL) &&
	    fm_cursor_end(parts->v[0]) == fm_cursor_end(parts->v[2]))
		eval_elvis(walk, parts, set);
	else
		push_joined(walk, parts, set);
}

static void eval_reference(struct fm_walk *walk, CXCursor expression,
			   struct fm_paths *set)
{
	CXCursor decl = clang.getCursorReferenced(expression);

	switch (clang.getCursorKind(decl)) {
	case CXCursor_EnumConstantDecl:
		push_all(set, number(clang.getEnumConstantDeclValue(decl)));
		break;
	case CXCursor_FunctionDecl:
		push_all(set, number(1));
		break;
	default:
		fm_place_value(walk, expression, set);
	}
}

static void eval_literal(CXCursor expression, struct fm_paths *set)
{
	long long value;

	if (fm_cursor_evaluate(expression, &value))
		push_all(set, number(value));
	else
		push_all(set, fm_value_unknown);
}

static void eval(struct fm_walk *walk, CXCursor expression,
		 const struct fm_cursors *parts, struct fm_paths *set)
{
	switch (clang.getCursorKind(expression)) {
	case CXCursor_IntegerLiteral:
	case CXCursor_CharacterLiteral:
		eval_literal(expression, set);
		break;
	case CXCursor_UnaryExpr:	/* sizeof and the like */
		push_all(set, fm_value_unknown);
		break;
	case CXCursor_DeclRefExpr:
		eval_reference(walk, expression, set);
		break;
	case CXCursor_MemberRefExpr:
	case CXCursor_ArraySubscriptExpr:
		fm_place_value(walk, expression, set);
		break;
	case CXCursor_UnaryOperator:
		eval_unary(walk, expression, parts, set);
		break;
	case CXCursor_BinaryOperator:
		eval_binary(walk, expression, parts, set);
		break;
	case CXCursor_CompoundAssignOperator:
		eval_compound_assign(walk, expression, parts, set);
		break;
	case CXCursor_ConditionalOperator:
		eval_conditional(walk, expression, parts, set);
		break;
	case CXCursor_CallExpr:
		fm_call_eval(walk, expression, set);
		break;
	case CXCursor_StmtExpr:
		fm_statement_value(walk, fm_cursor_last(expression), set);
		break;
	case CXCursor_UnexposedExpr:
		eval_unexposed(walk, parts, set);
		break;
	default:
		push_joined(walk, parts, set);
	}
}

/**
 * fm_expression_eval - take a set of paths through an expression
 * @walk: the walk
 * @expression: the expression
 * @set: the paths; its value is pushed on each. There may be more after it.
 */
void fm_expression_eval(struct fm_walk *walk, CXCursor expression,
			struct fm_paths *set)
{
	struct fm_cursors parts;

	if (!set->n)
		return;
	if (!fm_walk_enter(walk, set)) {
		push_all(set, fm_value_unknown);
		return;
	}
	parts = fm_cursor_children(expression);
	eval(walk, expression, &parts, set);
	fm_cursor_free(&parts);
	for (size_t i = 0; i < set->n; i++) {
		struct fm_value value = fm_path_pop(&set->v[i]);

		if ((value.bits & FM_VALUE_START) &&
		    (value.bits & FM_VALUE_STATE))
			fm_walk_type(walk, clang.getCursorType(expression));
		fm_path_push(&set->v[i], value);
	}
	walk->nest--;
}

/**
 * fm_expression_drop - take a set of paths through an expression nobody uses
 * @walk: the walk
 * @expression: the expression
 * @set: the paths
 */
void fm_expression_drop(struct fm_walk *walk, CXCursor expression,
			struct fm_paths *set)
{
	fm_expression_eval(walk, expression, set);
	drop_all(set);
}
