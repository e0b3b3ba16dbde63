// SPDX-License-Identifier: GPL-2.0-or-later
/* What some files declare: types, and looking things up. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "outline.h"

#define ANGLE_MAX	96	/* tokens between < and > */
#define ALIAS_DEPTH	8
#define BASE_DEPTH	8

static const char *const qualifiers[] = {
	"const", "volatile", "static", "inline", "extern", "register",
	"mutable", "typename", "constexpr", "virtual", "explicit", "friend",
	"thread_local", "__thread", "restrict", "__restrict", "struct",
	"class", "union", "enum", "typedef", "__inline", "__inline__",
	"__always_inline", "always_inline", "static_always_inline",
	"__extension__", "__rcu", "__percpu", "__user", "__force", "unsigned",
	"signed", NULL
};

static const char *const keywords[] = {
	"return", "goto", "case", "else", "delete", "new", "throw", "sizeof",
	"if", "while", "for", "do", "switch", "break", "continue", "default",
	"try", "catch", "operator", "using", "namespace", "template", "public",
	"private", "protected", "this", "true", "false", "NULL", "nullptr",
	"static_cast", "reinterpret_cast", "const_cast", "dynamic_cast",
	"typeof", "__typeof__", "asm", "__asm__", "alignof", "decltype", NULL
};

static bool in_list(const char *const *list, const char *word)
{
	for (; *list; list++)
		if (**list == *word && !strcmp(*list, word))
			return true;
	return false;
}

/**
 * fm_outline_keyword - is a word one that names nothing?
 * @word: the word
 */
bool fm_outline_keyword(const char *word)
{
	return in_list(keywords, word);
}

/**
 * fm_outline_angle - the end of a template's arguments
 * @tokens: the tokens
 * @i: index of the '<'
 *
 * Return: index of the '>', 0 if this '<' is an operator.
 */
uint32_t fm_outline_angle(const struct fm_tokens *tokens, uint32_t i)
{
	uint32_t depth = 0, k;

	for (k = i; k < tokens->n && k < i + ANGLE_MAX; k++) {
		const struct fm_token *t = &tokens->v[k];

		if (t->kind != FM_TOKEN_PUNCT)
			continue;
		if (!strcmp(t->text, "<"))
			depth++;
		else if (!strcmp(t->text, ">") && !--depth)
			return k;
		else if (!strcmp(t->text, "("))
			k = t->match;
		else if (!strchr(",*&>:", *t->text) && strcmp(t->text, "...") &&
			 strcmp(t->text, "["))
			return 0;
		else if (!strcmp(t->text, "&&"))
			return 0;
	}
	return 0;
}

static uint32_t skip_qualifiers(const struct fm_tokens *tokens, uint32_t i,
				uint32_t end, const char **builtin)
{
	for (; i < end; i++) {
		const struct fm_token *t = &tokens->v[i];

		if (t->kind != FM_TOKEN_WORD || !in_list(qualifiers, t->text)) {
			if (strcmp(t->text, "__attribute__") &&
			    strcmp(t->text, "alignas"))
				break;
			if (fm_token_is(tokens, i + 1, "("))
				i = tokens->v[i + 1].match;
			continue;
		}
		if (!strcmp(t->text, "unsigned") || !strcmp(t->text, "signed"))
			*builtin = t->text;
	}
	return i;
}

static bool is_arithmetic(const char *word)
{
	static const char *const words[] = {
		"char", "short", "int", "long", "float", "double", NULL
	};

	return in_list(words, word);
}

static uint32_t take_stars(const struct fm_tokens *tokens, uint32_t i,
			   uint32_t end, struct fm_type *type)
{
	for (; i < end; i++) {
		if (fm_token_is(tokens, i, "*"))
			type->pointer++;
		else if (fm_token_is(tokens, i, "&") ||
			 fm_token_is(tokens, i, "&&"))
			type->reference = true;
		else if (tokens->v[i].kind != FM_TOKEN_WORD ||
			 !in_list(qualifiers, tokens->v[i].text))
			break;
	}
	return i;
}

/* unsigned long long int: the name is the first that says the size */
static uint32_t take_arithmetic(const struct fm_tokens *tokens, uint32_t i,
				uint32_t end, struct fm_type *type)
{
	while (i < end && is_arithmetic(tokens->v[i].text)) {
		if (!type->name || !strcmp(type->name, "int") ||
		    !strcmp(tokens->v[i].text, "double"))
			type->name = tokens->v[i].text;
		i++;
	}
	return i;
}

