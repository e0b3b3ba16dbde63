// SPDX-License-Identifier: GPL-2.0
/*
 * Chains over netlink: from attributes to a struct fm_chain_config, which is
 * checked by whoever it concerns, and back.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "bind.h"
#include "error.h"
#include "event.h"
#include "netlink.h"

static int value_parse(struct fm_inst_config *inst, const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[FM_A_VALUE_MAX + 1];
	struct fm_param_value *value;
	int err;

	if (inst->nparams == FM_PARAMS_MAX) {
		fm_error_set(extack, attr, "more than %u parameters",
			     FM_PARAMS_MAX);
		return -E2BIG;
	}
	err = nla_parse_nested(attrs, FM_A_VALUE_MAX, attr, NULL, extack);
	if (!err)
		err = fm_netlink_need(attr, attrs, FM_A_VALUE_NAME,
				      "param: name", extack);
	if (err)
		return err;
	if (!attrs[FM_A_VALUE_UINT] + !attrs[FM_A_VALUE_STRING] +
	    !attrs[FM_A_VALUE_LIST] != 2) {
		fm_error_set(extack, attr,
			     "parameter %s needs either a number, a string or a list",
			     (char *)nla_data(attrs[FM_A_VALUE_NAME]));
		return -EINVAL;
	}
	value = &inst->params[inst->nparams++];
	value->attr = attr;
	value->name = nla_data(attrs[FM_A_VALUE_NAME]);
	value->is_list = attrs[FM_A_VALUE_LIST];
	if (attrs[FM_A_VALUE_STRING])
		value->string = nla_data(attrs[FM_A_VALUE_STRING]);
	else if (value->is_list)
		value->uint = nla_get_u32(attrs[FM_A_VALUE_LIST]);
	else
		value->uint = nla_get_u64(attrs[FM_A_VALUE_UINT]);
	return 0;
}

static u32 attr_u32(const struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static void inst_set_config(struct fm_inst_config *inst, struct nlattr **attrs)
{
	inst->type = nla_data(attrs[FM_A_INST_TYPE]);
	inst->name = attrs[FM_A_INST_NAME] ? nla_data(attrs[FM_A_INST_NAME]) :
		     inst->type;
	inst->mode = nla_get_u32(attrs[FM_A_INST_MODE]);
	inst->seg = attr_u32(attrs[FM_A_INST_SEGMENT]);
	inst->max_entries = attr_u32(attrs[FM_A_INST_MAX_ENTRIES]);
	inst->timeout_ms = attr_u32(attrs[FM_A_INST_TIMEOUT_MS]);
	inst->full_policy = attr_u32(attrs[FM_A_INST_FULL_POLICY]);
}

static int inst_parse(struct fm_chain_config *config, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[FM_A_INST_MAX + 1], *param;
	struct fm_inst_config *inst;
	int err, rem;

	if (config->ninsts == FM_NFS_MAX) {
		fm_error_set(extack, attr, "more than %u NFs", FM_NFS_MAX);
		return -E2BIG;
	}
	inst = &config->insts[config->ninsts++];
	inst->attr = attr;
	err = nla_parse_nested(attrs, FM_A_INST_MAX, attr, NULL, extack);
	if (!err)
		err = fm_netlink_need(attr, attrs, FM_A_INST_TYPE, "inst: type",
				      extack);
	if (!err)
		err = fm_netlink_need(attr, attrs, FM_A_INST_MODE, "inst: mode",
				      extack);
	if (err)
		return err;
	inst_set_config(inst, attrs);
	if (!*inst->name) {
		fm_error_set(extack, attrs[FM_A_INST_NAME],
			     "an NF's name is empty");
		return -EINVAL;
	}
	nla_for_each_nested(param, attr, rem) {
		if (nla_type(param) != FM_A_INST_PARAM)
			continue;
		err = value_parse(inst, param, extack);
		if (err)
			return err;
	}
	return 0;
}

static int ifindex_parse(struct fm_chain_config *config,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	if (config->ndevs == FM_DEVS_MAX) {
		fm_error_set(extack, attr, "more than %u devices", FM_DEVS_MAX);
		return -E2BIG;
	}
	config->ifindex[config->ndevs++] = nla_get_u32(attr);
	return 0;
}

static int chain_parse_one(struct fm_chain_config *config,
			   const struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	switch (nla_type(attr)) {
	case FM_A_CHAIN_IFINDEX:
		return ifindex_parse(config, attr, extack);
	case FM_A_CHAIN_STEER:
		return fm_nl_steer_parse(config, attr, extack);
	case FM_A_CHAIN_INST:
		return inst_parse(config, attr, extack);
	case FM_A_CHAIN_FRAG_POLICY:
		config->frag_policy = nla_get_u32(attr);
		return config->frag_policy == FM_FRAG_DEFRAG ?
		       fm_defrag_load(attr, extack) : 0;
	case FM_A_CHAIN_OTHER_POLICY:
		config->other_policy = nla_get_u32(attr);
		return 0;
	case FM_A_CHAIN_SAMPLE_SHIFT:
		config->sample_shift = nla_get_u32(attr);
		return 0;
	}
	return 0;
}

static int chain_parse(struct fm_chain_config *config, struct nlattr **attrs,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int err, rem;

	err = fm_netlink_need(NULL, attrs, FM_A_CHAIN_NAME, "chain-name",
			      extack);
	if (!err)
		err = fm_netlink_need(NULL, attrs, FM_A_CHAIN, "chain", extack);
	if (err)
		return err;
	config->name = nla_data(attrs[FM_A_CHAIN_NAME]);
	if (!*config->name) {
		fm_error_set(extack, attrs[FM_A_CHAIN_NAME],
			     "the chain's name is empty");
		return -EINVAL;
	}
	nla_for_each_nested(attr, attrs[FM_A_CHAIN], rem) {
		err = chain_parse_one(config, attr, extack);
		if (err)
			return err;
	}
	if (!config->nsegs) {
		fm_error_set(extack, attrs[FM_A_CHAIN],
			     "the chain has no steering");
		return -EINVAL;
	}
	if (!config->ninsts) {
		fm_error_set(extack, attrs[FM_A_CHAIN], "the chain has no NF");
		return -EINVAL;
	}
	return 0;
}

static int fill_generation(struct sk_buff *msg, const void *object)
{
	const struct fm_chain *chain = object;

	if (nla_put_string(msg, FM_A_CHAIN_NAME, chain->name) ||
	    nla_put_u32(msg, FM_A_GENERATION, chain->generation))
		return -EMSGSIZE;
	return 0;
}

static int chain_resolve(const struct fm_net *net,
			 struct fm_chain_config *config,
			 struct netlink_ext_ack *extack)
{
	u32 i;
	int err = 0;

	for (i = 0; i < config->ninsts && !err; i++)
		err = fm_nl_list_resolve(net, &config->insts[i], extack);
	return err;
}

static int chain_write(struct fm_net *net, struct genl_info *info, u8 cmd,
		       struct fm_chain_config *config)
{
	struct fm_chain *chain = fm_chain_lookup(net, config->name);
	int err = chain_resolve(net, config, info->extack);

	if (err)
		return err;

	if (cmd == FM_CMD_CHAIN_NEW && chain) {
		fm_error_set(info->extack, info->attrs[FM_A_CHAIN_NAME],
			     "there is a chain %s already", config->name);
		return -EEXIST;
	}
	if (cmd == FM_CMD_CHAIN_NEW)
		return fm_chain_create(net, config, info->extack);
	chain = fm_netlink_chain(net, info->attrs, info->extack);
	if (IS_ERR(chain))
		return PTR_ERR(chain);
	err = fm_netlink_check_generation(chain, info->attrs, info->extack);
	if (err)
		return err;
	fm_nl_list_keep(fm_chain_plan(chain), info->snd_portid);
	return fm_chain_replace(chain, config, info->extack);
}

static int chain_write_reply(struct genl_info *info, u8 cmd,
			     struct fm_chain_config *config)
{
	struct fm_net *net = fm_net_get(genl_info_net(info));
	struct fm_chain *chain;
	int err;

	rtnl_lock();
	mutex_lock(&net->mutex);
	err = chain_write(net, info, cmd, config);
	if (!err) {
		chain = fm_chain_lookup(net, config->name);
		fm_event_chain(chain, FM_CMD_CHAIN_NTF);
		/* Done is done: a lost answer does not undo the change. */
		fm_netlink_reply(info, cmd, fill_generation, chain);
	}
	mutex_unlock(&net->mutex);
	rtnl_unlock();
	return err;
}

