// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls of a trace. What the rules know counts first, then the function's own
 * body, then what can be told from its arguments.
 */
#include <string.h>

#include "trace.h"

struct call {
	const char *name;
	uint32_t token;
	const struct fm_fact *object;
	struct fm_fact args[FM_TRACE_ARGS];
	uint32_t at[FM_TRACE_ARGS];
	size_t n;
};

static struct fm_fact argument(const struct call *call, int index)
{
	if (index == FM_IDIOM_NOWHERE)
		return call->object ? *call->object : FM_TRACE_NOTHING;
	return (size_t)index < call->n ? call->args[index] : FM_TRACE_NOTHING;
}

static void take_args(struct fm_trace *trace, struct call *call)
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

/* ---- what the rules know */

/* The type that a container of the table's declaration has as its value. */
static void value_type(struct fm_trace *trace, int table, struct fm_fact where)
{
	const struct fm_tokens *t = trace->tokens;
	const struct fm_outline *o = trace->outline;
	struct fm_type type, last = { .inner = FM_OUTLINE_NONE };

	for (uint32_t i = where.type.args ? where.type.args + 1 : 0;
	     where.type.args && i && i < t->n;) {
		i = fm_outline_type(t, i, t->n, &type);
		if (!i)
			break;
		/* of <key, value, ...> the second */
		if (last.name) {
			last = type;
			break;
		}
		last = type;
		if (!fm_token_is(t, i, ","))
			break;
		i++;
	}
	for (size_t v = 0; v < o->nvariables && !last.name; v++) {
		if (o->variables[v].name != trace->tables[table].name)
			continue;
		for (uint32_t i = o->variables[v].start;
		     i + 3 < o->variables[v].end; i++)
			if (fm_token_is(t, i, "(") &&
			    fm_token_is(t, i + 1, "value") &&
			    fm_outline_type(t, i + 3, t->n, &type))
				last = type;
	}
	if (last.name)
		fm_trace_state_type(trace, 1U << table, &last);
}

static struct fm_fact key_of(struct fm_trace *trace,
			     const struct fm_idiom_call *rule,
			     const struct call *call)
{
	struct fm_fact key = FM_TRACE_NOTHING;

	if (rule->key != FM_IDIOM_NOWHERE)
		key = fm_trace_whole(trace, argument(call, rule->key));
	key.fields |= rule->fields;
	key.symmetric |= rule->bidirectional;
	return key;
}

/* A value that leads to state, in the argument that gets it or as result. */
static struct fm_fact give(struct fm_trace *trace,
			   const struct fm_idiom_call *rule,
			   const struct call *call, struct fm_fact state)
{
	struct fm_fact out, result = state;

	result.signal = rule->found == FM_FOUND_ALWAYS ? 0 : state.found;
	result.how = rule->found;
	if (rule->out == FM_IDIOM_NOWHERE)
		return result;
	out = argument(call, rule->out);
	state.type = FM_TRACE_NOTHING.type;
	if (out.ref || out.path)
		fm_trace_set(trace, out.ref ? out.ref : out.path, state);
	result.found = 0;
	result.fresh = 0;
	return result;
}

static struct fm_fact lookup(struct fm_trace *trace,
			     const struct fm_idiom_call *rule,
			     const struct call *call)
{
	struct fm_fact where = argument(call, rule->table);
	struct fm_fact state = FM_TRACE_NOTHING;
	int table = fm_trace_table(trace, where, call->name);

	if (table < 0)
		return state;
	trace->tables[table].keeps |= rule->keeps;
	if (rule->bidirectional)
		trace->tables[table].bidirectional = true;
	fm_trace_key(trace, table, key_of(trace, rule, call), call->token);
	fm_trace_event(trace, 1U << table, FM_TRACE_LOOKUP, call->name,
		       call->token);
	value_type(trace, table, where);
	trace->seen |= 1U << table;
	if (trace->tables[table].plain) {
		state.ref = where.ref ? where.ref : where.path;
		state.type = trace->tables[table].type;
		state.type.pointer = 1;
		return state;
	}
	state.found = 1U << table;
	if (rule->found == FM_FOUND_ALWAYS) {
		state.fresh = 1U << table;
		fm_trace_event(trace, 1U << table, FM_TRACE_INSERT, call->name,
			       call->token);
	}
	return give(trace, rule, call, state);
}

