// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: policies, commands, and what all handlers need.
 */
#include "error.h"
#include "netlink.h"

static const struct nla_policy value_policy[FM_A_VALUE_MAX + 1] = {
	[FM_A_VALUE_NAME] = { .type = NLA_NUL_STRING, .len = FM_NAME_MAX },
	[FM_A_VALUE_UINT] = { .type = NLA_U64 },
	[FM_A_VALUE_STRING] = { .type = NLA_NUL_STRING, .len = FM_STRING_MAX },
	[FM_A_VALUE_LIST] = { .type = NLA_U32 },
};

static const struct nla_policy list_policy[FM_A_LIST_MAX + 1] = {
	[FM_A_LIST_ID] = { .type = NLA_U32 },
	[FM_A_LIST_TYPE] = { .type = NLA_U32 },
	[FM_A_LIST_COUNT] = NLA_POLICY_MIN(NLA_U32, 1),
	[FM_A_LIST_ELEMENTS] = { .type = NLA_BINARY, .len = 61440 },
};

static const struct nla_policy inst_policy[FM_A_INST_MAX + 1] = {
	[FM_A_INST_NAME] = { .type = NLA_NUL_STRING, .len = FM_NAME_MAX },
	[FM_A_INST_TYPE] = { .type = NLA_NUL_STRING, .len = FM_NAME_MAX },
	[FM_A_INST_MODE] = NLA_POLICY_MAX(NLA_U32, __FM_MODE_MAX - 1),
	[FM_A_INST_SEGMENT] = NLA_POLICY_MAX(NLA_U32, FM_NFS_MAX - 1),
	[FM_A_INST_MAX_ENTRIES] = { .type = NLA_U32 },
	[FM_A_INST_FULL_POLICY] = NLA_POLICY_MAX(NLA_U32, __FM_FULL_MAX - 1),
	[FM_A_INST_TIMEOUT_MS] = { .type = NLA_U32 },
	[FM_A_INST_PARAM] = NLA_POLICY_NESTED(value_policy),
};

static const struct nla_policy steer_policy[FM_A_STEER_MAX + 1] = {
	[FM_A_STEER_FIELDS] = NLA_POLICY_MASK(NLA_U32, FM_F_ALL),
	[FM_A_STEER_FIELDS6] = NLA_POLICY_MASK(NLA_U32, FM_F_ALL),
	[FM_A_STEER_SYMMETRIC] = { .type = NLA_FLAG },
	[FM_A_STEER_L4] = NLA_POLICY_MASK(NLA_U32, FM_L4_ALL),
	[FM_A_STEER_KEY] = NLA_POLICY_RANGE(NLA_BINARY, FM_KEY_MIN, FM_KEY_MAX),
	[FM_A_STEER_KEY6] = NLA_POLICY_RANGE(NLA_BINARY, FM_KEY_MIN,
					     FM_KEY_MAX),
	[FM_A_STEER_OWNERS] = NLA_POLICY_RANGE(NLA_BINARY, sizeof(u32),
					       FM_SHARDS_MAX * sizeof(u32)),
	[FM_A_STEER_HW] = { .type = NLA_FLAG },
};

