// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of options: every one is parsed to its end or refused by name. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "args_value.h"
#include "flowmage.h"

static const struct {
	const char *name;
	uint8_t number;
} protocols[] = {
	{ "icmp", 1 }, { "tcp", 6 }, { "udp", 17 }, { "icmpv6", 58 },
	{ "sctp", 132 },
};

/**
 * fm_args_uint() - parse a number, decimal or with 0x hexadecimal
 * @word: the digits and nothing else
 * @min: smallest
 * @max: largest
 * @value: the number, untouched if there is none
 *
 * Return: true if @word is a number from @min to @max.
 */
bool fm_args_uint(const char *word, uint64_t min, uint64_t max,
		  uint64_t *value)
{
	bool hex = !strncmp(word, "0x", 2) && word[2];
	const char *digits = hex ? word + 2 : word;
	uint64_t n;
	char *end;

	if (!*digits || digits[strspn(digits, hex ?
			"0123456789abcdefABCDEF" : "0123456789")])
		return false;
	errno = 0;
	n = strtoull(digits, &end, hex ? 16 : 10);
	if (errno || *end || n < min || n > max)
		return false;
	*value = n;
	return true;
}

/**
 * fm_args_prefix() - parse an address, IPv4 or IPv6, with or without "/bits"
 * @word: the address
 * @prefix: the address in network order and the length of the prefix;
 *	without "/bits" that of the whole address
 *
 * Return: true if @word is one.
 */
bool fm_args_prefix(const char *word, struct fm_opt_prefix *prefix)
{
	char addr[INET6_ADDRSTRLEN];
	size_t len = strcspn(word, "/");
	uint64_t bits;

	memset(prefix, 0, sizeof(*prefix));
	if (len >= sizeof(addr))
		return false;
	memcpy(addr, word, len);
	addr[len] = 0;
	if (inet_pton(AF_INET, addr, prefix->addr) == 1)
		prefix->len = 4;
	else if (inet_pton(AF_INET6, addr, prefix->addr) == 1)
		prefix->len = 16;
	else
		return false;
	bits = 8 * prefix->len;
	if (word[len] && !fm_args_uint(word + len + 1, 0, bits, &bits))
		return false;
	prefix->bits = bits;
	return true;
}

static int refuse(const struct fm_option *opt, const char *word,
		  struct fm_error *err, const char *what)
{
	fm_error_set(err, FM_EXIT_USAGE, 0, "%s: \"%s\" is not %s", opt->name,
		     word, what);
	snprintf(err->attr, sizeof(err->attr), "%s", opt->name);
	return err->code;
}

static int value_uint(const struct fm_option *opt, const char *word,
		      struct fm_opt_uint *into, struct fm_error *err)
{
	uint64_t max = opt->max ?: UINT64_MAX;
	char what[64];

	into->set = true;
	if (fm_args_uint(word, opt->min, max, &into->value))
		return 0;
	snprintf(what, sizeof(what), "a number from %" PRIu64 " to %" PRIu64,
		 opt->min, max);
	return refuse(opt, word, err, what);
}

static int value_proto(const struct fm_option *opt, const char *word,
		       struct fm_opt_uint *into, struct fm_error *err)
{
	size_t i;

	into->set = true;
	for (i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		if (strcmp(word, protocols[i].name))
			continue;
		into->value = protocols[i].number;
		return 0;
	}
	if (fm_args_uint(word, 0, 255, &into->value))
		return 0;
	return refuse(opt, word, err,
		      "tcp, udp, sctp, icmp, icmpv6 or a number up to 255");
}

static int value_choice(const struct fm_option *opt, const char *word,
			const char **into, struct fm_error *err)
{
	const char *c = opt->choices;
	size_t len = strlen(word);
	char what[128];

	*into = word;
	while (*c) {
		if (len && strcspn(c, "|") == len && !strncmp(c, word, len))
			return 0;
		c += strcspn(c, "|");
		c += *c == '|';
	}
	snprintf(what, sizeof(what), "one of %s", opt->choices);
	return refuse(opt, word, err, what);
}

static int value_strings(const struct fm_option *opt, const char *word,
			 struct fm_opt_strings *into, struct fm_error *err)
{
	if (into->n == FM_ARGS_MULTI)
		return fm_error_set(err, FM_EXIT_USAGE, 0,
				    "%s: more than %u values", opt->name,
				    FM_ARGS_MULTI);
	into->v[into->n++] = word;
	return 0;
}

/**
 * fm_args_value() - parse the value of an option
 * @opt: its row
 * @word: the value, NULL for a flag
 * @into: the command's struct
 * @err: names the option and the word if it is refused
 *
 * Return: 0 or FM_EXIT_USAGE.
 */
int fm_args_value(const struct fm_option *opt, const char *word, void *into,
		  struct fm_error *err)
{
	void *member = (char *)into + opt->offset;
	size_t len = word ? strlen(word) : 0;

	if (opt->type != FM_OPT_FLAG && !len)
		return refuse(opt, word, err, "a value, it is empty");
	switch (opt->type) {
	case FM_OPT_FLAG:
		*(bool *)member = true;
		return 0;
	case FM_OPT_NAME:
		if (len > FM_NAME_MAX)
			return refuse(opt, word, err,
				      "a name of at most 31 bytes");
		/* fall through */
	case FM_OPT_STRING:
		*(const char **)member = word;
		return 0;
	case FM_OPT_STRINGS:
		return value_strings(opt, word, member, err);
	case FM_OPT_CHOICE:
		return value_choice(opt, word, member, err);
	case FM_OPT_UINT:
		return value_uint(opt, word, member, err);
	case FM_OPT_PROTO:
		return value_proto(opt, word, member, err);
	case FM_OPT_PREFIX:
		if (fm_args_prefix(word, member))
			return 0;
		return refuse(opt, word, err, "an address or prefix");
	}
	return refuse(opt, word, err, "of a known type");
}
