// SPDX-License-Identifier: GPL-2.0
/* Offload over netlink: which flows of which shards go to which CPU. */
#include "error.h"
#include "netlink.h"
#include "offload.h"

static int offload_parse(struct nlattr **attrs, struct genl_info *info)
{
	if (!info->attrs[FM_A_OFFLOAD]) {
		fm_error_set(info->extack, NULL, "offload is missing");
		return -EINVAL;
	}
	return nla_parse_nested(attrs, FM_A_OFFLOAD_MAX,
				info->attrs[FM_A_OFFLOAD], NULL, info->extack);
}

static int offload_parse_shards(struct fm_offload_request *request,
				const struct nlattr *attr,
				struct netlink_ext_ack *extack)
{
	if (nla_len(attr) % sizeof(u32)) {
		fm_error_set(extack, attr,
			     "offload: shards must be whole 32-bit numbers");
		return -EINVAL;
	}
	request->shards = nla_data(attr);
	request->n = nla_len(attr) / sizeof(u32);
	return 0;
}

static u32 offload_parse_segment(struct nlattr **attrs)
{
	return attrs[FM_A_OFFLOAD_SEGMENT] ?
	       nla_get_u32(attrs[FM_A_OFFLOAD_SEGMENT]) : 0;
}

static int offload_need(struct nlattr **attrs, int type, const char *name,
			struct netlink_ext_ack *extack)
{
	if (attrs[type])
		return 0;
	fm_error_set(extack, NULL, "offload: %s is missing", name);
	return -EINVAL;
}

static int offload_parse_request(struct fm_offload_request *request,
				 struct nlattr **attrs,
				 struct netlink_ext_ack *extack)
{
	int err = offload_need(attrs, FM_A_OFFLOAD_SHARDS, "shards", extack);

	if (!err)
		err = offload_need(attrs, FM_A_OFFLOAD_CPU, "cpu", extack);
	if (!err)
		err = offload_need(attrs, FM_A_OFFLOAD_SLICES, "slices",
				   extack);
	if (!err)
		err = offload_parse_shards(request, attrs[FM_A_OFFLOAD_SHARDS],
					   extack);
	if (err)
		return err;
	request->cpu = nla_get_u32(attrs[FM_A_OFFLOAD_CPU]);
	request->slices = nla_get_u64(attrs[FM_A_OFFLOAD_SLICES]);
	request->seg = offload_parse_segment(attrs);
	return 0;
}

typedef int (*offload_fn)(struct fm_chain *chain,
			  const struct fm_offload_request *request,
			  struct netlink_ext_ack *extack);

static int offload_change(struct genl_info *info, offload_fn fn,
			  const struct fm_offload_request *request)
{
	struct fm_net *net = fm_net_get(genl_info_net(info));
	struct fm_chain *chain;
	int err;

	mutex_lock(&net->mutex);
	chain = fm_netlink_chain(net, info->attrs, info->extack);
	err = IS_ERR(chain) ? PTR_ERR(chain) :
	      fm_netlink_check_generation(chain, info->attrs, info->extack);
	if (!err)
		err = fn(chain, request, info->extack);
	mutex_unlock(&net->mutex);
	return err;
}

int fm_nl_offload_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[FM_A_OFFLOAD_MAX + 1];
	struct fm_offload_request request = {};
	int err;

	err = offload_parse(attrs, info);
	if (!err)
		err = offload_parse_request(&request, attrs, info->extack);
	return err ? err : offload_change(info, fm_offload_set, &request);
}

int fm_nl_offload_del(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[FM_A_OFFLOAD_MAX + 1] = {};
	struct fm_offload_request request = {};
	int err = 0;

	if (info->attrs[FM_A_OFFLOAD])
		err = offload_parse(attrs, info);
	if (!err && attrs[FM_A_OFFLOAD_SHARDS])
		err = offload_parse_shards(&request, attrs[FM_A_OFFLOAD_SHARDS],
					   info->extack);
	request.seg = offload_parse_segment(attrs);
	request.all = !request.n && !attrs[FM_A_OFFLOAD_SEGMENT];
	return err ? err : offload_change(info, fm_offload_clear, &request);
}

