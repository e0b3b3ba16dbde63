// SPDX-License-Identifier: GPL-2.0-or-later
/* Where values of a trace are: names, members, elements. */
#include "trace_cursor.h"

/* ---- names */

static struct fm_fact self_member(struct fm_trace *trace, const char *name)
{
	const struct fm_fact *self = &trace->frame->self;

	if (!self->object)
		return fm_trace_get(trace, fm_trace_path(trace, 0, 0, name));
	return fm_trace_member(trace, *self, name, true);
}

/**
 * fm_trace_declared - give a variable the type that it is declared with
 * @trace: the walk
 * @name: of the variable, interned
 * @fact: gets the type, unless it has one
 */
void fm_trace_declared(struct fm_trace *trace, const char *name,
		       struct fm_fact *fact)
{
	const struct fm_outline *o = trace->outline;
	const struct fm_member *m;

	if (fact->type.name)
		return;
	for (size_t i = 0; i < o->nvariables; i++)
		if (o->variables[i].name == name) {
			fact->type = o->variables[i].type;
			return;
		}
	if (!trace->frame->owner)
		return;
	m = fm_outline_member(o, fm_outline_struct(o, trace->frame->owner),
			      name);
	if (m)
		fact->type = m->type;
}

static bool is_own_member(struct fm_trace *trace, const char *name)
{
	return trace->frame->self.object && trace->frame->owner &&
	       fm_outline_member(trace->outline,
				 fm_outline_struct(trace->outline,
						   trace->frame->owner), name);
}

/* A function's name without a call stands for the function. */
static const char *function_named(struct fm_trace *trace, const char *name)
{
	const struct fm_function *f =
		fm_trace_function(trace, trace->frame->owner, name);

	return f && !f->macro ? f->name : NULL;
}

/**
 * fm_trace_variable - what a name stands for
 * @trace: the walk
 * @name: of a local variable, a member of the object or a global, interned
 */
struct fm_fact fm_trace_variable(struct fm_trace *trace, const char *name)
{
	uint32_t local = fm_trace_find(trace, 0, trace->frame->number, name);
	struct fm_fact fact;

	if (local)
		fact = fm_trace_get(trace, local);
	else if (is_own_member(trace, name))
		return self_member(trace, name);
	else
		fact = fm_trace_get(trace, fm_trace_path(trace, 0, 0, name));
	fm_trace_declared(trace, name, &fact);
	if (!local && !fact.type.name)
		fact.calls[0] = function_named(trace, name);
	/* a reference is what it refers to */
	if (fact.type.reference && fact.ref && fact.ref != fact.path) {
		struct fm_fact target = fm_trace_get(trace, fact.ref);

		target.found |= fact.found;
		target.fresh |= fact.fresh;
		target.fields |= fact.fields;
		if (!target.type.name)
			target.type = fact.type;
		return target;
	}
	if (fact.type.reference && !fact.type.pointer &&
	    (fact.found | fact.fresh)) {
		fact.in = fact.found;
		fact.in_fresh = fact.fresh;
	}
	return fact;
}

/* ---- members and elements */

static struct fm_type member_type(struct fm_trace *trace,
				  const struct fm_type *object,
				  const char *name, bool *array)
{
	const struct fm_outline *o = trace->outline;
	const struct fm_member *m;
	struct fm_type held;

	*array = false;
	m = fm_outline_member(o, fm_outline_struct_of(o, object), name);
	if (!m && object->args) {
		/* of what a template that acts as a pointer leads to */
		held = fm_outline_argument(o->tokens, object, 0);
		m = fm_outline_member(o, fm_outline_struct_of(o, &held), name);
	}
	if (!m)
		return (struct fm_type){ .inner = FM_OUTLINE_NONE };
	*array = m->array;
	return m->type;
}

/* Has a struct members that lie in the same place? */
static bool is_overlaid(struct fm_trace *trace, const struct fm_type *type)
{
	const struct fm_outline *o = trace->outline;
	const struct fm_struct *s = fm_outline_struct_of(o, type);

	for (size_t i = 0; s && !s->is_union && i < s->nmembers; i++)
		if (!s->members[i].name &&
		    s->members[i].type.inner != FM_OUTLINE_NONE &&
		    o->structs[s->members[i].type.inner].is_union)
			return true;
	return s && s->is_union;
}

/* What was stored under other names of the same place */
static void overlay(struct fm_trace *trace, uint32_t base,
		    struct fm_fact *fact)
{
	uint32_t id = trace->paths[base].child;

	fact->fields |= fm_trace_whole(trace, fm_trace_get(trace, base)).fields;
	for (; id; id = trace->paths[id].sibling) {
		const struct fm_fact *f = &trace->paths[id].fact;

		if (!(f->found | f->fresh))
			continue;
		fact->found |= f->found;
		fact->fresh |= f->fresh;
		fact->loaded = f->loaded;
	}
}

