// SPDX-License-Identifier: GPL-2.0-or-later
/* What stands outside functions, declaration by declaration. */
#include <stdlib.h>
#include <string.h>

#include "outline.h"

#define SCOPES_MAX	64	/* scopes inside scopes */

/* A declaration: tokens from start to the one that ends its first part. */
struct part {
	uint32_t start;
	uint32_t stop;		/* its '{', '=' or ';' */
	uint32_t end;		/* of the scope */
	uint32_t colon;		/* a ':' before stop, or 0 */
	uint32_t typed;		/* struct, class, union or enum, or 0 */
	uint32_t group;		/* the last '(' before the colon, or 0 */
	uint32_t owner;
};

static void *grow(void *list, size_t n, size_t size)
{
	return n >= FM_OUTLINE_MAX ? NULL : reallocarray(list, n + 1, size);
}

static bool is(const struct fm_outline *o, uint32_t i, const char *text)
{
	return fm_token_is(o->tokens, i, text);
}

static const char *text(const struct fm_outline *o, uint32_t i)
{
	return i < o->tokens->n ? o->tokens->v[i].text : "";
}

static bool is_word(const struct fm_outline *o, uint32_t i)
{
	return i < o->tokens->n && o->tokens->v[i].kind == FM_TOKEN_WORD;
}

static uint32_t match(const struct fm_outline *o, uint32_t i)
{
	return i < o->tokens->n && o->tokens->v[i].match >= i ?
	       o->tokens->v[i].match : i;
}

/* ---- adding */

static void add_member(struct fm_outline *o, uint32_t owner, const char *name,
		       const struct fm_type *type, uint32_t at)
{
	struct fm_struct *s = &o->structs[owner];
	struct fm_member *list = grow(s->members, s->nmembers, sizeof(*list));

	if (!list)
		return;
	s->members = list;
	list[s->nmembers++] = (struct fm_member){
		.name = name, .type = *type, .at = at,
		.array = is(o, at + 1, "[") ? at + 1 : 0,
	};
}

static void add_variable(struct fm_outline *o, const struct part *p,
			 const char *name, const struct fm_type *type,
			 uint32_t at, uint32_t end)
{
	struct fm_variable *list;

	if (p->owner != FM_OUTLINE_NONE) {
		add_member(o, p->owner, name, type, at);
		return;
	}
	list = grow(o->variables, o->nvariables, sizeof(*list));
	if (!list)
		return;
	o->variables = list;
	list[o->nvariables++] = (struct fm_variable){
		.name = name, .type = *type, .start = p->start, .end = end,
		.at = at,
	};
}

static void add_alias(struct fm_outline *o, const char *name,
		      const struct fm_type *type)
{
	struct fm_alias *list = grow(o->aliases, o->naliases, sizeof(*list));

	if (!list)
		return;
	o->aliases = list;
	list[o->naliases++] = (struct fm_alias){ name, *type };
}

static void add_hook(struct fm_outline *o, const char *type, uint32_t at,
		     uint32_t start, uint32_t end)
{
	struct fm_hook *list = grow(o->hooks, o->nhooks, sizeof(*list));

	if (!list)
		return;
	o->hooks = list;
	list[o->nhooks++] = (struct fm_hook){
		.type = type, .member = text(o, at),
		.function = text(o, at + 2), .start = start, .end = end,
	};
}

/* ---- plain declarations */

/* The end of a declaration: its ';', at no bracket's inside. */
static uint32_t find_end(const struct fm_outline *o, uint32_t i, uint32_t end)
{
	for (; i < end && !is(o, i, ";"); i++)
		if (is(o, i, "(") || is(o, i, "{") || is(o, i, "["))
			i = match(o, i);
	return i;
}

/* The declarators of "type a, *b[4], c;" from the first one's name on */
static void take_names(struct fm_outline *o, const struct part *p,
		       struct fm_type type, uint32_t name, uint32_t end)
{
	while (name < end && is_word(o, name)) {
		uint32_t i = name + 1;

		add_variable(o, p, text(o, name), &type, name, end);
		for (; i < end && !is(o, i, ","); i++)
			if (is(o, i, "(") || is(o, i, "{") || is(o, i, "["))
				i = match(o, i);
		type.pointer = 0;
		for (i++; is(o, i, "*"); i++)
			type.pointer++;
		name = i;
	}
}

static void take_using(struct fm_outline *o, uint32_t i, uint32_t end)
{
	struct fm_type type;

	if (is_word(o, i + 1) && is(o, i + 2, "=") &&
	    fm_outline_type(o->tokens, i + 3, end, &type))
		add_alias(o, text(o, i + 1), &type);
}

static void take_pointer_to_function(struct fm_outline *o,
				     const struct part *p, uint32_t i,
				     uint32_t end)
{
	struct fm_type type = { .pointer = 1, .inner = FM_OUTLINE_NONE };

	for (; i < end; i++)
		if (is(o, i, "(") && is(o, i + 1, "*") && is_word(o, i + 2)) {
			add_variable(o, p, text(o, i + 2), &type, i + 2, end);
			return;
		}
}