/**
 * fm_outline_type - read a type
 * @tokens: the tokens
 * @i: where it begins
 * @end: where the tokens end
 * @type: gets it
 *
 * Return: index behind it, 0 if there is none.
 */
uint32_t fm_outline_type(const struct fm_tokens *tokens, uint32_t i,
			 uint32_t end, struct fm_type *type)
{
	const char *builtin = NULL;

	*type = (struct fm_type){ .inner = FM_OUTLINE_NONE };
	i = skip_qualifiers(tokens, i, end, &builtin);
	if (fm_token_is(tokens, i, "::"))
		i++;
	if (i >= end || (tokens->v[i].kind != FM_TOKEN_WORD && !builtin))
		return 0;
	if (is_arithmetic(tokens->v[i].text)) {
		i = take_arithmetic(tokens, i, end, type);
		return take_stars(tokens, i, end, type);
	}
	if (builtin) {
		type->name = builtin;
		return take_stars(tokens, i, end, type);
	}
	for (;; i += 2) {
		if (i >= end || tokens->v[i].kind != FM_TOKEN_WORD ||
		    fm_outline_keyword(tokens->v[i].text))
			return 0;
		type->name = tokens->v[i].text;
		if (fm_token_is(tokens, i + 1, "<")) {
			uint32_t close = fm_outline_angle(tokens, i + 1);

			if (!close || close >= end)
				return 0;
			type->args = i + 1;
			i = close;
		}
		if (!fm_token_is(tokens, i + 1, "::"))
			break;
	}
	return take_stars(tokens, i + 1, end, type);
}

/**
 * fm_outline_declares - does a statement declare a variable?
 * @tokens: the tokens
 * @i: where it begins
 * @end: where the tokens end
 * @type: gets the type
 *
 * Return: index of the variable's name, 0 if it declares none.
 */
uint32_t fm_outline_declares(const struct fm_tokens *tokens, uint32_t i,
			     uint32_t end, struct fm_type *type)
{
	uint32_t name = fm_outline_type(tokens, i, end, type);
	const char *next;

	if (!name || name >= end || tokens->v[name].kind != FM_TOKEN_WORD ||
	    fm_outline_keyword(tokens->v[name].text))
		return 0;
	if (name + 1 >= end)
		return name;
	next = tokens->v[name + 1].text;
	if (tokens->v[name + 1].kind == FM_TOKEN_WORD)
		return *next == '_' || isupper((unsigned char)*next) ? name : 0;
	return strchr("=;,[({:)", *next) && strcmp(next, "==") &&
	       strcmp(next, "::") ? name : 0;
}

/* ---- looking up */

/**
 * fm_outline_struct - a struct by its name, or by a name of its type
 * @outline: the outline
 * @name: interned, may be NULL
 *
 * Return: the struct, or NULL.
 */
const struct fm_struct *fm_outline_struct(const struct fm_outline *outline,
					  const char *name)
{
	for (int depth = 0; name && depth < ALIAS_DEPTH; depth++) {
		const struct fm_alias *alias = NULL;

		for (size_t i = 0; i < outline->nstructs; i++)
			if (outline->structs[i].name == name)
				return &outline->structs[i];
		for (size_t i = 0; i < outline->naliases && !alias; i++)
			if (outline->aliases[i].name == name)
				alias = &outline->aliases[i];
		if (!alias)
			break;
		if (alias->type.inner != FM_OUTLINE_NONE)
			return &outline->structs[alias->type.inner];
		if (alias->type.name == name)
			break;
		name = alias->type.name;
	}
	return NULL;
}

/**
 * fm_outline_struct_of - the struct that a type is or points to
 * @outline: the outline
 * @type: the type
 */
const struct fm_struct *fm_outline_struct_of(const struct fm_outline *outline,
					     const struct fm_type *type)
{
	if (type->inner != FM_OUTLINE_NONE && type->inner < outline->nstructs)
		return &outline->structs[type->inner];
	return fm_outline_struct(outline, type->name);
}

static const struct fm_member *find_member(const struct fm_outline *outline,
					   const struct fm_struct *s,
					   const char *name, int depth)
{
	const struct fm_member *found;

	if (!s || depth > BASE_DEPTH)
		return NULL;
	for (size_t i = 0; i < s->nmembers; i++) {
		if (s->members[i].name == name)
			return &s->members[i];
		if (s->members[i].name ||
		    s->members[i].type.inner == FM_OUTLINE_NONE)
			continue;
		found = find_member(outline, &outline->structs[
				    s->members[i].type.inner], name, depth + 1);
		if (found)
			return found;
	}
	for (size_t i = 0; i < s->nbases; i++) {
		found = find_member(outline, fm_outline_struct_of(outline,
				    &s->bases[i]), name, depth + 1);
		if (found)
			return found;
	}
	return NULL;
}

