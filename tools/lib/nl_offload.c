// SPDX-License-Identifier: GPL-2.0-or-later
/* Flows that another CPU runs, and packets that stay. */
#include <errno.h>
#include <string.h>
#include "nl_msg.h"

static int put_shards(struct nl_msg *msg, const struct fm_shard_moves *shards)
{
	if (shards->has_segment &&
	    nla_put_u32(msg, FM_A_OFFLOAD_SEGMENT, shards->segment))
		return -EMSGSIZE;
	return shards->n ? nla_put(msg, FM_A_OFFLOAD_SHARDS,
				   shards->n * sizeof(uint32_t),
				   shards->shards) : 0;
}

/**
 * fm_nl_offload_set() - have slices of shards run by another CPU
 * @nl: the family
 * @chain: name of the chain
 * @shards: the shards
 * @cpu: the CPU
 * @slices: bit per slice
 * @err: filled on failure
 *
 * Return: 0 or an exit code.
 */
int fm_nl_offload_set(struct fm_nl *nl, const char *chain,
		      const struct fm_shard_moves *shards, uint32_t cpu,
		      uint64_t slices, struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_OFFLOAD_SET, err);
	struct nlattr *nest;

	if (!msg)
		return err->code;
	nest = nla_put_string(msg, FM_A_CHAIN_NAME, chain) ? NULL :
		nla_nest_start(msg, FM_A_OFFLOAD);
	if (!nest || put_shards(msg, shards) ||
	    nla_put_u32(msg, FM_A_OFFLOAD_CPU, cpu) ||
	    nla_put_u64(msg, FM_A_OFFLOAD_SLICES, slices))
		return fm_nl_too_large(msg, err);
	nla_nest_end(msg, nest);
	return fm_nl_do(nl, msg, NULL, NULL, err);
}

/**
 * fm_nl_offload_del() - have shards' owners run all their packets again
 * @nl: the family
 * @chain: name of the chain
 * @shards: the shards; none = all
 * @err: filled on failure
 *
 * Return: 0 or an exit code.
 */
int fm_nl_offload_del(struct fm_nl *nl, const char *chain,
		      const struct fm_shard_moves *shards,
		      struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_OFFLOAD_DEL, err);
	struct nlattr *nest;

	if (!msg)
		return err->code;
	nest = nla_put_string(msg, FM_A_CHAIN_NAME, chain) ? NULL :
		nla_nest_start(msg, FM_A_OFFLOAD);
	if (!nest || put_shards(msg, shards))
		return fm_nl_too_large(msg, err);
	nla_nest_end(msg, nest);
	return fm_nl_do(nl, msg, NULL, NULL, err);
}

static void offload_parse_one(struct nlattr *attr, struct fm_offload_info *o)
{
	switch (nla_type(attr)) {
	case FM_A_OFFLOAD_SHARD:
		o->shard = fm_nl_get_uint(attr);
		break;
	case FM_A_OFFLOAD_SEGMENT:
		o->segment = fm_nl_get_uint(attr);
		break;
	case FM_A_OFFLOAD_OWNER:
		o->owner = fm_nl_get_uint(attr);
		break;
	case FM_A_OFFLOAD_CPU:
		o->cpu = fm_nl_get_uint(attr);
		break;
	case FM_A_OFFLOAD_SLICES:
		o->slices = fm_nl_get_uint(attr);
		break;
	case FM_A_OFFLOAD_AWAY:
		o->away = fm_nl_get_uint(attr);
		break;
	case FM_A_OFFLOAD_SENT:
		o->sent = fm_nl_get_uint(attr);
		break;
	case FM_A_OFFLOAD_WAITED:
		o->waited = fm_nl_get_uint(attr);
		break;
	case FM_A_OFFLOAD_RETURNS:
		o->returns = fm_nl_get_uint(attr);
		break;
	case FM_A_OFFLOAD_SLICE_PACKETS:
		fm_nl_get_bytes(attr, o->slice_packets,
				sizeof(o->slice_packets));
		break;
	case FM_A_OFFLOAD_SLICE_BYTES:
		fm_nl_get_bytes(attr, o->slice_bytes, sizeof(o->slice_bytes));
		break;
	}
}

struct offload_dump {
	int (*cb)(const struct fm_offload_info *offload, void *arg);
	void *arg;
};

static int offload_reply(struct nlmsghdr *nlh, void *arg)
{
	struct offload_dump *dump = arg;
	struct fm_offload_info offload;
	struct nlattr *attr, *member;
	int rem, rest, ret = 0;

	fm_nl_for_each_top(attr, nlh, rem) {
		if (nla_type(attr) != FM_A_OFFLOAD)
			continue;
		memset(&offload, 0, sizeof(offload));
		nla_for_each_nested(member, attr, rest)
			offload_parse_one(member, &offload);
		ret = ret ?: dump->cb(&offload, dump->arg);
	}
	return ret;
}

