// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "elements.h"
#include "prefix.h"

static bool parse_len(const char *text, unsigned int most, uint8_t *len)
{
	unsigned int n = 0;
	const char *p;

	for (p = text; *p >= '0' && *p <= '9' && n <= most; p++)
		n = n * 10 + *p - '0';
	if (p == text || *p || n > most || (*text == '0' && p > text + 1))
		return false;
	*len = n;
	return true;
}

/* Clears what is not part of the prefix; was there anything? */
static bool cut(struct fm_prefix *prefix)
{
	struct fm_prefix before = *prefix;
	unsigned int i;

	for (i = prefix->len; i < 8 * sizeof(prefix->addr); i++)
		prefix->addr[i / 8] &= ~(0x80 >> i % 8);
	return memcmp(&before, prefix, sizeof(before));
}

/**
 * fm_prefix_parse - read a prefix
 * @text: an address, or one with its length
 * @prefix: gets it; after "has bits beyond its length" without those
 *
 * Return: NULL, or what is wrong with it.
 */
const char *fm_prefix_parse(const char *text, struct fm_prefix *prefix)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	char addr[INET6_ADDRSTRLEN];

	memset(prefix, 0, sizeof(*prefix));
	if (n >= sizeof(addr))
		return "is no address or prefix";
	memcpy(addr, text, n);
	addr[n] = '\0';
	if (inet_pton(AF_INET, addr, prefix->addr) == 1)
		prefix->family = 4;
	else if (inet_pton(AF_INET6, addr, prefix->addr) == 1)
		prefix->family = 6;
	else
		return "is no address or prefix";
	prefix->len = prefix->family == 4 ? 32 : 128;
	if (slash && !parse_len(slash + 1, prefix->len, &prefix->len))
		return prefix->family == 4 ? "has no length from 0 to 32" :
					     "has no length from 0 to 128";
	return cut(prefix) ? "has bits beyond its length" : NULL;
}

/**
 * fm_prefix_format - a prefix as text
 * @prefix: the prefix
 * @text: gets FM_PREFIX_TEXT bytes at the most
 */
void fm_prefix_format(const struct fm_prefix *prefix, char *text)
{
	char addr[INET6_ADDRSTRLEN] = "";

	inet_ntop(prefix->family == 4 ? AF_INET : AF_INET6, prefix->addr, addr,
		  sizeof(addr));
	snprintf(text, FM_PREFIX_TEXT, "%s/%u", addr, prefix->len);
}

/**
 * fm_prefix_compare - the order of lists
 * @a: a prefix
 * @b: another
 *
 * Return: negative, 0 or positive.
 */
int fm_prefix_compare(const struct fm_prefix *a, const struct fm_prefix *b)
{
	int diff = a->family - b->family;

	if (!diff)
		diff = memcmp(a->addr, b->addr, sizeof(a->addr));
	return diff ? diff : a->len - b->len;
}

static bool parse(const char *text, void *element, struct fm_fault *fault)
{
	const char *wrong = fm_prefix_parse(text, element);
	char meant[FM_PREFIX_TEXT];

	if (!wrong)
		return true;
	if (!strstr(wrong, "bits beyond"))
		return fm_fault_set(fault, 0, "%s", wrong);
	fm_prefix_format(element, meant);
	return fm_fault_set(fault, 0, "%s; did you mean \"%s\"?", wrong, meant);
}

static void format(const void *element, char *text)
{
	fm_prefix_format(element, text);
}

static int compare(const void *a, const void *b)
{
	return fm_prefix_compare(a, b);
}

const struct fm_element_kind fm_prefix_kind = {
	.type = FM_PARAM_PREFIXES,
	.name = "prefixes",
	.size = sizeof(struct fm_prefix),
	.parse = parse,
	.format = format,
	.compare = compare,
};