/* The memory that is handed over is the state from now on. */
static void adopt(struct fm_trace *trace, const struct fm_idiom_call *rule,
		  const struct call *call, int table)
{
	struct fm_fact value;

	if (rule->value == FM_IDIOM_NOWHERE)
		return;
	value = argument(call, rule->value);
	fm_trace_state_type(trace, 1U << table, &value.type);
	if (!value.path && !value.ref)
		return;
	if (value.ref)
		return;
	value.fresh |= 1U << table;
	fm_trace_set(trace, value.path, value);
}

static struct fm_fact insert(struct fm_trace *trace,
			     const struct fm_idiom_call *rule,
			     const struct call *call)
{
	struct fm_fact where = argument(call, rule->table);
	struct fm_fact state = FM_TRACE_NOTHING;
	int table = fm_trace_table(trace, where, call->name);
	bool update = rule->role == FM_DOES_UPDATE;
	uint32_t bit;

	if (table < 0)
		return state;
	bit = 1U << table;
	trace->tables[table].keeps |= rule->keeps;
	fm_trace_key(trace, table, key_of(trace, rule, call), call->token);
	value_type(trace, table, where);
	adopt(trace, rule, call, table);
	fm_trace_event(trace, bit, FM_TRACE_INSERT, call->name, call->token);
	if (update && !(trace->missing & bit))
		fm_trace_event(trace, bit, FM_TRACE_WRITE, call->name,
			       call->token);
	state.fresh = bit;
	return give(trace, rule, call, state);
}

static void change(struct fm_trace *trace, const struct fm_idiom_call *rule,
		   const struct call *call)
{
	struct fm_fact to = argument(call, rule->out);
	uint32_t found = to.loaded ? to.in : to.found | to.in;
	uint32_t fresh = to.loaded ? to.in_fresh : to.fresh | to.in_fresh;

	fm_trace_write(trace, found, fresh, call->name, call->token);
}

static struct fm_fact copy(struct fm_trace *trace,
			   const struct fm_idiom_call *rule,
			   const struct call *call)
{
	struct fm_fact from = fm_trace_whole(trace, argument(call, rule->key));
	struct fm_fact to = argument(call, rule->out);
	uint32_t path = to.ref ? to.ref : to.path;

	change(trace, rule, call);
	from.path = 0;
	from.ref = 0;
	from.type = FM_TRACE_NOTHING.type;
	if (!from.fields && from.ref)
		from.fields = trace->paths[from.ref].fact.fields;
	from.fields |= rule->fields;
	if (path && !(to.found | to.fresh | to.in | to.in_fresh)) {
		struct fm_fact target = fm_trace_get(trace, path);

		target.path = path;
		from.found = from.fresh = 0;
		fm_trace_store(trace, target, from, call->token);
	}
	return FM_TRACE_NOTHING;
}

static struct fm_fact fields(struct fm_trace *trace,
			     const struct fm_idiom_call *rule,
			     const struct call *call)
{
	struct fm_fact fact = FM_TRACE_NOTHING, out;

	fact.fields = rule->fields;
	fact.symmetric = rule->bidirectional;
	trace->reads |= rule->fields;
	if (rule->out == FM_IDIOM_NOWHERE)
		return fact;
	out = argument(call, rule->out);
	if (out.ref || out.path)
		fm_trace_set(trace, out.ref ? out.ref : out.path, fact);
	return FM_TRACE_NOTHING;
}

static struct fm_fact reach(struct fm_trace *trace,
			    const struct fm_idiom_call *rule,
			    const struct call *call)
{
	struct fm_fact where = argument(call, rule->table);
	struct fm_fact key = argument(call, rule->key);
	struct fm_fact result = FM_TRACE_NOTHING, out;

	result.found = key.found | key.in;
	result.fresh = key.fresh | key.in_fresh;
	if (!(result.found | result.fresh)) {
		result.found = where.found | where.in;
		result.fresh = where.fresh | where.in_fresh;
	}
	result.type = where.type;
	if (rule->out == FM_IDIOM_NOWHERE)
		return result;
	out = argument(call, rule->out);
	result.type = FM_TRACE_NOTHING.type;
	result.signal = result.found;
	if (out.path)
		fm_trace_set(trace, out.path, result);
	return FM_TRACE_NOTHING;
}