static int chain_put(struct genl_info *info, u8 cmd)
{
	struct fm_chain_config *config;
	int err;

	config = kvzalloc(sizeof(*config), GFP_KERNEL);
	if (!config)
		return -ENOMEM;
	err = chain_parse(config, info->attrs, info->extack);
	if (!err)
		err = chain_write_reply(info, cmd, config);
	kvfree(config);
	return err;
}

int fm_nl_chain_new(struct sk_buff *skb, struct genl_info *info)
{
	return chain_put(info, FM_CMD_CHAIN_NEW);
}

int fm_nl_chain_set(struct sk_buff *skb, struct genl_info *info)
{
	return chain_put(info, FM_CMD_CHAIN_SET);
}

int fm_nl_chain_del(struct sk_buff *skb, struct genl_info *info)
{
	struct fm_net *net = fm_net_get(genl_info_net(info));
	struct fm_chain *chain;
	int err;

	rtnl_lock();
	mutex_lock(&net->mutex);
	chain = fm_netlink_chain(net, info->attrs, info->extack);
	err = IS_ERR(chain) ? PTR_ERR(chain) :
	      fm_netlink_check_generation(chain, info->attrs, info->extack);
	if (!err) {
		fm_event_chain(chain, FM_CMD_CHAIN_DEL_NTF);
		fm_chain_destroy(chain);
	}
	mutex_unlock(&net->mutex);
	rtnl_unlock();
	return err;
}

