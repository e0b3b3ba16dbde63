// SPDX-License-Identifier: GPL-2.0-or-later
/* Flows that are ended, and flows that are brought from elsewhere. */
#include <errno.h>
#include "nl_msg.h"

static int count_reply(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *attr;
	uint64_t *count = arg;
	int rem;

	fm_nl_for_each_top(attr, nlh, rem)
		if (nla_type(attr) == FM_A_COUNT)
			*count += fm_nl_get_uint(attr);
	return 0;
}

/**
 * fm_nl_flow_flush() - end the states that a filter finds
 * @nl: the family
 * @chain: name of the chain
 * @filter: which; its limit does not count
 * @count: set to the number of entries
 * @err: filled on failure
 *
 * Return: 0, FM_EXIT_NOT_FOUND or another exit code.
 */
int fm_nl_flow_flush(struct fm_nl *nl, const char *chain,
		     const struct fm_flow_filter *filter, uint64_t *count,
		     struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_FLOW_DEL, err);

	*count = 0;
	if (!msg)
		return err->code;
	if (nla_put_string(msg, FM_A_CHAIN_NAME, chain) ||
	    fm_nl_filter_fill(msg, filter))
		return fm_nl_too_large(msg, err);
	return fm_nl_do(nl, msg, count_reply, count, err);
}

static int value_fill(struct nl_msg *msg, const struct fm_value *value)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_STATE_VALUE);

	if (!nest || nla_put_string(msg, FM_A_VALUE_NAME, value->name) ||
	    nla_put_u64(msg, FM_A_VALUE_UINT, value->uint))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

static int state_fill(struct nl_msg *msg, const struct fm_flow_state *state)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_FLOW_STATE);
	size_t i;

	if (!nest || nla_put_string(msg, FM_A_STATE_INST, state->inst))
		return -EMSGSIZE;
	for (i = 0; i < state->nvalues; i++)
		if (value_fill(msg, &state->values[i]))
			return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

static int key_fill(struct nl_msg *msg, const struct fm_flow *flow)
{
	int len = flow->family == 4 ? 4 : 16;

	if (nla_put_u32(msg, FM_A_FLOW_KEY, flow->key) ||
	    nla_put_u8(msg, FM_A_FLOW_FAMILY, flow->family) ||
	    (flow->key & FM_F_SRC_IP &&
	     nla_put(msg, FM_A_FLOW_SRC, len, flow->src)) ||
	    (flow->key & FM_F_DST_IP &&
	     nla_put(msg, FM_A_FLOW_DST, len, flow->dst)) ||
	    (flow->key & FM_F_SRC_PORT &&
	     nla_put_u16(msg, FM_A_FLOW_SRC_PORT, flow->src_port)) ||
	    (flow->key & FM_F_DST_PORT &&
	     nla_put_u16(msg, FM_A_FLOW_DST_PORT, flow->dst_port)) ||
	    (flow->key & FM_F_PROTOCOL &&
	     nla_put_u8(msg, FM_A_FLOW_PROTOCOL, flow->protocol)))
		return -EMSGSIZE;
	return nla_put_u64(msg, FM_A_FLOW_IDLE_MS, flow->idle_ms);
}

static int flow_fill(struct nl_msg *msg, const struct fm_flow *flow)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_FLOW);
	size_t i;

	if (!nest || key_fill(msg, flow))
		return -EMSGSIZE;
	for (i = 0; i < flow->nstates; i++)
		if (state_fill(msg, &flow->states[i]))
			return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

/**
 * fm_nl_flow_bring() - give a chain states that it once told
 * @nl: the family
 * @chain: name of the chain
 * @flows: what it told
 * @n: how many, so few that they fit in a message
 * @count: set to the number of states made
 * @err: filled on failure; those before the bad one have been made
 *
 * Return: 0, FM_EXIT_NOT_FOUND or another exit code.
 */
int fm_nl_flow_bring(struct fm_nl *nl, const char *chain,
		     const struct fm_flow *flows, size_t n, uint64_t *count,
		     struct fm_error *err)
{
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_FLOW_NEW, err);
	size_t i;

	*count = 0;
	if (!msg)
		return err->code;
	if (nla_put_string(msg, FM_A_CHAIN_NAME, chain))
		return fm_nl_too_large(msg, err);
	for (i = 0; i < n; i++)
		if (flow_fill(msg, &flows[i]))
			return fm_nl_too_large(msg, err);
	return fm_nl_do(nl, msg, count_reply, count, err);
}
