// SPDX-License-Identifier: GPL-2.0
#include "netlink.h"

static u32 shard_entries(const struct fm_plan *plan, const struct fm_seg *seg,
			 u32 shard)
{
	u32 entries = 0, i;

	for (i = seg->group; i < seg->group_end; i++) {
		const struct fm_store *store = plan->groups[i].store;

		if (store->mode == FM_MODE_LOCAL)
			entries += READ_ONCE(fm_store_slot(store, shard)->
					     table.entries);
	}
	return entries;
}

struct shard_ref {
	const struct fm_plan *plan;
	const struct fm_seg *seg;
	u32 id;
};

static int shard_fill_move(struct sk_buff *msg, const struct fm_shard *shard,
			   u32 owner)
{
	if (nla_put_u32(msg, FM_A_SHARD_STATE, fm_owner_state(owner)) ||
	    (fm_owner_state(owner) != FM_SHARD_SETTLED &&
	     nla_put_u32(msg, FM_A_SHARD_TARGET, fm_owner_to(owner))) ||
	    nla_put_u32(msg, FM_A_SHARD_HOME, READ_ONCE(shard->home)) ||
	    nla_put_u32(msg, FM_A_SHARD_PARKED, READ_ONCE(shard->parked)) ||
	    nla_put_u64_64bit(msg, FM_A_SHARD_PARK_DROPS,
			      READ_ONCE(shard->park_drops), FM_A_SHARD_PAD) ||
	    nla_put_u32(msg, FM_A_SHARD_MOVES, READ_ONCE(shard->moves)) ||
	    nla_put_u32(msg, FM_A_SHARD_FORCED, READ_ONCE(shard->forced)))
		return -EMSGSIZE;
	return 0;
}

static int shard_fill(struct sk_buff *msg, const void *object)
{
	const struct shard_ref *ref = object;
	const struct fm_shard *shard = &ref->seg->steer->shards[ref->id];
	struct nlattr *nest = nla_nest_start(msg, FM_A_SHARD);
	u32 owner = READ_ONCE(shard->owner);

	if (!nest || nla_put_u32(msg, FM_A_SHARD_ID, ref->id) ||
	    nla_put_u32(msg, FM_A_SHARD_SEGMENT, ref->seg->index) ||
	    nla_put_u32(msg, FM_A_SHARD_OWNER, fm_owner_cpu(owner)) ||
	    shard_fill_move(msg, shard, owner) ||
	    nla_put_u64_64bit(msg, FM_A_SHARD_PACKETS,
			      READ_ONCE(shard->packets), FM_A_SHARD_PAD) ||
	    nla_put_u64_64bit(msg, FM_A_SHARD_BYTES, READ_ONCE(shard->bytes),
			      FM_A_SHARD_PAD) ||
	    nla_put_u32(msg, FM_A_SHARD_ENTRIES,
			shard_entries(ref->plan, ref->seg, ref->id)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int shard_dump(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct fm_plan *plan)
{
	struct shard_ref ref = { .plan = plan };
	int err;

	for (; cb->args[1] < plan->nsegs; cb->args[1]++, cb->args[0] = 0) {
		ref.seg = &plan->segs[cb->args[1]];
		for (; cb->args[0] < ref.seg->steer->config.nshards;
		     cb->args[0]++) {
			ref.id = cb->args[0];
			err = fm_netlink_dump_one(skb, cb, FM_CMD_SHARD_GET,
						  shard_fill, &ref, GFP_KERNEL);
			if (err)
				return err;
		}
	}
	return 0;
}

int fm_nl_shard_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fm_net *net = fm_net_get(sock_net(skb->sk));
	struct fm_chain *chain;
	int err;

	mutex_lock(&net->mutex);
	chain = fm_netlink_chain(net, fm_netlink_dump_attrs(cb), cb->extack);
	if (IS_ERR(chain)) {
		mutex_unlock(&net->mutex);
		return PTR_ERR(chain);
	}
	cb->seq = chain->generation;
	err = shard_dump(skb, cb, fm_chain_plan(chain));
	mutex_unlock(&net->mutex);
	return skb->len ?: err;
}
