// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clickargs.h"
#include "clicklex.h"

static bool begins_nothing(const char *text, size_t at, size_t end)
{
	char next = at + 1 < end ? text[at + 1] : 0;

	return isspace((unsigned char)text[at]) ||
	       (text[at] == '#' && strchr("\r\n", text[at - 1])) ||
	       (text[at] == '/' && (next == '/' || next == '*'));
}

/*
 * The next argument of a configuration, without the blanks and comments around
 * it; of length 0 if there is nothing else. Return: false behind the last.
 */
static bool next_arg(const struct fm_click *click, size_t *at, size_t end,
		     struct fm_click_span *arg)
{
	const char *text = click->text;
	size_t depth = 0, from;
	bool begun = false;

	if (*at > end)
		return false;
	*arg = (struct fm_click_span){ *at, 0 };
	while (*at < end) {
		from = *at;
		if (text[from] == ',' && !depth)
			break;
		if (text[from] == '(')
			depth++;
		if (text[from] == ')')
			depth--;
		fm_click_skip(text, end, at);
		if (begins_nothing(text, from, end))
			continue;
		if (!begun)
			arg->at = from;
		begun = true;
		arg->len = *at - arg->at;
	}
	++*at;
	return true;
}

/* "KEYWORD value": the value, of length 0 if there is none. */
static bool split(const struct fm_click *click, struct fm_click_span arg,
		  const char *keyword, struct fm_click_span *value)
{
	struct fm_click_span word = { arg.at, 0 };
	size_t at, end = arg.at + arg.len;

	while (word.len < arg.len) {
		unsigned char c = click->text[arg.at + word.len];

		if (!isalnum(c) && c != '_')
			break;
		word.len++;
	}
	if (!fm_click_is(click, word, keyword))
		return false;
	for (at = arg.at + word.len;
	     at < end && begins_nothing(click->text, at, end);)
		fm_click_skip(click->text, end, &at);
	*value = (struct fm_click_span){ at, end - at };
	return at > arg.at + word.len || at == end;
}

/**
 * fm_click_arg_find - a keyword argument
 * @click: the configuration
 * @site: of the element
 * @keyword: its name
 * @value: gets where the value is
 *
 * Return: false if the element has no such argument.
 */
bool fm_click_arg_find(const struct fm_click *click,
		       const struct fm_click_site *site, const char *keyword,
		       struct fm_click_span *value)
{
	size_t at = site->open + 1;
	struct fm_click_span arg;

	while (site->open && next_arg(click, &at, site->close, &arg))
		if (split(click, arg, keyword, value))
			return true;
	return false;
}

static int add_edit(struct fm_click_edits *edits, size_t at, size_t cut,
		    const char *format, const char *a, const char *b)
{
	struct fm_click_edit *more;

	more = edits->n & (edits->n - 1) ? edits->v :
	       realloc(edits->v, (edits->n ? 2 * edits->n : 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	edits->v = more;
	more += edits->n++;
	more->at = at;
	more->cut = cut;
	snprintf(more->text, sizeof(more->text), format, a, b);
	return 0;
}

/* Is it said already? 1 is true, and 0 is false. */
static bool says(const struct fm_click *click, struct fm_click_span value,
		 const char *wanted)
{
	static const char *const words[][3] = {
		{ "true", "1", "yes" }, { "false", "0", "no" },
	};
	size_t i, j;

	if (fm_click_is(click, value, wanted))
		return true;
	for (i = 0; i < 2; i++)
		for (j = 0; j < 3 && !strcmp(words[i][0], wanted); j++)
			if (fm_click_is(click, value, words[i][j]))
				return true;
	return false;
}

/**
 * fm_click_arg_set - give an element a keyword argument
 * @click: the configuration
 * @site: of the element
 * @keyword: its name
 * @value: what it is to be
 * @edits: gets the change; none if the element has that already
 *
 * Return: 0 or -ENOMEM.
 */
int fm_click_arg_set(const struct fm_click *click,
		     const struct fm_click_site *site, const char *keyword,
		     const char *value, struct fm_click_edits *edits)
{
	size_t at = site->open + 1, last = at;
	struct fm_click_span arg, old;
	bool any = false;

	if (!site->open)
		return add_edit(edits, site->end, 0, "(%s %s)", keyword, value);
	while (next_arg(click, &at, site->close, &arg)) {
		if (split(click, arg, keyword, &old)) {
			if (says(click, old, value))
				return 0;
			return add_edit(edits, old.at, old.len,
					old.len ? "%.0s%s" : "%.0s %s",
					keyword, value);
		}
		if (!arg.len)
			continue;
		any = true;
		last = arg.at + arg.len;
	}
	return add_edit(edits, last, 0, any ? ", %s %s" : "%s %s", keyword,
			value);
}

static int by_place(const void *a, const void *b)
{
	const struct fm_click_edit *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/**
 * fm_click_edits_apply - the text with its changes
 * @click: the configuration
 * @edits: changes that do not overlap; are sorted
 * @len: gets the bytes of the new text
 *
 * Where nothing changes, every byte stays. Return: the text, to be freed; NULL
 * if there is no memory.
 */
char *fm_click_edits_apply(const struct fm_click *click,
			   struct fm_click_edits *edits, size_t *len)
{
	size_t size = click->len + 1, from = 0, i, n;
	char *text, *to;

	if (edits->n)
		qsort(edits->v, edits->n, sizeof(*edits->v), by_place);
	for (i = 0; i < edits->n; i++)
		size += strlen(edits->v[i].text);
	text = malloc(size);
	if (!text)
		return NULL;
	to = text;
	for (i = 0; i < edits->n; i++) {
		n = edits->v[i].at - from;
		to = mempcpy(to, click->text + from, n);
		to = stpcpy(to, edits->v[i].text);
		from = edits->v[i].at + edits->v[i].cut;
	}
	to = mempcpy(to, click->text + from, click->len - from);
	*to = '\0';
	*len = to - text;
	return text;
}

/**
 * fm_click_edits_cleanup - forget changes
 * @edits: the changes
 */
void fm_click_edits_cleanup(struct fm_click_edits *edits)
{
	free(edits->v);
}
