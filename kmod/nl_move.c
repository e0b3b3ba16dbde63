// SPDX-License-Identifier: GPL-2.0
#include "error.h"
#include "move.h"
#include "netlink.h"
#include "request.h"

static int move_need(struct nlattr **attrs, int type, const char *name,
		     struct netlink_ext_ack *extack)
{
	if (attrs[type])
		return 0;
	fm_error_set(extack, NULL, "move: %s is missing", name);
	return -EINVAL;
}

static int move_parse(struct nlattr **attrs, struct genl_info *info)
{
	if (!info->attrs[FM_A_MOVE]) {
		fm_error_set(info->extack, NULL, "move is missing");
		return -EINVAL;
	}
	return nla_parse_nested(attrs, FM_A_MOVE_MAX, info->attrs[FM_A_MOVE],
				NULL, info->extack);
}

static int move_parse_lists(struct fm_request *request, struct nlattr **attrs,
			    struct netlink_ext_ack *extack)
{
	const struct nlattr *shards = attrs[FM_A_MOVE_SHARDS];
	const struct nlattr *cpus = attrs[FM_A_MOVE_CPUS];
	int err = move_need(attrs, FM_A_MOVE_SHARDS, "shards", extack);

	if (!err)
		err = move_need(attrs, FM_A_MOVE_CPUS, "cpus", extack);
	if (err)
		return err;
	if (nla_len(shards) % sizeof(u32) || nla_len(cpus) != nla_len(shards)) {
		fm_error_set(extack, cpus,
			     "move: there must be as many cpus as shards, a u32 each");
		return -EINVAL;
	}
	request->shards = nla_data(shards);
	request->cpus = nla_data(cpus);
	request->n = nla_len(shards) / sizeof(u32);
	request->hold = nla_get_flag(attrs[FM_A_MOVE_HOLD]);
	request->seg = attrs[FM_A_MOVE_SEGMENT] ?
		nla_get_u32(attrs[FM_A_MOVE_SEGMENT]) : 0;
	return 0;
}

struct move_reply {
	const char *chain;
	u32 id;
};

static int move_fill(struct sk_buff *msg, const void *object)
{
	const struct move_reply *reply = object;
	struct nlattr *nest;

	if (nla_put_string(msg, FM_A_CHAIN_NAME, reply->chain))
		return -EMSGSIZE;
	nest = nla_nest_start(msg, FM_A_MOVE);
	if (!nest || nla_put_u32(msg, FM_A_MOVE_ID, reply->id))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int fm_nl_shard_move(struct sk_buff *skb, struct genl_info *info)
{
	struct fm_net *net = fm_net_get(genl_info_net(info));
	struct nlattr *attrs[FM_A_MOVE_MAX + 1];
	struct fm_request request;
	struct move_reply reply;
	struct fm_chain *chain;
	int err;

	err = move_parse(attrs, info);
	if (!err)
		err = move_parse_lists(&request, attrs, info->extack);
	if (err)
		return err;
	mutex_lock(&net->mutex);
	chain = fm_netlink_chain(net, info->attrs, info->extack);
	err = IS_ERR(chain) ? PTR_ERR(chain) :
	      fm_netlink_check_generation(chain, info->attrs, info->extack);
	if (!err)
		err = fm_request_move(chain, &request, &reply.id, info->extack);
	if (!err) {
		reply.chain = chain->name;
		/* It goes on, whether or not the answer arrives. */
		fm_netlink_reply(info, FM_CMD_SHARD_MOVE, move_fill, &reply);
	}
	mutex_unlock(&net->mutex);
	return err;
}

int fm_nl_shard_go(struct sk_buff *skb, struct genl_info *info)
{
	struct fm_net *net = fm_net_get(genl_info_net(info));
	struct nlattr *attrs[FM_A_MOVE_MAX + 1];
	struct fm_chain *chain;
	int err;

	err = move_parse(attrs, info);
	if (!err)
		err = move_need(attrs, FM_A_MOVE_ID, "id", info->extack);
	if (err)
		return err;
	mutex_lock(&net->mutex);
	chain = fm_netlink_chain(net, info->attrs, info->extack);
	err = IS_ERR(chain) ? PTR_ERR(chain) :
	      fm_request_go(chain, nla_get_u32(attrs[FM_A_MOVE_ID]),
			    info->extack);
	mutex_unlock(&net->mutex);
	return err;
}
