// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "clicklex.h"

/**
 * fm_click_locate - where a byte is, for people
 * @text: the file
 * @at: the byte
 * @line: gets its line, from 1
 * @col: gets the character in it, from 1
 */
void fm_click_locate(const char *text, size_t at, unsigned int *line,
		     unsigned int *col)
{
	size_t i;

	*line = 1;
	*col = 1;
	for (i = 0; i < at; i++) {
		unsigned char c = text[i];

		if (c == '\n' || (c == '\r' && (i + 1 == at || text[i + 1] != '\n'))) {
			(*line)++;
			*col = 1;
		} else if ((c & 0xc0) != 0x80) {
			(*col)++;
		}
	}
}

/**
 * fm_click_fail - note a mistake
 * @lexer: its error is set, unless one is already
 * @at: the byte where it is, behind the last one at most
 * @format: one sentence, no full stop
 *
 * Return: -EINVAL.
 */
int fm_click_fail(struct fm_click_lexer *lexer, size_t at,
		  const char *format, ...)
{
	struct fm_click_error *error = lexer->error;
	va_list args;

	if (*error->text)
		return -EINVAL;
	fm_click_locate(lexer->text, at, &error->line, &error->col);
	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return -EINVAL;
}

static size_t skip_line(const char *text, size_t len, size_t at)
{
	while (at < len && text[at] != '\n' && text[at] != '\r')
		at++;
	return at;
}

/* From behind the opening to behind the end; false: there is none. */
static bool skip_comment(const char *text, size_t len, size_t *at)
{
	const char *end = *at < len ? memmem(text + *at, len - *at, "*/", 2) :
			  NULL;

	*at = end ? (size_t)(end - text) + 2 : len;
	return end;
}

/* Bytes in hex, as \<0a 0b>; may contain comments. */
static bool skip_hex(const char *text, size_t len, size_t *at)
{
	for (; *at < len; (*at)++) {
		if (text[*at] == '>') {
			++*at;
			return true;
		}
		if (*at + 1 >= len || text[*at] != '/')
			continue;
		if (text[*at + 1] == '/') {
			*at = skip_line(text, len, *at);
		} else if (text[*at + 1] == '*') {
			*at += 2;
			skip_comment(text, len, at);
			--*at;
		}
	}
	*at = len;
	return false;
}

static bool skip_quote(const char *text, size_t len, size_t *at, char quote)
{
	while (*at < len) {
		char c = text[(*at)++];

		if (c == quote)
			return true;
		if (c != '\\' || quote != '"' || *at >= len)
			continue;
		if (text[(*at)++] == '<' && !skip_hex(text, len, at))
			return false;
	}
	return false;
}

static bool line_begins(const char *text, size_t at)
{
	return !at || text[at - 1] == '\n' || text[at - 1] == '\r';
}

/**
 * fm_click_skip - go behind what begins here, inside a configuration
 * @text: the file
 * @len: its bytes
 * @at: at a character; moves behind it, or behind the comment, quoted string
 *	or bytes in hex that it begins
 *
 * Return: false if that has no end.
 */
bool fm_click_skip(const char *text, size_t len, size_t *at)
{
	char c = text[*at], next = *at + 1 < len ? text[*at + 1] : 0;

	if ((c == '/' && next == '/') || (c == '#' && line_begins(text, *at))) {
		*at = skip_line(text, len, *at);
		return true;
	}
	if (c == '/' && next == '*') {
		*at += 2;
		return skip_comment(text, len, at);
	}
	if (c == '\\' && next == '<') {
		*at += 2;
		return skip_hex(text, len, at);
	}
	++*at;
	return c != '\'' && c != '"' ? true : skip_quote(text, len, at, c);
}

/* "# 12 "file"" and "#line 12": left by preprocessors. */
static int skip_directive(struct fm_click_lexer *lexer)
{
	size_t at = lexer->at + 1, end = skip_line(lexer->text, lexer->len, at);

	while (at < end && isblank((unsigned char)lexer->text[at]))
		at++;
	if (end - at > 4 && !memcmp(lexer->text + at, "line", 4))
		for (at += 4; at < end &&
		     isblank((unsigned char)lexer->text[at]);)
			at++;
	if (at == end || !isdigit((unsigned char)lexer->text[at]))
		return fm_click_fail(lexer, lexer->at,
			"\"#\" begins a line number here; comments are \"// ...\" and \"/* ... */\"");
	lexer->at = end;
	return 0;
}

static int skip_space(struct fm_click_lexer *lexer)
{
	const char *text = lexer->text;

	while (lexer->at < lexer->len) {
		size_t at = lexer->at;
		char next = at + 1 < lexer->len ? text[at + 1] : 0;

		if (isspace((unsigned char)text[at])) {
			lexer->at++;
		} else if (text[at] == '/' && (next == '/' || next == '*')) {
			if (!fm_click_skip(text, lexer->len, &lexer->at))
				return fm_click_fail(lexer, at,
					"this comment has no \"*/\" at its end");
		} else if (text[at] == '#' && line_begins(text, at)) {
			if (skip_directive(lexer))
				return -EINVAL;
		} else {
			break;
		}
	}
	return 0;
}

