// SPDX-License-Identifier: GPL-2.0-or-later
/* Expressions: what they point to, what they write, and whether they are zero. */
#include <string.h>

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

static enum CXTypeKind type_kind(CXCursor expression)
{
	return clang_getCanonicalType(clang_getCursorType(expression)).kind;
}

static bool is_array(CXCursor expression)
{
	enum CXTypeKind kind = type_kind(expression);

	return kind == CXType_ConstantArray || kind == CXType_VariableArray ||
	       kind == CXType_IncompleteArray;
}

/* May a value of this type lead to a state? */
static bool is_leading(CXCursor expression)
{
	enum CXTypeKind kind = type_kind(expression);

	return kind == CXType_Pointer || kind == CXType_Record ||
	       kind == CXType_Invalid || kind == CXType_Unexposed;
}

static bool is_local(CXCursor decl)
{
	enum CXCursorKind kind = clang_getCursorKind(decl);

	if (kind == CXCursor_ParmDecl)
		return true;
	return kind == CXCursor_VarDecl &&
	       clang_Cursor_getStorageClass(decl) != CX_SC_Static &&
	       clang_getCursorKind(clang_getCursorSemanticParent(decl)) ==
	       CXCursor_FunctionDecl;
}

/* ---- addresses: each function pushes where the expression's value is kept */

static void push_address(struct fm_walk *walk, CXCursor expression,
			 struct fm_paths *set);

static void push_variable(struct fm_walk *walk, CXCursor expression,
			  struct fm_paths *set)
{
	CXCursor decl = clang_getCursorReferenced(expression);
	struct fm_value value = {
		.truth = FM_VALUE_NONZERO, .local = FM_VALUE_NOWHERE,
	};

	if (is_local(decl))
		value.local = fm_walk_local(walk, decl);
	else if (clang_getCursorKind(decl) == CXCursor_VarDecl)
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
	CXCursor base = parts.n ? parts.v[0] : clang_getNullCursor();

