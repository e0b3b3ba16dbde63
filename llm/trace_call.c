// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls of a trace. What the rules know counts first, then the function's own
 * body, then what can be told from its arguments.
 */
#include <string.h>

#include "trace.h"

static void take_args(struct fm_trace *trace, struct fm_trace_args *call)
{
	uint32_t close = trace->tokens->v[trace->i].match, end = trace->end;

	if (close <= trace->i || close >= end)
		close = end - 1;
	trace->i++;
	trace->end = close;
	while (trace->i < close) {
		uint32_t before = trace->i;
		struct fm_fact fact = fm_trace_assignment(trace);

		if (call->n < FM_TRACE_ARGS) {
			call->at[call->n] = before;
			call->args[call->n++] = fact;
		}
		while (trace->i < close && !fm_token_is(trace->tokens,
							trace->i, ",")) {
			uint32_t m = trace->tokens->v[trace->i].match;

			trace->i = m > trace->i && m < close ? m + 1 :
							       trace->i + 1;
		}
		trace->i++;
	}
	trace->end = end;
	trace->i = close + 1;
}

/* ---- functions with a body */

static bool is_active(const struct fm_trace *trace,
		      const struct fm_function *function)
{
	const struct fm_trace_frame *frame = trace->frame;

	for (; frame; frame = frame->caller)
		if (frame->function == function)
			return true;
	return false;
}

/* Binds arguments to the parameters of the function about to be walked. */
static void bind(struct fm_trace *trace, const struct fm_function *function,
		 const struct fm_fact *args, size_t nargs)
{
	uint32_t i = function->params + 1, n = 0;
	uint32_t close = trace->tokens->v[function->params].match;

	while (i < close) {
		struct fm_fact fact = n < nargs ? args[n] : FM_TRACE_NOTHING;
		struct fm_type type = { .inner = FM_OUTLINE_NONE };
		uint32_t name, path, next = i, k;

		while (next < close && !fm_token_is(trace->tokens, next, ",")) {
			uint32_t m = trace->tokens->v[next].match;

			if (fm_token_is(trace->tokens, next, "<") &&
			    fm_outline_angle(trace->tokens, next))
				m = fm_outline_angle(trace->tokens, next);
			next = m > next && m < close ? m + 1 : next + 1;
		}
		name = fm_outline_declares(trace->tokens, i, next, &type);
		if (!name)
			name = fm_outline_pointer(trace->tokens, i, next, &k);
		for (k = next; !name && k-- > i;)
			if (trace->tokens->v[k].kind == FM_TOKEN_WORD)
				name = k;
		if (name) {
			path = fm_trace_path(trace, 0, trace->frame->number,
					     trace->tokens->v[name].text);
			if (!fact.ref && fact.path)
				fact.ref = fact.path;
			if (!fact.found)
				fact.found = fact.in;
			if (!fact.fresh)
				fact.fresh = fact.in_fresh;
			/* a struct by value: its members are the caller's */
			if (function->macro ||
			    (!type.pointer && n < nargs && args[n].path &&
			     fm_outline_struct_of(trace->outline, &type)))
				type.reference = true;
			trace->paths[path].fact = FM_TRACE_NOTHING;
			if (type.name && strcmp(type.name, "void") &&
			    strcmp(type.name, "auto") &&
			    (fm_outline_struct_of(trace->outline, &type) ||
			     !fact.type.name || !type.pointer))
				trace->paths[path].fact.type = type;
			trace->paths[path].set = false;
			if (function->macro && !type.name)
				fact.type.reference = true;
			if (!fact.loaded && type.pointer)
				fm_trace_state_type(trace, fact.found |
						    fact.fresh, &type);
			fm_trace_set(trace, path, fact);
		}
		i = next + 1;
		n++;
	}
}

static struct fm_fact run(struct fm_trace *trace,
			  const struct fm_function *function,
			  const struct fm_fact *self,
			  const struct fm_fact *args, size_t nargs)
{
	struct fm_trace_frame frame = {
		.function = function, .caller = trace->frame,
		.number = ++trace->frames, .result = FM_TRACE_NOTHING,
		.owner = function->owner,
	};
	uint32_t i = trace->i, end = trace->end, branch = trace->branch;
	uint32_t missing = trace->missing, nest = trace->nest;
	struct fm_trace_switch *cases = trace->cases;
	bool ended = trace->ended;

	frame.self = self ? *self : FM_TRACE_NOTHING;
	/* methods of base classes call those of the NF */
	if (!self && function->owner && trace->subject)
		frame.owner = trace->subject;
	if (!self && function->macro && trace->frame) {
		frame.owner = trace->frame->owner;
		frame.self = trace->frame->self;
	}
	trace->frame = &frame;
	trace->cases = NULL;
	trace->depth++;
	bind(trace, function, args, nargs);
	trace->nest = trace->depth * 8;
	fm_trace_block(trace, function->body, function->end);
	trace->nest = nest;
	trace->depth--;
	trace->frame = (struct fm_trace_frame *)frame.caller;
	trace->i = i;
	trace->end = end;
	trace->branch = branch;
	trace->missing = missing;
	trace->cases = cases;
	trace->ended = ended;
	frame.result.path = 0;
	return frame.result;
}