const struct nla_policy fm_chain_policy[FM_A_CHAIN_MAX + 1] = {
	[FM_A_CHAIN_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[FM_A_CHAIN_FRAG_POLICY] = NLA_POLICY_MAX(NLA_U32, __FM_FRAG_MAX - 1),
	[FM_A_CHAIN_OTHER_POLICY] = NLA_POLICY_MAX(NLA_U32,
						   __FM_OTHER_MAX - 1),
	[FM_A_CHAIN_STEER] = NLA_POLICY_NESTED(steer_policy),
	[FM_A_CHAIN_INST] = NLA_POLICY_NESTED(inst_policy),
	[FM_A_CHAIN_SAMPLE_SHIFT] = NLA_POLICY_MAX(NLA_U32, 31),
};

const struct nla_policy fm_filter_policy[FM_A_FILTER_MAX + 1] = {
	[FM_A_FILTER_INST] = { .type = NLA_NUL_STRING, .len = FM_NAME_MAX },
	[FM_A_FILTER_SHARD] = { .type = NLA_U32 },
	[FM_A_FILTER_SRC] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[FM_A_FILTER_SRC_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[FM_A_FILTER_DST] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[FM_A_FILTER_DST_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[FM_A_FILTER_PORT] = { .type = NLA_U16 },
	[FM_A_FILTER_PROTOCOL] = { .type = NLA_U8 },
	[FM_A_FILTER_LIMIT] = { .type = NLA_U32 },
	[FM_A_FILTER_SRC_PORT] = { .type = NLA_U16 },
	[FM_A_FILTER_DST_PORT] = { .type = NLA_U16 },
};

static const struct nla_policy state_policy[FM_A_STATE_MAX + 1] = {
	[FM_A_STATE_INST] = { .type = NLA_NUL_STRING, .len = FM_NAME_MAX },
	[FM_A_STATE_VALUE] = NLA_POLICY_NESTED(value_policy),
};

static const struct nla_policy flow_policy[FM_A_FLOW_MAX + 1] = {
	[FM_A_FLOW_KEY] = NLA_POLICY_MASK(NLA_U32, FM_F_ALL),
	[FM_A_FLOW_SRC] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[FM_A_FLOW_DST] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[FM_A_FLOW_SRC_PORT] = { .type = NLA_U16 },
	[FM_A_FLOW_DST_PORT] = { .type = NLA_U16 },
	[FM_A_FLOW_PROTOCOL] = { .type = NLA_U8 },
	[FM_A_FLOW_GROUP] = { .type = NLA_U32 },
	[FM_A_FLOW_MODE] = NLA_POLICY_MAX(NLA_U32, __FM_MODE_MAX - 1),
	[FM_A_FLOW_SHARD] = { .type = NLA_U32 },
	[FM_A_FLOW_IDLE_MS] = { .type = NLA_U64 },
	[FM_A_FLOW_STATE] = NLA_POLICY_NESTED(state_policy),
	[FM_A_FLOW_FAMILY] = { .type = NLA_U8 },
};

const struct nla_policy fm_nic_policy[FM_A_NIC_MAX + 1] = {
	[FM_A_NIC_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[FM_A_NIC_INDIR] = NLA_POLICY_RANGE(NLA_BINARY, sizeof(u32),
					    FM_SHARDS_MAX * sizeof(u32)),
	[FM_A_NIC_TEST] = { .type = NLA_FLAG },
};

static const struct nla_policy move_policy[FM_A_MOVE_MAX + 1] = {
	[FM_A_MOVE_SHARDS] = NLA_POLICY_RANGE(NLA_BINARY, sizeof(u32),
					      FM_SHARDS_MAX * sizeof(u32)),
	[FM_A_MOVE_CPUS] = NLA_POLICY_RANGE(NLA_BINARY, sizeof(u32),
					    FM_SHARDS_MAX * sizeof(u32)),
	[FM_A_MOVE_HOLD] = { .type = NLA_FLAG },
	[FM_A_MOVE_ID] = { .type = NLA_U32 },
	[FM_A_MOVE_SEGMENT] = { .type = NLA_U32 },
};

static const struct nla_policy offload_policy[FM_A_OFFLOAD_MAX + 1] = {
	[FM_A_OFFLOAD_SHARDS] = NLA_POLICY_RANGE(NLA_BINARY, sizeof(u32),
						 FM_SHARDS_MAX * sizeof(u32)),
	[FM_A_OFFLOAD_CPU] = { .type = NLA_U32 },
	[FM_A_OFFLOAD_SLICES] = { .type = NLA_U64 },
	[FM_A_OFFLOAD_SEGMENT] = { .type = NLA_U32 },
};

static const struct nla_policy priority_policy[FM_A_PRIORITY_MAX + 1] = {
	[FM_A_PRIORITY_DSCP] = { .type = NLA_U64 },
	[FM_A_PRIORITY_MARK] = { .type = NLA_U32 },
	[FM_A_PRIORITY_MARK_MASK] = NLA_POLICY_MIN(NLA_U32, 1),
	[FM_A_PRIORITY_SRC] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[FM_A_PRIORITY_DST] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[FM_A_PRIORITY_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

static const struct nla_policy main_policy[FM_A_MAX + 1] = {
	[FM_A_CHAIN_NAME] = { .type = NLA_NUL_STRING, .len = FM_NAME_MAX },
	[FM_A_GENERATION] = { .type = NLA_U32 },
	[FM_A_CHAIN] = NLA_POLICY_NESTED(fm_chain_policy),
	[FM_A_NF_NAME] = { .type = NLA_NUL_STRING, .len = FM_NAME_MAX },
	[FM_A_FLOW] = NLA_POLICY_NESTED(flow_policy),
	[FM_A_FILTER] = NLA_POLICY_NESTED(fm_filter_policy),
	[FM_A_NIC] = NLA_POLICY_NESTED(fm_nic_policy),
	[FM_A_MOVE] = NLA_POLICY_NESTED(move_policy),
	[FM_A_OFFLOAD] = NLA_POLICY_NESTED(offload_policy),
	[FM_A_PRIORITY] = NLA_POLICY_NESTED(priority_policy),
	[FM_A_LIST] = NLA_POLICY_NESTED(list_policy),
};

static int info_fill(struct sk_buff *msg, const void *object)
{
	const struct fm_net *net = object;
	struct nlattr *nest = nla_nest_start(msg, FM_A_INFO);
	s64 memory = percpu_counter_sum_positive((void *)&net->budget.used);

	if (!nest ||
	    nla_put_string(msg, FM_A_INFO_VERSION, FM_VERSION) ||
	    nla_put_u32(msg, FM_A_INFO_ABI, FM_ABI_VERSION) ||
	    nla_put_u32(msg, FM_A_INFO_CHAINS, net->nchains) ||
	    nla_put_u64_64bit(msg, FM_A_INFO_MEMORY, memory,
			      FM_A_INFO_PAD) ||
	    nla_put_u64_64bit(msg, FM_A_INFO_MEMORY_MAX, net->budget.max,
			      FM_A_INFO_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int info_get(struct sk_buff *skb, struct genl_info *info)
{
	return fm_netlink_reply(info, FM_CMD_INFO_GET, info_fill,
				fm_net_get(genl_info_net(info)));
}

static const struct genl_ops netlink_ops[] = {
	{ .cmd = FM_CMD_INFO_GET, .doit = info_get },
	{ .cmd = FM_CMD_NF_GET, .doit = fm_nl_nf_get, .dumpit = fm_nl_nf_dump },
	{ .cmd = FM_CMD_CHAIN_NEW, .doit = fm_nl_chain_new,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = FM_CMD_CHAIN_SET, .doit = fm_nl_chain_set,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = FM_CMD_CHAIN_DEL, .doit = fm_nl_chain_del,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = FM_CMD_CHAIN_GET, .doit = fm_nl_chain_get,
	  .dumpit = fm_nl_chain_dump },
	{ .cmd = FM_CMD_SHARD_GET, .dumpit = fm_nl_shard_dump },
	{ .cmd = FM_CMD_FLOW_GET, .dumpit = fm_nl_flow_dump,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = FM_CMD_FLOW_NEW, .doit = fm_nl_flow_new,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = FM_CMD_FLOW_DEL, .doit = fm_nl_flow_del,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = FM_CMD_STAT_GET, .doit = fm_nl_stat_get },
	{ .cmd = FM_CMD_NIC_GET, .doit = fm_nl_nic_get,
	  .dumpit = fm_nl_nic_dump },
	{ .cmd = FM_CMD_NIC_SET, .doit = fm_nl_nic_set,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = FM_CMD_SHARD_MOVE, .doit = fm_nl_shard_move,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = FM_CMD_SHARD_GO, .doit = fm_nl_shard_go,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = FM_CMD_OFFLOAD_SET, .doit = fm_nl_offload_set,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = FM_CMD_OFFLOAD_DEL, .doit = fm_nl_offload_del,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = FM_CMD_OFFLOAD_GET, .dumpit = fm_nl_offload_dump },
	{ .cmd = FM_CMD_PRIORITY_SET, .doit = fm_nl_priority_set,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = FM_CMD_PRIORITY_GET, .doit = fm_nl_priority_get },
	{ .cmd = FM_CMD_LIST_NEW, .doit = fm_nl_list_new,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = FM_CMD_LIST_ADD, .doit = fm_nl_list_add,
	  .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = FM_CMD_LIST_GET, .dumpit = fm_nl_list_dump },
};

static const struct genl_multicast_group netlink_groups[] = {
	[FM_NETLINK_CONFIG] = { .name = FM_MCGRP_CONFIG },
	[FM_NETLINK_SHARD] = { .name = FM_MCGRP_SHARD },
	[FM_NETLINK_ALERT] = { .name = FM_MCGRP_ALERT },
};

struct genl_family fm_netlink_family __ro_after_init = {
	.name = FM_GENL_NAME,
	.version = FM_GENL_VERSION,
	.maxattr = FM_A_MAX,
	.policy = main_policy,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = netlink_ops,
	.n_ops = ARRAY_SIZE(netlink_ops),
	.resv_start_op = 0,
	.mcgrps = netlink_groups,
	.n_mcgrps = ARRAY_SIZE(netlink_groups),
};

/**
 * fm_netlink_put - begin a message
 * @msg: room for it
 * @portid: of the receiver
 * @seq: of the request
 * @flags: NLM_F_*
 * @cmd: enum fm_cmd
 *
 * Return: for genlmsg_end(), or NULL.
 */
void *fm_netlink_put(struct sk_buff *msg, u32 portid, u32 seq, int flags,
		     u8 cmd)
{
	return genlmsg_put(msg, portid, seq, &fm_netlink_family, flags, cmd);
}

static int dump_put(struct sk_buff *msg, struct netlink_callback *cb, u8 cmd,
		    fm_netlink_fill fill, const void *object)
{
	void *hdr = fm_netlink_put(msg, NETLINK_CB(cb->skb).portid,
				   cb->nlh->nlmsg_seq, NLM_F_MULTI, cmd);

	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (fill(msg, object)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

static bool dump_grow(struct sk_buff *msg, gfp_t gfp)
{
	unsigned int room = skb_tailroom(msg);

	return room < SZ_512K &&
	       !pskb_expand_head(msg, 0, max_t(unsigned int, room, SZ_4K),
				 gfp | __GFP_NOWARN);
}

/**
 * fm_netlink_dump_one - add an object to a dump
 * @msg: the dump's present message
 * @cb: the dump
 * @cmd: enum fm_cmd
 * @fill: puts the attributes
 * @object: for @fill
 * @gfp: whether the caller may sleep
 *
 * The kernel makes messages for the reader's buffer, not for what they are to
 * have: an object that comes first and does not fit gets a larger one.
 *
 * Return: 0 or -EMSGSIZE, then the object must come first next time.
 */
int fm_netlink_dump_one(struct sk_buff *msg, struct netlink_callback *cb,
			u8 cmd, fm_netlink_fill fill, const void *object,
			gfp_t gfp)
{
	int err;

	do
		err = dump_put(msg, cb, cmd, fill, object);
	while (err && !msg->len && dump_grow(msg, gfp));
	return err;
}

/**
 * fm_netlink_reply - answer a request with one message
 * @info: the request
 * @cmd: enum fm_cmd
 * @fill: puts the attributes; -EMSGSIZE makes it try again with more room
 * @object: for @fill
 *
 * Return: 0 or a negative errno.
 */
int fm_netlink_reply(struct genl_info *info, u8 cmd, fm_netlink_fill fill,
		     const void *object)
{
	size_t room = NLMSG_GOODSIZE;
	struct sk_buff *msg;
	void *hdr;
	int err;

	do {
		msg = genlmsg_new(room, GFP_KERNEL);
		if (!msg)
			return -ENOMEM;
		hdr = fm_netlink_put(msg, info->snd_portid, info->snd_seq, 0,
				     cmd);
		err = hdr ? fill(msg, object) : -EMSGSIZE;
		if (!err) {
			genlmsg_end(msg, hdr);
			return genlmsg_reply(msg, info);
		}
		nlmsg_free(msg);
		room *= 4;
	} while (err == -EMSGSIZE && room <= SZ_1M);
	return err;
}

/**
 * fm_netlink_dump_attrs - the attributes of a dump's request
 * @cb: the dump
 */
struct nlattr **fm_netlink_dump_attrs(struct netlink_callback *cb)
{
#ifdef FM_HAVE_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/**
 * fm_netlink_need - is an attribute there
 * @parent: the nest that should have it, or NULL
 * @attrs: of the nest
 * @type: of the attribute
 * @name: of the attribute
 * @extack: gets a sentence
 *
 * Return: 0 or -EINVAL.
 */
int fm_netlink_need(const struct nlattr *parent, struct nlattr *const *attrs,
		    int type, const char *name, struct netlink_ext_ack *extack)
{
	if (attrs[type])
		return 0;
	fm_error_set(extack, parent, "%s is missing", name);
	return -EINVAL;
}

/**
 * fm_netlink_chain - the chain that a request names
 * @net: the namespace; the caller holds the mutex
 * @attrs: of the request
 * @extack: gets a sentence
 *
 * Return: the chain or an ERR_PTR.
 */
struct fm_chain *fm_netlink_chain(struct fm_net *net, struct nlattr **attrs,
				  struct netlink_ext_ack *extack)
{
	struct fm_chain *chain;

	if (!attrs[FM_A_CHAIN_NAME]) {
		fm_error_set(extack, NULL, "chain-name is missing");
		return ERR_PTR(-EINVAL);
	}
	chain = fm_chain_lookup(net, nla_data(attrs[FM_A_CHAIN_NAME]));
	if (chain)
		return chain;
	fm_error_set(extack, attrs[FM_A_CHAIN_NAME], "there is no chain %s",
		     (char *)nla_data(attrs[FM_A_CHAIN_NAME]));
	return ERR_PTR(-ENOENT);
}

/**
 * fm_netlink_check_generation - is a request about the chain as it is now
 * @chain: the chain; its namespace's mutex is held
 * @attrs: of the request, which may do without a generation
 * @extack: gets a sentence
 *
 * Return: 0 or -ESTALE.
 */
int fm_netlink_check_generation(const struct fm_chain *chain,
				struct nlattr **attrs,
				struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = attrs[FM_A_GENERATION];

	if (!attr || nla_get_u32(attr) == chain->generation)
		return 0;
	fm_error_set(extack, attr, "chain %s is at generation %u, not %u",
		     chain->name, chain->generation, nla_get_u32(attr));
	return -ESTALE;
}

/**
 * fm_netlink_reply_chain - answer a request about the chain that it names
 * @info: the request
 * @cmd: enum fm_cmd
 * @fill: puts the chain's attributes, with the namespace's mutex held
 *
 * Return: 0 or a negative errno.
 */
int fm_netlink_reply_chain(struct genl_info *info, u8 cmd,
			   fm_netlink_fill fill)
{
	struct fm_net *net = fm_net_get(genl_info_net(info));
	struct fm_chain *chain;
	int err;

	mutex_lock(&net->mutex);
	chain = fm_netlink_chain(net, info->attrs, info->extack);
	err = IS_ERR(chain) ? PTR_ERR(chain) :
	      fm_netlink_reply(info, cmd, fill, chain);
	mutex_unlock(&net->mutex);
	return err;
}

/**
 * fm_netlink_put_value - put a named number
 * @msg: where
 * @attr: attribute that is a nest of fm_value_attr
 * @name: of the number
 * @value: the number
 *
 * Return: 0 or -EMSGSIZE.
 */
int fm_netlink_put_value(struct sk_buff *msg, int attr, const char *name,
			 u64 value)
{
	struct nlattr *nest = nla_nest_start(msg, attr);

	if (!nest || nla_put_string(msg, FM_A_VALUE_NAME, name) ||
	    nla_put_u64_64bit(msg, FM_A_VALUE_UINT, value, FM_A_VALUE_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int __init fm_netlink_init(void)
{
	return genl_register_family(&fm_netlink_family);
}

void fm_netlink_exit(void)
{
	genl_unregister_family(&fm_netlink_family);
}

MODULE_ALIAS_GENL_FAMILY(FM_GENL_NAME);