static void take_plain(struct fm_outline *o, const struct part *p)
{
	uint32_t end = find_end(o, p->stop, p->end), name;
	struct fm_type type;

	if (is(o, p->start, "using")) {
		take_using(o, p->start, end);
		return;
	}
	name = fm_outline_declares(o->tokens, p->start, end + 1, &type);
	if (name && is(o, p->start, "typedef"))
		add_alias(o, text(o, name), &type);
	else if (name && !is(o, name + 1, "("))
		take_names(o, p, type, name, end);
	else if (!name)
		take_pointer_to_function(o, p, p->start, p->stop);
	else if (p->owner == FM_OUTLINE_NONE && !is(o, p->stop, ";"))
		take_names(o, p, type, name, end);
}

/* ---- initialisers */

static const char *initialised_type(const struct fm_outline *o,
				    const struct part *p)
{
	struct fm_type type;

	if (p->group && is_word(o, p->start) && is(o, p->start + 1, "("))
		return text(o, p->start);
	return fm_outline_type(o->tokens, p->start, p->stop, &type) ?
	       type.name : NULL;
}

static void take_initialiser(struct fm_outline *o, const struct part *p)
{
	const char *type = initialised_type(o, p);
	uint32_t end = find_end(o, p->stop, p->end);

	for (uint32_t i = p->stop; type && i + 3 < end; i++)
		if (is(o, i, ".") && is_word(o, i + 1) && is(o, i + 2, "=") &&
		    is_word(o, i + 3))
			add_hook(o, type, i + 1, p->stop, end);
	take_plain(o, p);
}

/* ---- types */

static void take_bases(struct fm_outline *o, struct fm_struct *s, uint32_t i,
		       uint32_t end)
{
	while (i < end) {
		struct fm_type type, *list;
		uint32_t next;

		while (is(o, i, "public") || is(o, i, "private") ||
		       is(o, i, "protected") || is(o, i, "virtual") ||
		       is(o, i, ":") || is(o, i, ","))
			i++;
		next = fm_outline_type(o->tokens, i, end, &type);
		if (!next)
			return;
		list = grow(s->bases, s->nbases, sizeof(*list));
		if (!list)
			return;
		s->bases = list;
		list[s->nbases++] = type;
		i = next;
	}
}

static const char *type_name(const struct fm_outline *o, const struct part *p)
{
	uint32_t end = p->colon ? p->colon : p->stop, i = p->typed + 1;
	const char *name = NULL;

	for (; i < end; i++) {
		if (is(o, i, "("))
			i = match(o, i);
		else if (is(o, i, "<"))
			break;
		else if (is_word(o, i) && !is(o, i, "final") &&
			 !is(o, i, "__attribute__") && !is(o, i, "alignas"))
			name = text(o, i);
	}
	return name;
}

/* struct name { ... } declarators; */
static uint32_t take_type(struct fm_outline *o, const struct part *p)
{
	uint32_t close = match(o, p->stop), end, i = close + 1;
	struct fm_type type = { .inner = o->nstructs };
	struct fm_struct *list = grow(o->structs, o->nstructs, sizeof(*list));

	if (!list)
		return close + 1;
	o->structs = list;
	type.name = type_name(o, p);
	list[o->nstructs++] = (struct fm_struct){
		.name = type.name, .is_union = is(o, p->typed, "union"),
		.at = p->typed, .body = p->stop,
	};
	if (p->colon)
		take_bases(o, &list[type.inner], p->colon, p->stop);
	if (!is(o, p->typed, "enum"))
		fm_outline_scope(o, p->stop + 1, close, type.inner);
	end = find_end(o, i, p->end);
	while (is(o, i, "__attribute__") || is(o, i, "("))
		i = is(o, i, "(") ? match(o, i) + 1 : i + 1;
	for (; is(o, i, "*"); i++)
		type.pointer++;
	if (is(o, p->start, "typedef")) {
		for (; i < end; i++)
			if (is_word(o, i) && !is(o, i + 1, "("))
				add_alias(o, text(o, i), &type);
	} else if (is_word(o, i)) {
		take_names(o, p, type, i, end);
	} else if (!type.name && p->owner != FM_OUTLINE_NONE) {
		add_member(o, p->owner, NULL, &type, p->typed);
	}
	return end;
}

/* ---- functions */

/* The template whose arguments end here. */
static const char *before_angle(const struct fm_outline *o, uint32_t close,
				uint32_t start)
{
	for (uint32_t i = close; i-- > start;)
		if (is(o, i, "<") &&
		    fm_outline_angle(o->tokens, i) == close && i > start)
			return text(o, i - 1);
	return NULL;
}

