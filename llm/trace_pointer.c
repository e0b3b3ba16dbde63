// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls through pointers. The functions that a value was seen to be set to on
 * the way count; if there are none, those that the files set a member or a
 * variable of that name to. Each is walked as a branch.
 */
#include <string.h>

#include "trace.h"

struct candidates {
	const char *v[FM_TRACE_TARGETS];
	size_t n;
	bool cut;
};

static void add(struct candidates *c, const char *function)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i] == function)
			return;
	if (c->n < FM_TRACE_TARGETS)
		c->v[c->n++] = function;
	else
		c->cut = true;
}

/**
 * fm_fact_call_either - a value that is one function or another
 * @a: one; gets the functions of the other, too
 * @b: the other
 */
void fm_fact_call_either(struct fm_fact *a, const struct fm_fact *b)
{
	for (size_t i = 0; i < FM_FACT_CALLS && b->calls[i]; i++)
		for (size_t k = 0; k < FM_FACT_CALLS; k++) {
			if (a->calls[k] == b->calls[i])
				break;
			if (!a->calls[k]) {
				a->calls[k] = b->calls[i];
				break;
			}
		}
}

/* The variable that an object is or a pointer leads to. */
static const char *variable_of(const struct fm_trace *trace,
			       const struct fm_fact *object)
{
	uint32_t path = object->ref ? object->ref : object->path;

	return path && !trace->paths[path].parent ? trace->paths[path].name :
						    NULL;
}

static bool fits(const struct fm_target *t, const char *variable,
		 const char *type)
{
	if (variable)
		return t->variable == variable;
	return !t->type || !type || t->type == type;
}

static void find(struct fm_trace *trace, const char *name,
		 const char *variable, const char *type, struct candidates *c)
{
	const struct fm_outline *o = trace->outline;

	for (size_t i = 0; i < o->ntargets; i++)
		if (o->targets[i].name == name &&
		    fits(&o->targets[i], variable, type))
			add(c, o->targets[i].function);
}

static struct fm_fact walk(struct fm_trace *trace, struct candidates *c,
			   const struct fm_trace_args *call)
{
	struct fm_fact result = FM_TRACE_NOTHING;
	uint64_t cost = trace->complexity, dearest = cost;

	if (c->cut)
		fm_trace_problem(trace, call->token,
				 "not all functions that a pointer may lead to were followed");
	for (size_t i = 0; i < c->n; i++) {
		uint32_t before = trace->branch, fields;
		struct fm_fact one;

		if (c->n > 1)
			before = fm_trace_branch(trace);
		trace->complexity = cost;
		one = fm_trace_walk(trace, c->v[i], call);
		trace->branch = before;
		if (trace->complexity > dearest)
			dearest = trace->complexity;
		fields = i ? fm_trace_either(trace, result.fields,
					     one.fields) : one.fields;
		result = i ? fm_fact_join(result, one) : one;
		result.fields = fields;
	}
	trace->complexity = dearest;
	return result;
}

/**
 * fm_trace_pointer - call what a value points to
 * @trace: the walk, behind the call
 * @value: the value, or NULL
 * @call: the call; its name is that of the member or the variable
 * @result: gets the result
 *
 * Return: whether it is known what may be called.
 */
bool fm_trace_pointer(struct fm_trace *trace, const struct fm_fact *value,
		      const struct fm_trace_args *call, struct fm_fact *result)
{
	struct candidates c = { 0 };

	for (size_t i = 0; value && i < FM_FACT_CALLS && value->calls[i]; i++)
		add(&c, value->calls[i]);
	if (!c.n && call->object) {
		const char *variable = variable_of(trace, call->object);

		if (variable)
			find(trace, call->name, variable, NULL, &c);
		if (!c.n)
			find(trace, call->name, NULL, call->object->type.name,
			     &c);
	} else if (!c.n && *call->name) {
		find(trace, call->name, NULL, NULL, &c);
	}
	if (!c.n)
		return false;
	*result = walk(trace, &c, call);
	return true;
}
