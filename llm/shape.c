// SPDX-License-Identifier: GPL-2.0-or-later
/* The struct of a state, laid out as compilers for 64 bit do. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shape.h"

#define DEPTH_MAX	8
#define POINTER_SIZE	8

static const struct {
	const char *name;
	uint32_t size;
} builtins[] = {
	{ "char", 1 }, { "bool", 1 }, { "_Bool", 1 }, { "short", 2 },
	{ "int", 4 }, { "unsigned", 4 }, { "signed", 4 }, { "float", 4 },
	{ "long", 8 }, { "double", 8 }, { "size_t", 8 }, { "int8_t", 1 },
	{ "uint8_t", 1 }, { "int16_t", 2 }, { "uint16_t", 2 },
	{ "int32_t", 4 }, { "uint32_t", 4 }, { "int64_t", 8 },
	{ "uint64_t", 8 }, { "u8", 1 }, { "u16", 2 }, { "u32", 4 },
	{ "u64", 8 }, { "s8", 1 }, { "s16", 2 }, { "s32", 4 }, { "s64", 8 },
};

struct reader {
	const struct fm_outline *outline;
	const struct fm_rules *rules;
	unsigned int depth;
};

static void read_type(struct reader *r, const struct fm_type *type,
		      struct fm_shape *shape);

static void set_scalar(struct fm_shape *shape, uint32_t size)
{
	shape->size = size;
	shape->align = size > POINTER_SIZE ? POINTER_SIZE : size ? size : 1;
	shape->known = true;
}

/* ---- arrays */

static bool number(const struct fm_tokens *tokens, uint32_t i, uint64_t *value,
		   int depth)
{
	const struct fm_token_macro *m;
	char *end;

	if (i >= tokens->n || depth > DEPTH_MAX)
		return false;
	if (tokens->v[i].kind == FM_TOKEN_NUMBER) {
		errno = 0;
		*value = strtoull(tokens->v[i].text, &end, 0);
		return !errno && *value < FM_RECORD_STATE_MAX;
	}
	m = fm_token_macro(tokens, tokens->v[i].text);
	if (!m || m->function_like || m->end - m->start < 1)
		return false;
	i = m->start;
	if (fm_token_is(tokens, i, "("))
		i++;
	return number(tokens, i, value, depth + 1);
}

static bool elements(const struct fm_tokens *tokens, uint32_t bracket,
		     uint64_t *n)
{
	uint64_t one;

	*n = 1;
	for (; fm_token_is(tokens, bracket, "[");
	     bracket = tokens->v[bracket].match + 1) {
		if (tokens->v[bracket].match == bracket + 1)
			one = 0;	/* flexible */
		else if (tokens->v[bracket].match != bracket + 2 ||
			 !number(tokens, bracket + 1, &one, 0))
			return false;
		*n *= one;
		if (*n > FM_RECORD_STATE_MAX)
			return false;
	}
	return true;
}

/* ---- structs */

static bool lists(const struct fm_strings *list, const char *name)
{
	return name && fm_idiom_lists(list, name);
}

static void add_member(struct reader *r, const struct fm_member *m,
		       bool is_union, struct fm_shape *shape)
{
	struct fm_shape own = { 0 };
	uint64_t n;

	if (m->name && lists(&r->rules->idiom->hidden, m->name))
		return;
	read_type(r, &m->type, &own);
	if (!own.pointer && !lists(&r->rules->opaque, m->type.name) &&
	    (own.pointer || lists(&r->rules->links, m->type.name) ||
	     lists(&r->rules->links, m->name)))
		own.pointer = m->at;
	if (m->type.pointer && !m->type.reference)
		own.pointer = m->at;
	if (!shape->pointer)
		shape->pointer = own.pointer ? m->at : 0;
	if (m->array && !elements(r->outline->tokens, m->array, &n))
		own.known = false;
	else if (m->array)
		own.size *= n;
	shape->known &= own.known;
	if (!own.align)
		own.align = 1;
	if (own.align > shape->align)
		shape->align = own.align;
	if (is_union) {
		if (own.size > shape->size)
			shape->size = own.size;
		return;
	}
	shape->size = (shape->size + own.align - 1) / own.align * own.align;
	shape->size += own.size;
}