static void take_function(struct fm_outline *o, const struct part *p)
{
	struct fm_function *list = grow(o->functions, o->nfunctions,
					sizeof(*list));
	struct fm_function f = {
		.start = p->start, .params = p->group, .body = p->stop,
		.end = match(o, p->stop) + 1,
	};
	uint32_t name = p->group - 1;

	if (!list)
		return;
	o->functions = list;
	if (is(o, name, ")")) {	/* MACRO (name) (parameters) */
		uint32_t open = o->tokens->v[name].match;

		f.name = text(o, open + 1);
		if (open > p->start)
			f.prefix = text(o, open - 1);
	} else {
		f.name = text(o, name);
	}
	if (p->owner != FM_OUTLINE_NONE)
		f.owner = o->structs[p->owner].name;
	else if (name >= p->start + 2 && is(o, name - 1, "::") &&
		 is_word(o, name - 2))
		f.owner = text(o, name - 2);
	else if (name >= p->start + 2 && is(o, name - 1, "::") &&
		 is(o, name - 2, ">"))
		f.owner = before_angle(o, name - 2, p->start);
	if (is_word(o, name) || f.prefix)
		list[o->nfunctions++] = f;
}

/* ---- parts */

static bool opens_type(const struct fm_outline *o, uint32_t i)
{
	return is(o, i, "struct") || is(o, i, "class") || is(o, i, "union") ||
	       is(o, i, "enum");
}

static bool is_attribute(const struct fm_outline *o, uint32_t group)
{
	return group && (is(o, group - 1, "__attribute__") ||
			 is(o, group - 1, "alignas") ||
			 is(o, group - 1, "noexcept") ||
			 is(o, group - 1, "SEC") || is(o, group - 1, "throw"));
}

/* Where the first part of a declaration ends. */
static void find_stop(const struct fm_outline *o, struct part *p)
{
	uint32_t i = p->start;

	for (; i < p->end; i++) {
		if (is(o, i, "(")) {
			if (!p->colon && !is_attribute(o, i))
				p->group = i;
			i = match(o, i);
		} else if (is(o, i, "[")) {
			i = match(o, i);
		} else if (is(o, i, "<") && fm_outline_angle(o->tokens, i)) {
			i = fm_outline_angle(o->tokens, i);
		} else if (is(o, i, ":") && !p->colon) {
			p->colon = i;
		} else if (is(o, i, "{") && p->colon && p->group &&
			   is_word(o, i - 1) && (is(o, match(o, i) + 1, ",") ||
						 is(o, match(o, i) + 1, "{"))) {
			i = match(o, i);	/* member{value} */
		} else if (is(o, i, "{") || is(o, i, ";") || is(o, i, "=")) {
			break;
		} else if (opens_type(o, i) && !p->typed) {
			p->typed = i;
		} else if (is(o, i, "operator")) {
			while (i + 1 < p->end && !is(o, i + 1, "("))
				i++;
			if (is(o, i + 2, ")") && is(o, i + 3, "("))
				i += 2;
		}
	}
	p->stop = i;
}

static uint32_t take_part(struct fm_outline *o, struct part *p)
{
	find_stop(o, p);
	if (p->stop >= p->end)
		return p->end;
	if (is(o, p->stop, "{")) {
		if (p->group)
			take_function(o, p);
		else if (p->typed)
			return take_type(o, p);
		else if (is(o, p->start, "namespace") ||
			 is(o, p->start, "extern"))
			fm_outline_scope(o, p->stop + 1, match(o, p->stop),
					 p->owner);
		else
			take_plain(o, p);
		return match(o, p->stop) + 1;
	}
	if (is(o, p->stop, "="))
		take_initialiser(o, p);
	else
		take_plain(o, p);
	return find_end(o, p->stop, p->end) + 1;
}

/* Words that stand before a declaration without being of it. */
static uint32_t skip_labels(const struct fm_outline *o, uint32_t i,
			    uint32_t end)
{
	while (i < end) {
		if (is(o, i, "#"))
			i = match(o, i) + 1;
		else if (is(o, i, ";") || is(o, i, "}"))
			i++;
		else if (is_word(o, i) && is(o, i + 1, ":") &&
			 !is(o, i, "default"))
			i += 2;
		else if (is(o, i, "template") && is(o, i + 1, "<") &&
			 fm_outline_angle(o->tokens, i + 1))
			i = fm_outline_angle(o->tokens, i + 1) + 1;
		else if (is_word(o, i) && strstr(text(o, i), "_DECLS"))
			i++;
		else
			break;
	}
	return i;
}

/**
 * fm_outline_scope - find what a scope declares
 * @outline: gets it
 * @start: first token of the scope
 * @end: behind its last token
 * @owner: index of the struct whose members these are, or FM_OUTLINE_NONE
 */
void fm_outline_scope(struct fm_outline *outline, uint32_t start, uint32_t end,
		      uint32_t owner)
{
	uint32_t i = start, next;

	if (outline->depth == SCOPES_MAX)
		return;
	outline->depth++;
	while ((i = skip_labels(outline, i, end)) < end) {
		struct part p = { .start = i, .end = end, .owner = owner };

		next = take_part(outline, &p);
		i = next > i ? next : i + 1;
	}
	outline->depth--;
}
