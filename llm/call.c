// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls. Functions of the tree are walked through; of others the rules say what
 * they do with states, and their prototypes what they may write to.
 */
#include <string.h>

#include "walk.h"

#define ARGS_MAX	16	/* of a call that are looked at */

static const char undeclared[] =
	"calls a function without a prototype, which was taken to write to the state";

struct call {
	CXCursor cursor;
	CXCursor function;	/* null for a call through a pointer */
	char name[FM_RECORD_NAME];
	int nargs;
};

static void push_all(struct fm_paths *set, struct fm_value value)
{
	for (size_t i = 0; i < set->n; i++)
		fm_path_push(&set->v[i], value);
}

static void eval_args(struct fm_walk *walk, const struct call *call,
		      struct fm_paths *set)
{
	for (int i = 0; i < call->nargs; i++)
		fm_expression_eval(walk, clang.Cursor_getArgument(call->cursor,
								  i), set);
}

static void drop_args(const struct call *call, struct fm_paths *set)
{
	for (size_t i = 0; i < set->n; i++)
		for (int n = call->nargs; n; n--)
			fm_path_pop(&set->v[i]);
}

/* ---- calls that the rules give a role */

static void push_copy(struct fm_walk *walk, const struct call *call,
		      enum fm_role role)
{
	CXType type = clang.getCursorType(call->function);

	if (call->nargs)
		fm_walk_type(walk, clang.getArgType(type, call->nargs - 1));
	fm_walk_event(walk, FM_FLOW_LOOKUP, 0, call->cursor, call->name);
	if (role == FM_ROLE_UPDATE)
		fm_walk_event(walk, FM_FLOW_WRITE, FM_VALUE_FOUND,
			      call->cursor, call->name);
}

static void push_result(struct fm_walk *walk, const struct call *call,
			enum fm_role role, struct fm_paths *set)
{
	struct fm_value value = fm_value_unknown;

	if (role == FM_ROLE_LOOKUP) {
		value.bits = FM_VALUE_FOUND | FM_VALUE_START;
		fm_walk_event(walk, FM_FLOW_LOOKUP, 0, call->cursor,
			      call->name);
	} else if (role == FM_ROLE_INSERT) {
		value.bits = FM_VALUE_FRESH | FM_VALUE_START;
		fm_walk_event(walk, FM_FLOW_INSERT, 0, call->cursor,
			      call->name);
	} else if (role == FM_ROLE_DELETE) {
		fm_walk_event(walk, FM_FLOW_DELETE, 0, call->cursor,
			      call->name);
	} else if (role == FM_ROLE_ALLOC) {
		value.bits = FM_VALUE_HEAP;
	} else {
		push_copy(walk, call, role);
	}
	push_all(set, value);
}

static void eval_role(struct fm_walk *walk, const struct call *call,
		      enum fm_role role, struct fm_paths *set)
{
	drop_args(call, set);
	for (size_t i = 0; i < set->n; i++)
		set->v[i].created |= role == FM_ROLE_INSERT ||
				     role == FM_ROLE_ALLOC;
	push_result(walk, call, role, set);
}

/* ---- functions of the tree */

static bool is_active(const struct fm_walk *walk, CXCursor function)
{
	const struct fm_frame *frame = walk->frame;

	for (; frame; frame = frame->caller)
		if (clang.equalCursors(frame->function, function))
			return true;
	return false;
}

static CXCursor find_body(struct fm_walk *walk, const struct call *call)
{
	CXCursor definition = clang.getCursorDefinition(call->function);

	if (clang.Cursor_isNull(definition) ||
	    clang.getCursorKind(definition) != CXCursor_FunctionDecl ||
	    clang.Location_isInSystemHeader(
		    clang.getCursorLocation(definition)))
		return clang.getNullCursor();
	if (walk->depth < FM_WALK_DEPTH && !is_active(walk, definition))
		return definition;
	fm_walk_problem(walk, call->cursor,
			"recursion was not followed beyond its first round");
	return clang.getNullCursor();
}

static void bind_params(struct fm_walk *walk, const struct call *call,
			CXCursor definition, struct fm_paths *set)
{
	int nparams = clang.Cursor_getNumArguments(definition);

	for (int n = call->nargs; n--;) {
		int id = n < nparams ?
			fm_walk_local(walk, clang.Cursor_getArgument(
				definition, n)) : FM_VALUE_NOWHERE;

		for (size_t i = 0; i < set->n; i++) {
			struct fm_value value = fm_path_pop(&set->v[i]);

			if (id != FM_VALUE_NOWHERE)
				fm_path_set(&set->v[i], id, walk->depth,
					    value);
		}
	}
}