/* Is it a variable of a function, not memory that it was led to? */
static bool is_local(const struct fm_trace *trace, const struct fm_fact *fact)
{
	const struct fm_trace_path *p = &trace->paths[fact->path];

	return fact->path && !p->parent && p->frame;
}

/**
 * fm_trace_member - a member of an object
 * @trace: the walk
 * @object: the object, or a pointer to it
 * @name: of the member, interned
 * @arrow: it is a pointer
 */
struct fm_fact fm_trace_member(struct fm_trace *trace, struct fm_fact object,
			       const char *name, bool arrow)
{
	uint32_t base = object.ref && (arrow || object.type.reference) ?
			object.ref : object.path ? object.path : object.ref;
	uint32_t found = arrow ? object.found : object.in;
	uint32_t fresh = arrow ? object.fresh : object.in_fresh;
	struct fm_type declared;
	struct fm_fact fact;
	bool array;

	if (arrow)
		fm_trace_count(trace, trace->rules->weights.memory);
	fact = fm_trace_get(trace, fm_trace_path(trace, base, 0, name));
	declared = member_type(trace, &object.type, name, &array);
	if (!fact.type.name ||
	    (declared.name && !strcmp(fact.type.name, "void")))
		fact.type = declared;
	if (found | fresh) {
		uint32_t path = fact.path;
		struct fm_type type = fact.type;

		fact = FM_TRACE_NOTHING;
		fact.path = path;
		fact.type = type;
		fact.in = found;
		fact.in_fresh = fresh;
		fact.place = path;
		fact.found = found;
		fact.fresh = fresh;
		fact.loaded = !array;
		return fact;
	}
	/* a copy of what was found, or of what leads there */
	if (!(fact.found | fact.fresh) && (object.found | object.fresh)) {
		fact.found = object.found;
		fact.fresh = object.fresh;
		fact.loaded = true;
	}
	if (base && !trace->paths[fact.path].set &&
	    is_overlaid(trace, &object.type))
		overlay(trace, base, &fact);
	if (!fact.fields) {
		fact.fields = fm_trace_field(trace, object.type.name,
					     name);
		if (!fact.fields)
			fact.fields = object.fields;
		else if (!object.fields || object.type.name)
			trace->reads |= fact.fields;
	}
	fact.symmetric |= object.symmetric;
	return fact;
}

/**
 * fm_trace_element - array[index]: an index of header fields leads to state
 * @trace: the walk, at its '['
 * @array: the array
 * @token: where
 */
struct fm_fact fm_trace_element(struct fm_trace *trace, struct fm_fact array,
				uint32_t token)
{
	struct fm_fact index = fm_trace_inside(trace), fact = array, key;
	const char *name = array.path ? trace->paths[array.path].name : NULL;

	fm_trace_count(trace, trace->rules->weights.memory);
	index = fm_trace_whole(trace, index);
	if (array.type.name && !array.type.pointer && array.type.args) {
		struct fm_fact object = array;
		const struct fm_idiom_call *rule = fm_trace_rule(
			trace, array.type.name, "[]");

		if (rule && rule->role == FM_DOES_PLAIN)
			return FM_TRACE_NOTHING;
		(void)object;
	}
	if (array.loaded && !(array.in | array.in_fresh)) {
		fact.element = true;
		return fact;
	}
	if (array.found | array.fresh) {
		fact.in = array.found;
		fact.in_fresh = array.fresh;
		fact.loaded = true;
		return fact;
	}
	/* the first element stands for all */
	if (array.ref && !array.type.reference) {
		fact = fm_trace_get(trace, array.ref);
		fact.fields |= array.fields;
		if (!fact.type.name)
			fact.type = array.type;
		fact.type.pointer = array.type.pointer;
	}
	fact.fields |= index.fields;
	if (!index.loaded && (index.found | index.fresh)) {
		fact.found = fact.in = index.found;
		fact.fresh = fact.in_fresh = index.fresh;
		fact.loaded = true;
		if (!index.signal)
			fact.signal = 0;
		fm_trace_state_type(trace, fact.found | fact.fresh,
				    &array.type);
	} else if (is_local(trace, &array) && !array.ref) {
		fact.element = true;
	} else if (index.fields && (name || array.ref)) {
		int table = fm_trace_table(trace, array, "array");

		if (table < 0)
			return fact;
		key = FM_TRACE_NOTHING;
		key.fields = index.fields;
		key.symmetric = index.symmetric;
		key.swapped = index.swapped;
		fm_trace_key(trace, table, key, token);
		fm_trace_event(trace, 1U << table, FM_TRACE_LOOKUP, name,
			       token);
		fm_trace_state_type(trace, 1U << table, &array.type);
		fact.found = fact.in = 1U << table;
		fact.loaded = true;
		fact.fields = 0;
	}
	if (!(fact.in | fact.in_fresh))
		fact.element = true;
	if (fact.type.pointer)
		fact.type.pointer--;
	return fact;
}