/**
 * fm_trace_run - walk through a function
 * @trace: the walk
 * @function: the function
 * @args: @nargs of its arguments
 *
 * Return: its result.
 */
struct fm_fact fm_trace_run(struct fm_trace *trace,
			    const struct fm_function *function,
			    const struct fm_fact *args, size_t nargs)
{
	return run(trace, function, NULL, args, nargs);
}

static struct fm_fact by_body(struct fm_trace *trace,
			      const struct fm_function *function,
			      const struct fm_trace_args *call)
{
	uint8_t *walks = &trace->walks[function - trace->outline->functions];

	if (is_active(trace, function) || trace->depth == FM_TRACE_DEPTH ||
	    *walks == FM_TRACE_WALKS) {
		if (is_active(trace, function) && !function->macro)
			fm_trace_problem(trace, call->token,
					 "recursion was not followed beyond its first round");
		return FM_TRACE_NOTHING;
	}
	++*walks;
	fm_trace_count(trace, trace->rules->weights.operation);
	return run(trace, function,
		   function->owner && trace->frame->self.object ?
		   &trace->frame->self : NULL, call->args, call->n);
}

/* ---- others */

static bool is_constant_name(const char *name)
{
	return !strncmp(name, "is", 2) || !strncmp(name, "get", 3) ||
	       !strncmp(name, "has", 3);
}

/* A method of the state that is only declared may write to it. */
static void own_method(struct fm_trace *trace, const struct fm_trace_args *call)
{
	const struct fm_fact *self = &trace->frame->self;
	const struct fm_struct *s;
	uint32_t i;

	if (!self->object || !(self->found | self->fresh) ||
	    is_constant_name(call->name))
		return;
	s = fm_outline_struct(trace->outline, trace->frame->owner);
	for (i = s ? s->body : 0; s && i < trace->tokens->v[s->body].match; i++)
		if (trace->tokens->v[i].text == call->name &&
		    fm_token_is(trace->tokens, i + 1, "(")) {
			fm_trace_write(trace, self->found, self->fresh,
				       call->name, call->token);
			return;
		}
}

static struct fm_fact unknown(struct fm_trace *trace,
			      const struct fm_trace_args *call)
{
	struct fm_fact result = FM_TRACE_NOTHING, all = FM_TRACE_NOTHING;
	bool reads = fm_trace_reads_only(trace, call->name);

	fm_trace_count(trace, trace->rules->weights.call);
	for (size_t i = 0; i < call->n; i++) {
		struct fm_fact arg = fm_trace_whole(trace, call->args[i]);

		all.fields |= arg.fields;
		all.symmetric |= arg.symmetric;
		all.swapped |= arg.swapped;
	}
	for (size_t i = 0; i < call->n && !reads; i++) {
		struct fm_fact arg = call->args[i];

		if (!arg.loaded && (arg.found | arg.fresh) && *call->name)
			fm_trace_write(trace, arg.found, arg.fresh, call->name,
				       call->token);
		/* what it may fill in is made of what it was given */
		if (arg.ref && fm_token_is(trace->tokens, call->at[i], "&") &&
		    !(arg.found | arg.fresh) && all.fields) {
			struct fm_fact fact = all;

			fm_trace_set(trace, arg.ref, fact);
		}
	}
	if (!call->object && !reads)
		own_method(trace, call);
	if (call->object) {
		struct fm_fact object = fm_trace_whole(trace, *call->object);

		if ((object.in | object.in_fresh) && !object.type.pointer &&
		    !reads && !is_constant_name(call->name))
			fm_trace_write(trace, object.in, object.in_fresh,
				       call->name, call->token);
		result.found = object.found;
		result.fresh = object.fresh;
		result.loaded = true;
		all.fields |= object.fields;
	}
	result.fields = all.fields;
	result.symmetric = all.symmetric;
	result.swapped = all.swapped;
	return result;
}