	fm_cursor_free(&parts);
	if (clang_Cursor_isNull(base)) {
		push_all(set, fm_value_unknown);
		return;
	}
	note_field(walk, expression, clang_getCursorType(base));
	if (type_kind(base) == CXType_Pointer) {
		fm_expression_eval(walk, base, set);
		fm_meter_count(walk, expression, walk->rules->weights.memory,
			       set);
	} else {
		push_address(walk, base, set);
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

static CXCursor last_child(CXCursor cursor)
{
	struct fm_cursors parts = fm_cursor_children(cursor);
	CXCursor last = parts.n ? parts.v[parts.n - 1] : clang_getNullCursor();

	fm_cursor_free(&parts);
	return last;
}

static void push_address(struct fm_walk *walk, CXCursor expression,
			 struct fm_paths *set)
{
	switch (clang_getCursorKind(expression)) {
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
		push_address(walk, last_child(expression), set);
		break;
	case CXCursor_UnaryOperator:
		if (fm_cursor_unary(walk->unit->tu, expression) ==
		    FM_UNARY_DEREF) {
			fm_expression_eval(walk, last_child(expression), set);
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
	else if (is_leading(expression))
		value.bits = address.bits & FM_VALUE_STATE;
	if (address.bits & FM_VALUE_PART) {
		value.truth = FM_VALUE_ANY;
		value.local = FM_VALUE_NOWHERE;
		if (!is_leading(expression))
			value.bits = 0;
	}
	return value;
}

static void push_value_at(struct fm_walk *walk, CXCursor expression,
			  struct fm_paths *set)
{
	push_address(walk, expression, set);
	if (is_array(expression))
		return;		/* it decays to its address */
	for (size_t i = 0; i < set->n; i++) {
		struct fm_value address = fm_path_pop(&set->v[i]);

		fm_path_push(&set->v[i],
			     read_at(&set->v[i], address, expression));
	}
}

static void name_target(CXCursor target, char name[FM_RECORD_NAME])
{
	CXCursor inner = fm_cursor_strip(target);

	while (clang_getCursorKind(inner) == CXCursor_UnaryOperator ||
	       clang_getCursorKind(inner) == CXCursor_ArraySubscriptExpr) {
		struct fm_cursors parts = fm_cursor_children(inner);

		inner = parts.n ? fm_cursor_strip(parts.v[0]) :
				  clang_getNullCursor();
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

/* Pops the address and the value below it, pushes the value. */
static void store(struct fm_walk *walk, CXCursor target, struct fm_paths *set)
{
	for (size_t i = 0; i < set->n; i++) {
		struct fm_value address = fm_path_pop(&set->v[i]);
		struct fm_value value = fm_path_pop(&set->v[i]);

		write_at(walk, &set->v[i], target, address, value);
		fm_path_push(&set->v[i], value);
	}
}

static void assign(struct fm_walk *walk, CXCursor expression,
		   const struct fm_cursors *parts, struct fm_paths *set)
{
	fm_expression_eval(walk, parts->v[1], set);
	push_address(walk, parts->v[0], set);
	fm_meter_count(walk, expression, walk->rules->weights.operation, set);
	store(walk, parts->v[0], set);
}

/* ++, --, += and the like: a pointer stays in what it pointed into. */
static void modify(struct fm_walk *walk, CXCursor expression, CXCursor target,
		   uint32_t weight, struct fm_paths *set)
{
	push_address(walk, target, set);
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

/* ---- operators */

static void push_truth(struct fm_walk *walk, CXCursor expression,
		       struct fm_paths *set)
{
	struct fm_paths yes = { 0 }, no = { 0 };

	fm_expression_test(walk, expression, set, &yes, &no);
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
		if (!clang_isExpression(clang_getCursorKind(parts->v[i])))
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
	bool leading = is_leading(expression);

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
	modify(walk, expression, parts->v[0], weight_of(walk, binary), set);
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
		push_address(walk, parts->v[parts->n - 1], set);
		break;
	case FM_UNARY_DEREF:
		push_value_at(walk, expression, set);
		break;
	case FM_UNARY_STEP:
		modify(walk, expression, parts->v[parts->n - 1], weight, set);
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
	fm_expression_test(walk, parts->v[0], set, &yes, &no);
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
	CXCursor decl = clang_getCursorReferenced(expression);

	switch (clang_getCursorKind(decl)) {
	case CXCursor_EnumConstantDecl:
		push_all(set, number(clang_getEnumConstantDeclValue(decl)));
		break;
	case CXCursor_FunctionDecl:
		push_all(set, number(1));
		break;
	default:
		push_value_at(walk, expression, set);
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
	switch (clang_getCursorKind(expression)) {
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
		push_value_at(walk, expression, set);
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
		fm_statement_value(walk, last_child(expression), set);
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
			fm_walk_type(walk, clang_getCursorType(expression));
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

/* ---- tests */

/* The local variable whose value is tested, as in "if (x)", "if ((x = ...))" */
static int find_tested(struct fm_walk *walk, CXCursor expression)
{
	CXCursor inner = fm_cursor_strip(expression), decl;
	struct fm_cursors parts;

	if (clang_getCursorKind(inner) == CXCursor_BinaryOperator) {
		parts = fm_cursor_children(inner);
		if (fm_cursor_binary(walk->unit->tu, inner, &parts) ==
		    FM_BINARY_ASSIGN)
			inner = fm_cursor_strip(parts.v[0]);
		fm_cursor_free(&parts);
	}
	if (clang_getCursorKind(inner) != CXCursor_DeclRefExpr)
		return FM_VALUE_NOWHERE;
	decl = clang_getCursorReferenced(inner);
	return is_local(decl) ? fm_walk_local(walk, decl) : FM_VALUE_NOWHERE;
}

static void split(struct fm_walk *walk, const struct fm_path *from, int id,
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
			value = number(0);
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
		split(walk, &set->v[i], id, FM_VALUE_NONZERO, yes);
		split(walk, &set->v[i], id, FM_VALUE_ZERO, no);
	}
	fm_paths_cleanup(set);
}

static bool is_zero(CXCursor expression)
{
	CXCursor inner = fm_cursor_strip(expression);
	long long value;

	return clang_getCursorKind(inner) == CXCursor_IntegerLiteral &&
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
		fm_expression_test(walk, parts->v[0], set, &rest, no);
		fm_expression_test(walk, parts->v[1], &rest, yes, no);
	} else if (binary == FM_BINARY_OR) {
		fm_expression_test(walk, parts->v[0], set, yes, &rest);
		fm_expression_test(walk, parts->v[1], &rest, yes, no);
	} else if (binary == FM_BINARY_EQUAL && is_zero(parts->v[1])) {
		fm_expression_test(walk, parts->v[0], set, no, yes);
	} else if (binary == FM_BINARY_EQUAL && is_zero(parts->v[0])) {
		fm_expression_test(walk, parts->v[1], set, no, yes);
	} else if (binary == FM_BINARY_UNEQUAL && is_zero(parts->v[1])) {
		fm_expression_test(walk, parts->v[0], set, yes, no);
	} else if (binary == FM_BINARY_UNEQUAL && is_zero(parts->v[0])) {
		fm_expression_test(walk, parts->v[1], set, yes, no);
	} else if (binary == FM_BINARY_ASSIGN) {
		test_value(walk, expression, set, yes, no);
	} else {
		push_arithmetic(walk, expression, parts,
				walk->rules->weights.operation, set);
		drop_all(set);
		fm_paths_copy(yes, set);
		fm_paths_move(no, set);
	}
}

static bool is_expect(CXCursor call)
{
	char name[FM_RECORD_NAME];

	fm_cursor_name(call, name);
	return !strcmp(name, "__builtin_expect") &&
	       clang_Cursor_getNumArguments(call) > 0;
}

static void test(struct fm_walk *walk, CXCursor expression,
		 const struct fm_cursors *parts, struct fm_paths *set,
		 struct fm_paths *yes, struct fm_paths *no)
{
	enum CXCursorKind kind = clang_getCursorKind(expression);

	if ((kind == CXCursor_ParenExpr || kind == CXCursor_UnexposedExpr ||
	     kind == CXCursor_CStyleCastExpr) && parts->n == 1)
		fm_expression_test(walk, parts->v[0], set, yes, no);
	else if (kind == CXCursor_UnaryOperator &&
		 fm_cursor_unary(walk->unit->tu, expression) == FM_UNARY_NOT)
		fm_expression_test(walk, parts->v[0], set, no, yes);
	else if (kind == CXCursor_BinaryOperator && parts->n == 2)
		test_binary(walk, expression, parts, set, yes, no);
	else if (kind == CXCursor_CallExpr && is_expect(expression))
		fm_expression_test(walk, clang_Cursor_getArgument(expression,
								  0),
				   set, yes, no);
	else
		test_value(walk, expression, set, yes, no);
}

/**
 * fm_expression_test - part a set of paths by a condition
 * @walk: the walk
 * @expression: the condition
 * @set: the paths; empty after it
 * @yes: gets those on which it may be true
 * @no: gets those on which it may be false
 */
void fm_expression_test(struct fm_walk *walk, CXCursor expression,
			struct fm_paths *set, struct fm_paths *yes,
			struct fm_paths *no)
{
	enum CXCursorKind kind = clang_getCursorKind(expression);
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
