// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "priority.h"

#define DSCP_MAX	63
#define WORD_MAX_BYTES	64

/* Names of RFC 2474, 2597, 3246, 5865 and 8622. */
static const struct {
	const char *name;
	uint8_t dscp;
} dscps[] = {
	{ "cs0", 0 }, { "le", 1 }, { "cs1", 8 }, { "af11", 10 },
	{ "af12", 12 }, { "af13", 14 }, { "cs2", 16 }, { "af21", 18 },
	{ "af22", 20 }, { "af23", 22 }, { "cs3", 24 }, { "af31", 26 },
	{ "af32", 28 }, { "af33", 30 }, { "cs4", 32 }, { "af41", 34 },
	{ "af42", 36 }, { "af43", 38 }, { "cs5", 40 }, { "va", 44 },
	{ "ef", 46 }, { "cs6", 48 }, { "cs7", 56 },
};

static struct fm_priority_rule *rule_new(struct fm_priority_rules *rules,
					 struct fm_error *err)
{
	if (rules->n < FM_PRIORITY_MAX)
		return &rules->rules[rules->n++];
	fm_error_set(err, FM_EXIT_USAGE, E2BIG, "more than %u rules",
		     FM_PRIORITY_MAX);
	return NULL;
}

static int refuse(const char *what, const char *text, const char *wanted,
		  struct fm_error *err)
{
	fm_error_set(err, FM_EXIT_USAGE, EINVAL, "%s: \"%.100s\" is not %s",
		     what, text, wanted);
	snprintf(err->attr, sizeof(err->attr), "%s", what);
	return err->code;
}

static bool take_dscp(const char *word, uint64_t *dscp)
{
	size_t i;

	for (i = 0; i < sizeof(dscps) / sizeof(*dscps); i++) {
		if (strcmp(word, dscps[i].name))
			continue;
		*dscp = dscps[i].dscp;
		return true;
	}
	return fm_args_uint(word, 0, DSCP_MAX, dscp);
}

/**
 * fm_priority_add_dscp() - packets with a code point
 * @rules: gets a rule
 * @text: "ef", "46", or several with commas
 * @err: says what is wrong
 *
 * Return: 0 or FM_EXIT_USAGE.
 */
int fm_priority_add_dscp(struct fm_priority_rules *rules, const char *text,
			 struct fm_error *err)
{
	struct fm_priority_rule *rule = rule_new(rules, err);
	const char *at = text;
	char word[WORD_MAX_BYTES];
	uint64_t dscp;
	size_t len;

	if (!rule)
		return err->code;
	for (;; at += len + 1) {
		len = strcspn(at, ",");
		snprintf(word, sizeof(word), "%.*s", (int)len, at);
		if (len >= sizeof(word) || !take_dscp(word, &dscp))
			return refuse("dscp", text,
				      "a list of code points, as ef or 46", err);
		rule->dscp |= UINT64_C(1) << dscp;
		if (!at[len])
			return 0;
	}
}

/**
 * fm_priority_add_mark() - packets with a mark
 * @rules: gets a rule
 * @text: "7" or "0x10/0xf0", value and mask
 * @err: says what is wrong
 *
 * Return: 0 or FM_EXIT_USAGE.
 */
int fm_priority_add_mark(struct fm_priority_rules *rules, const char *text,
			 struct fm_error *err)
{
	struct fm_priority_rule *rule = rule_new(rules, err);
	uint64_t mark, mask = UINT32_MAX;
	size_t len = strcspn(text, "/");
	char word[WORD_MAX_BYTES];

	if (!rule)
		return err->code;
	snprintf(word, sizeof(word), "%.*s", (int)len, text);
	if (len >= sizeof(word) || !fm_args_uint(word, 0, UINT32_MAX, &mark) ||
	    (text[len] &&
	     !fm_args_uint(text + len + 1, 1, UINT32_MAX, &mask)))
		return refuse("mark", text, "MARK or MARK/MASK, as 0x10/0xf0",
			      err);
	if (mark & ~mask)
		return refuse("mark", text, "within its mask", err);
	rule->mark = mark;
	rule->mark_mask = mask;
	return 0;
}

/* Clears what is beyond the prefix: 10.1.2.3/8 is 10.0.0.0/8. */
static void cut(struct fm_priority_rule *rule)
{
	unsigned int i;

	for (i = rule->bits; i < 8U * rule->addr_len; i++)
		rule->addr[i / 8] &= ~(0x80 >> i % 8);
}

/**
 * fm_priority_add_prefix() - packets from or to addresses
 * @rules: gets a rule
 * @text: an address, or a prefix
 * @dst: it is about the destination
 * @err: says what is wrong
 *
 * Return: 0 or FM_EXIT_USAGE.
 */
int fm_priority_add_prefix(struct fm_priority_rules *rules, const char *text,
			   bool dst, struct fm_error *err)
{
	struct fm_priority_rule *rule = rule_new(rules, err);
	struct fm_opt_prefix prefix;

	if (!rule)
		return err->code;
	if (!fm_args_prefix(text, &prefix))
		return refuse(dst ? "dst" : "src", text,
			      "an address or prefix", err);
	memcpy(rule->addr, prefix.addr, sizeof(rule->addr));
	rule->addr_len = prefix.len;
	rule->bits = prefix.bits;
	rule->dst = dst;
	cut(rule);
	return 0;
}