static struct fm_fact method(struct fm_trace *trace,
			     const struct fm_trace_args *call)
{
	const struct fm_fact *object = call->object;
	const struct fm_function *function = NULL;
	const struct fm_idiom_call *rule;
	bool own = object->object && !object->path && !object->ref;
	struct fm_fact result, member;

	rule = fm_trace_rule(trace, object->type.name ?
			     object->type.name : "", call->name);
	if (rule && !own)
		return fm_trace_role(trace, rule, call);
	if (object->type.name)
		function = fm_trace_function(trace, object->type.name,
					     call->name);
	if (own)
		function = fm_trace_function(trace, trace->frame->owner,
					     call->name);
	if (function && function->owner) {
		struct fm_fact self = *object;

		result = FM_TRACE_NOTHING;
		if (is_active(trace, function) ||
		    trace->depth == FM_TRACE_DEPTH ||
		    trace->walks[function - trace->outline->functions]++ >=
		    FM_TRACE_WALKS)
			return result;
		self.object = !own;
		if (!self.found)
			self.found = self.in;
		if (!self.fresh)
			self.fresh = self.in_fresh;
		return run(trace, function, self.object ? &self : NULL,
			   call->args, call->n);
	}
	member = fm_trace_get(trace, fm_trace_find(trace, object->ref ?
			      object->ref : object->path, 0, call->name));
	if (fm_trace_pointer(trace, &member, call, &result))
		return result;
	rule = fm_trace_rule(trace, NULL, call->name);
	if (rule)
		return fm_trace_role(trace, rule, call);
	return unknown(trace, call);
}

/**
 * fm_trace_walk - walk through a function that a pointer leads to
 * @trace: the walk
 * @name: of the function, interned
 * @call: the call
 *
 * Return: its result.
 */
struct fm_fact fm_trace_walk(struct fm_trace *trace, const char *name,
			     const struct fm_trace_args *call)
{
	const struct fm_function *function =
		fm_trace_function(trace, trace->frame->owner, name);

	/* one that is being walked is most likely another's */
	if (!function || is_active(trace, function))
		return FM_TRACE_NOTHING;
	return by_body(trace, function, call);
}

/* A local variable that is called like a function hides all others. */
static bool by_local(struct fm_trace *trace, const struct fm_trace_args *call,
		     struct fm_fact *result)
{
	uint32_t path = fm_trace_find(trace, 0, trace->frame->number,
				      call->name);
	struct fm_fact value = fm_trace_get(trace, path);

	return value.calls[0] && fm_trace_pointer(trace, &value, call, result);
}

/**
 * fm_trace_call_named - a call of what has a name
 * @trace: the walk
 * @call: the call
 *
 * Return: its result.
 */
struct fm_fact fm_trace_call_named(struct fm_trace *trace,
				   const struct fm_trace_args *call)
{
	const struct fm_idiom_call *rule = fm_trace_rule(trace, NULL,
							 call->name);
	const struct fm_function *function;
	struct fm_fact result;

	if (rule)
		return fm_trace_role(trace, rule, call);
	function = fm_trace_function(trace, trace->frame->owner, call->name);
	if (function)
		return by_body(trace, function, call);
	return fm_trace_pointer(trace, NULL, call, &result) ? result :
	       unknown(trace, call);
}

/**
 * fm_trace_call - a call
 * @trace: the walk, at its '('
 * @name: of the function, or of the member or variable that points to it
 * @token: where
 * @object: whose method it is, or NULL
 *
 * Return: its result.
 */
struct fm_fact fm_trace_call(struct fm_trace *trace, const char *name,
			     uint32_t token, const struct fm_fact *object)
{
	struct fm_trace_args call = {
		.name = name, .token = token, .object = object,
	};
	struct fm_fact result;

	take_args(trace, &call);
	if (object)
		return method(trace, &call);
	if (by_local(trace, &call, &result))
		return result;
	return fm_trace_call_named(trace, &call);
}

/**
 * fm_trace_call_value - a call of what a value points to
 * @trace: the walk, at its '('
 * @value: the value
 * @token: where
 *
 * Return: its result.
 */
struct fm_fact fm_trace_call_value(struct fm_trace *trace,
				   const struct fm_fact *value,
				   uint32_t token)
{
	struct fm_trace_args call = { .token = token, .name = "" };
	uint32_t path = value->path ? value->path : value->ref;
	uint32_t parent = trace->paths[path].parent;
	struct fm_fact result, object = fm_trace_get(trace, parent);

	take_args(trace, &call);
	if (path)
		call.name = trace->paths[path].name;
	if (parent)
		call.object = &object;
	if (fm_trace_pointer(trace, value, &call, &result))
		return result;
	call.name = "";
	call.object = NULL;
	return unknown(trace, &call);
}