static int fill_string(struct sk_buff *msg, const char *string,
		       unsigned int len)
{
	struct nlattr *attr = nla_reserve(msg, FM_A_VALUE_STRING, len + 1);

	if (!attr)
		return -EMSGSIZE;
	memcpy(nla_data(attr), string, len);
	((char *)nla_data(attr))[len] = '\0';
	return 0;
}

static int fill_text(struct sk_buff *msg, const struct fm_param *param,
		     const void *config)
{
	const char *string = config + param->offset;
	char mac[3 * ETH_ALEN];
	unsigned int len = 0;

	if (param->type == FM_PARAM_ENUM) {
		fm_param_word(param->choices, fm_param_uint(param, config),
			      &string, &len);
	} else if (param->type == FM_PARAM_MAC) {
		len = scnprintf(mac, sizeof(mac), "%pM", string);
		string = mac;
	} else {
		len = strnlen(string, param->size);
	}
	return fill_string(msg, string, len);
}

static int fill_list(struct sk_buff *msg, const struct fm_list *list)
{
	if (nla_put_u32(msg, FM_A_VALUE_LIST, list->id) ||
	    nla_put_u32(msg, FM_A_VALUE_COUNT, list->count))
		return -EMSGSIZE;
	return 0;
}

static int fill_param(struct sk_buff *msg, const struct fm_param *param,
		      const void *config)
{
	bool is_list = fm_list_element_size(param->type);
	const struct fm_list *list = is_list ? fm_param_list(param, config) :
					       NULL;
	struct nlattr *nest;

	if (param->type == FM_PARAM_UINT || param->type == FM_PARAM_BOOL)
		return fm_netlink_put_value(msg, FM_A_INST_PARAM, param->name,
					    fm_param_uint(param, config));
	if (is_list && !list)
		return 0;
	nest = nla_nest_start(msg, FM_A_INST_PARAM);
	if (!nest || nla_put_string(msg, FM_A_VALUE_NAME, param->name) ||
	    (is_list ? fill_list(msg, list) : fill_text(msg, param, config)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int fill_inst_state(struct sk_buff *msg, const struct fm_inst *inst)
{
	if (!inst->group)
		return 0;
	if (nla_put_u32(msg, FM_A_INST_MAX_ENTRIES, inst->max_entries) ||
	    nla_put_u32(msg, FM_A_INST_TIMEOUT_MS, inst->timeout_ms) ||
	    nla_put_u32(msg, FM_A_INST_FULL_POLICY, inst->full_policy) ||
	    nla_put_u32(msg, FM_A_INST_GROUP, inst->group->index) ||
	    (inst->group->kept && nla_put_flag(msg, FM_A_INST_KEPT)))
		return -EMSGSIZE;
	return 0;
}

static int fill_inst(struct sk_buff *msg, const struct fm_inst *inst)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_CHAIN_INST);
	unsigned int i;

	if (!nest || nla_put_string(msg, FM_A_INST_NAME, inst->name) ||
	    nla_put_string(msg, FM_A_INST_TYPE, inst->ops->name) ||
	    nla_put_u32(msg, FM_A_INST_MODE, inst->mode) ||
	    nla_put_u32(msg, FM_A_INST_SEGMENT, inst->seg) ||
	    fill_inst_state(msg, inst))
		return -EMSGSIZE;
	for (i = 0; i < inst->ops->nparams; i++)
		if (fill_param(msg, &inst->ops->params[i], inst->config))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int fill_steers(struct sk_buff *msg, const struct fm_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->nsegs; i++)
		if (fm_nl_steer_fill(msg, plan->segs[i].steer))
			return -EMSGSIZE;
	return 0;
}

static int fill_binds(struct sk_buff *msg, const struct fm_chain *chain)
{
	const struct fm_bind *bind;

	list_for_each_entry(bind, &chain->binds, list)
		if (nla_put_u32(msg, FM_A_CHAIN_IFINDEX, bind->dev->ifindex))
			return -EMSGSIZE;
	return 0;
}

static int fill_chain(struct sk_buff *msg, const void *object)
{
	const struct fm_chain *chain = object;
	const struct fm_plan *plan = fm_chain_plan(chain);
	struct nlattr *nest;
	u32 i;

	if (fill_generation(msg, chain))
		return -EMSGSIZE;
	nest = nla_nest_start(msg, FM_A_CHAIN);
	if (!nest || fill_binds(msg, chain) ||
	    nla_put_u32(msg, FM_A_CHAIN_FRAG_POLICY, plan->frag_policy) ||
	    nla_put_u32(msg, FM_A_CHAIN_OTHER_POLICY, plan->other_policy) ||
	    nla_put_u32(msg, FM_A_CHAIN_SAMPLE_SHIFT, plan->sample_shift) ||
	    fill_steers(msg, plan))
		return -EMSGSIZE;
	for (i = 0; i < plan->ninsts; i++)
		if (fill_inst(msg, &plan->insts[i]))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int fm_nl_chain_get(struct sk_buff *skb, struct genl_info *info)
{
	return fm_netlink_reply_chain(info, FM_CMD_CHAIN_GET, fill_chain);
}

int fm_nl_chain_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fm_net *net = fm_net_get(sock_net(skb->sk));
	const struct fm_chain *chain;
	int n = 0, err = 0;

	mutex_lock(&net->mutex);
	cb->seq = net->generation;
	list_for_each_entry(chain, &net->chains, list) {
		if (n++ < cb->args[0])
			continue;
		err = fm_netlink_dump_one(skb, cb, FM_CMD_CHAIN_GET,
					  fill_chain, chain, GFP_KERNEL);
		if (err)
			break;
		cb->args[0]++;
	}
	mutex_unlock(&net->mutex);
	return skb->len ?: err;
}
