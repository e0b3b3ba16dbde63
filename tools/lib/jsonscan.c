// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The grammar is RFC 8259 with three comment styles, and without what nobody
 * writes on purpose: null, equal keys in one object, escapes in keys, NUL and
 * lone surrogates in strings, integers that do not fit in 64 bits.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jsonscan.h"

/* A key as it stands in the text, without its quotes. */
struct word {
	size_t start;
	size_t len;
};

static bool scan_value(struct fm_jsonscan *scan, size_t key);

__attribute__((format(printf, 3, 4)))
static bool fail(struct fm_jsonscan *scan, size_t pos, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(scan->error, sizeof(scan->error), format, args);
	va_end(args);
	scan->pos = pos;
	return false;
}

/* The byte @ahead of the next one, or -1 beyond the end. */
static int peek(const struct fm_jsonscan *scan, size_t ahead)
{
	if (ahead >= scan->len - scan->pos)
		return -1;
	return (unsigned char)scan->buf[scan->pos + ahead];
}

static bool take(struct fm_jsonscan *scan, int c)
{
	if (peek(scan, 0) != c)
		return false;
	scan->pos++;
	return true;
}

/* What an error message calls the next byte. */
static const char *show(const struct fm_jsonscan *scan, char *buf, size_t size)
{
	int c = peek(scan, 0);

	if (c < 0)
		return "the end of the file";
	if (c > ' ' && c < 0x7f)
		snprintf(buf, size, "'%c'", c);
	else
		snprintf(buf, size, "byte 0x%02x", c);
	return buf;
}

static bool expected(struct fm_jsonscan *scan, const char *what)
{
	int c = peek(scan, 0);
	char buf[16];

	if ((c >= 0 && c < ' ') || c == 0x7f)
		return fail(scan, scan->pos,
			    "this is not a text file: byte 0x%02x", c);
	return fail(scan, scan->pos, "expected %s, found %s", what,
		    show(scan, buf, sizeof(buf)));
}

