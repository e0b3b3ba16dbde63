/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of a Click configuration. */
#ifndef FM_TOOLS_CLICKLEX_H
#define FM_TOOLS_CLICKLEX_H

#include "click.h"

enum fm_click_word {
	FM_CLICK_EOF,
	FM_CLICK_IDENT,
	FM_CLICK_VARIABLE,
	FM_CLICK_ARROW,			/* "->", "=>" and "~...>" */
	FM_CLICK_TWO_COLONS,
	FM_CLICK_TWO_BARS,
	FM_CLICK_THREE_DOTS,
	FM_CLICK_ELEMENTCLASS,
	FM_CLICK_REQUIRE,		/* also "provide" and "define" */
	FM_CLICK_CHAR,			/* any other single character */
	FM_CLICK_BAD,			/* the error is set */
};

struct fm_click_token {
	enum fm_click_word word;
	struct fm_click_span span;
	char c;				/* of FM_CLICK_CHAR, else 0 */
};

/**
 * struct fm_click_lexer - where reading stands
 * @text: of @len bytes
 * @len: see there
 * @at: the next byte
 * @error: gets what is wrong; only the first mistake is kept
 */
struct fm_click_lexer {
	const char *text;
	size_t len;
	size_t at;
	struct fm_click_error *error;
};

struct fm_click_token fm_click_lex(struct fm_click_lexer *lexer);
int fm_click_lex_config(struct fm_click_lexer *lexer, size_t *close);
bool fm_click_skip(const char *text, size_t len, size_t *at);
int fm_click_fail(struct fm_click_lexer *lexer, size_t at,
		  const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
