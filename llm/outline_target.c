// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which functions members and variables are set to, anywhere in the files:
 *
 *	struct ops o = { .member = function };
 *	struct ops o = { function, function };
 *	object->member = function;
 *	type (*variable)(parameters) = function;
 *	type (*variables[])(parameters) = { function, function };
 */
#include <stdlib.h>
#include <string.h>

#include "outline.h"

static bool is(const struct fm_outline *o, uint32_t i, const char *text)
{
	return fm_token_is(o->tokens, i, text);
}

static bool is_word(const struct fm_outline *o, uint32_t i)
{
	return i < o->tokens->n && o->tokens->v[i].kind == FM_TOKEN_WORD;
}

static void add(struct fm_outline *o, struct fm_target target)
{
	struct fm_target *list;

	if (o->ntargets == FM_OUTLINE_MAX || !target.name)
		return;
	list = reallocarray(o->targets, o->ntargets + 1, sizeof(*list));
	if (!list)
		return;
	o->targets = list;
	list[o->ntargets++] = target;
}

/* "function" or "&function" as a whole value; NULL if it is none. */
static const char *function_at(const struct fm_outline *o, uint32_t i)
{
	const struct fm_function *f;

	if (is(o, i, "&"))
		i++;
	if (!is_word(o, i) || !(is(o, i + 1, ",") || is(o, i + 1, ";") ||
				is(o, i + 1, "}")))
		return NULL;
	f = fm_outline_function(o, NULL, o->tokens->v[i].text);
	return f && !f->macro ? f->name : NULL;
}

static bool is_global(const struct fm_outline *o, const char *name)
{
	for (size_t i = 0; i < o->nvariables; i++)
		if (o->variables[i].name == name)
			return true;
	return false;
}

/* The variable whose initialiser a token is in; @next is where it was last. */
static const struct fm_variable *variable_at(const struct fm_outline *o,
					     uint32_t token, size_t *next)
{
	while (*next < o->nvariables && o->variables[*next].end <= token)
		++*next;
	if (*next == o->nvariables || o->variables[*next].at > token)
		return NULL;
	return &o->variables[*next];
}

/* ".member = function" of an initialiser; deeper ones tell no type. */
static void take_designated(struct fm_outline *o, uint32_t member,
			    const struct fm_variable *v, const char *function)
{
	struct fm_target t = {
		.name = o->tokens->v[member].text, .function = function,
	};
	const struct fm_struct *s;

	if (v) {
		s = fm_outline_struct_of(o, &v->type);
		t.variable = v->name;
		if (!s || fm_outline_member(o, s, t.name))
			t.type = v->type.name;
	}
	add(o, t);
}

/* "= function" at the top of a function's statement or of a declaration */
static void take_assigned(struct fm_outline *o, uint32_t i,
			  const struct fm_variable *v)
{
	const char *function = function_at(o, i + 1);
	struct fm_target t = { .function = function };

	if (!function || !i)
		return;
	if (is_word(o, i - 1) && i > 2 && is(o, i - 2, ".") &&
	    (is(o, i - 3, "{") || is(o, i - 3, ","))) {
		take_designated(o, i - 1, v, function);
	} else if (is_word(o, i - 1) && i > 1 &&
		   (is(o, i - 2, ".") || is(o, i - 2, "->"))) {
		t.name = o->tokens->v[i - 1].text;
		add(o, t);
	} else if (v) {
		t.name = v->name;
		add(o, t);
	} else if (is_word(o, i - 1) &&
		   is_global(o, o->tokens->v[i - 1].text)) {
		t.name = o->tokens->v[i - 1].text;
		add(o, t);
	}
}

/* "{ function, function }" of a struct, or of an array of pointers */
static void take_positional(struct fm_outline *o, const struct fm_variable *v)
{
	const struct fm_struct *s = fm_outline_struct_of(o, &v->type);
	uint32_t i = v->at + 1, close;
	size_t index = 0;

	while (i < v->end && !is(o, i, "="))
		i++;
	if (!is(o, i, "=") || !is(o, i + 1, "{"))
		return;
	close = o->tokens->v[i + 1].match;
	for (i += 2; i < close; i++, index++) {
		const char *function = function_at(o, i);
		struct fm_target t = {
			.name = v->name, .function = function,
		};

		if (s && index < s->nmembers && !is(o, v->at + 1, "[")) {
			t.name = s->members[index].name;
			t.variable = v->name;
			t.type = v->type.name;
		}
		if (function)
			add(o, t);
		for (; i < close && !is(o, i, ","); i++)
			if (o->tokens->v[i].match > i)
				i = o->tokens->v[i].match;
	}
}

/**
 * fm_outline_targets - find what functions may be called through pointers
 * @outline: all else that the files declare
 */
void fm_outline_targets(struct fm_outline *outline)
{
	const struct fm_tokens *tokens = outline->tokens;
	size_t next = 0;

	for (uint32_t i = 1; i < tokens->n; i++)
		if (tokens->v[i].kind == FM_TOKEN_PUNCT &&
		    !strcmp(tokens->v[i].text, "="))
			take_assigned(outline, i, variable_at(outline, i,
							      &next));
	for (size_t i = 0; i < outline->nvariables; i++)
		take_positional(outline, &outline->variables[i]);
}

/**
 * fm_outline_pointer - does a pointer to a function begin here?
 * @tokens: the tokens
 * @i: where its type begins
 * @end: where the tokens end
 * @close: gets the index of the ')' of its parameters
 *
 * Return: index of its name in "type (*name)(parameters)", 0 if it is none.
 */
uint32_t fm_outline_pointer(const struct fm_tokens *tokens, uint32_t i,
			    uint32_t end, uint32_t *close)
{
	struct fm_type type;
	uint32_t open = fm_outline_type(tokens, i, end, &type), name, params;

	if (!open || !fm_token_is(tokens, open, "(") ||
	    !fm_token_is(tokens, open + 1, "*"))
		return 0;
	for (name = open + 2; fm_token_is(tokens, name, "const");)
		name++;
	params = tokens->v[open].match + 1;
	if (name >= end || tokens->v[name].kind != FM_TOKEN_WORD ||
	    params >= end || !fm_token_is(tokens, params, "("))
		return 0;
	*close = tokens->v[params].match;
	return *close > params && *close < end ? name : 0;
}