/**
 * fm_nl_offload_dump() - the shards of a chain that are offloaded, in order
 * @nl: the family
 * @chain: name of the chain
 * @cb: called per shard; non-zero ends the dump
 * @arg: for @cb
 * @err: filled on failure
 *
 * Return: 0, FM_EXIT_NOT_FOUND, another exit code, or what @cb returned.
 */
int fm_nl_offload_dump(struct fm_nl *nl, const char *chain,
		       int (*cb)(const struct fm_offload_info *offload,
				 void *arg),
		       void *arg, struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_OFFLOAD_GET, err);
	struct offload_dump dump = { cb, arg };

	if (!msg)
		return err->code;
	if (nla_put_string(msg, FM_A_CHAIN_NAME, chain))
		return fm_nl_too_large(msg, err);
	return fm_nl_dump(nl, msg, FM_NL_CONSISTENT, offload_reply, &dump, err);
}

static int rule_fill(struct nl_msg *msg, const struct fm_priority_rule *rule)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_PRIORITY);
	int ret;

	if (!nest)
		return -EMSGSIZE;
	if (rule->dscp)
		ret = nla_put_u64(msg, FM_A_PRIORITY_DSCP, rule->dscp);
	else if (rule->mark_mask)
		ret = nla_put_u32(msg, FM_A_PRIORITY_MARK, rule->mark) ?:
		      nla_put_u32(msg, FM_A_PRIORITY_MARK_MASK,
				  rule->mark_mask);
	else
		ret = nla_put(msg, rule->dst ? FM_A_PRIORITY_DST :
			      FM_A_PRIORITY_SRC, rule->addr_len, rule->addr) ?:
		      nla_put_u8(msg, FM_A_PRIORITY_LEN, rule->bits);
	nla_nest_end(msg, nest);
	return ret;
}

/**
 * fm_nl_priority_set() - replace a chain's rules for packets with priority
 * @nl: the family
 * @chain: name of the chain
 * @rules: the rules
 * @err: filled on failure
 *
 * Return: 0 or an exit code.
 */
int fm_nl_priority_set(struct fm_nl *nl, const char *chain,
		       const struct fm_priority_rules *rules,
		       struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_PRIORITY_SET, err);
	size_t i;
	int bad;

	if (!msg)
		return err->code;
	bad = nla_put_string(msg, FM_A_CHAIN_NAME, chain);
	for (i = 0; !bad && i < rules->n; i++)
		bad = rule_fill(msg, &rules->rules[i]);
	if (bad)
		return fm_nl_too_large(msg, err);
	return fm_nl_do(nl, msg, NULL, NULL, err);
}

static void rule_parse_one(struct nlattr *attr, struct fm_priority_rule *rule)
{
	switch (nla_type(attr)) {
	case FM_A_PRIORITY_DSCP:
		rule->dscp = fm_nl_get_uint(attr);
		break;
	case FM_A_PRIORITY_MARK:
		rule->mark = fm_nl_get_uint(attr);
		break;
	case FM_A_PRIORITY_MARK_MASK:
		rule->mark_mask = fm_nl_get_uint(attr);
		break;
	case FM_A_PRIORITY_DST:
		rule->dst = true;
		/* fall through */
	case FM_A_PRIORITY_SRC:
		rule->addr_len = fm_nl_get_bytes(attr, rule->addr,
						 sizeof(rule->addr));
		break;
	case FM_A_PRIORITY_LEN:
		rule->bits = fm_nl_get_uint(attr);
		break;
	}
}

static int priority_reply(struct nlmsghdr *nlh, void *arg)
{
	struct fm_priority_rules *rules = arg;
	struct nlattr *attr, *member;
	int rem, rest;

	fm_nl_for_each_top(attr, nlh, rem) {
		if (nla_type(attr) != FM_A_PRIORITY ||
		    rules->n == FM_PRIORITY_MAX)
			continue;
		nla_for_each_nested(member, attr, rest)
			rule_parse_one(member, &rules->rules[rules->n]);
		rules->n++;
	}
	return 0;
}

/**
 * fm_nl_priority_get() - a chain's rules for packets with priority
 * @nl: the family
 * @chain: name of the chain
 * @rules: filled
 * @err: filled on failure
 *
 * Return: 0 or an exit code.
 */
int fm_nl_priority_get(struct fm_nl *nl, const char *chain,
		       struct fm_priority_rules *rules, struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_PRIORITY_GET, err);

	if (!msg)
		return err->code;
	if (nla_put_string(msg, FM_A_CHAIN_NAME, chain))
		return fm_nl_too_large(msg, err);
	memset(rules, 0, sizeof(*rules));
	return fm_nl_do(nl, msg, priority_reply, rules, err);
}
