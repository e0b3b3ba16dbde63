// SPDX-License-Identifier: GPL-2.0-or-later
/* Conditions of the preprocessor, as far as they are known without its macros. */
#define _GNU_SOURCE
#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "build.h"
#include "token.h"

#define NEST_MAX	8	/* parentheses in parentheses */
#define LINE_MAX	1024	/* bytes of a condition; the rest is not known */
#define NAME_MAX	128

enum truth {
	UNKNOWN,
	YES,
	NO,
};

struct condition {
	struct fm_tokens *tokens;
	const char *p;
	unsigned int nest;
};

static enum truth negate(enum truth t)
{
	return t == YES ? NO : t == NO ? YES : UNKNOWN;
}

static void skip_space(struct condition *c)
{
	while (isspace((unsigned char)*c->p))
		c->p++;
}

static bool take(struct condition *c, const char *text)
{
	skip_space(c);
	if (strncmp(c->p, text, strlen(text)))
		return false;
	c->p += strlen(text);
	return true;
}

static bool take_name(struct condition *c, char *name)
{
	size_t n = 0;

	skip_space(c);
	while (isalnum((unsigned char)c->p[n]) || c->p[n] == '_')
		n++;
	if (!n || n >= NAME_MAX)
		return false;
	memcpy(name, c->p, n);
	name[n] = '\0';
	c->p += n;
	return true;
}

static bool is_undefined(const struct fm_tokens *tokens, const char *name)
{
	const struct fm_strings *list = tokens->undefined;

	for (size_t i = 0; list && i < list->n; i++)
		if (!fnmatch(list->v[i], name, 0))
			return true;
	return false;
}

/* How the file is compiled counts more than what is usual. */
static enum truth is_defined(const struct fm_tokens *tokens, const char *name)
{
	switch (fm_build_macro(tokens->build, name, false)) {
	case FM_BUILD_DEFINED:
		return YES;
	case FM_BUILD_UNDEFINED:
		return NO;
	case FM_BUILD_UNKNOWN:
		break;
	}
	return is_undefined(tokens, name) ? NO : UNKNOWN;
}

static enum truth any(struct condition *c);

static enum truth defined(struct condition *c)
{
	bool open = take(c, "(");
	enum truth t = UNKNOWN;
	char name[NAME_MAX];

	if (take_name(c, name))
		t = is_defined(c->tokens, name);
	if (open)
		take(c, ")");
	return t;
}

/* IF(NAME), if NAME is one of a configuration */
static enum truth tested(struct condition *c)
{
	enum truth t = UNKNOWN;
	char name[NAME_MAX];

	if (!take_name(c, name))
		return UNKNOWN;
	switch (fm_build_macro(c->tokens->build, name, true)) {
	case FM_BUILD_DEFINED:
		t = YES;
		break;
	case FM_BUILD_UNDEFINED:
		t = NO;
		break;
	case FM_BUILD_UNKNOWN:
		break;
	}
	return take(c, ")") ? t : UNKNOWN;
}

static enum truth is_number(const char *text)
{
	if (!isdigit((unsigned char)*text))
		return UNKNOWN;
	return strspn(text, "0xX") == strlen(text) ? NO : YES;
}

/*
 * What a macro is defined as, by the files themselves: known if all that
 * define it say the same, whichever of them is read first.
 */
static enum truth value(struct fm_tokens *tokens, const char *name)
{
	const struct fm_tokens *before = tokens->before;
	const char *word = before ? fm_intern_find(&before->words, name) : NULL;
	enum truth t = UNKNOWN, own;

	tokens->unsure = true;
	for (size_t i = 0; word && i < before->nmacros; i++) {
		const struct fm_token_macro *m = &before->macros[i];

		if (m->name != word)
			continue;
		if (m->function_like || m->end - m->start != 1)
			return UNKNOWN;
		own = is_number(before->v[m->start].text);
		if (own == UNKNOWN || (t != UNKNOWN && own != t))
			return UNKNOWN;
		t = own;
	}
	return t;
}

static enum truth one(struct condition *c)
{
	char name[NAME_MAX];
	enum truth t;

	if (take(c, "!"))
		return negate(one(c));
	if (take(c, "(")) {
		if (c->nest == NEST_MAX)
			return UNKNOWN;
		c->nest++;
		t = any(c);
		c->nest--;
		return take(c, ")") ? t : UNKNOWN;
	}
	if (!take_name(c, name))
		return UNKNOWN;
	if (!strcmp(name, "defined"))
		return defined(c);
	if (isdigit((unsigned char)*name))
		return is_number(name);
	if (take(c, "("))
		return tested(c);
	if (is_defined(c->tokens, name) == NO)
		return NO;
	return value(c->tokens, name);
}

static bool at_operator(const struct condition *c)
{
	return *c->p && *c->p != ')' && strncmp(c->p, "&&", 2) &&
	       strncmp(c->p, "||", 2);
}

/* Comparisons and sums are not known, nor is what follows them. */
static enum truth operand(struct condition *c)
{
	enum truth t = one(c);

	skip_space(c);
	if (!at_operator(c))
		return t;
	while (at_operator(c))
		c->p++;
	return UNKNOWN;
}

static enum truth all(struct condition *c)
{
	enum truth t = operand(c);

	while (take(c, "&&")) {
		enum truth next = operand(c);

		if (t == NO || next == NO)
			t = NO;
		else if (t == UNKNOWN || next == UNKNOWN)
			t = UNKNOWN;
	}
	return t;
}

static enum truth any(struct condition *c)
{
	enum truth t = all(c);

	while (take(c, "||")) {
		enum truth next = all(c);

		if (t == YES || next == YES)
			t = YES;
		else if (t == UNKNOWN || next == UNKNOWN)
			t = UNKNOWN;
	}
	return t;
}

/* The line without comments, and with the lines that it goes on in. */
static void copy_line(const char *p, const char *end, char *line)
{
	const char *close;
	size_t n = 0;

	while (p < end && *p != '\n' && n + 1 < LINE_MAX) {
		if (end - p > 1 && *p == '/' && p[1] == '/')
			break;
		if (end - p > 1 && *p == '/' && p[1] == '*') {
			close = memmem(p + 2, end - p - 2, "*/", 2);
			p = close ? close + 2 : end;
			line[n++] = ' ';
		} else if (end - p > 1 && *p == '\\' && p[1] == '\n') {
			p += 2;
		} else if (end - p > 2 && !strncmp(p, "\\\r\n", 3)) {
			p += 3;
		} else {
			line[n++] = *p++;
		}
	}
	line[n] = '\0';
}

/**
 * fm_token_is_false - is the branch behind a directive known to be off?
 * @tokens: the tokens, for what is known of macros
 * @directive: if, ifdef, ifndef, elif, elifdef or elifndef
 * @p: what follows it
 * @end: of the file
 */
bool fm_token_is_false(struct fm_tokens *tokens, const char *directive,
		       const char *p, const char *end)
{
	char line[LINE_MAX], name[NAME_MAX];
	struct condition c = { .tokens = tokens, .p = line };
	enum truth t;

	copy_line(p, end, line);
	if (!strstr(directive, "def"))
		return any(&c) == NO;
	if (!take_name(&c, name))
		return false;
	t = is_defined(tokens, name);
	return (strstr(directive, "ndef") ? negate(t) : t) == NO;
}
