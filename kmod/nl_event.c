// SPDX-License-Identifier: GPL-2.0
/*
 * Events to the multicast groups. Nothing is built when nobody listens.
 */
#include <linux/netdevice.h>
#include "bind.h"
#include "event.h"
#include "move.h"
#include "netlink.h"

static bool event_wanted(const struct fm_net *net, unsigned int group)
{
	return genl_has_listeners(&fm_netlink_family, net->net, group);
}

static struct sk_buff *event_begin(struct fm_net *net, const char *chain,
				   u8 cmd, size_t room, gfp_t gfp, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE + room, gfp);

	if (!msg)
		return NULL;
	*hdr = fm_netlink_put(msg, 0, 0, 0, cmd);
	if (*hdr &&
	    !nla_put_u64_64bit(msg, FM_A_SEQ, atomic64_inc_return(&net->seq),
			       FM_A_PAD) &&
	    !nla_put_string(msg, FM_A_CHAIN_NAME, chain))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static void event_send(struct fm_net *net, struct sk_buff *msg, void *hdr,
		       unsigned int group, gfp_t gfp)
{
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&fm_netlink_family, net->net, msg, 0, group,
				gfp);
}

/**
 * fm_event_chain - tell the config group about a chain
 * @chain: the chain; the caller holds its namespace's mutex
 * @cmd: FM_CMD_CHAIN_NTF or FM_CMD_CHAIN_DEL_NTF
 */
void fm_event_chain(const struct fm_chain *chain, u8 cmd)
{
	struct fm_net *net = chain->net;
	struct sk_buff *msg;
	void *hdr;

	if (!event_wanted(net, FM_NETLINK_CONFIG))
		return;
	msg = event_begin(net, chain->name, cmd, 0, GFP_KERNEL, &hdr);
	if (!msg)
		return;
	if (nla_put_u32(msg, FM_A_GENERATION, chain->generation))
		nlmsg_free(msg);
	else
		event_send(net, msg, hdr, FM_NETLINK_CONFIG, GFP_KERNEL);
}

static int move_put(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, FM_A_MOVE_PAD);
}

static int move_fill(struct sk_buff *msg, const struct fm_move_report *report,
		     const u32 *ids)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_MOVE);
	int len = report->n * sizeof(*ids);

	if (!nest || nla_put_u32(msg, FM_A_MOVE_ID, report->id) ||
	    nla_put_u32(msg, FM_A_MOVE_SEGMENT, report->seg) ||
	    nla_put(msg, FM_A_MOVE_SHARDS, len, ids) ||
	    nla_put(msg, FM_A_MOVE_CPUS, len, ids + report->n))
		return -EMSGSIZE;
	if (report->done &&
	    (nla_put_flag(msg, FM_A_MOVE_DONE) ||
	     (report->forced && nla_put_flag(msg, FM_A_MOVE_FORCED)) ||
	     move_put(msg, FM_A_MOVE_PARKED, report->parked) ||
	     move_put(msg, FM_A_MOVE_HELD_NS, report->held_ns) ||
	     move_put(msg, FM_A_MOVE_FENCE_NS, report->fence_ns) ||
	     move_put(msg, FM_A_MOVE_PLAY_NS, report->play_ns)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * fm_event_move - tell the shard group of a move
 * @chain: whose shards
 * @report: what is known of the move
 * @ids: numbers of its shards, and then the CPU that each goes to
 */
void fm_event_move(const struct fm_chain *chain,
		   const struct fm_move_report *report, const u32 *ids)
{
	struct fm_net *net = chain->net;
	struct sk_buff *msg;
	void *hdr;

	if (!event_wanted(net, FM_NETLINK_SHARD))
		return;
	msg = event_begin(net, chain->name, FM_CMD_SHARD_NTF,
			  2 * report->n * sizeof(*ids), GFP_KERNEL, &hdr);
	if (!msg)
		return;
	if (move_fill(msg, report, ids))
		nlmsg_free(msg);
	else
		event_send(net, msg, hdr, FM_NETLINK_SHARD, GFP_KERNEL);
}

static int alert_put_flow(struct sk_buff *msg, const struct fm_ctx *ctx)
{
	const struct fm_nf_ops *ops = ctx->inst->ops;
	struct nlattr *nest = nla_nest_start(msg, FM_A_ALERT_FLOW);
	u32 fields = ops->key ?: FM_F_ALL;
	struct fm_key key;

	fm_key_build(&key, ctx->pkt, fields, ops->bidirectional);
	if (!nest || fm_nl_flow_put_key(msg, &key, fields))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int alert_fill(struct sk_buff *msg, const struct fm_ctx *ctx,
		      const char *kind, u32 ifindex, u32 lost)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_ALERT);

	if (!nest || nla_put_string(msg, FM_A_ALERT_KIND, kind) ||
	    nla_put_u32(msg, FM_A_ALERT_IFINDEX, ifindex) ||
	    nla_put_u32(msg, FM_A_ALERT_LOST, lost) ||
	    (ctx && (nla_put_string(msg, FM_A_ALERT_INST, ctx->inst->name) ||
		     alert_put_flow(msg, ctx))))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static void event_alert(const struct fm_chain *chain, const struct fm_ctx *ctx,
			const char *kind, u32 ifindex)
{
	struct fm_net *net = chain->net;
	struct sk_buff *msg;
	void *hdr;

	if (!event_wanted(net, FM_NETLINK_ALERT))
		return;
	if (!__ratelimit(&net->alert_limit)) {
		atomic_inc(&net->alerts_lost);
		return;
	}
	msg = event_begin(net, chain->name, FM_CMD_ALERT_NTF, 0, GFP_ATOMIC,
			  &hdr);
	if (!msg)
		return;
	if (alert_fill(msg, ctx, kind, ifindex,
		       atomic_xchg(&net->alerts_lost, 0)))
		nlmsg_free(msg);
	else
		event_send(net, msg, hdr, FM_NETLINK_ALERT, GFP_ATOMIC);
}

void fm_alert(struct fm_ctx *ctx, const char *kind)
{
	event_alert(ctx->chain, ctx, kind, ctx->pkt->skb->skb_iif);
}
EXPORT_SYMBOL_GPL(fm_alert);

/**
 * fm_event_mismatch - tell the alert group that a NIC's hash is not ours
 * @bind: the device; bottom halves are off
 */
void fm_event_mismatch(const struct fm_bind *bind)
{
	event_alert(bind->chain, NULL, "hash-mismatch", bind->dev->ifindex);
}