static struct fm_fact by_rule(struct fm_trace *trace,
			      const struct fm_idiom_call *rule,
			      const struct call *call)
{
	struct fm_fact result = FM_TRACE_NOTHING, first;

	fm_trace_count(trace, rule->weight);
	switch (rule->role) {
	case FM_DOES_LOOKUP:
		return lookup(trace, rule, call);
	case FM_DOES_INSERT:
	case FM_DOES_UPDATE:
		return insert(trace, rule, call);
	case FM_DOES_DELETE:
		first = argument(call, rule->table);
		fm_trace_event(trace, first.found | first.in, FM_TRACE_DELETE,
			       call->name, call->token);
		return result;
	case FM_DOES_ALLOC:
		result.memory = true;
		return result;
	case FM_DOES_ELEMENT:
	case FM_DOES_ITERATE:
		return reach(trace, rule, call);
	case FM_DOES_WRITE:
		change(trace, rule, call);
		return result;
	case FM_DOES_COPY:
		return copy(trace, rule, call);
	case FM_DOES_FIELDS:
		return fields(trace, rule, call);
	case FM_DOES_PLAIN:
		break;
	}
	/* conversions: the first argument's value in another dress */
	first = fm_trace_whole(trace, argument(call, 0));
	result.fields = first.fields;
	result.symmetric = first.symmetric;
	for (size_t i = 1; i < call->n; i++)
		result.fields |= fm_trace_whole(trace, call->args[i]).fields;
	result.found = call->n == 1 ? first.found : 0;
	result.fresh = call->n == 1 ? first.fresh : 0;
	result.missing_true = first.missing_true;
	result.missing_false = first.missing_false;
	result.signal = first.signal;
	result.how = first.how;
	result.loaded = first.loaded;
	result.end = !strcmp(call->name, "end") || !strcmp(call->name, "cend");
	if (call->object) {
		struct fm_fact object = fm_trace_whole(trace, *call->object);

		result.fields |= object.fields;
		result.found |= object.found | object.in;
		result.fresh |= object.fresh | object.in_fresh;
		result.loaded = !call->object->type.pointer ||
				call->object->loaded;
	}
	return result;
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
			      const struct call *call)
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
	return run(trace, function, function->owner && trace->frame->self.object ?
		   &trace->frame->self : NULL, call->args, call->n);
}

/* ---- others */

static bool is_constant_name(const char *name)
{
	return !strncmp(name, "is", 2) || !strncmp(name, "get", 3) ||
	       !strncmp(name, "has", 3);
}

static struct fm_fact unknown(struct fm_trace *trace, const struct call *call)
{
	struct fm_fact result = FM_TRACE_NOTHING, all = FM_TRACE_NOTHING;

	fm_trace_count(trace, trace->rules->weights.call);
	for (size_t i = 0; i < call->n; i++) {
		struct fm_fact arg = fm_trace_whole(trace, call->args[i]);

		all.fields |= arg.fields;
		all.symmetric |= arg.symmetric;
		all.swapped |= arg.swapped;
	}
	for (size_t i = 0; i < call->n; i++) {
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
	if (call->object) {
		struct fm_fact object = fm_trace_whole(trace, *call->object);

		if ((object.in | object.in_fresh) && !object.type.pointer &&
		    !is_constant_name(call->name))
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

static struct fm_fact method(struct fm_trace *trace, const struct call *call)
{
	const struct fm_fact *object = call->object;
	const struct fm_function *function = NULL;
	const struct fm_idiom_call *rule;
	bool own = object->object && !object->path && !object->ref;
	struct fm_fact result;

	rule = fm_idiom_call(trace->idiom, object->type.name ?
			     object->type.name : "", call->name);
	if (rule && !own)
		return by_rule(trace, rule, call);
	if (object->type.name)
		function = fm_outline_function(trace->outline,
					       object->type.name, call->name);
	if (own)
		function = fm_outline_function(trace->outline,
					       trace->frame->owner, call->name);
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
	rule = fm_idiom_call(trace->idiom, NULL, call->name);
	if (rule)
		return by_rule(trace, rule, call);
	return unknown(trace, call);
}

/**
 * fm_trace_call - a call
 * @trace: the walk, at its '('
 * @name: of the function, "" if it is called through a pointer
 * @token: where
 * @object: whose method it is, or NULL
 *
 * Return: its result.
 */
struct fm_fact fm_trace_call(struct fm_trace *trace, const char *name,
			     uint32_t token, const struct fm_fact *object)
{
	struct call call = { .name = name, .token = token, .object = object };
	const struct fm_idiom_call *rule;
	const struct fm_function *function;

	take_args(trace, &call);
	if (!*name)
		return unknown(trace, &call);
	if (object)
		return method(trace, &call);
	rule = fm_idiom_call(trace->idiom, NULL, name);
	if (rule)
		return by_rule(trace, rule, &call);
	function = fm_outline_function(trace->outline, trace->frame->owner,
				       name);
	return function ? by_body(trace, function, &call) :
			  unknown(trace, &call);
}