static int offload_put_slices(struct sk_buff *msg,
			      const struct fm_offload *offload)
{
	u64 packets[FM_SLICES], bytes[FM_SLICES];
	u32 i;

	for (i = 0; i < FM_SLICES; i++) {
		packets[i] = READ_ONCE(offload->slices[i].packets);
		bytes[i] = READ_ONCE(offload->slices[i].bytes);
	}
	if (nla_put(msg, FM_A_OFFLOAD_SLICE_PACKETS, sizeof(packets),
		    packets) ||
	    nla_put(msg, FM_A_OFFLOAD_SLICE_BYTES, sizeof(bytes), bytes))
		return -EMSGSIZE;
	return 0;
}

static int offload_put(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, FM_A_OFFLOAD_PAD);
}

static int offload_fill(struct sk_buff *msg, const void *object)
{
	const struct fm_offload *offload = object;
	struct nlattr *nest = nla_nest_start(msg, FM_A_OFFLOAD);
	u32 owner = READ_ONCE(offload->shard->owner), i;
	u64 away = 0;

	for (i = 0; i < FM_SLICES; i++)
		if (READ_ONCE(offload->slices[i].state) != FM_SLICE_HOME)
			away |= BIT_ULL(i);
	if (!nest || nla_put_u32(msg, FM_A_OFFLOAD_SHARD, offload->id) ||
	    nla_put_u32(msg, FM_A_OFFLOAD_SEGMENT,
			offload->steer->config.seg) ||
	    nla_put_u32(msg, FM_A_OFFLOAD_OWNER, fm_owner_cpu(owner)) ||
	    nla_put_u32(msg, FM_A_OFFLOAD_CPU, READ_ONCE(offload->cpu)) ||
	    offload_put(msg, FM_A_OFFLOAD_SLICES,
			READ_ONCE(offload->wanted)) ||
	    offload_put(msg, FM_A_OFFLOAD_AWAY, away) ||
	    offload_put(msg, FM_A_OFFLOAD_SENT, READ_ONCE(offload->sent)) ||
	    offload_put(msg, FM_A_OFFLOAD_WAITED,
			READ_ONCE(offload->waited)) ||
	    offload_put(msg, FM_A_OFFLOAD_RETURNS,
			READ_ONCE(offload->returns)) ||
	    offload_put_slices(msg, offload))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int offload_dump_seg(struct sk_buff *skb, struct netlink_callback *cb,
			    const struct fm_steer *steer)
{
	const struct fm_offload *offload;
	int err;

	for (; cb->args[0] < steer->config.nshards; cb->args[0]++) {
		offload = fm_offload_of(&steer->shards[cb->args[0]]);
		if (!offload)
			continue;
		err = fm_netlink_dump_one(skb, cb, FM_CMD_OFFLOAD_GET,
					  offload_fill, offload, GFP_KERNEL);
		if (err)
			return err;
	}
	return 0;
}

static int offload_dump(struct sk_buff *skb, struct netlink_callback *cb,
			const struct fm_chain *chain)
{
	const struct fm_plan *plan = fm_chain_plan(chain);
	int err = 0;

	cb->seq = chain->generation;
	for (; cb->args[1] < plan->nsegs; cb->args[1]++) {
		err = offload_dump_seg(skb, cb, plan->segs[cb->args[1]].steer);
		if (err)
			break;
		cb->args[0] = 0;
	}
	return skb->len ?: err;
}

int fm_nl_offload_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fm_net *net = fm_net_get(sock_net(skb->sk));
	struct fm_chain *chain;
	int err;

	mutex_lock(&net->mutex);
	chain = fm_netlink_chain(net, fm_netlink_dump_attrs(cb), cb->extack);
	err = IS_ERR(chain) ? PTR_ERR(chain) : offload_dump(skb, cb, chain);
	mutex_unlock(&net->mutex);
	return err;
}
