// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tokens of C and C++.
 *
 * Of #if and its branches the first that is not known to be off is taken:
 * braces stay balanced, and what the branches say of state is mostly the same.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "token.h"

#define NEST_MAX	64	/* #if inside #if */
#define BRACKETS_MAX	512	/* brackets inside brackets */

enum branch {
	BRANCH_ON,
	BRANCH_WAIT,	/* for one that is on */
	BRANCH_DONE,
};

struct lexer {
	struct fm_tokens *tokens;
	const char *p;
	const char *end;
	uint32_t line;
	uint16_t file;
	bool line_start;
	enum branch branches[NEST_MAX];
	size_t depth;
};

static const char *const puncts[] = {
	"<<=", ">>=", "...", "->", "::", "++", "--", "&&", "||", "==", "!=",
	"<=", ">=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", "##",
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

static void push(struct lexer *lx, enum fm_token_kind kind, const char *text,
		 size_t len)
{
	struct fm_tokens *t = lx->tokens;

	if (t->n == FM_TOKENS_MAX) {
		t->cut = true;
		return;
	}
	if (t->n == t->room) {
		size_t room = t->room ? t->room * 2 : 4096;
		struct fm_token *v = reallocarray(t->v, room, sizeof(*v));

		if (!v) {
			t->cut = true;
			return;
		}
		t->v = v;
		t->room = room;
	}
	t->v[t->n] = (struct fm_token){
		.text = fm_intern(&t->words, text, len),
		.kind = kind,
		.file = lx->file,
		.line = lx->line,
		.match = t->n,
	};
	t->n++;
}

/* ---- what lies between tokens */

static bool skip_splice(struct lexer *lx)
{
	const char *p = lx->p + 1;

	if (*lx->p != '\\')
		return false;
	if (p < lx->end && *p == '\r')
		p++;
	if (p >= lx->end || *p != '\n')
		return false;
	lx->p = p + 1;
	lx->line++;
	return true;
}

static bool skip_comment(struct lexer *lx)
{
	if (lx->end - lx->p < 2 || *lx->p != '/')
		return false;
	if (lx->p[1] == '/') {
		while (lx->p < lx->end && *lx->p != '\n')
			if (!skip_splice(lx))
				lx->p++;
		return true;
	}
	if (lx->p[1] != '*')
		return false;
	for (lx->p += 2; lx->p < lx->end; lx->p++) {
		if (*lx->p == '\n')
			lx->line++;
		if (*lx->p == '*' && lx->p + 1 < lx->end && lx->p[1] == '/') {
			lx->p += 2;
			break;
		}
	}
	return true;
}

/* Stops before the end of the line if the line counts. */
static void skip_space(struct lexer *lx, bool in_line)
{
	while (lx->p < lx->end) {
		if (*lx->p == '\n') {
			if (in_line)
				return;
			lx->line++;
			lx->line_start = true;
			lx->p++;
		} else if (isspace((unsigned char)*lx->p) || !*lx->p) {
			lx->p++;
		} else if (!skip_splice(lx) && !skip_comment(lx)) {
			return;
		}
	}
}

static void skip_line(struct lexer *lx)
{
	while (lx->p < lx->end && *lx->p != '\n')
		if (!skip_splice(lx) && !skip_comment(lx))
			lx->p++;
}

/* ---- tokens */

static const char *end_of_string(struct lexer *lx)
{
	const char *p = lx->p;
	char quote = *p++;

	for (; p < lx->end && *p != quote && *p != '\n'; p++)
		if (*p == '\\' && p + 1 < lx->end && p[1] != '\n')
			p++;
	return p < lx->end && *p == quote ? p + 1 : p;
}

static const char *end_of_number(struct lexer *lx)
{
	const char *p = lx->p;

	while (p < lx->end &&
	       (is_word(*p) || *p == '.' ||
		(*p == '\'' && p + 1 < lx->end && is_word(p[1]))))
		p++;
	return p;
}

static const char *end_of_word(struct lexer *lx)
{
	const char *p = lx->p;

	while (p < lx->end && is_word(*p))
		p++;
	return p;
}

static const char *end_of_punct(struct lexer *lx)
{
	for (size_t i = 0; i < sizeof(puncts) / sizeof(*puncts); i++) {
		size_t len = strlen(puncts[i]);

		if ((size_t)(lx->end - lx->p) >= len &&
		    !memcmp(lx->p, puncts[i], len))
			return lx->p + len;
	}
	return lx->p + 1;
}

static void take_token(struct lexer *lx)
{
	enum fm_token_kind kind = FM_TOKEN_PUNCT;
	const char *end;

	if (*lx->p == '"' || *lx->p == '\'') {
		kind = FM_TOKEN_STRING;
		end = end_of_string(lx);
	} else if (isdigit((unsigned char)*lx->p)) {
		kind = FM_TOKEN_NUMBER;
		end = end_of_number(lx);
	} else if (is_word(*lx->p)) {
		kind = FM_TOKEN_WORD;
		end = end_of_word(lx);
	} else {
		end = end_of_punct(lx);
	}
	push(lx, kind, lx->p, end - lx->p);
	lx->p = end;
	lx->line_start = false;
}

/* ---- the preprocessor */

static bool is_on(const struct lexer *lx)
{
	for (size_t i = 0; i < lx->depth && i < NEST_MAX; i++)
		if (lx->branches[i] != BRANCH_ON)
			return false;
	return true;
}

static bool take_name(struct lexer *lx, char *name, size_t size)
{
	const char *end;
	size_t len;

	skip_space(lx, true);
	end = end_of_word(lx);
	len = end - lx->p;
	if (!len || len >= size)
		return false;
	memcpy(name, lx->p, len);
	name[len] = '\0';
	lx->p = end;
	return true;
}

static void conditional(struct lexer *lx, const char *directive)
{
	size_t top = lx->depth - 1;

	if (!strncmp(directive, "if", 2)) {
		if (lx->depth < NEST_MAX)
			lx->branches[lx->depth] = fm_token_is_false(lx->tokens,
				directive, lx->p, lx->end) ?
				BRANCH_WAIT : BRANCH_ON;
		lx->depth++;
	} else if (!lx->depth) {
		return;
	} else if (!strcmp(directive, "endif")) {
		lx->depth--;
	} else if (top < NEST_MAX && lx->branches[top] == BRANCH_WAIT) {
		if (!strcmp(directive, "else") ||
		    !fm_token_is_false(lx->tokens, "if", lx->p, lx->end))
			lx->branches[top] = BRANCH_ON;
	} else if (top < NEST_MAX) {
		lx->branches[top] = BRANCH_DONE;
	}
}

static void include(struct lexer *lx)
{
	struct fm_tokens *t = lx->tokens;
	struct fm_token_include *list;
	const char *start;
	char close;

	skip_space(lx, true);
	if (lx->p >= lx->end || (*lx->p != '"' && *lx->p != '<'))
		return;
	close = *lx->p == '<' ? '>' : '"';
	start = ++lx->p;
	while (lx->p < lx->end && *lx->p != close && *lx->p != '\n')
		lx->p++;
	if (lx->p == start)
		return;
	list = reallocarray(t->includes, t->nincludes + 1, sizeof(*list));
	if (!list)
		return;
	t->includes = list;
	list[t->nincludes++] = (struct fm_token_include){
		.path = fm_intern(&t->words, start, lx->p - start),
		.quoted = close == '"',
		.file = lx->file,
	};
}

/* Its tokens stay where they are; the outline passes over them. */
static void define(struct lexer *lx)
{
	struct fm_tokens *t = lx->tokens;
	struct fm_token_macro *list, m = { .line = lx->line, .file = lx->file };
	const char *end;

	skip_space(lx, true);
	end = end_of_word(lx);
	list = reallocarray(t->macros, t->nmacros + 1, sizeof(*list));
	if (list)
		t->macros = list;
	if (end == lx->p || !list || t->nmacros == FM_TOKEN_MACROS)
		return;
	m.name = fm_intern(&t->words, lx->p, end - lx->p);
	lx->p = end;
	m.function_like = lx->p < lx->end && *lx->p == '(';
	push(lx, FM_TOKEN_PUNCT, "#", 1);
	m.params = t->n;
	for (skip_space(lx, true); lx->p < lx->end && *lx->p != '\n';
	     skip_space(lx, true))
		take_token(lx);
	m.start = m.params;
	m.end = t->n;
	if (t->n && m.params)
		t->v[m.params - 1].match = t->n ? t->n - 1 : 0;
	list[t->nmacros++] = m;
}

static void directive(struct lexer *lx)
{
	char name[16] = "";

	lx->p++;
	if (!take_name(lx, name, sizeof(name)))
		*name = '\0';
	if (!strcmp(name, "ifdef") || !strcmp(name, "ifndef") ||
	    !strcmp(name, "if") || !strcmp(name, "elif") ||
	    !strcmp(name, "else") || !strcmp(name, "endif"))
		conditional(lx, name);
	else if (!strcmp(name, "include") && is_on(lx))
		include(lx);
	else if (!strcmp(name, "define") && is_on(lx))
		define(lx);
	skip_line(lx);
}

/* ---- brackets */

static char partner(char c)
{
	return c == '(' ? ')' : c == '[' ? ']' : '}';
}

static void match_range(struct fm_tokens *t, size_t start, size_t end)
{
	uint32_t stack[BRACKETS_MAX];
	size_t n = 0, i, k;

	for (i = start; i < end; i++) {
		char c = t->v[i].text[0];

		if (t->v[i].kind != FM_TOKEN_PUNCT)
			continue;
		if (c == '#' && t->v[i].match > i) {
			match_range(t, i + 1, t->v[i].match + 1);
			i = t->v[i].match;
		} else if (strchr("([{", c) && c && n < BRACKETS_MAX) {
			stack[n++] = i;
		} else if (c && strchr(")]}", c)) {
			/* a closing one ends all that were left open in it */
			for (k = n; k; k--)
				if (partner(*t->v[stack[k - 1]].text) == c)
					break;
			if (!k)
				continue;
			n = k - 1;
			t->v[stack[n]].match = i;
			t->v[i].match = stack[n];
		}
	}
	while (n--)
		t->v[stack[n]].match = end ? end - 1 : 0;
}

/**
 * fm_tokens_add - take a file apart
 * @tokens: gets its tokens
 * @text: of the file
 * @len: its bytes
 *
 * Return: false if memory is short or there are too many files.
 */
bool fm_tokens_add(struct fm_tokens *tokens, const char *text, size_t len)
{
	struct lexer lx = {
		.tokens = tokens, .p = text, .end = text + len, .line = 1,
		.file = tokens->nfiles, .line_start = true,
	};
	uint32_t *starts, *ends;

	if (tokens->nfiles == UINT16_MAX)
		return false;
	starts = reallocarray(tokens->starts, tokens->nfiles + 1,
			      sizeof(*starts));
	if (starts)
		tokens->starts = starts;
	ends = reallocarray(tokens->ends, tokens->nfiles + 1, sizeof(*ends));
	if (ends)
		tokens->ends = ends;
	if (!starts || !ends)
		return false;
	if (!tokens->n)	/* 0 is no token's index */
		push(&lx, FM_TOKEN_PUNCT, ";", 1);
	starts[tokens->nfiles] = tokens->n;
	for (skip_space(&lx, false); lx.p < lx.end; skip_space(&lx, false)) {
		if (*lx.p == '#' && lx.line_start)
			directive(&lx);
		else if (is_on(&lx))
			take_token(&lx);
		else
			skip_line(&lx);
	}
	ends[tokens->nfiles++] = tokens->n;
	match_range(tokens, starts[tokens->nfiles - 1], tokens->n);
	return !tokens->words.lost;
}

/**
 * fm_token_is - has a token this text?
 * @tokens: the tokens
 * @i: its index; there is nothing behind the last
 * @text: the text
 */
bool fm_token_is(const struct fm_tokens *tokens, size_t i, const char *text)
{
	/* most differ in the first byte, which is cheaper to ask */
	return i < tokens->n && *tokens->v[i].text == *text &&
	       !strcmp(tokens->v[i].text, text);
}

/**
 * fm_token_macro - the first definition of a macro
 * @tokens: the tokens
 * @name: its name, interned
 *
 * Return: the definition, or NULL.
 */
const struct fm_token_macro *fm_token_macro(const struct fm_tokens *tokens,
					    const char *name)
{
	for (size_t i = 0; i < tokens->nmacros; i++)
		if (tokens->macros[i].name == name)
			return &tokens->macros[i];
	return NULL;
}

/**
 * fm_tokens_cleanup - forget all tokens
 * @tokens: the tokens
 */
void fm_tokens_cleanup(struct fm_tokens *tokens)
{
	fm_intern_cleanup(&tokens->words);
	free(tokens->v);
	free(tokens->starts);
	free(tokens->ends);
	free(tokens->macros);
	free(tokens->includes);
	*tokens = (struct fm_tokens){ 0 };
}