/* Bytes of the UTF-8 character at @p, 0 if it is none (RFC 3629). */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	size_t n = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 :
		   *p < 0xf0 ? 3 : *p < 0xf5 ? 4 : 0;
	size_t i;

	if (n > left)
		return 0;
	for (i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
	    (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

static bool skip_char(struct fm_jsonscan *scan)
{
	size_t n = utf8_len((const unsigned char *)scan->buf + scan->pos,
			    scan->len - scan->pos);

	if (!n)
		return fail(scan, scan->pos, "invalid UTF-8: byte 0x%02x",
			    peek(scan, 0));
	scan->pos += n;
	return true;
}

static void blank(struct fm_jsonscan *scan, size_t from)
{
	for (; from < scan->pos; from++)
		if (scan->plain[from] != '\n')
			scan->plain[from] = ' ';
}

static bool skip_line(struct fm_jsonscan *scan)
{
	size_t from = scan->pos;

	while (scan->pos < scan->len && peek(scan, 0) != '\n')
		if (!skip_char(scan))
			return false;
	blank(scan, from);
	return true;
}

static bool skip_comment(struct fm_jsonscan *scan)
{
	size_t from = scan->pos;

	scan->pos += 2;
	while (peek(scan, 0) != '*' || peek(scan, 1) != '/') {
		if (scan->pos >= scan->len)
			return fail(scan, from, "this comment has no end");
		if (!skip_char(scan))
			return false;
	}
	scan->pos += 2;
	blank(scan, from);
	return true;
}

/* White space and comments. */
static bool skip_space(struct fm_jsonscan *scan)
{
	int c;

	while ((c = peek(scan, 0)) >= 0) {
		bool ok = true;

		if (c == '#' || (c == '/' && peek(scan, 1) == '/'))
			ok = skip_line(scan);
		else if (c == '/' && peek(scan, 1) == '*')
			ok = skip_comment(scan);
		else if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			scan->pos++;
		else
			break;
		if (!ok)
			return false;
	}
	return true;
}

/* The four digits after \u, -1 if they are not. */
static long hex4(const struct fm_jsonscan *scan, size_t ahead)
{
	long n = 0;
	size_t i;

	for (i = 0; i < 4; i++) {
		int c = peek(scan, ahead + i);

		if (c < 0 || !isxdigit(c))
			return -1;
		n = n * 16 + (isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
	}
	return n;
}

static bool scan_unicode(struct fm_jsonscan *scan)
{
	long high = hex4(scan, 2);
	long low = -1;

	if (high < 0)
		return fail(scan, scan->pos, "\\u needs four hex digits");
	if (!high)
		return fail(scan, scan->pos, "a string cannot contain NUL");
	if (high < 0xd800 || high > 0xdfff) {
		scan->pos += 6;
		return true;
	}
	if (peek(scan, 6) == '\\' && peek(scan, 7) == 'u')
		low = hex4(scan, 8);
	if (high > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return fail(scan, scan->pos, "\\u%04lx is half a character",
			    high);
	scan->pos += 12;
	return true;
}

static bool scan_escape(struct fm_jsonscan *scan)
{
	int c = peek(scan, 1);

	if (c == 'u')
		return scan_unicode(scan);
	if (c <= 0 || !strchr("\"\\/bfnrt", c))
		return fail(scan, scan->pos,
			    "no such escape; write \\\\ for a backslash");
	scan->pos += 2;
	return true;
}

static bool scan_string(struct fm_jsonscan *scan, struct word *word)
{
	size_t from = scan->pos++;
	bool escaped = false;
	int c;

	while ((c = peek(scan, 0)) != '"') {
		if (c < 0 || c == '\n')
			return fail(scan, from, "this string has no end");
		if (c < ' ')
			return fail(scan, scan->pos, "byte 0x%02x in a string "
				    "must be written \\u%04x", c, c);
		escaped |= c == '\\';
		if (c == '\\' ? !scan_escape(scan) : !skip_char(scan))
			return false;
	}
	scan->pos++;
	if (!word)
		return true;
	word->start = from + 1;
	word->len = scan->pos - from - 2;
	if (escaped)
		return fail(scan, from, "a key is written without escapes");
	return true;
}

static size_t skip_digits(struct fm_jsonscan *scan)
{
	size_t from = scan->pos;

	while (peek(scan, 0) >= '0' && peek(scan, 0) <= '9')
		scan->pos++;
	return scan->pos - from;
}

static bool fits(const struct fm_jsonscan *scan, size_t from)
{
	char digits[24];
	size_t len = scan->pos - from;

	if (len >= sizeof(digits))
		return false;
	memcpy(digits, scan->buf + from, len);
	digits[len] = '\0';
	errno = 0;
	if (*digits == '-')
		strtoll(digits, NULL, 10);
	else
		strtoull(digits, NULL, 10);
	return !errno;
}

static bool scan_number(struct fm_jsonscan *scan)
{
	size_t from = scan->pos;
	bool whole = true;

	take(scan, '-');
	if (peek(scan, 0) == '0' && peek(scan, 1) >= '0' &&
	    peek(scan, 1) <= '9')
		return fail(scan, from, "a number cannot begin with 0");
	if (!skip_digits(scan))
		return expected(scan, "a digit");
	if (take(scan, '.')) {
		whole = false;
		if (!skip_digits(scan))
			return expected(scan, "a digit");
	}
	if (take(scan, 'e') || take(scan, 'E')) {
		whole = false;
		if (!take(scan, '+'))
			take(scan, '-');
		if (!skip_digits(scan))
			return expected(scan, "a digit");
	}
	if (isalnum(peek(scan, 0)))
		return fail(scan, from, "a number ends in letters; units are "
			    "part of the key's name, not of the value");
	if (whole && !fits(scan, from))
		return fail(scan, from, "this number does not fit in 64 bits");
	return true;
}

static bool scan_word(struct fm_jsonscan *scan)
{
	size_t from = scan->pos, len;
	const char *word = scan->buf + from;

	while (isalnum(peek(scan, 0)) || peek(scan, 0) == '_')
		scan->pos++;
	len = scan->pos - from;
	if ((len == 4 && !memcmp(word, "true", 4)) ||
	    (len == 5 && !memcmp(word, "false", 5)))
		return true;
	if (len == 4 && !memcmp(word, "null", 4))
		return fail(scan, from, "null says nothing: leave the key out");
	return fail(scan, from, "a word must stand in quotes: \"%.*s\"",
		    len > 64 ? 64 : (int)len, word);
}

static bool scan_array(struct fm_jsonscan *scan)
{
	scan->pos++;
	if (!skip_space(scan))
		return false;
	if (take(scan, ']'))
		return true;
	for (;;) {
		if (!skip_space(scan))
			return false;
		if (peek(scan, 0) == ']')
			return fail(scan, scan->pos,
				    "a comma before ']' is one too many");
		if (!scan_value(scan, SIZE_MAX) || !skip_space(scan))
			return false;
		if (take(scan, ']'))
			return true;
		if (!take(scan, ','))
			return expected(scan, "',' or ']'");
	}
}

/* One "key": value of an object that has @n keys already. */
static bool scan_member(struct fm_jsonscan *scan, struct word *keys, size_t n)
{
	size_t at, i;

	if (!skip_space(scan))
		return false;
	at = scan->pos;
	if (n && peek(scan, 0) == '}')
		return fail(scan, at, "a comma before '}' is one too many");
	if (peek(scan, 0) != '"')
		return expected(scan, "a key in double quotes");
	if (n == FM_JSONC_KEYS_MAX)
		return fail(scan, at, "more than %u keys in one object",
			    FM_JSONC_KEYS_MAX);
	if (!scan_string(scan, &keys[n]))
		return false;
	for (i = 0; i < n; i++)
		if (keys[i].len == keys[n].len &&
		    !memcmp(scan->buf + keys[i].start,
			    scan->buf + keys[n].start, keys[n].len))
			return fail(scan, at, "key \"%.*s\" stands here for "
				    "the second time",
				    keys[n].len > 64 ? 64 : (int)keys[n].len,
				    scan->buf + keys[n].start);
	if (!skip_space(scan))
		return false;
	if (!take(scan, ':'))
		return expected(scan, "':' after the key");
	return skip_space(scan) && scan_value(scan, at) && skip_space(scan);
}

static bool scan_object(struct fm_jsonscan *scan)
{
	struct word keys[FM_JSONC_KEYS_MAX];
	size_t n = 0;

	scan->pos++;
	if (!skip_space(scan))
		return false;
	if (take(scan, '}'))
		return true;
	for (;;) {
		if (!scan_member(scan, keys, n++))
			return false;
		if (take(scan, '}'))
			return true;
		if (!take(scan, ','))
			return expected(scan, "',' or '}'");
	}
}

static bool note_place(struct fm_jsonscan *scan, size_t key)
{
	struct fm_jsonc_place *grown;
	size_t space = scan->space ? 2 * scan->space : 64;

	if (scan->nplaces == scan->space) {
		grown = realloc(scan->places, space * sizeof(*grown));
		if (!grown)
			return fail(scan, scan->pos, "out of memory");
		scan->places = grown;
		scan->space = space;
	}
	scan->places[scan->nplaces].key = key == SIZE_MAX ? scan->pos : key;
	scan->places[scan->nplaces++].value = scan->pos;
	return true;
}

static bool scan_nest(struct fm_jsonscan *scan, int c)
{
	bool ok;

	if (scan->depth == FM_JSONC_DEPTH_MAX)
		return fail(scan, scan->pos, "more than %u levels of brackets",
			    FM_JSONC_DEPTH_MAX);
	scan->depth++;
	ok = c == '{' ? scan_object(scan) : scan_array(scan);
	scan->depth--;
	return ok;
}

static bool scan_value(struct fm_jsonscan *scan, size_t key)
{
	int c = peek(scan, 0);

	if (!note_place(scan, key))
		return false;
	if (c == '{' || c == '[')
		return scan_nest(scan, c);
	if (c == '"')
		return scan_string(scan, NULL);
	if (c == '-' || (c >= '0' && c <= '9'))
		return scan_number(scan);
	if (isalpha(c))
		return scan_word(scan);
	if (c == '\'')
		return fail(scan, scan->pos, "strings stand in double quotes");
	return expected(scan, "a value");
}

/**
 * fm_jsonscan_run - check a text and find its values
 * @scan: with buf, len and plain set, everything else zero
 *
 * Return: true if the text is one JSON value; otherwise @scan->error says what
 * is wrong at @scan->pos.
 */
bool fm_jsonscan_run(struct fm_jsonscan *scan)
{
	memcpy(scan->plain, scan->buf, scan->len);
	if (scan->len >= 3 && !memcmp(scan->buf, "\xef\xbb\xbf", 3))
		return fail(scan, 0, "the file begins with a byte order mark; "
			    "save it as UTF-8 without one");
	if (!skip_space(scan))
		return false;
	if (scan->pos == scan->len)
		return fail(scan, scan->pos, "there is nothing in the file");
	if (!scan_value(scan, SIZE_MAX) || !skip_space(scan))
		return false;
	if (scan->pos < scan->len)
		return expected(scan, "the end of the file");
	return true;
}
