// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "prefix.h"
#include "rule.h"

enum { ACTION, PROTOCOL, SRC, SPORTS, DST, DPORTS, FLAGS };

struct word {
	char text[FM_RULE_WORD + 1];
	size_t at;
};

static bool is(const struct word *word, const char *text)
{
	return !strcmp(word->text, text);
}

static const char *get_action(const struct word *word, struct fm_rule *rule)
{
	rule->action = is(word, "accept") ? FM_RULE_ACCEPT : FM_RULE_DROP;
	return is(word, "accept") || is(word, "drop") ? NULL :
	       "is no action: accept or drop";
}

/* Digits up to the end or to @stop. */
static const char *get_number(const char *text, char stop, unsigned int most,
			      unsigned int *n)
{
	const char *p;

	*n = 0;
	for (p = text; *p >= '0' && *p <= '9' && *n <= most; p++)
		*n = *n * 10 + *p - '0';
	if (p == text || *n > most || (*p && *p != stop))
		return NULL;
	return p;
}

static const char *get_protocol(const struct word *word, struct fm_rule *rule)
{
	static const struct {
		const char *name;
		uint16_t number;
	} names[] = {
		{ "any", FM_RULE_ANY }, { "tcp", IPPROTO_TCP },
		{ "udp", IPPROTO_UDP }, { "sctp", IPPROTO_SCTP },
		{ "icmp", IPPROTO_ICMP }, { "icmpv6", IPPROTO_ICMPV6 },
	};
	unsigned int n;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!is(word, names[i].name))
			continue;
		rule->protocol = names[i].number;
		return NULL;
	}
	if (!get_number(word->text, '\0', 255, &n))
		return "is no protocol: any, tcp, udp, sctp, icmp, icmpv6 or "
		       "0 to 255";
	rule->protocol = n;
	return NULL;
}

static const char *get_prefix(const struct word *word, struct fm_rule *rule,
			      uint8_t *addr, uint8_t *len)
{
	struct fm_prefix prefix;
	const char *fault;

	if (is(word, "any"))
		return NULL;
	fault = fm_prefix_parse(word->text, &prefix);
	if (fault)
		return fault;
	if (rule->family && rule->family != prefix.family)
		return "is not of the family of the source";
	rule->family = prefix.family;
	memcpy(addr, prefix.addr, sizeof(prefix.addr));
	*len = prefix.len;
	return NULL;
}

static bool has_ports(const struct fm_rule *rule)
{
	return rule->protocol == IPPROTO_TCP ||
	       rule->protocol == IPPROTO_UDP || rule->protocol == IPPROTO_SCTP;
}

static const char *get_ports(const struct word *word,
			     const struct fm_rule *rule, uint16_t *min,
			     uint16_t *max)
{
	unsigned int first, last;
	const char *p;

	*min = 0;
	*max = UINT16_MAX;
	if (is(word, "any"))
		return NULL;
	p = get_number(word->text, '-', UINT16_MAX, &first);
	last = first;
	if (!p || (*p && !get_number(p + 1, '\0', UINT16_MAX, &last)))
		return "is no port: any, 0 to 65535, or two joined by -";
	if (last < first)
		return "ends before it begins";
	if (!has_ports(rule))
		return "is a port, which only tcp, udp and sctp have";
	*min = first;
	*max = last;
	return NULL;
}

static const char *get_flags(const struct word *word, struct fm_rule *rule)
{
	static const char *const names[8] = {
		"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr",
	};
	char text[FM_RULE_WORD + 1], *rest = text, *flag;
	bool clear;
	size_t i;

	if (rule->protocol != IPPROTO_TCP)
		return "is one word too many: only tcp has flags";
	strcpy(text, word->text);
	while ((flag = strsep(&rest, ","))) {
		clear = *flag == '!';
		for (i = 0; i < 8 && strcmp(flag + clear, names[i]); i++)
			;
		if (i == 8)
			return "is no list of flags as syn,!ack: fin, syn, rst, "
			       "psh, ack, urg, ece, cwr";
		*(clear ? &rule->tcp_clear : &rule->tcp_set) |= 1U << i;
	}
	return rule->tcp_set & rule->tcp_clear ?
	       "has a flag that must be set and must not" : NULL;
}

static const char *get_word(size_t i, const struct word *word,
			    struct fm_rule *rule)
{
	switch (i) {
	case ACTION:
		return get_action(word, rule);
	case PROTOCOL:
		return get_protocol(word, rule);
	case SRC:
		return get_prefix(word, rule, rule->src, &rule->src_len);
	case SPORTS:
		return get_ports(word, rule, &rule->sport_min,
				 &rule->sport_max);
	case DST:
		return get_prefix(word, rule, rule->dst, &rule->dst_len);
	case DPORTS:
		return get_ports(word, rule, &rule->dport_min,
				 &rule->dport_max);
	case FLAGS:
		return get_flags(word, rule);
	default:
		return "is one word too many";
	}
}

/**
 * fm_rule_parse - read a rule
 * @text: words between blanks
 * @rule: gets it
 * @fault: what is wrong
 *
 * Return: 0, or -1 and @fault is filled.
 */
int fm_rule_parse(const char *text, struct fm_rule *rule,
		  struct fm_rule_fault *fault)
{
	static const char *const missing[] = {
		"has no action", "has no protocol", "has no source",
		"has no source ports", "has no destination",
		"has no destination ports",
	};
	const char *p = text;
	struct word word;
	size_t i, n;

	memset(rule, 0, sizeof(*rule));
	for (i = 0;; i++) {
		p += strspn(p, " \t");
		if (!*p)
			break;
		n = strcspn(p, " \t");
		word.at = p - text;
		snprintf(word.text, sizeof(word.text), "%.*s", (int)n, p);
		fault->fault = n > FM_RULE_WORD ? "is too long" :
						  get_word(i, &word, rule);
		if (fault->fault) {
			strcpy(fault->word, word.text);
			fault->at = word.at;
			return -1;
		}
		p += n;
	}
	if (i >= FLAGS)
		return 0;
	fault->fault = missing[i];
	snprintf(fault->word, sizeof(fault->word), "%.63s", text);
	fault->at = 0;
	return -1;
}