static void eval_body(struct fm_walk *walk, const struct call *call,
		      CXCursor definition, struct fm_paths *set)
{
	struct fm_cursors parts = fm_cursor_children(definition);
	struct fm_frame frame = {
		.function = definition,
		.caller = walk->frame,
	};

	walk->frame = &frame;
	walk->depth++;
	bind_params(walk, call, definition, set);
	if (parts.n)
		fm_statement_run(walk, parts.v[parts.n - 1], set);
	fm_cursor_free(&parts);
	push_all(set, fm_value_unknown);
	fm_paths_move(&frame.returns, set);
	walk->depth--;
	walk->frame = (struct fm_frame *)frame.caller;
	for (size_t i = 0; i < frame.returns.n; i++)
		fm_path_leave(&frame.returns.v[i], walk->depth);
	fm_paths_move(set, &frame.returns);
	for (size_t i = 0; i < frame.ngotos; i++)
		fm_paths_cleanup(&frame.gotos[i].paths);
}

/* ---- all others */

/* May the function write through this argument? */
static bool may_write(const struct call *call, int arg)
{
	CXType type = clang.getCursorType(call->function);
	CXType param;

	if (clang.Cursor_isNull(call->function) ||
	    arg >= clang.getNumArgTypes(type))
		return true;
	param = clang.getCanonicalType(clang.getArgType(type, arg));
	return param.kind == CXType_Pointer &&
	       !clang.isConstQualifiedType(clang.getPointeeType(param));
}

static bool is_declared(const struct call *call)
{
	return !clang.Cursor_isNull(call->function) &&
	       clang.getCursorType(call->function).kind !=
	       CXType_FunctionNoProto;
}

static void pass(struct fm_walk *walk, const struct call *call, int arg,
		 struct fm_path *path, struct fm_value value)
{
	if (!may_write(call, arg))
		return;
	if (value.local != FM_VALUE_NOWHERE)
		fm_path_set(path, value.local,
			    walk->locals[value.local].depth,
			    fm_value_join(fm_value_unknown,
					  fm_path_get(path, value.local)));
	if (!(value.bits & FM_VALUE_STATE))
		return;
	fm_walk_event(walk, FM_FLOW_WRITE, value.bits, call->cursor,
		      call->name);
	if (!is_declared(call))
		fm_walk_problem(walk, call->cursor, undeclared);
}

static void eval_unknown(struct fm_walk *walk, const struct call *call,
			 struct fm_paths *set)
{
	CXType type = clang.getCanonicalType(clang.getCursorType(call->cursor));

	for (size_t i = 0; i < set->n; i++) {
		struct fm_value result = fm_value_unknown;

		for (int n = call->nargs; n--;) {
			struct fm_value value = fm_path_pop(&set->v[i]);

			pass(walk, call, n, &set->v[i], value);
			if (type.kind == CXType_Pointer)
				result.bits |= value.bits & FM_VALUE_STATE;
		}
		fm_path_push(&set->v[i], result);
	}
}

static bool is_builtin(const struct call *call)
{
	return !strncmp(call->name, "__builtin_", 10);
}

/**
 * fm_call_eval - take a set of paths through a call
 * @walk: the walk
 * @cursor: the call
 * @set: the paths; its result is pushed on each
 */
void fm_call_eval(struct fm_walk *walk, CXCursor cursor, struct fm_paths *set)
{
	struct call call = {
		.cursor = cursor,
		.function = clang.getCursorReferenced(cursor),
		.nargs = clang.Cursor_getNumArguments(cursor),
	};
	uint32_t weight = walk->rules->weights.call;
	const struct fm_rules_call *rule;
	CXCursor body;

	fm_cursor_name(cursor, call.name);
	if (clang.getCursorKind(call.function) != CXCursor_FunctionDecl)
		call.function = clang.getNullCursor();
	if (call.nargs < 0 || call.nargs > ARGS_MAX)
		call.nargs = call.nargs < 0 ? 0 : ARGS_MAX;
	rule = fm_rules_call(walk->rules, call.name);
	body = rule ? clang.getNullCursor() : find_body(walk, &call);
	if (rule)
		weight = rule->weight;
	else if (!clang.Cursor_isNull(body) || is_builtin(&call))
		weight = walk->rules->weights.operation;
	eval_args(walk, &call, set);
	fm_meter_count(walk, cursor, weight, set);
	if (rule && rule->role != FM_ROLE_PLAIN)
		eval_role(walk, &call, rule->role, set);
	else if (!clang.Cursor_isNull(body))
		eval_body(walk, &call, body, set);
	else
		eval_unknown(walk, &call, set);
}
