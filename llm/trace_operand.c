// SPDX-License-Identifier: GPL-2.0-or-later
/* Operands of a trace: names, members, elements, casts, lambdas. */
#include <stdlib.h>
#include <string.h>

#include "trace.h"

static bool at(struct fm_trace *trace, const char *text)
{
	return trace->i < trace->end && fm_token_is(trace->tokens, trace->i,
						    text);
}

static bool at_word(struct fm_trace *trace)
{
	return trace->i < trace->end &&
	       trace->tokens->v[trace->i].kind == FM_TOKEN_WORD;
}

static const char *text(struct fm_trace *trace)
{
	return trace->i < trace->end ? trace->tokens->v[trace->i].text : "";
}

static uint32_t match(struct fm_trace *trace, uint32_t i)
{
	uint32_t m = trace->tokens->v[i].match;

	return m > i && m < trace->end ? m : trace->end - 1;
}

/* Walks what is between brackets as one expression. */
static struct fm_fact inside(struct fm_trace *trace)
{
	uint32_t close = match(trace, trace->i), end = trace->end;
	struct fm_fact fact = FM_TRACE_NOTHING;

	trace->i++;
	trace->end = close;
	if (trace->i < close)
		fact = fm_trace_expression(trace);
	trace->end = end;
	trace->i = close + 1;
	return fact;
}

/* ---- names */

static struct fm_fact self_member(struct fm_trace *trace, const char *name)
{
	const struct fm_fact *self = &trace->frame->self;

	if (!self->object)
		return fm_trace_get(trace, fm_trace_path(trace, 0, 0, name));
	return fm_trace_member(trace, *self, name, true);
}

