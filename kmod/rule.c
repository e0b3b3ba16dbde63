// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of rules, in the order that the user gave.
 */
#include <linux/in.h>
#include "element.h"
#include "error.h"

static bool rule_is_tcp(const struct fm_rule *rule)
{
	return rule->protocol == IPPROTO_TCP;
}

static bool rule_has_ports(const struct fm_rule *rule)
{
	return rule_is_tcp(rule) || rule->protocol == IPPROTO_UDP ||
	       rule->protocol == IPPROTO_SCTP;
}

static const char *rule_addr_fault(const struct fm_rule *rule)
{
	u32 most = rule->family == 6 ? 128 : rule->family == 4 ? 32 : 0;

	if (rule->family && rule->family != 4 && rule->family != 6)
		return "is of no family";
	if (rule->src_len > most || rule->dst_len > most)
		return "has a prefix that is too long";
	if (!fm_prefix_is_clean(rule->src, rule->src_len) ||
	    !fm_prefix_is_clean(rule->dst, rule->dst_len))
		return "has bits beyond the length of a prefix";
	return NULL;
}

static const char *rule_fault(const struct fm_rule *rule)
{
	if (rule->action >= __FM_RULE_MAX)
		return "has no action";
	if (rule->protocol > FM_RULE_ANY)
		return "has no protocol";
	if (rule->sport_min > rule->sport_max ||
	    rule->dport_min > rule->dport_max)
		return "has no port";
	if (!rule_has_ports(rule) &&
	    (rule->sport_min || rule->sport_max != U16_MAX ||
	     rule->dport_min || rule->dport_max != U16_MAX))
		return "has ports of a protocol without them";
	if (rule->tcp_set & rule->tcp_clear)
		return "wants a TCP flag set and not set";
	if (!rule_is_tcp(rule) && (rule->tcp_set || rule->tcp_clear))
		return "has TCP flags of another protocol";
	return rule_addr_fault(rule);
}

static int rules_check(const struct fm_list *list, u32 n,
		       struct netlink_ext_ack *extack)
{
	const struct fm_rule *rule = list->elements;
	const char *fault;
	u32 i;

	for (i = list->have; i < list->have + n; i++) {
		fault = rule_fault(&rule[i]);
		if (!fault)
			continue;
		fm_error_set(extack, NULL, "element %u, a rule, %s", i, fault);
		return -EINVAL;
	}
	return 0;
}

const struct fm_element_type fm_rule_type = {
	.size = sizeof(struct fm_rule),
	.check = rules_check,
};

const struct fm_rule *fm_list_rules(const struct fm_list *list)
{
	return list ? list->elements : NULL;
}
EXPORT_SYMBOL_GPL(fm_list_rules);
