// SPDX-License-Identifier: GPL-2.0-or-later
/* Statements, and what stands in braces. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clickparse.h"

#define SHOWN	64	/* bytes of a word in a sentence */

/**
 * fm_click_fail_here - complain about the next word
 * @p: the parser
 * @wanted: what was expected instead
 *
 * Return: -EINVAL.
 */
int fm_click_fail_here(struct fm_click_parser *p, const char *wanted)
{
	const struct fm_click_token *t = &p->token;
	size_t len = t->span.len < SHOWN ? t->span.len : SHOWN;

	if (t->word == FM_CLICK_EOF)
		return fm_click_fail(&p->lexer, t->span.at,
				     "%s was expected, not the end of the file",
				     wanted);
	if (t->c && (t->c < ' ' || t->c > '~'))
		return fm_click_fail(&p->lexer, t->span.at,
				     "%s was expected, not the byte 0x%02x",
				     wanted, (unsigned char)t->c);
	return fm_click_fail(&p->lexer, t->span.at,
			     "%s was expected, not \"%.*s\"", wanted, (int)len,
			     p->click->text + t->span.at);
}

int fm_click_next(struct fm_click_parser *p)
{
	p->token = fm_click_lex(&p->lexer);
	return p->token.word == FM_CLICK_BAD ? -EINVAL : 0;
}

bool fm_click_at(const struct fm_click_parser *p, char c)
{
	return p->token.word == FM_CLICK_CHAR && p->token.c == c;
}

/* One bracket deeper; the caller comes up again. */
int fm_click_descend(struct fm_click_parser *p)
{
	if (++p->depth > FM_CLICK_DEPTH_MAX)
		return fm_click_fail(&p->lexer, p->token.span.at,
			"elements may stand in %u levels of brackets at most",
			FM_CLICK_DEPTH_MAX);
	return 0;
}

/* ---- the formal parameters of a body: "$a, KEYWORD $b |" */

static bool begins_formals(const struct fm_click_parser *p)
{
	struct fm_click_error ignored = { 0 };
	struct fm_click_lexer ahead = p->lexer;

	ahead.error = &ignored;
	return fm_click_at(p, '|') || p->token.word == FM_CLICK_VARIABLE ||
	       (p->token.word == FM_CLICK_IDENT &&
		fm_click_lex(&ahead).word == FM_CLICK_VARIABLE);
}

static int parse_formals(struct fm_click_parser *p)
{
	while (!fm_click_at(p, '|')) {
		if (p->token.word == FM_CLICK_IDENT && fm_click_next(p))
			return -EINVAL;
		if (p->token.word != FM_CLICK_VARIABLE)
			return fm_click_fail_here(p, "a parameter such as $x");
		if (fm_click_next(p))
			return -EINVAL;
		if (fm_click_at(p, '|'))
			break;
		if (!fm_click_at(p, ','))
			return fm_click_fail_here(p,
				"\",\" or \"|\" behind a parameter");
		if (fm_click_next(p))
			return -EINVAL;
	}
	return fm_click_next(p);
}

/* ---- bodies */

static int parse_body(struct fm_click_parser *p, size_t open, uint32_t *body)
{
	struct fm_click_parser outer = *p;
	int ret;

	ret = fm_click_add_body(p, body);
	p->names_from = p->nnames;
	p->nested = true;
	if (!ret && begins_formals(p))
		ret = parse_formals(p);
	if (!ret)
		ret = fm_click_parse_block(p, FM_CLICK_COMPOUND, open);
	p->nnames = p->names_from;
	p->names_from = outer.names_from;
	p->nvisible = outer.nvisible;
	p->nested = outer.nested;
	p->ports = outer.ports;
	p->body = outer.body;
	return ret;
}

static int parse_extension(struct fm_click_parser *p,
			   struct fm_click_span name, uint32_t class)
{
	uint32_t extends;
	int ret;

	if (!name.len)
		return fm_click_fail(&p->lexer, p->token.span.at,
			"\"...\" extends a class by the same name, but this one has no name");
	if (p->click->classes[class].body == FM_CLICK_NONE)
		return fm_click_fail(&p->lexer, p->token.span.at,
			"\"...\" stands last, behind one body or more and \"||\"");
	ret = fm_click_use_class(p, name, &extends);
	if (ret)
		return ret;
	p->click->classes[class].extends = extends;
	if (fm_click_next(p))
		return -EINVAL;
	return fm_click_at(p, '}') ? 0 :
	       fm_click_fail_here(p, "\"}\" behind \"...\"");
}

/**
 * fm_click_parse_compound - read bodies from "{" to "}"
 * @p: the parser, at the "{"
 * @name: of the class, may be empty
 * @class: gets the class that they make
 *
 * Return: 0 or a negative errno.
 */
int fm_click_parse_compound(struct fm_click_parser *p,
			    struct fm_click_span name, uint32_t *class)
{
	size_t open = p->token.span.at;
	uint32_t body, last = FM_CLICK_NONE;
	int ret;

	ret = fm_click_descend(p) ?: fm_click_add_class(p, name, class);
	while (!ret) {
		ret = fm_click_next(p);
		if (ret)
			break;
		if (p->token.word == FM_CLICK_THREE_DOTS) {
			ret = parse_extension(p, name, *class);
			break;
		}
		ret = parse_body(p, open, &body);
		if (ret)
			break;
		if (last == FM_CLICK_NONE)
			p->click->classes[*class].body = body;
		else
			p->click->bodies[last].next = body;
		last = body;
		if (fm_click_at(p, '}'))
			break;
	}
	p->depth--;
	return ret ?: fm_click_next(p);
}

