// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rules as text: ACTION PROTOCOL SOURCE PORTS DESTINATION PORTS [FLAGS], such as
 * accept tcp 10.0.0.0/8 any 192.0.2.1/32 80-443 syn,!ack
 */
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "elements.h"
#include "nl_attr.h"
#include "prefix.h"

#define WORD	63	/* bytes of a word */

enum { ACTION, PROTOCOL, SRC, SPORTS, DST, DPORTS, FLAGS };

struct word {
	char text[WORD + 1];
};

static const struct {
	const char *name;
	uint16_t number;
} protocols[] = {
	{ "any", FM_RULE_ANY }, { "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP }, { "sctp", IPPROTO_SCTP },
	{ "icmp", IPPROTO_ICMP }, { "icmpv6", IPPROTO_ICMPV6 },
};

#define PROTOCOLS	(sizeof(protocols) / sizeof(*protocols))

static const char *const flag_names[8] = {
	"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr",
};

static bool is(const struct word *word, const char *text)
{
	return !strcmp(word->text, text);
}

static const char *get_action(const struct word *word, struct fm_rule *rule)
{
	uint8_t i;

	for (i = 0; i < __FM_RULE_MAX; i++)
		if (is(word, fm_nl_rule_action_names[i]))
			break;
	rule->action = i;
	return i < __FM_RULE_MAX ? NULL : "is no action: accept or drop";
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
	unsigned int n;
	size_t i;

	for (i = 0; i < PROTOCOLS; i++) {
		if (!is(word, protocols[i].name))
			continue;
		rule->protocol = protocols[i].number;
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
	char text[WORD + 1], *rest = text, *flag;
	bool clear;
	size_t i;

	if (rule->protocol != IPPROTO_TCP)
		return "is one word too many: only tcp has flags";
	strcpy(text, word->text);
	while ((flag = strsep(&rest, ","))) {
		clear = *flag == '!';
		for (i = 0; i < 8 && strcmp(flag + clear, flag_names[i]); i++)
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

static bool parse(const char *text, void *element, struct fm_fault *fault)
{
	static const char *const missing[] = {
		"has no action", "has no protocol", "has no source",
		"has no source ports", "has no destination",
		"has no destination ports",
	};
	struct fm_rule *rule = element;
	const char *p = text, *wrong;
	struct word word;
	size_t i, n;

	memset(rule, 0, sizeof(*rule));
	for (i = 0;; i++, p += n) {
		p += strspn(p, " \t");
		if (!*p)
			break;
		n = strcspn(p, " \t");
		snprintf(word.text, sizeof(word.text), "%.*s", (int)n, p);
		wrong = n > WORD ? "is too long" : get_word(i, &word, rule);
		if (wrong)
			return fm_fault_set(fault, p - text,
					    "in word %zu: \"%.32s\" %s", i + 1,
					    word.text, wrong);
	}
	return i >= FLAGS || fm_fault_set(fault, 0, "%s", missing[i]);
}

static void format_prefix(const struct fm_rule *rule, const uint8_t *addr,
			  uint8_t len, char *text)
{
	struct fm_prefix prefix = { .family = rule->family, .len = len };

	memcpy(prefix.addr, addr, sizeof(prefix.addr));
	if (rule->family)
		fm_prefix_format(&prefix, text);
	else
		strcpy(text, "any");
}

static void format_ports(uint16_t min, uint16_t max, char *text)
{
	if (!min && max == UINT16_MAX)
		strcpy(text, "any");
	else
		sprintf(text, "%u-%u", min, max);
}

static void format_protocol(uint16_t number, char *text)
{
	size_t i;

	sprintf(text, "%u", number);
	for (i = 0; i < PROTOCOLS; i++)
		if (protocols[i].number == number)
			strcpy(text, protocols[i].name);
}

static void format_flags(const struct fm_rule *rule, char *text)
{
	size_t i;

	*text = '\0';
	for (i = 0; i < 8; i++) {
		if (!((rule->tcp_set | rule->tcp_clear) >> i & 1))
			continue;
		strcat(text, *text ? "," : " ");
		strcat(text, rule->tcp_clear >> i & 1 ? "!" : "");
		strcat(text, flag_names[i]);
	}
}

static void format(const void *element, char *text)
{
	char src[FM_PREFIX_TEXT], dst[FM_PREFIX_TEXT], protocol[8];
	char sports[16], dports[16], flags[48];
	const struct fm_rule *rule = element;

	format_protocol(rule->protocol, protocol);
	format_prefix(rule, rule->src, rule->src_len, src);
	format_prefix(rule, rule->dst, rule->dst_len, dst);
	format_ports(rule->sport_min, rule->sport_max, sports);
	format_ports(rule->dport_min, rule->dport_max, dports);
	format_flags(rule, flags);
	snprintf(text, FM_ELEMENT_TEXT, "%s %s %s %s %s %s%s",
		 fm_nl_rule_action_names[rule->action], protocol, src, sports,
		 dst, dports, flags);
}

const struct fm_element_kind fm_rule_kind = {
	.type = FM_PARAM_RULES,
	.name = "rules",
	.size = sizeof(struct fm_rule),
	.parse = parse,
	.format = format,
};
