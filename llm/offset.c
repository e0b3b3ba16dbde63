// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys as strings of offsets: a class says which bytes of the header tell its
 * flows apart, each as OFFSET/VALUE or OFFSET/VALUE/MASK in hexadecimal digits,
 * two for a byte. Bytes whose mask is 0 do not count.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "offset.h"

#define OFFSET_MAX	1500	/* bytes of a packet */

static uint32_t field_at(const struct fm_idiom *idiom, unsigned long at)
{
	for (size_t i = 0; i < idiom->noffsets; i++)
		if (at >= idiom->offsets[i].at &&
		    at < idiom->offsets[i].at + idiom->offsets[i].size)
			return idiom->offsets[i].fields;
	return 0;
}

/* "0/ffff00ff" of bytes from @at on */
static uint32_t parse_bytes(const struct fm_idiom *idiom, const char *p,
			    unsigned long at)
{
	const char *mask = p + strspn(p, "0123456789abcdefABCDEF");
	bool masked = *mask == '/';
	uint32_t fields = 0;

	if (masked)
		p = mask + 1;
	for (; isxdigit((unsigned char)p[0]) && isxdigit((unsigned char)p[1]);
	     p += 2, at++)
		if (!masked || p[0] != '0' || p[1] != '0')
			fields |= field_at(idiom, at);
	return fields;
}

/**
 * fm_offset_parse - the header fields that a string of offsets names
 * @idiom: says where header fields are
 * @text: the string
 *
 * Return: FM_F_*, or 0; what is no offset is passed over.
 */
uint32_t fm_offset_parse(const struct fm_idiom *idiom, const char *text)
{
	uint32_t fields = 0;

	while (*text) {
		char *end;
		unsigned long at;

		if (!isdigit((unsigned char)*text)) {
			text++;
			continue;
		}
		at = strtoul(text, &end, 10);
		if (*end == '/' && at <= OFFSET_MAX)
			fields |= parse_bytes(idiom, end + 1, at);
		text = end + strcspn(end, " \t");
	}
	return fields;
}

/* Strings among tokens, also those that macros stand for. */
static uint32_t strings_in(const struct fm_idiom *idiom,
			   const struct fm_tokens *tokens, uint32_t i,
			   uint32_t end, bool deep)
{
	const struct fm_token_macro *m;
	uint32_t fields = 0;

	for (; i < end; i++) {
		const struct fm_token *t = &tokens->v[i];

		if (t->kind == FM_TOKEN_STRING)
			fields |= fm_offset_parse(idiom, t->text);
		m = t->kind == FM_TOKEN_WORD && deep ?
			fm_token_macro(tokens, t->text) : NULL;
		if (m && !m->function_like)
			fields |= strings_in(idiom, tokens, m->start, m->end,
					     false);
	}
	return fields;
}

/**
 * fm_offset_fields - the key that a class names by offsets
 * @idiom: says where header fields are, and which macro names them
 * @outline: what the files declare
 * @class: the class
 * @token: gets where it does
 *
 * Return: FM_F_*, or 0 if it does not.
 */
uint32_t fm_offset_fields(const struct fm_idiom *idiom,
			  const struct fm_outline *outline,
			  const struct fm_struct *class, uint32_t *token)
{
	const struct fm_tokens *tokens = outline->tokens;
	uint32_t end = class ? tokens->v[class->body].match : 0, fields = 0;

	for (uint32_t i = class ? class->body : 0;
	     *idiom->offset_strings && i < end; i++) {
		if (tokens->v[i].kind != FM_TOKEN_WORD ||
		    !fm_token_is(tokens, i + 1, "(") ||
		    fnmatch(idiom->offset_strings, tokens->v[i].text,
			    FM_IDIOM_MATCH))
			continue;
		fields |= strings_in(idiom, tokens, i + 2,
				     tokens->v[i + 1].match, true);
		*token = i;
	}
	return fields;
}