static void add_type(struct fm_trace *trace, const char *name,
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

static struct fm_fact variable(struct fm_trace *trace, const char *name)
{
	uint32_t local = fm_trace_find(trace, 0, trace->frame->number, name);
	struct fm_fact fact;

	if (local)
		fact = fm_trace_get(trace, local);
	else if (is_own_member(trace, name))
		return self_member(trace, name);
	else
		fact = fm_trace_get(trace, fm_trace_path(trace, 0, 0, name));
	add_type(trace, name, &fact);
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

	*array = false;
	m = fm_outline_member(o, fm_outline_struct_of(o, object), name);
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
	struct fm_fact fact;
	bool array;

	if (arrow)
		fm_trace_count(trace, trace->rules->weights.memory);
	fact = fm_trace_get(trace, fm_trace_path(trace, base, 0, name));
	if (!fact.type.name)
		fact.type = member_type(trace, &object.type, name, &array);
	else
		member_type(trace, &object.type, name, &array);
	if (found | fresh) {
		uint32_t path = fact.path;
		struct fm_type type = fact.type;

		fact = FM_TRACE_NOTHING;
		fact.path = path;
		fact.type = type;
		fact.in = found;
		fact.in_fresh = fresh;
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
		fact.fields = fm_idiom_field(trace->idiom, object.type.name,
					     name);
		if (!fact.fields)
			fact.fields = object.fields;
		else if (!object.fields || object.type.name)
			trace->reads |= fact.fields;
	}
	fact.symmetric |= object.symmetric;
	return fact;
}

/* array[index]: an index made of header fields leads to state */
static struct fm_fact element(struct fm_trace *trace, struct fm_fact array,
			      uint32_t token)
{
	struct fm_fact index = inside(trace), fact = array, key;
	const char *name = array.path ? trace->paths[array.path].name : NULL;

	fm_trace_count(trace, trace->rules->weights.memory);
	index = fm_trace_whole(trace, index);
	if (array.type.name && !array.type.pointer && array.type.args) {
		struct fm_fact object = array;
		const struct fm_idiom_call *rule = fm_idiom_call(
			trace->idiom, array.type.name, "[]");

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

/* ---- what begins an operand */

static bool is_cast(struct fm_trace *trace)
{
	uint32_t close = match(trace, trace->i), next;
	struct fm_type type;
	const struct fm_token *t;

	next = fm_outline_type(trace->tokens, trace->i + 1, close, &type);
	if (next != close || close + 1 >= trace->end)
		return false;
	t = &trace->tokens->v[close + 1];
	if (t->kind == FM_TOKEN_WORD || t->kind == FM_TOKEN_NUMBER ||
	    t->kind == FM_TOKEN_STRING)
		return true;
	if (*t->text == '{' || *t->text == '~' || !strcmp(t->text, "!"))
		return true;
	if (*t->text == '(')
		return type.pointer || close > trace->i + 2 ||
		       fm_idiom_type(trace->idiom, type.name);
	return type.pointer && strchr("&*-+", *t->text) && !t->text[1];
}

static struct fm_fact as_type(struct fm_trace *trace, struct fm_fact fact,
			      const struct fm_type *type)
{
	if (type->name && strcmp(type->name, "auto") && type->pointer) {
		fact.type = *type;
		if (!fact.loaded)
			fm_trace_state_type(trace, fact.found | fact.fresh,
					    type);
	}
	return fact;
}

static struct fm_fact cast(struct fm_trace *trace)
{
	uint32_t close = match(trace, trace->i);
	struct fm_type type;
	struct fm_fact fact = FM_TRACE_NOTHING;

	fm_outline_type(trace->tokens, trace->i + 1, close, &type);
	trace->i = close + 1;
	if (at(trace, "{")) {
		fact.type = type;
		return fm_trace_initialiser(trace, fact);
	}
	return as_type(trace, fm_trace_unary(trace), &type);
}

/* static_cast<type>(expression) */
static struct fm_fact named_cast(struct fm_trace *trace)
{
	uint32_t open = trace->i + 1, close = 0;
	struct fm_type type = { .inner = FM_OUTLINE_NONE };

	if (fm_token_is(trace->tokens, open, "<"))
		close = fm_outline_angle(trace->tokens, open);
	if (!close || !fm_token_is(trace->tokens, close + 1, "(")) {
		trace->i++;
		return FM_TRACE_NOTHING;
	}
	fm_outline_type(trace->tokens, open + 1, close, &type);
	trace->i = close + 1;
	return as_type(trace, inside(trace), &type);
}

static struct fm_fact parenthesis(struct fm_trace *trace)
{
	if (is_cast(trace))
		return cast(trace);
	if (fm_token_is(trace->tokens, trace->i + 1, "{")) {
		uint32_t close = match(trace, trace->i);

		fm_trace_block(trace, trace->i + 2, close);
		trace->i = close + 1;
		return FM_TRACE_NOTHING;
	}
	return inside(trace);
}

/* [captures](parameters) { body } */
static struct fm_fact lambda(struct fm_trace *trace)
{
	bool ended = trace->ended;

	trace->i = match(trace, trace->i) + 1;
	if (at(trace, "("))
		trace->i = match(trace, trace->i) + 1;
	while (trace->i < trace->end && !at(trace, "{") && !at(trace, ";") &&
	       !at(trace, ")"))
		trace->i++;
	if (at(trace, "{")) {
		uint32_t close = match(trace, trace->i);
		struct fm_fact result = trace->frame->result;
		bool returned = trace->frame->returned;

		fm_trace_block(trace, trace->i + 1, close);
		trace->frame->result = result;
		trace->frame->returned = returned;
		trace->i = close + 1;
	}
	trace->ended = ended;
	return FM_TRACE_NOTHING;
}

/* offsetof(struct type, member) is of the header field that it names */
static struct fm_fact offset(struct fm_trace *trace)
{
	uint32_t close = match(trace, trace->i + 1), next;
	struct fm_fact fact = FM_TRACE_NOTHING;
	struct fm_type type;

	next = fm_outline_type(trace->tokens, trace->i + 2, close, &type);
	if (next && fm_token_is(trace->tokens, next, ",") && next + 1 < close)
		fact.fields = fm_idiom_field(trace->idiom, type.name,
				trace->tokens->v[next + 1].text);
	trace->reads |= fact.fields;
	trace->i = close + 1;
	return fact;
}

static struct fm_fact new_object(struct fm_trace *trace)
{
	struct fm_fact fact = FM_TRACE_NOTHING;
	uint32_t next;

	trace->i++;
	if (at(trace, "("))
		trace->i = match(trace, trace->i) + 1;
	next = fm_outline_type(trace->tokens, trace->i, trace->end,
			       &fact.type);
	if (next)
		trace->i = next;
	if (at(trace, "(") || at(trace, "["))
		inside(trace);
	fact.type.pointer++;
	fact.memory = true;
	return fact;
}

static struct fm_fact skip_group(struct fm_trace *trace)
{
	trace->i++;
	if (at(trace, "("))
		trace->i = match(trace, trace->i) + 1;
	else if (trace->i < trace->end)
		fm_trace_unary(trace);
	return FM_TRACE_NOTHING;
}

static struct fm_fact number(struct fm_trace *trace)
{
	struct fm_fact fact = FM_TRACE_NOTHING;
	const char *word = text(trace);

	fact.zero = !strcmp(word, "NULL") || !strcmp(word, "nullptr") ||
		    !strcmp(word, "false") ||
		    (*word == '0' && !strtoul(word, NULL, 0));
	trace->i++;
	return fact;
}

/* a::b<c>::name */
static const char *qualified(struct fm_trace *trace)
{
	const char *name = text(trace);

	for (trace->i++; trace->i < trace->end; trace->i++) {
		uint32_t close = 0;

		if (at(trace, "<"))
			close = fm_outline_angle(trace->tokens, trace->i);
		if (close && (fm_token_is(trace->tokens, close + 1, "(") ||
			      fm_token_is(trace->tokens, close + 1, "::") ||
			      fm_token_is(trace->tokens, close + 1, "{")))
			trace->i = close + 1;
		if (!at(trace, "::"))
			break;
		trace->i++;
		if (!at_word(trace))
			break;
		name = text(trace);
	}
	return name;
}

static struct fm_fact word(struct fm_trace *trace)
{
	const char *name = text(trace);
	uint32_t token = trace->i;
	struct fm_fact fact;

	if (!strcmp(name, "this")) {
		trace->i++;
		fact = trace->frame->self;
		if (!fact.object)
			fact.object = true;
		return fact;
	}
	if (!strcmp(name, "NULL") || !strcmp(name, "nullptr") ||
	    !strcmp(name, "true") || !strcmp(name, "false"))
		return number(trace);
	if (strstr(name, "_cast") && fm_outline_keyword(name))
		return named_cast(trace);
	if (!strcmp(name, "new"))
		return new_object(trace);
	if (!strcmp(name, "sizeof") || !strcmp(name, "alignof") ||
	    !strcmp(name, "typeof") || !strcmp(name, "__typeof__") ||
	    !strcmp(name, "decltype"))
		return skip_group(trace);
	if ((!strcmp(name, "offsetof") || strstr(name, "OFFSET_OF")) &&
	    fm_token_is(trace->tokens, trace->i + 1, "("))
		return offset(trace);
	if (!strcmp(name, "delete") || !strcmp(name, "struct")) {
		trace->i++;
		return fm_trace_unary(trace);
	}
	name = qualified(trace);
	if (at(trace, "("))
		return fm_trace_call(trace, name, token, NULL);
	return variable(trace, name);
}

static struct fm_fact primary(struct fm_trace *trace)
{
	const struct fm_token *t = &trace->tokens->v[trace->i];

	if (t->kind == FM_TOKEN_WORD)
		return word(trace);
	if (t->kind == FM_TOKEN_NUMBER)
		return number(trace);
	if (t->kind == FM_TOKEN_STRING) {
		trace->i++;
		return FM_TRACE_NOTHING;
	}
	if (*t->text == '(')
		return parenthesis(trace);
	if (*t->text == '[')
		return lambda(trace);
	if (*t->text == '{')
		return fm_trace_initialiser(trace, FM_TRACE_NOTHING);
	if (!strcmp(t->text, "::")) {
		trace->i++;
		return at_word(trace) ? word(trace) : FM_TRACE_NOTHING;
	}
	if (!strchr(")]};,", *t->text))
		trace->i++;
	return FM_TRACE_NOTHING;
}

static struct fm_fact after_dot(struct fm_trace *trace, struct fm_fact object)
{
	bool arrow = at(trace, "->");
	uint32_t token;
	const char *name;

	trace->i++;
	if (at(trace, "~") || at(trace, "template"))
		trace->i++;
	if (!at_word(trace))
		return object;
	token = trace->i;
	name = qualified(trace);
	if (at(trace, "("))
		return fm_trace_call(trace, name, token, &object);
	if (object.object && !object.path && !object.ref &&
	    !(object.found | object.fresh)) {
		struct fm_fact fact = fm_trace_get(trace,
				fm_trace_path(trace, 0, 0, name));

		add_type(trace, name, &fact);
		return fact;
	}
	return fm_trace_member(trace, object, name, arrow);
}

/**
 * fm_trace_operand - an operand with what follows it
 * @trace: the walk
 */
struct fm_fact fm_trace_operand(struct fm_trace *trace)
{
	struct fm_fact fact;
	uint32_t token = trace->i;

	trace->nest++;
	fact = primary(trace);
	while (trace->i < trace->end && --trace->steps > 0) {
		if (at(trace, ".") || at(trace, "->")) {
			fact = after_dot(trace, fact);
		} else if (at(trace, "[")) {
			fact = element(trace, fact, token);
		} else if (at(trace, "++") || at(trace, "--")) {
			trace->i++;
			fm_trace_store(trace, fact, fact, token);
		} else if (at(trace, "(")) {
			fact = fm_trace_call(trace, "", token, NULL);
		} else {
			break;
		}
	}
	trace->nest--;
	return fact;
}

/* ---- initialisers */

static void designated(struct fm_trace *trace, struct fm_fact object)
{
	struct fm_fact to = object, value;
	uint32_t token = trace->i;

	while (at(trace, ".") && trace->i + 1 < trace->end) {
		trace->i++;
		to = fm_trace_member(trace, to, text(trace), false);
		trace->i++;
	}
	if (at(trace, "="))
		trace->i++;
	if (at(trace, "{")) {
		fm_trace_initialiser(trace, to);
		return;
	}
	value = fm_trace_assignment(trace);
	fm_trace_store(trace, to, value, token);
}

/* Fields of a struct in the order of its members. */
static void positional(struct fm_trace *trace, struct fm_fact object,
		       size_t index, struct fm_fact *all)
{
	const struct fm_struct *s = fm_outline_struct_of(trace->outline,
							 &object.type);
	uint32_t token = trace->i;
	struct fm_fact value = fm_trace_assignment(trace);

	value = fm_trace_whole(trace, value);
	if (s && object.path && index < s->nmembers && s->members[index].name)
		fm_trace_store(trace, fm_trace_member(trace, object,
				s->members[index].name, false), value, token);
	all->fields |= value.fields;
	all->swapped |= value.swapped;
	all->symmetric |= value.symmetric;
	all->memory |= value.memory;
}

/**
 * fm_trace_initialiser - "= value", "{ values }" or "(arguments)"
 * @trace: the walk
 * @object: what is initialised
 *
 * Return: the value.
 */
struct fm_fact fm_trace_initialiser(struct fm_trace *trace,
				    struct fm_fact object)
{
	struct fm_fact all = FM_TRACE_NOTHING;
	uint32_t token = trace->i, close, end = trace->end;

	if (at(trace, "=")) {
		trace->i++;
		if (!at(trace, "{")) {
			all = fm_trace_assignment(trace);
			fm_trace_store(trace, object, all, token);
			return all;
		}
	}
	if (at(trace, "(")) {
		all = fm_trace_call(trace, object.type.name ?
				    object.type.name : "", trace->i, NULL);
		fm_trace_store(trace, object, all, token);
		return all;
	}
	if (!at(trace, "{") || trace->nest == FM_TRACE_NEST)
		return all;
	close = match(trace, trace->i);
	trace->i++;
	trace->end = close;
	trace->nest++;
	for (size_t index = 0; trace->i < close; index++) {
		uint32_t before = trace->i;

		if (at(trace, "."))
			designated(trace, object);
		else
			positional(trace, object, index, &all);
		if (at(trace, ",") || trace->i == before)
			trace->i++;
	}
	trace->nest--;
	trace->end = end;
	trace->i = close + 1;
	all.type = object.type;
	if (all.fields && object.path)
		fm_trace_store(trace, object, all, token);
	all.path = object.path;
	return all;
}