static bool is_packed(const struct fm_outline *o, const struct fm_struct *s)
{
	uint32_t close = o->tokens->v[s->body].match;

	for (uint32_t i = s->at; i < s->body; i++)
		if (strstr(o->tokens->v[i].text, "packed"))
			return true;
	for (uint32_t i = close; i < close + 5 && i < o->tokens->n &&
	     !fm_token_is(o->tokens, i, ";"); i++)
		if (strstr(o->tokens->v[i].text, "packed"))
			return true;
	return false;
}

static void read_struct(struct reader *r, const struct fm_struct *s,
			struct fm_shape *shape)
{
	shape->known = true;
	shape->align = 1;
	if (s->at < r->outline->tokens->n &&
	    fm_token_is(r->outline->tokens, s->at, "enum")) {
		set_scalar(shape, 4);
		return;
	}
	for (size_t i = 0; i < s->nbases; i++) {
		struct fm_member base = { .type = s->bases[i], .at = s->at };

		if (fm_outline_struct_of(r->outline, &base.type))
			add_member(r, &base, false, shape);
	}
	for (size_t i = 0; i < s->nmembers; i++)
		add_member(r, &s->members[i], s->is_union, shape);
	if (is_packed(r->outline, s))
		shape->align = 1;
	shape->size = (shape->size + shape->align - 1) / shape->align *
		      shape->align;
}

static const struct fm_type *alias_of(const struct reader *r,
				      const char *name)
{
	for (size_t i = 0; i < r->outline->naliases; i++)
		if (r->outline->aliases[i].name == name)
			return &r->outline->aliases[i].type;
	return NULL;
}

static void read_known(struct reader *r, const struct fm_type *type,
		       struct fm_shape *shape)
{
	const struct fm_idiom_type *t = fm_idiom_type(r->rules->idiom,
						      type->name);
	const struct fm_type *alias;

	if (t) {
		set_scalar(shape, t->size);
		shape->known = t->size;
		shape->pointer = t->pointer ? 1 : 0;
		return;
	}
	for (size_t i = 0; type->name &&
	     i < sizeof(builtins) / sizeof(*builtins); i++)
		if (!strcmp(builtins[i].name, type->name)) {
			set_scalar(shape, builtins[i].size);
			return;
		}
	alias = alias_of(r, type->name);
	if (alias && alias->name != type->name)
		read_type(r, alias, shape);
}

static void read_type(struct reader *r, const struct fm_type *type,
		      struct fm_shape *shape)
{
	const struct fm_struct *s;

	if (type->pointer || type->reference) {
		set_scalar(shape, POINTER_SIZE);
		return;
	}
	if (r->depth == DEPTH_MAX)
		return;
	r->depth++;
	s = fm_outline_struct_of(r->outline, type);
	if (s && !fm_idiom_type(r->rules->idiom, type->name))
		read_struct(r, s, shape);
	else
		read_known(r, type, shape);
	r->depth--;
}

/**
 * fm_shape_read - lay out a state
 * @outline: what the files declare
 * @rules: of the framework, with an idiom
 * @type: of the state, or of a pointer to it
 * @shape: gets what is found
 */
void fm_shape_read(const struct fm_outline *outline,
		   const struct fm_rules *rules, const struct fm_type *type,
		   struct fm_shape *shape)
{
	struct reader r = { .outline = outline, .rules = rules };
	struct fm_type state = *type;

	*shape = (struct fm_shape){ 0 };
	state.pointer = 0;
	state.reference = false;
	read_type(&r, &state, shape);
	if (!shape->known || shape->size > FM_RECORD_STATE_MAX)
		shape->size = 0;
}
