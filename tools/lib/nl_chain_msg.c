// SPDX-License-Identifier: GPL-2.0-or-later
/* A chain and its plan as attributes: fill and parse are mirrors. */
#include <errno.h>
#include <string.h>
#include "nl_msg.h"

/* Members that are 0 stay out of the message: the kernel has defaults. */
static int put_u32(struct nl_msg *msg, int type, uint32_t value)
{
	return value ? nla_put_u32(msg, type, value) : 0;
}

static int put_flag(struct nl_msg *msg, int type, bool value)
{
	return value ? nla_put_flag(msg, type) : 0;
}

static int put_string(struct nl_msg *msg, int type, const char *value)
{
	return *value ? nla_put_string(msg, type, value) : 0;
}

static int value_fill(struct nl_msg *msg, int type,
		      const struct fm_value *value)
{
	struct nlattr *nest = nla_nest_start(msg, type);

	if (!nest || nla_put_string(msg, FM_A_VALUE_NAME, value->name))
		return -EMSGSIZE;
	if (value->is_list ?
	    nla_put_u32(msg, FM_A_VALUE_LIST, value->list ? value->list->id :
							    value->uint) :
	    value->is_string ?
	    nla_put_string(msg, FM_A_VALUE_STRING, value->string) :
	    nla_put_u64(msg, FM_A_VALUE_UINT, value->uint))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

static int inst_fill(struct nl_msg *msg, const struct fm_chain_inst *inst)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_CHAIN_INST);
	size_t i;

	if (!nest ||
	    put_string(msg, FM_A_INST_NAME, inst->name) ||
	    put_string(msg, FM_A_INST_TYPE, inst->type) ||
	    nla_put_u32(msg, FM_A_INST_MODE, inst->mode) ||
	    put_u32(msg, FM_A_INST_SEGMENT, inst->segment) ||
	    put_u32(msg, FM_A_INST_MAX_ENTRIES, inst->max_entries) ||
	    put_u32(msg, FM_A_INST_FULL_POLICY, inst->full_policy) ||
	    put_u32(msg, FM_A_INST_TIMEOUT_MS, inst->timeout_ms))
		return -EMSGSIZE;
	for (i = 0; i < inst->nparams; i++)
		if (value_fill(msg, FM_A_INST_PARAM, &inst->params[i]))
			return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

static int steer_fill(struct nl_msg *msg, const struct fm_steering *steer)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_CHAIN_STEER);

	if (!nest ||
	    nla_put_u32(msg, FM_A_STEER_FIELDS, steer->fields) ||
	    nla_put_u32(msg, FM_A_STEER_FIELDS6, steer->fields6) ||
	    put_flag(msg, FM_A_STEER_SYMMETRIC, steer->symmetric) ||
	    nla_put_u32(msg, FM_A_STEER_L4, steer->l4) ||
	    nla_put(msg, FM_A_STEER_KEY, steer->key_len, steer->key) ||
	    (steer->key6_len && nla_put(msg, FM_A_STEER_KEY6, steer->key6_len,
					steer->key6)) ||
	    nla_put(msg, FM_A_STEER_OWNERS,
		    steer->nshards * sizeof(*steer->owners), steer->owners) ||
	    put_flag(msg, FM_A_STEER_HW, steer->hw))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

/**
 * fm_nl_chain_fill() - append a chain with its plan to a request
 * @msg: the request
 * @chain: the chain
 *
 * Return: 0, or negative if it does not fit.
 */
int fm_nl_chain_fill(struct nl_msg *msg, const struct fm_chain *chain)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_CHAIN);
	size_t i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < chain->ndevs; i++)
		if (nla_put_u32(msg, FM_A_CHAIN_IFINDEX, chain->ifindex[i]))
			return -EMSGSIZE;
	if (nla_put_u32(msg, FM_A_CHAIN_FRAG_POLICY, chain->frag_policy) ||
	    nla_put_u32(msg, FM_A_CHAIN_OTHER_POLICY, chain->other_policy) ||
	    put_u32(msg, FM_A_CHAIN_SAMPLE_SHIFT, chain->sample_shift))
		return -EMSGSIZE;
	for (i = 0; i < chain->nsegs; i++)
		if (steer_fill(msg, &chain->steer[i]))
			return -EMSGSIZE;
	for (i = 0; i < chain->nnfs; i++)
		if (inst_fill(msg, &chain->nfs[i]))
			return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

/**
 * fm_nl_value_parse() - a named value
 * @nest: the attribute
 * @value: filled
 */
void fm_nl_value_parse(struct nlattr *nest, struct fm_value *value)
{
	struct nlattr *attr;
	int rem;

	memset(value, 0, sizeof(*value));
	nla_for_each_nested(attr, nest, rem) {
		switch (nla_type(attr)) {
		case FM_A_VALUE_NAME:
			fm_nl_get_string(attr, value->name,
					 sizeof(value->name));
			break;
		case FM_A_VALUE_UINT:
			value->uint = fm_nl_get_uint(attr);
			break;
		case FM_A_VALUE_STRING:
			value->is_string = true;
			fm_nl_get_string(attr, value->string,
					 sizeof(value->string));
			break;
		case FM_A_VALUE_LIST:
			value->is_list = true;
			value->uint = fm_nl_get_uint(attr);
			break;
		case FM_A_VALUE_COUNT:
			value->count = fm_nl_get_uint(attr);
			break;
		}
	}
}

