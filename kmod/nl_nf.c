// SPDX-License-Identifier: GPL-2.0
#include "error.h"
#include "netlink.h"
#include "nf.h"

static int nf_put_default(struct sk_buff *msg, const struct fm_param *param)
{
	const char *word;
	unsigned int len;
	struct nlattr *attr;

	if (param->required)
		return nla_put_flag(msg, FM_A_PARAM_REQUIRED);
	if (fm_list_element_size(param->type))
		return 0;
	if (param->type == FM_PARAM_MAC)
		return nla_put_string(msg, FM_A_PARAM_DEFAULT_STRING,
				      "00:00:00:00:00:00");
	if (param->type == FM_PARAM_STRING)
		return nla_put_string(msg, FM_A_PARAM_DEFAULT_STRING,
				      param->def_string ?: "");
	if (param->type != FM_PARAM_ENUM)
		return nla_put_u64_64bit(msg, FM_A_PARAM_DEFAULT, param->def,
					 FM_A_PARAM_PAD);
	if (!fm_param_word(param->choices, param->def, &word, &len))
		return 0;
	attr = nla_reserve(msg, FM_A_PARAM_DEFAULT_STRING, len + 1);
	if (!attr)
		return -EMSGSIZE;
	memcpy(nla_data(attr), word, len);
	((char *)nla_data(attr))[len] = '\0';
	return 0;
}

static int nf_put_param(struct sk_buff *msg, const struct fm_param *param)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_NF_PARAM);

	if (!nest || nla_put_string(msg, FM_A_PARAM_NAME, param->name) ||
	    nla_put_u32(msg, FM_A_PARAM_TYPE, param->type) ||
	    nla_put_string(msg, FM_A_PARAM_HELP, param->help) ||
	    nla_put_u64_64bit(msg, FM_A_PARAM_MIN, param->min,
			      FM_A_PARAM_PAD) ||
	    nla_put_u64_64bit(msg, FM_A_PARAM_MAX_VALUE, param->max,
			      FM_A_PARAM_PAD) ||
	    nf_put_default(msg, param) ||
	    (param->choices &&
	     nla_put_string(msg, FM_A_PARAM_CHOICES, param->choices)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int nf_put_state(struct sk_buff *msg, const struct fm_nf_ops *ops)
{
	if (!ops->state_size)
		return 0;
	if (nla_put_flag(msg, FM_A_NF_STATEFUL) ||
	    nla_put_u32(msg, FM_A_NF_KEY, ops->key) ||
	    (ops->bidirectional && nla_put_flag(msg, FM_A_NF_BIDIRECTIONAL)) ||
	    nla_put_u32(msg, FM_A_NF_INTENSITY, ops->intensity) ||
	    (ops->pointer && nla_put_flag(msg, FM_A_NF_POINTER)) ||
	    nla_put_u32(msg, FM_A_NF_STATE_SIZE, ops->state_size) ||
	    nla_put_u32(msg, FM_A_NF_TIMEOUT_MS, ops->timeout_ms) ||
	    nla_put_u32(msg, FM_A_NF_MAX_ENTRIES, ops->max_entries))
		return -EMSGSIZE;
	return 0;
}

static int nf_fill(struct sk_buff *msg, const void *object)
{
	const struct fm_nf_ops *ops = object;
	struct nlattr *nest = nla_nest_start(msg, FM_A_NF);
	unsigned int i;

	if (!nest || nla_put_string(msg, FM_A_NF_TYPE, ops->name) ||
	    nla_put_string(msg, FM_A_NF_DESCRIPTION, ops->description) ||
	    nf_put_state(msg, ops))
		return -EMSGSIZE;
	for (i = 0; i < ops->nparams; i++)
		if (nf_put_param(msg, &ops->params[i]))
			return -EMSGSIZE;
	for (i = 0; i < ops->nreasons; i++)
		if (nla_put_string(msg, FM_A_NF_REASON, ops->reasons[i]))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int fm_nl_nf_get(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *name = info->attrs[FM_A_NF_NAME];
	const struct fm_nf_ops *ops;
	int err;

	if (!name) {
		fm_error_set(info->extack, NULL, "nf-name is missing");
		return -EINVAL;
	}
	ops = fm_nf_get(nla_data(name));
	if (!ops) {
		fm_error_set(info->extack, name, "there is no NF %s",
			     (char *)nla_data(name));
		return -ENOENT;
	}
	err = fm_netlink_reply(info, FM_CMD_NF_GET, nf_fill, ops);
	fm_nf_put(ops);
	return err;
}

struct nf_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
};

static int nf_dump_one(const struct fm_nf_ops *ops, void *arg)
{
	struct nf_dump *dump = arg;
	int err;

	err = fm_netlink_dump_one(dump->skb, dump->cb, FM_CMD_NF_GET, nf_fill,
				  ops, GFP_KERNEL);
	if (!err)
		dump->cb->args[0]++;
	return err;
}

int fm_nl_nf_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nf_dump dump = { skb, cb };
	int err = fm_nf_walk(cb->args[0], nf_dump_one, &dump);

	return skb->len ?: err;
}