static bool word_char(const struct fm_click_lexer *lexer, size_t at)
{
	unsigned char c = at < lexer->len ? lexer->text[at] : 0;

	return isalnum(c) || c == '_' || c == '@';
}

static void lex_word(struct fm_click_lexer *lexer, struct fm_click_token *t)
{
	static const char *const reserved[] = { "require", "provide", "define" };
	const char *word = lexer->text + lexer->at;
	size_t at = lexer->at, i;

	while (word_char(lexer, at) ||
	       (at < lexer->len && lexer->text[at] == '/' &&
		word_char(lexer, at + 1)))
		at++;
	t->word = FM_CLICK_IDENT;
	t->span.len = at - lexer->at;
	if (t->span.len == 12 && !memcmp(word, "elementclass", 12))
		t->word = FM_CLICK_ELEMENTCLASS;
	for (i = 0; i < 3; i++)
		if (t->span.len == strlen(reserved[i]) &&
		    !memcmp(word, reserved[i], t->span.len))
			t->word = FM_CLICK_REQUIRE;
}

static bool lex_symbol(struct fm_click_lexer *lexer, struct fm_click_token *t)
{
	static const struct {
		const char *text;
		enum fm_click_word word;
	} symbols[] = {
		{ "->", FM_CLICK_ARROW }, { "=>", FM_CLICK_ARROW },
		{ "::", FM_CLICK_TWO_COLONS }, { "||", FM_CLICK_TWO_BARS },
		{ "...", FM_CLICK_THREE_DOTS },
	};
	size_t i, n;

	for (i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		n = strlen(symbols[i].text);
		if (lexer->len - lexer->at < n ||
		    memcmp(lexer->text + lexer->at, symbols[i].text, n))
			continue;
		t->word = symbols[i].word;
		t->span.len = n;
		return true;
	}
	return false;
}

/* "~>" and "~word>": FastClick's arrow with a flow context. */
static void lex_context(struct fm_click_lexer *lexer, struct fm_click_token *t)
{
	size_t at = lexer->at + 1;

	while (at < lexer->len && (isalnum((unsigned char)lexer->text[at]) ||
				   lexer->text[at] == '/'))
		at++;
	if (at >= lexer->len || lexer->text[at] != '>') {
		fm_click_fail(lexer, lexer->at,
			      "\"~\" begins an arrow such as \"~>\" or \"~context>\"");
		t->word = FM_CLICK_BAD;
		return;
	}
	t->word = FM_CLICK_ARROW;
	t->span.len = at + 1 - lexer->at;
}

/**
 * fm_click_lex - the next word
 * @lexer: moves behind it
 *
 * Return: the word; FM_CLICK_EOF at the end.
 */
struct fm_click_token fm_click_lex(struct fm_click_lexer *lexer)
{
	struct fm_click_token t = { .word = FM_CLICK_EOF };
	size_t at;

	if (skip_space(lexer)) {
		t.word = FM_CLICK_BAD;
		return t;
	}
	at = lexer->at;
	t.span.at = at;
	if (at >= lexer->len)
		return t;
	if (word_char(lexer, at)) {
		lex_word(lexer, &t);
	} else if (lexer->text[at] == '$') {
		t.word = FM_CLICK_VARIABLE;
		for (at++; at < lexer->len &&
		     (isalnum((unsigned char)lexer->text[at]) ||
		      lexer->text[at] == '_');)
			at++;
		t.span.len = at - lexer->at;
	} else if (lexer->text[at] == '~') {
		lex_context(lexer, &t);
	} else if (!lex_symbol(lexer, &t)) {
		t.word = FM_CLICK_CHAR;
		t.c = lexer->text[at];
		t.span.len = 1;
	}
	lexer->at += t.span.len;
	return t;
}

/**
 * fm_click_lex_config - read a configuration to the ")" that closes it
 * @lexer: behind the "("; moves behind the ")"
 * @close: gets where the ")" is
 *
 * Return: 0 or -EINVAL.
 */
int fm_click_lex_config(struct fm_click_lexer *lexer, size_t *close)
{
	size_t open = lexer->at - 1, depth = 1, at;

	while (lexer->at < lexer->len) {
		at = lexer->at;
		if (!fm_click_skip(lexer->text, lexer->len, &lexer->at))
			return fm_click_fail(lexer, at,
				lexer->text[at] == '/' ?
				"this comment has no \"*/\" at its end" :
				lexer->text[at] == '\\' ?
				"these bytes in hex have no \">\" at their end" :
				"this string has no quote at its end");
		if (lexer->text[at] == '(')
			depth++;
		if (lexer->text[at] == ')' && !--depth) {
			*close = at;
			return 0;
		}
	}
	return fm_click_fail(lexer, open, "this \"(\" is never closed");
}