/**
 * fm_click_parse_group - read elements from "(" to ")"
 * @p: the parser, at the "("
 * @end: gets what connections to and from the group are made with
 *
 * Return: 0 or a negative errno.
 */
int fm_click_parse_group(struct fm_click_parser *p, struct fm_click_end *end)
{
	struct fm_click_end outer = p->ports;
	bool nested = p->nested;
	size_t open = p->token.span.at;
	int ret;

	ret = fm_click_descend(p) ?:
	      fm_click_add_element(p, FM_CLICK_NONE, &end->in) ?:
	      fm_click_add_element(p, FM_CLICK_NONE, &end->out) ?:
	      fm_click_next(p);
	p->ports = *end;
	p->nested = true;
	if (!ret)
		ret = fm_click_parse_block(p, FM_CLICK_GROUP, open);
	p->ports = outer;
	p->nested = nested;
	p->depth--;
	return ret ?: fm_click_next(p);
}

/* ---- statements */

static int parse_elementclass(struct fm_click_parser *p)
{
	struct fm_click_span name;
	uint32_t class, old;
	int ret;

	if (fm_click_next(p))
		return -EINVAL;
	if (p->token.word != FM_CLICK_IDENT)
		return fm_click_fail_here(p, "the name of an element class");
	name = p->token.span;
	if (fm_click_next(p))
		return -EINVAL;
	if (fm_click_at(p, '{')) {
		ret = fm_click_parse_compound(p, name, &class);
		return ret ?: fm_click_show_class(p, class);
	}
	if (p->token.word != FM_CLICK_IDENT)
		return fm_click_fail_here(p, "\"{\" or another class");
	ret = fm_click_use_class(p, p->token.span, &old) ?:
	      fm_click_add_class(p, name, &class);
	if (ret)
		return ret;
	p->click->classes[class].extends = old;
	return fm_click_show_class(p, class) ?: fm_click_next(p);
}

/* require(...), provide(...), define(...): for Click itself. */
static int parse_requirement(struct fm_click_parser *p)
{
	size_t close;

	if (fm_click_next(p))
		return -EINVAL;
	if (!fm_click_at(p, '('))
		return fm_click_fail_here(p, "\"(\"");
	return fm_click_lex_config(&p->lexer, &close) ?: fm_click_next(p);
}

/* Return: 1 at the end of the block. */
static int parse_end(struct fm_click_parser *p, enum fm_click_block block,
		     size_t open)
{
	if (p->token.word == FM_CLICK_EOF && block != FM_CLICK_FILE)
		return fm_click_fail(&p->lexer, open,
				     "this \"%c\" is never closed",
				     p->click->text[open]);
	if (p->token.word == FM_CLICK_EOF ||
	    (block == FM_CLICK_GROUP && fm_click_at(p, ')')) ||
	    (block == FM_CLICK_COMPOUND &&
	     (fm_click_at(p, '}') || p->token.word == FM_CLICK_TWO_BARS)))
		return 1;
	return fm_click_fail_here(p, "an element or a statement");
}

/**
 * fm_click_parse_block - read statements
 * @p: the parser, at the first
 * @block: what they stand in; its end is not taken
 * @open: where that began
 *
 * Return: 0 or a negative errno.
 */
int fm_click_parse_block(struct fm_click_parser *p, enum fm_click_block block,
			 size_t open)
{
	int ret = 0;

	while (!ret) {
		switch (p->token.word) {
		case FM_CLICK_ELEMENTCLASS:
			ret = parse_elementclass(p);
			break;
		case FM_CLICK_REQUIRE:
			ret = parse_requirement(p);
			break;
		case FM_CLICK_IDENT:
		case FM_CLICK_ARROW:
			ret = fm_click_parse_connection(p);
			break;
		default:
			if (fm_click_at(p, ';'))
				ret = fm_click_next(p);
			else if (p->token.c && strchr("[{(", p->token.c))
				ret = fm_click_parse_connection(p);
			else
				ret = parse_end(p, block, open);
		}
	}
	return ret < 0 ? ret : 0;
}

/**
 * fm_click_parse - read a configuration
 * @click: gets it, to be cleaned up whatever is returned
 * @text: the file, which must stay; no NUL is needed at its end
 * @len: its bytes
 *
 * Return: 0; -EINVAL or -ENOMEM, and click->error says what is wrong.
 */
int fm_click_parse(struct fm_click *click, const char *text, size_t len)
{
	struct fm_click_parser p = {
		.click = click,
		.lexer = { text, len, 0, &click->error },
	};
	uint32_t body;
	int ret;

	memset(click, 0, sizeof(*click));
	click->text = text;
	click->len = len;
	if (len > FM_CLICK_SIZE_MAX)
		return fm_click_fail(&p.lexer, 0,
			"a configuration may have %u bytes at most",
			FM_CLICK_SIZE_MAX);
	ret = fm_click_add_body(&p, &body) ?: fm_click_next(&p) ?:
	      fm_click_parse_block(&p, FM_CLICK_FILE, 0);
	free(p.names);
	free(p.visible);
	return ret;
}
