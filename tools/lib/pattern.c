// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <string.h>

#include "elements.h"
#include "pattern.h"

static const char *add(struct fm_pattern *pattern, uint8_t byte)
{
	if (pattern->len == FM_PATTERN_MAX)
		return "has more than 112 bytes";
	pattern->bytes[pattern->len++] = byte;
	return NULL;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* From behind the first "|" to behind the second. */
static const char *parse_hex(const char **p, struct fm_pattern *pattern)
{
	const char *fault = NULL;

	while (!fault) {
		*p += strspn(*p, " ");
		if (**p == '|') {
			++*p;
			return NULL;
		}
		if (!**p)
			return "has no second \"|\"";
		if (digit((*p)[0]) < 0 || digit((*p)[1]) < 0)
			return "has no two hexadecimal digits";
		fault = add(pattern, digit((*p)[0]) << 4 | digit((*p)[1]));
		if (!fault)
			*p += 2;
	}
	return fault;
}

/* Up to @end, which is not taken. */
static const char *parse_bytes(const char **p, char end,
			       struct fm_pattern *pattern)
{
	const char *fault = NULL;

	while (!fault && **p && **p != end) {
		if (**p == '|') {
			++*p;
			fault = parse_hex(p, pattern);
			continue;
		}
		fault = add(pattern, **p);
		if (!fault)
			++*p;
	}
	return fault;
}

static bool parse_number(const char **p, const char *name, uint32_t *out)
{
	size_t len = strlen(name);
	const char *digits = *p + len;
	uint64_t n = 0;

	if (strncmp(*p, name, len))
		return false;
	for (; *digits >= '0' && *digits <= '9' && n <= UINT32_MAX; digits++)
		n = 10 * n + *digits - '0';
	if (digits == *p + len || n > UINT32_MAX)
		return false;
	*out = n;
	*p = digits;
	return true;
}

static const char *parse_option(const char **p, struct fm_pattern *pattern)
{
	const char *word = *p;

	if (!strncmp(word, "nocase", 6)) {
		*p += 6;
		pattern->flags |= FM_PATTERN_NOCASE;
	} else if (!parse_number(p, "offset=", &pattern->offset) &&
		   !parse_number(p, "depth=", &pattern->depth)) {
		return "has something else than nocase, offset=N and depth=N";
	}
	if (!**p || **p == ' ')
		return NULL;
	*p = word;
	return "has something else than nocase, offset=N and depth=N";
}

static const char *parse_quoted(const char **p, struct fm_pattern *pattern)
{
	const char *fault;

	++*p;
	fault = parse_bytes(p, '"', pattern);
	if (fault)
		return fault;
	if (**p != '"')
		return "has no second quote";
	++*p;
	if (**p && **p != ' ')
		return "has no space behind the quote";
	for (*p += strspn(*p, " "); !fault && **p; *p += strspn(*p, " "))
		fault = parse_option(p, pattern);
	return fault;
}

/**
 * fm_pattern_parse - read a pattern
 * @text: bytes with others as |0d 0a|, or the same in quotes and its options
 * @pattern: gets it
 * @at: of a mistake: where in @text it is
 *
 * Return: NULL, or what is wrong with it.
 */
const char *fm_pattern_parse(const char *text, struct fm_pattern *pattern,
			     size_t *at)
{
	const char *p = text, *fault;

	memset(pattern, 0, sizeof(*pattern));
	fault = *text == '"' ? parse_quoted(&p, pattern) :
			       parse_bytes(&p, '\0', pattern);
	if (!fault && !pattern->len)
		fault = "has no bytes";
	if (!fault && pattern->depth && pattern->depth < pattern->len)
		fault = "is longer than its depth";
	*at = p - text;
	return fault;
}

static bool parse(const char *text, void *element, struct fm_fault *fault)
{
	size_t at;
	const char *wrong = fm_pattern_parse(text, element, &at);

	return !wrong || fm_fault_set(fault, at, "%s at byte %zu", wrong,
				      at + 1);
}

static uint8_t fold(const struct fm_pattern *pattern, uint32_t i)
{
	uint8_t byte = pattern->bytes[i];

	return pattern->flags & FM_PATTERN_NOCASE && byte >= 'A' &&
	       byte <= 'Z' ? byte | 0x20 : byte;
}

/* The same bytes in another case are the same if that does not matter. */
static int compare(const void *a, const void *b)
{
	const struct fm_pattern *p = a, *q = b;
	int diff = p->len - q->len;
	uint32_t i;

	diff = diff ? diff : p->flags - q->flags;
	for (i = 0; !diff && i < p->len; i++)
		diff = fold(p, i) - fold(q, i);
	diff = diff ? diff : (p->offset > q->offset) - (p->offset < q->offset);
	return diff ? diff : (p->depth > q->depth) - (p->depth < q->depth);
}

const struct fm_element_kind fm_pattern_kind = {
	.type = FM_PARAM_PATTERNS,
	.name = "patterns",
	.size = sizeof(struct fm_pattern),
	.parse = parse,
	.hash = true,
	.as_given = true,
	.compare = compare,
};