/**
 * fm_outline_member - a member of a struct, of a struct without a name in it,
 *	or of its base classes
 * @outline: the outline
 * @s: the struct, or NULL
 * @name: of the member, interned
 *
 * Return: the member, or NULL.
 */
const struct fm_member *fm_outline_member(const struct fm_outline *outline,
					  const struct fm_struct *s,
					  const char *name)
{
	return find_member(outline, s, name, 0);
}

static const struct fm_function *in_class(const struct fm_outline *outline,
					  const char *owner, const char *name,
					  int depth)
{
	const struct fm_struct *s;
	const struct fm_function *f;

	for (size_t i = 0; i < outline->nfunctions; i++)
		if (outline->functions[i].name == name &&
		    outline->functions[i].owner == owner)
			return &outline->functions[i];
	s = owner && depth < BASE_DEPTH ? fm_outline_struct(outline, owner) :
					  NULL;
	for (size_t i = 0; s && i < s->nbases; i++) {
		f = in_class(outline, s->bases[i].name, name, depth + 1);
		if (f)
			return f;
	}
	return NULL;
}

/**
 * fm_outline_function - a function with a body
 * @outline: the outline
 * @owner: class that it is looked for in first, with its bases; or NULL
 * @name: of the function, interned
 *
 * Return: the function, or NULL.
 */
const struct fm_function *fm_outline_function(const struct fm_outline *outline,
					      const char *owner,
					      const char *name)
{
	const struct fm_function *f = NULL;

	if (owner)
		f = in_class(outline, owner, name, 0);
	return f ? f : in_class(outline, NULL, name, BASE_DEPTH);
}

/**
 * fm_outline_read - find what all files declare
 * @outline: the outline, empty
 * @tokens: their tokens, which must outlive it
 */
void fm_outline_read(struct fm_outline *outline, struct fm_tokens *tokens)
{
	outline->tokens = tokens;
	for (size_t i = 0; i < tokens->nfiles; i++)
		fm_outline_scope(outline, tokens->starts[i], tokens->ends[i],
				 FM_OUTLINE_NONE);
	for (size_t i = 0; i < tokens->nmacros; i++) {
		struct fm_token_macro *m = &tokens->macros[i];
		struct fm_function *list;

		if (m->function_like && fm_token_is(tokens, m->params, "("))
			m->start = tokens->v[m->params].match + 1;
		if (!m->function_like || m->start >= m->end ||
		    outline->nfunctions == FM_OUTLINE_MAX)
			continue;
		list = reallocarray(outline->functions, outline->nfunctions + 1,
				    sizeof(*list));
		if (!list)
			return;
		outline->functions = list;
		list[outline->nfunctions++] = (struct fm_function){
			.name = m->name, .start = m->params,
			.params = m->params, .body = m->start, .end = m->end,
			.macro = true,
		};
	}
	fm_outline_targets(outline);
}

/**
 * fm_outline_argument - an argument of a template
 * @tokens: the tokens
 * @type: the template with its arguments
 * @index: which, from 0
 *
 * Return: the type; one without a name if there is none.
 */
struct fm_type fm_outline_argument(const struct fm_tokens *tokens,
				   const struct fm_type *type, int index)
{
	struct fm_type arg = { .inner = FM_OUTLINE_NONE };
	uint32_t i = type->args, close;

	if (!i)
		return arg;
	close = fm_outline_angle(tokens, i);
	for (i++; i && i < close; i++) {
		uint32_t next = fm_outline_type(tokens, i, close, &arg);

		if (!index--)
			return arg;
		i = next ? next : i + 1;
		while (i < close && !fm_token_is(tokens, i, ","))
			i++;
	}
	return (struct fm_type){ .inner = FM_OUTLINE_NONE };
}

/**
 * fm_outline_cleanup - forget it
 * @outline: the outline
 */
void fm_outline_cleanup(struct fm_outline *outline)
{
	for (size_t i = 0; i < outline->nstructs; i++) {
		free(outline->structs[i].members);
		free(outline->structs[i].bases);
	}
	free(outline->structs);
	free(outline->functions);
	free(outline->variables);
	free(outline->hooks);
	free(outline->aliases);
	free(outline->targets);
	*outline = (struct fm_outline){ 0 };
}
