// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls of a trace that the rules know. */
#include <string.h>

#include "trace.h"

static struct fm_fact argument(const struct fm_trace_args *call, int index)
{
	if (index == FM_IDIOM_NOWHERE)
		return call->object ? *call->object : FM_TRACE_NOTHING;
	return (size_t)index < call->n ? call->args[index] : FM_TRACE_NOTHING;
}

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
			     const struct fm_trace_args *call)
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
			   const struct fm_trace_args *call, struct fm_fact state)
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

/* The type that the rule names. */
static void rule_type(struct fm_trace *trace, const struct fm_idiom_call *rule,
		      int table)
{
	struct fm_type type = { .inner = FM_OUTLINE_NONE };

	if (!*rule->state)
		return;
	type.name = fm_intern_string(&trace->tokens->words, rule->state);
	fm_trace_state_type(trace, 1U << table, &type);
}

/* Has the call the word that makes it create only? */
static bool creates(const struct fm_trace *trace,
		    const struct fm_idiom_call *rule,
		    const struct fm_trace_args *call)
{
	uint32_t open = call->token + 1, i;

	if (!*rule->creates || !fm_token_is(trace->tokens, open, "("))
		return false;
	for (i = open; i < trace->tokens->v[open].match; i++)
		if (fm_token_is(trace->tokens, i, rule->creates))
			return true;
	return false;
}

static struct fm_fact lookup(struct fm_trace *trace,
			     const struct fm_idiom_call *rule,
			     const struct fm_trace_args *call)
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
	rule_type(trace, rule, table);
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
		  const struct fm_trace_args *call, int table)
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
			     const struct fm_trace_args *call)
{
	struct fm_fact where = argument(call, rule->table);
	struct fm_fact state = FM_TRACE_NOTHING;
	int table = fm_trace_table(trace, where, call->name);
	bool update = rule->role == FM_DOES_UPDATE &&
		      !creates(trace, rule, call);
	uint32_t bit;

	if (table < 0)
		return state;
	bit = 1U << table;
	trace->tables[table].keeps |= rule->keeps;
	fm_trace_key(trace, table, key_of(trace, rule, call), call->token);
	rule_type(trace, rule, table);
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
		   const struct fm_trace_args *call)
{
	struct fm_fact to = argument(call, rule->out);
	uint32_t found = to.loaded ? to.in : to.found | to.in;
	uint32_t fresh = to.loaded ? to.in_fresh : to.fresh | to.in_fresh;

	fm_trace_write(trace, found, fresh, call->name, call->token);
}

static struct fm_fact copy(struct fm_trace *trace,
			   const struct fm_idiom_call *rule,
			   const struct fm_trace_args *call)
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

/* What is made of several values is made of those, if they are known. */
static void take_parts(struct fm_trace *trace, const struct fm_trace_args *call,
		       struct fm_fact *fact)
{
	uint32_t fields = 0;

	for (size_t i = 0; i < call->n; i++)
		fields |= fm_trace_whole(trace, call->args[i]).fields;
	if (fields)
		fact->fields = fields;
}

static struct fm_fact fields(struct fm_trace *trace,
			     const struct fm_idiom_call *rule,
			     const struct fm_trace_args *call)
{
	struct fm_fact fact = FM_TRACE_NOTHING, out;

	fact.fields = rule->fields;
	fact.symmetric = rule->bidirectional;
	if (rule->out == FM_IDIOM_NOWHERE && call->n > 1)
		take_parts(trace, call, &fact);
	trace->reads |= fact.fields;
	if (rule->out == FM_IDIOM_NOWHERE)
		return fact;
	out = argument(call, rule->out);
	if (out.ref || out.path)
		fm_trace_set(trace, out.ref ? out.ref : out.path, fact);
	return FM_TRACE_NOTHING;
}

static struct fm_fact reach(struct fm_trace *trace,
			    const struct fm_idiom_call *rule,
			    const struct fm_trace_args *call)
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

/* A macro that calls a function which is one of its arguments. */
static struct fm_fact apply(struct fm_trace *trace,
			    const struct fm_idiom_call *rule,
			    const struct fm_trace_args *call)
{
	struct fm_trace_args inner = { .token = call->token };
	size_t first = rule->key + 1;

	if (rule->key == FM_IDIOM_NOWHERE || call->n < first)
		return FM_TRACE_NOTHING;
	inner.name = trace->tokens->v[call->at[rule->key]].text;
	for (size_t i = first; i < call->n; i++) {
		inner.at[inner.n] = call->at[i];
		inner.args[inner.n++] = call->args[i];
	}
	return fm_trace_call_named(trace, &inner);
}

/**
 * fm_trace_role - a call that does what a rule says
 * @trace: the walk, behind the call
 * @rule: the rule
 * @call: the call
 *
 * Return: its result.
 */
struct fm_fact fm_trace_role(struct fm_trace *trace,
			     const struct fm_idiom_call *rule,
			     const struct fm_trace_args *call)
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
	case FM_DOES_APPLY:
		return apply(trace, rule, call);
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
