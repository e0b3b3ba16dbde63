// SPDX-License-Identifier: GPL-2.0-or-later
/* Flows in the state tables. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "nl_msg.h"

static int put_prefix(struct nl_msg *msg, int type, const uint8_t *addr,
		      uint8_t len, int bits_type, uint8_t bits)
{
	if (!len)
		return 0;
	if (nla_put(msg, type, len, addr))
		return -EMSGSIZE;
	return nla_put_u8(msg, bits_type, bits);
}

/**
 * fm_nl_filter_fill() - append a filter to a request
 * @msg: the request
 * @f: what is to be shown
 *
 * Return: 0, or negative if it does not fit.
 */
int fm_nl_filter_fill(struct nl_msg *msg, const struct fm_flow_filter *f)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_FILTER);

	if (!nest ||
	    (*f->inst && nla_put_string(msg, FM_A_FILTER_INST, f->inst)) ||
	    (f->has_shard && nla_put_u32(msg, FM_A_FILTER_SHARD, f->shard)) ||
	    put_prefix(msg, FM_A_FILTER_SRC, f->src, f->src_len,
		       FM_A_FILTER_SRC_LEN, f->src_bits) ||
	    put_prefix(msg, FM_A_FILTER_DST, f->dst, f->dst_len,
		       FM_A_FILTER_DST_LEN, f->dst_bits) ||
	    (f->has_port && nla_put_u16(msg, FM_A_FILTER_PORT, f->port)) ||
	    (f->has_src_port &&
	     nla_put_u16(msg, FM_A_FILTER_SRC_PORT, f->src_port)) ||
	    (f->has_dst_port &&
	     nla_put_u16(msg, FM_A_FILTER_DST_PORT, f->dst_port)) ||
	    (f->has_protocol &&
	     nla_put_u8(msg, FM_A_FILTER_PROTOCOL, f->protocol)) ||
	    (f->limit && nla_put_u32(msg, FM_A_FILTER_LIMIT, f->limit)))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

static void state_parse(struct nlattr *nest, struct fm_flow_state *state)
{
	struct nlattr *attr;
	int rem;

	*state->inst = 0;
	state->nvalues = 0;
	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) == FM_A_STATE_INST)
			fm_nl_get_string(attr, state->inst,
					 sizeof(state->inst));
		else if (nla_type(attr) == FM_A_STATE_VALUE &&
			 state->nvalues < FM_VALUES_MAX)
			fm_nl_value_parse(attr,
					  &state->values[state->nvalues++]);
	}
}

static void flow_key_parse(struct nlattr *attr, struct fm_flow *flow)
{
	switch (nla_type(attr)) {
	case FM_A_FLOW_KEY:
		flow->key = fm_nl_get_uint(attr);
		break;
	case FM_A_FLOW_FAMILY:
		flow->family = fm_nl_get_uint(attr);
		break;
	case FM_A_FLOW_SRC:
		fm_nl_get_bytes(attr, flow->src, sizeof(flow->src));
		break;
	case FM_A_FLOW_DST:
		fm_nl_get_bytes(attr, flow->dst, sizeof(flow->dst));
		break;
	case FM_A_FLOW_SRC_PORT:
		flow->src_port = fm_nl_get_uint(attr);
		break;
	case FM_A_FLOW_DST_PORT:
		flow->dst_port = fm_nl_get_uint(attr);
		break;
	case FM_A_FLOW_PROTOCOL:
		flow->protocol = fm_nl_get_uint(attr);
		break;
	}
}

static void flow_entry_parse(struct nlattr *attr, struct fm_flow *flow)
{
	switch (nla_type(attr)) {
	case FM_A_FLOW_GROUP:
		flow->group = fm_nl_get_uint(attr);
		break;
	case FM_A_FLOW_MODE:
		flow->mode = fm_nl_get_uint(attr);
		break;
	case FM_A_FLOW_SHARD:
		flow->has_shard = true;
		flow->shard = fm_nl_get_uint(attr);
		break;
	case FM_A_FLOW_SLICE:
		flow->slice = fm_nl_get_uint(attr);
		break;
	case FM_A_FLOW_SEGMENT:
		flow->segment = fm_nl_get_uint(attr);
		break;
	case FM_A_FLOW_IDLE_MS:
		flow->idle_ms = fm_nl_get_uint(attr);
		break;
	case FM_A_FLOW_STATE:
		if (flow->nstates < FM_NFS_MAX)
			state_parse(attr, &flow->states[flow->nstates++]);
		break;
	default:
		flow_key_parse(attr, flow);
	}
}

/**
 * fm_nl_flow_parse() - an entry of a state table
 * @nest: the attribute
 * @flow: filled; only the first nstates of its states are valid
 */
void fm_nl_flow_parse(struct nlattr *nest, struct fm_flow *flow)
{
	struct nlattr *attr;
	int rem;

	memset(flow, 0, offsetof(struct fm_flow, states));
	flow->nstates = 0;
	nla_for_each_nested(attr, nest, rem)
		flow_entry_parse(attr, flow);
}

struct flow_dump {
	int (*cb)(const struct fm_flow *flow, void *arg);
	void *arg;
	struct fm_flow *flow;
};

static int flow_reply(struct nlmsghdr *nlh, void *arg)
{
	struct flow_dump *dump = arg;
	struct nlattr *attr;
	int rem, ret = 0;

	fm_nl_for_each_top(attr, nlh, rem) {
		if (nla_type(attr) != FM_A_FLOW)
			continue;
		fm_nl_flow_parse(attr, dump->flow);
		ret = ret ?: dump->cb(dump->flow, dump->arg);
	}
	return ret;
}

/**
 * fm_nl_flow_dump() - entries of a chain's state tables, as they come
 * @nl: the family
 * @chain: name of the chain
 * @filter: what to show
 * @cb: called per entry; non-zero ends the dump
 * @arg: for @cb
 * @err: filled on failure
 *
 * Nothing is collected: a table of millions of entries needs no memory here.
 * What is there all the time is told once; what comes or goes may be seen or not.
 *
 * Return: 0, FM_EXIT_NOT_FOUND, another exit code, or what @cb returned.
 */
int fm_nl_flow_dump(struct fm_nl *nl, const char *chain,
		    const struct fm_flow_filter *filter,
		    int (*cb)(const struct fm_flow *flow, void *arg),
		    void *arg, struct fm_error *err)
{
	struct flow_dump dump = { .cb = cb, .arg = arg };
	struct nl_msg *msg = fm_nl_request(nl, FM_CMD_FLOW_GET, err);
	int ret;

	if (!msg)
		return err->code;
	if (nla_put_string(msg, FM_A_CHAIN_NAME, chain) ||
	    fm_nl_filter_fill(msg, filter))
		return fm_nl_too_large(msg, err);
	dump.flow = malloc(sizeof(*dump.flow));
	if (!dump.flow) {
		nlmsg_free(msg);
		return fm_error_errno(err, ENOMEM, "flow list");
	}
	ret = fm_nl_dump(nl, msg, FM_NL_STREAM, flow_reply, &dump, err);
	free(dump.flow);
	return ret;
}