static void inst_member_parse(struct nlattr *attr, struct fm_chain_inst *inst)
{
	switch (nla_type(attr)) {
	case FM_A_INST_NAME:
		fm_nl_get_string(attr, inst->name, sizeof(inst->name));
		break;
	case FM_A_INST_TYPE:
		fm_nl_get_string(attr, inst->type, sizeof(inst->type));
		break;
	case FM_A_INST_MODE:
		inst->mode = fm_nl_get_uint(attr);
		break;
	case FM_A_INST_SEGMENT:
		inst->segment = fm_nl_get_uint(attr);
		break;
	case FM_A_INST_MAX_ENTRIES:
		inst->max_entries = fm_nl_get_uint(attr);
		break;
	case FM_A_INST_FULL_POLICY:
		inst->full_policy = fm_nl_get_uint(attr);
		break;
	case FM_A_INST_TIMEOUT_MS:
		inst->timeout_ms = fm_nl_get_uint(attr);
		break;
	case FM_A_INST_PARAM:
		if (inst->nparams < FM_PARAMS_MAX)
			fm_nl_value_parse(attr, &inst->params[inst->nparams++]);
		break;
	case FM_A_INST_GROUP:
		inst->group = fm_nl_get_uint(attr);
		break;
	case FM_A_INST_KEPT:
		inst->kept = true;
		break;
	}
}

static void inst_parse(struct nlattr *nest, struct fm_chain_inst *inst)
{
	struct nlattr *attr;
	int rem;

	memset(inst, 0, sizeof(*inst));
	nla_for_each_nested(attr, nest, rem)
		inst_member_parse(attr, inst);
	if (!*inst->name)
		memcpy(inst->name, inst->type, sizeof(inst->name));
}

static void steer_parse(struct nlattr *nest, struct fm_steering *steer)
{
	bool has_fields6 = false;
	struct nlattr *attr;
	int rem;

	memset(steer, 0, sizeof(*steer));
	nla_for_each_nested(attr, nest, rem) {
		switch (nla_type(attr)) {
		case FM_A_STEER_FIELDS:
			steer->fields = fm_nl_get_uint(attr);
			break;
		case FM_A_STEER_FIELDS6:
			steer->fields6 = fm_nl_get_uint(attr);
			has_fields6 = true;
			break;
		case FM_A_STEER_SYMMETRIC:
			steer->symmetric = true;
			break;
		case FM_A_STEER_L4:
			steer->l4 = fm_nl_get_uint(attr);
			break;
		case FM_A_STEER_KEY:
			steer->key_len = fm_nl_get_bytes(attr, steer->key,
							 sizeof(steer->key));
			break;
		case FM_A_STEER_KEY6:
			steer->key6_len = fm_nl_get_bytes(attr, steer->key6,
							  sizeof(steer->key6));
			break;
		case FM_A_STEER_OWNERS:
			steer->nshards = fm_nl_get_bytes(attr, steer->owners,
				sizeof(steer->owners)) / sizeof(uint32_t);
			break;
		case FM_A_STEER_HW:
			steer->hw = true;
			break;
		}
	}
	if (!has_fields6)
		steer->fields6 = steer->fields;
}

static void body_parse(struct nlattr *nest, struct fm_chain *chain)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		switch (nla_type(attr)) {
		case FM_A_CHAIN_IFINDEX:
			if (chain->ndevs < FM_DEVS_MAX)
				chain->ifindex[chain->ndevs++] =
					fm_nl_get_uint(attr);
			break;
		case FM_A_CHAIN_FRAG_POLICY:
			chain->frag_policy = fm_nl_get_uint(attr);
			break;
		case FM_A_CHAIN_OTHER_POLICY:
			chain->other_policy = fm_nl_get_uint(attr);
			break;
		case FM_A_CHAIN_SAMPLE_SHIFT:
			chain->sample_shift = fm_nl_get_uint(attr);
			break;
		case FM_A_CHAIN_STEER:
			if (chain->nsegs < FM_SEGMENTS_MAX)
				steer_parse(attr,
					    &chain->steer[chain->nsegs++]);
			break;
		case FM_A_CHAIN_INST:
			if (chain->nnfs < FM_NFS_MAX)
				inst_parse(attr, &chain->nfs[chain->nnfs++]);
			break;
		}
	}
}

/**
 * fm_nl_chain_parse() - a reply with a chain
 * @nlh: the reply
 * @chain: filled
 */
void fm_nl_chain_parse(struct nlmsghdr *nlh, struct fm_chain *chain)
{
	struct nlattr *attr;
	int rem;

	memset(chain, 0, sizeof(*chain));
	fm_nl_for_each_top(attr, nlh, rem) {
		switch (nla_type(attr)) {
		case FM_A_CHAIN_NAME:
			fm_nl_get_string(attr, chain->name,
					 sizeof(chain->name));
			break;
		case FM_A_GENERATION:
			chain->generation = fm_nl_get_uint(attr);
			break;
		case FM_A_CHAIN:
			body_parse(attr, chain);
			break;
		}
	}
}
