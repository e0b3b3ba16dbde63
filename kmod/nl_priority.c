// SPDX-License-Identifier: GPL-2.0
/* The rules of a chain for packets with priority, over netlink. */
#include <linux/slab.h>
#include "error.h"
#include "netlink.h"
#include "priority.h"

static int rule_parse_addr(struct fm_priority_rule *rule,
			   const struct nlattr *addr, const struct nlattr *len,
			   struct netlink_ext_ack *extack)
{
	u32 bits = 8 * nla_len(addr), i;

	if (nla_len(addr) != 4 && nla_len(addr) != 16) {
		fm_error_set(extack, addr, "an address has 4 or 16 bytes");
		return -EINVAL;
	}
	rule->family = nla_len(addr) == 4 ? 4 : 6;
	rule->len = len ? nla_get_u8(len) : bits;
	if (rule->len > bits) {
		fm_error_set(extack, len, "a prefix of %u bits is too long",
			     rule->len);
		return -EINVAL;
	}
	nla_memcpy(&rule->addr, addr, sizeof(rule->addr));
	for (i = rule->len; i < bits; i++) {
		if (!(((u8 *)&rule->addr)[i / 8] & 0x80 >> i % 8))
			continue;
		fm_error_set(extack, addr,
			     "the address has bits beyond its prefix of %u",
			     rule->len);
		return -EINVAL;
	}
	return 0;
}

static int rule_parse_mark(struct fm_priority_rule *rule, struct nlattr **attrs,
			   struct netlink_ext_ack *extack)
{
	const struct nlattr *mask = attrs[FM_A_PRIORITY_MARK_MASK];

	rule->mark = nla_get_u32(attrs[FM_A_PRIORITY_MARK]);
	rule->mark_mask = mask ? nla_get_u32(mask) : ~0U;
	if (!(rule->mark & ~rule->mark_mask))
		return 0;
	fm_error_set(extack, attrs[FM_A_PRIORITY_MARK],
		     "mark 0x%x has bits that its mask 0x%x has not",
		     rule->mark, rule->mark_mask);
	return -EINVAL;
}

/* One kind, and nothing that only belongs to another. */
static int rule_check(const struct nlattr *attr, struct nlattr **attrs,
		      struct netlink_ext_ack *extack)
{
	bool addr = attrs[FM_A_PRIORITY_SRC] || attrs[FM_A_PRIORITY_DST];
	int kinds = !!attrs[FM_A_PRIORITY_DSCP] + !!attrs[FM_A_PRIORITY_MARK] +
		    !!attrs[FM_A_PRIORITY_SRC] + !!attrs[FM_A_PRIORITY_DST];

	if (kinds == 1 && (!attrs[FM_A_PRIORITY_LEN] || addr) &&
	    (!attrs[FM_A_PRIORITY_MARK_MASK] || attrs[FM_A_PRIORITY_MARK]))
		return 0;
	fm_error_set(extack, attr,
		     "a rule for priority is one of dscp, mark, src and dst");
	return -EINVAL;
}

static int rule_parse(struct fm_priority_rule *rule, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[FM_A_PRIORITY_MAX + 1];
	int err;

	err = nla_parse_nested(attrs, FM_A_PRIORITY_MAX, attr, NULL, extack);
	if (!err)
		err = rule_check(attr, attrs, extack);
	if (err)
		return err;
	if (attrs[FM_A_PRIORITY_MARK])
		return rule_parse_mark(rule, attrs, extack);
	if (!attrs[FM_A_PRIORITY_DSCP]) {
		rule->dst = attrs[FM_A_PRIORITY_DST];
		return rule_parse_addr(rule, attrs[FM_A_PRIORITY_DST] ?:
				       attrs[FM_A_PRIORITY_SRC],
				       attrs[FM_A_PRIORITY_LEN], extack);
	}
	rule->dscp = nla_get_u64(attrs[FM_A_PRIORITY_DSCP]);
	if (rule->dscp)
		return 0;
	fm_error_set(extack, attrs[FM_A_PRIORITY_DSCP],
		     "dscp names no code point");
	return -EINVAL;
}

static int rules_parse(struct fm_priority *priority, struct genl_info *info)
{
	const struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != FM_A_PRIORITY)
			continue;
		if (priority->n == FM_PRIORITY_MAX) {
			fm_error_set(info->extack, attr,
				     "more than %u rules for priority",
				     FM_PRIORITY_MAX);
			return -E2BIG;
		}
		err = rule_parse(&priority->rules[priority->n++], attr,
				 info->extack);
		if (err)
			return err;
	}
	return 0;
}

/* Takes over the rules. */
static int priority_replace(struct fm_net *net, struct genl_info *info,
			    struct fm_priority *priority)
{
	struct fm_chain *chain;
	int err;

	chain = fm_netlink_chain(net, info->attrs, info->extack);
	err = IS_ERR(chain) ? PTR_ERR(chain) :
	      fm_netlink_check_generation(chain, info->attrs, info->extack);
	if (!err)
		priority = rcu_replace_pointer(chain->priority, priority,
					lockdep_is_held(&net->mutex));
	if (priority)
		kfree_rcu(priority, rcu);
	return err;
}

int fm_nl_priority_set(struct sk_buff *skb, struct genl_info *info)
{
	struct fm_net *net = fm_net_get(genl_info_net(info));
	struct fm_priority *priority;
	int err;

	priority = kzalloc(struct_size(priority, rules, FM_PRIORITY_MAX),
			   GFP_KERNEL);
	if (!priority)
		return -ENOMEM;
	err = rules_parse(priority, info);
	if (err) {
		kfree(priority);
		return err;
	}
	mutex_lock(&net->mutex);
	err = priority_replace(net, info, priority);
	mutex_unlock(&net->mutex);
	return err;
}

static int rule_fill(struct sk_buff *msg, const struct fm_priority_rule *rule)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_PRIORITY);
	int err;

	if (!nest)
		return -EMSGSIZE;
	if (rule->dscp)
		err = nla_put_u64_64bit(msg, FM_A_PRIORITY_DSCP, rule->dscp,
					FM_A_PRIORITY_PAD);
	else if (rule->mark_mask)
		err = nla_put_u32(msg, FM_A_PRIORITY_MARK, rule->mark) ?:
		      nla_put_u32(msg, FM_A_PRIORITY_MARK_MASK,
				  rule->mark_mask);
	else
		err = nla_put(msg, rule->dst ? FM_A_PRIORITY_DST :
			      FM_A_PRIORITY_SRC, rule->family == 4 ? 4 : 16,
			      &rule->addr) ?:
		      nla_put_u8(msg, FM_A_PRIORITY_LEN, rule->len);
	if (err)
		return err;
	nla_nest_end(msg, nest);
	return 0;
}

static int priority_fill(struct sk_buff *msg, const void *object)
{
	const struct fm_chain *chain = object;
	const struct fm_priority *priority =
		rcu_dereference_protected(chain->priority,
				lockdep_is_held(&chain->net->mutex));
	u32 i;

	if (nla_put_string(msg, FM_A_CHAIN_NAME, chain->name))
		return -EMSGSIZE;
	for (i = 0; priority && i < priority->n; i++)
		if (rule_fill(msg, &priority->rules[i]))
			return -EMSGSIZE;
	return 0;
}

int fm_nl_priority_get(struct sk_buff *skb, struct genl_info *info)
{
	return fm_netlink_reply_chain(info, FM_CMD_PRIORITY_GET, priority_fill);
}
