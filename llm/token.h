/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tokens of C and C++ files, without comments, and with the first branch
 * of what the preprocessor would choose from. No header is needed for it.
 */
#ifndef FM_LLM_TOKEN_H
#define FM_LLM_TOKEN_H

#include "intern.h"
#include "strings.h"

#define FM_TOKENS_MAX	(1U << 21)	/* of all files */
#define FM_TOKEN_MACROS	65536

enum fm_token_kind {
	FM_TOKEN_PUNCT,
	FM_TOKEN_WORD,
	FM_TOKEN_NUMBER,
	FM_TOKEN_STRING,	/* with its quotes */
};

/**
 * struct fm_token - a token
 * @text: its text, interned
 * @kind: what it is
 * @file: index of its file
 * @line: from 1
 * @match: index of the other bracket; its own if there is none
 */
struct fm_token {
	const char *text;
	uint16_t kind;
	uint16_t file;
	uint32_t line;
	uint32_t match;
};

/* A macro; its parameters and its text are tokens behind those of its file. */
struct fm_token_macro {
	const char *name;
	bool function_like;
	uint32_t params;	/* of the '(' */
	uint32_t start;
	uint32_t end;		/* behind the last */
	uint32_t line;
	uint16_t file;
};

/* A file that another wants. */
struct fm_token_include {
	const char *path;
	bool quoted;
	uint16_t file;
};

struct fm_build;

/**
 * struct fm_tokens - the tokens of some files
 * @words: all texts
 * @v: @n tokens, file by file
 * @ends: where each file's tokens end, @nfiles of them
 * @starts: and begin
 * @macros: @nmacros of them
 * @includes: @nincludes of them
 * @undefined: macros that are not defined, patterns
 * @build: how the files are compiled, or NULL
 * @before: tokens of the same files, whose macros are known, or NULL
 * @unsure: the value of a macro in a condition was not known
 * @cut: there were more tokens than FM_TOKENS_MAX
 */
struct fm_tokens {
	struct fm_intern words;
	struct fm_token *v;
	size_t n;
	size_t room;
	uint32_t *starts;
	uint32_t *ends;
	size_t nfiles;
	struct fm_token_macro *macros;
	size_t nmacros;
	struct fm_token_include *includes;
	size_t nincludes;
	const struct fm_strings *undefined;
	const struct fm_build *build;
	const struct fm_tokens *before;
	bool unsure;
	bool cut;
};

bool fm_tokens_add(struct fm_tokens *tokens, const char *text, size_t len);
bool fm_token_is(const struct fm_tokens *tokens, size_t i, const char *text);
const struct fm_token_macro *fm_token_macro(const struct fm_tokens *tokens,
					    const char *name);
void fm_tokens_cleanup(struct fm_tokens *tokens);

/* token_if.c */
bool fm_token_is_false(struct fm_tokens *tokens, const char *directive,
		       const char *p, const char *end);

#endif
