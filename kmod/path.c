// SPDX-License-Identifier: GPL-2.0
/*
 * The path of a packet: from the hook to the shard's owner, through the chain
 * and up the stack.
 */
#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/prefetch.h>
#include "event.h"
#include "move.h"
#include "offload.h"
#include "path.h"
#include "shard.h"

/**
 * fm_path_drop - count a packet that is dropped
 * @chain: the chain
 * @pkt: the packet, still the caller's
 * @reason: why
 *
 * Return: FM_DROP.
 */
enum fm_verdict fm_path_drop(const struct fm_chain *chain,
			     const struct fm_pkt *pkt, enum fm_reason reason)
{
	fm_stats_bump(chain->stats, reason[reason], pkt->segs);
	fm_stats_bump(chain->stats, dropped, pkt->segs);
	return FM_DROP;
}

static enum fm_verdict path_accept(const struct fm_chain *chain,
				   const struct fm_pkt *pkt)
{
	fm_stats_bump(chain->stats, accepted, pkt->segs);
	return FM_ACCEPT;
}

/**
 * fm_path_lose - count a packet that is dropped on its way through the chain
 * @chain: the chain
 * @seg: where it was to be run
 * @pkt: the packet, still the caller's
 * @reason: why, one of FM_REASONS_WAY
 *
 * Return: FM_DROP.
 */
enum fm_verdict fm_path_lose(const struct fm_chain *chain,
			     const struct fm_seg *seg, const struct fm_pkt *pkt,
			     enum fm_reason reason)
{
	fm_stats_bump(chain->stats, seg[seg->index].reason[reason], pkt->segs);
	return fm_path_drop(chain, pkt, reason);
}

/* Half of a crowded owner's ring is for the flows that are known. */
static bool path_must_wait(const struct fm_seg *seg, const struct fm_pkt *pkt,
			   u32 shard, u32 owner)
{
	return unlikely(fm_shard_is_crowded(owner)) && seg->finest &&
	       !fm_state_is_known(seg->finest, pkt, shard);
}

static enum fm_verdict path_refuse(const struct fm_chain *chain,
				   const struct fm_seg *seg,
				   const struct fm_pkt *pkt,
				   enum fm_reason reason)
{
	fm_stats_bump(chain->stats, handoff_drops, pkt->segs);
	return fm_path_lose(chain, seg, pkt, reason);
}

/**
 * fm_path_keep - have a packet as one that may be kept for later
 * @bind: where it arrived
 * @plan: the plan that it is under
 * @seg: where it is to be run
 * @pkt: the packet
 * @hash: of it, there
 *
 * If it is not kept after all, fm_path_unkeep() must be told.
 *
 * Return: the skb, or NULL if the packet is gone.
 */
struct sk_buff *fm_path_keep(struct fm_bind *bind, struct fm_plan *plan,
			     const struct fm_seg *seg, struct fm_pkt *pkt,
			     u32 hash)
{
	struct sk_buff *skb = skb_share_check(pkt->skb, GFP_ATOMIC);

	if (!skb) {
		fm_path_lose(bind->chain, seg, pkt, FM_REASON_NO_MEMORY);
		return NULL;
	}
	*fm_path_cb(skb) = (struct fm_path_cb){
		.bind = bind,
		.seg = seg->index,
		.hash = hash,
		.plan = plan,
		.steer_id = seg->steer->id,
	};
	fm_seg_enter(plan, seg);
	return skb;
}

/**
 * fm_path_unkeep - free a packet for which there was no room
 * @skb: the packet, just now from fm_path_keep()
 */
void fm_path_unkeep(struct sk_buff *skb)
{
	const struct fm_path_cb *cb = fm_path_cb(skb);

	fm_seg_leave(cb->plan, &cb->plan->segs[cb->seg]);
	kfree_skb(skb);
}

static enum fm_verdict path_hand(struct fm_bind *bind, struct fm_plan *plan,
				 const struct fm_seg *seg, struct fm_pkt *pkt,
				 u32 hash, u32 owner)
{
	struct fm_chain_stats __percpu *stats = bind->chain->stats;
	u32 shard = fm_steer_shard(seg->steer, hash);
	struct sk_buff *skb;
	bool woke;

	if (path_must_wait(seg, pkt, shard, owner))
		return path_refuse(bind->chain, seg, pkt,
				   FM_REASON_HANDOFF_NEW);
	skb = fm_path_keep(bind, plan, seg, pkt, hash);
	if (!skb)
		return FM_STOLEN;
	if (seg->finest)
		fm_path_cb(skb)->state_hash = fm_state_hash(seg->finest, pkt);
	if (!fm_shard_hand(skb, owner, &woke)) {
		path_refuse(bind->chain, seg, pkt, FM_REASON_HANDOFF_FULL);
		fm_path_unkeep(skb);
		return FM_STOLEN;
	}
	fm_stats_bump(stats, seg[seg->index].handed, pkt->segs);
	if (woke)
		fm_stats_bump(stats, wakeups, 1);
	return FM_STOLEN;
}

static enum fm_verdict path_park(struct fm_bind *bind, struct fm_plan *plan,
				 const struct fm_seg *seg, struct fm_pkt *pkt,
				 u32 hash)
{
	struct fm_steer *steer = seg->steer;
	const struct fm_chain *chain = bind->chain;
	struct sk_buff *skb = fm_path_keep(bind, plan, seg, pkt, hash);

	if (!skb)
		return FM_STOLEN;
	if (!fm_move_park(&steer->shards[fm_steer_shard(steer, hash)], skb)) {
		fm_stats_bump(chain->stats, parked_drops, pkt->segs);
		fm_path_lose(chain, seg, pkt, FM_REASON_PARK_FULL);
		fm_path_unkeep(skb);
		return FM_STOLEN;
	}
	fm_stats_bump(chain->stats, seg[seg->index].parked, pkt->segs);
	return FM_STOLEN;
}

/* What is not simply run here; FM_CONTINUE if it is after all. */
static enum fm_verdict path_elsewhere(struct fm_bind *bind,
				      struct fm_plan *plan,
				      const struct fm_seg *seg,
				      struct fm_pkt *pkt, u32 hash, u32 owner,
				      enum fm_way way)
{
	u32 cpu = smp_processor_id(), next = fm_owner_next(owner, cpu);
	bool parks = next == cpu && fm_owner_parks(owner, cpu);

	/* One that was parked under this steering is here to be run. */
	if (next == cpu &&
	    (!parks || (way == FM_PARKED &&
			fm_path_cb(pkt->skb)->steer_id == seg->steer->id)))
		return FM_CONTINUE;
	if (READ_ONCE(bind->closed))
		return fm_path_lose(bind->chain, seg, pkt, FM_REASON_DETACHED);
	if (parks)
		return path_park(bind, plan, seg, pkt, hash);
	return path_hand(bind, plan, seg, pkt, hash, next);
}

static u32 path_hash(struct fm_bind *bind, const struct fm_steer *steer,
		     const struct fm_pkt *pkt, enum fm_way way)
{
	const struct fm_path_cb *cb = fm_path_cb(pkt->skb);
	u32 hash;

	switch (way) {
	case FM_ARRIVED:
		hash = fm_verify_hash(&bind->verify, steer, pkt);
		if (fm_verify_differs(&bind->verify))
			fm_event_mismatch(bind);
		return hash;
	case FM_LENT:
		return cb->hash;
	case FM_HANDED:
	case FM_PARKED:
		if (cb->steer_id == steer->id)
			return cb->hash;
		break;
	default:
		break;
	}
	return fm_steer_hash(steer, pkt);
}

/* By the owner, or by who does it for the owner; else FM_CONTINUE. */
static enum fm_verdict path_steer(struct fm_bind *bind, struct fm_plan *plan,
				  const struct fm_seg *seg, struct fm_pkt *pkt,
				  u32 hash, enum fm_way way)
{
	struct fm_shard *shard =
		&seg->steer->shards[fm_steer_shard(seg->steer, hash)];
	u32 owner = READ_ONCE(shard->owner);
	enum fm_verdict verdict = FM_CONTINUE;

	if (owner != smp_processor_id())
		verdict = path_elsewhere(bind, plan, seg, pkt, hash, owner,
					 way);
	else if (unlikely(READ_ONCE(shard->lent)) && way != FM_PARKED)
		verdict = fm_offload_send(bind, plan, seg, pkt, hash);
	if (verdict == FM_CONTINUE)
		fm_steer_count(shard, pkt);
	return verdict;
}

static enum fm_verdict path_show(struct fm_plan *plan, const struct fm_seg *seg,
				 struct fm_pkt *pkt, u32 shard, enum fm_way way)
{
	const struct fm_chain *chain = plan->chain;
	struct fm_entry **lent = NULL;
	enum fm_verdict verdict;

	if (way == FM_LENT) {
		lent = fm_path_cb(pkt->skb)->lent;
		fm_stats_bump(chain->stats, offload_run, pkt->segs);
	}
	fm_stats_bump(chain->stats, seg[seg->index].run, pkt->segs);
	if (!pkt->now_ns)
		pkt->now_ns = ktime_get_ns();
	verdict = fm_chain_run(plan, seg, pkt, shard, lent);
	if (verdict == FM_CONTINUE && seg->index + 1 < plan->nsegs)
		return FM_CONTINUE;
	if (verdict == FM_DROP)
		fm_stats_bump(chain->stats, dropped, pkt->segs);
	else
		fm_stats_bump(chain->stats, accepted, pkt->segs);
	return verdict == FM_CONTINUE ? FM_ACCEPT : verdict;
}

/* FM_CONTINUE if the next segment is to see the packet. */
static enum fm_verdict path_run_seg(struct fm_bind *bind, struct fm_plan *plan,
				    const struct fm_seg *seg,
				    struct fm_pkt *pkt, enum fm_way way)
{
	enum fm_verdict verdict;
	u32 shard = 0, hash;

	if (seg->has_local) {
		hash = path_hash(bind, seg->steer, pkt, way);
		shard = fm_steer_shard(seg->steer, hash);
		verdict = way == FM_LENT ? FM_CONTINUE :
			  path_steer(bind, plan, seg, pkt, hash, way);
		if (verdict != FM_CONTINUE)
			return verdict;
	}
	return path_show(plan, seg, pkt, shard, way);
}

static enum fm_verdict path_run(struct fm_bind *bind, struct fm_plan *plan,
				u32 first, struct fm_pkt *pkt, enum fm_way way)
{
	const struct fm_seg *seg = &plan->segs[first];
	enum fm_verdict verdict;

	for (;; seg++) {
		verdict = path_run_seg(bind, plan, seg, pkt, way);
		if (verdict != FM_CONTINUE)
			return verdict;
		if (fm_pkt_renew(pkt) != FM_PARSE_OK)
			return fm_path_drop(bind->chain, pkt,
					    FM_REASON_MALFORMED);
		/* It goes on here, or elsewhere, but never before others. */
		way = FM_PASSED;
	}
}

/* An NF of an earlier segment may have changed it. */
static enum fm_verdict path_go_on(struct fm_bind *bind, struct fm_plan *plan,
				  u32 seg, struct sk_buff *skb, enum fm_way way)
{
	struct fm_pkt pkt;

	if (fm_pkt_parse(&pkt, skb) != FM_PARSE_OK)
		return fm_path_drop(bind->chain, &pkt, FM_REASON_MALFORMED);
	return path_run(bind, plan, seg, &pkt, way);
}

/* @skb is another afterwards, or NULL, if it is taken to be put together. */
static enum fm_verdict path_eval(struct fm_bind *bind, struct sk_buff **skb,
				 enum fm_way way)
{
	const struct fm_chain *chain = bind->chain;
	struct fm_plan *plan = rcu_dereference(chain->plan);
	struct fm_pkt pkt;
	enum fm_parse parse;

	if (!plan)
		return FM_ACCEPT;
	parse = fm_pkt_parse(&pkt, *skb);
	if (way == FM_ARRIVED) {
		fm_stats_bump(chain->stats, packets, pkt.segs);
		fm_stats_bump(chain->stats, bytes, pkt.len);
	}
	if (parse == FM_PARSE_OK && pkt.flags & FM_PKT_FRAG &&
	    plan->frag_policy == FM_FRAG_DEFRAG) {
		if (way == FM_ARRIVED)
			fm_verify_note(&bind->verify, *skb);
		parse = fm_defrag_eval(plan, &pkt);
		way = FM_WHOLE;
		*skb = pkt.skb;
		if (!pkt.skb)
			return FM_STOLEN;
	}
	if (parse != FM_PARSE_OK) {
		if (plan->other_policy == FM_OTHER_ACCEPT)
			return path_accept(chain, &pkt);
		return fm_path_drop(chain, &pkt, parse == FM_PARSE_NOT_IP ?
				 FM_REASON_NOT_IP : FM_REASON_MALFORMED);
	}
	if (pkt.flags & FM_PKT_FRAG && plan->has_ports &&
	    plan->frag_policy == FM_FRAG_DROP)
		return fm_path_drop(chain, &pkt, FM_REASON_FRAGMENT);
	return path_run(bind, plan, 0, &pkt, way);
}

/* Up the stack, past the taps, tc and hooks that have seen the packet. */
static void path_finish(struct sk_buff *skb, enum fm_verdict verdict)
{
	if (verdict == FM_STOLEN)
		return;
	if (verdict == FM_DROP) {
		kfree_skb(skb);
		return;
	}
	skb->tc_skip_classify = 1;
	netif_receive_skb(skb);
}

/**
 * fm_path_hook - a packet at the ingress of a bound device
 * @priv: the binding
 * @skb: the packet
 * @state: the hook's
 *
 * Return: NF_*.
 */
unsigned int fm_path_hook(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	struct sk_buff *whole = skb;
	enum fm_verdict verdict = path_eval(priv, &whole, FM_ARRIVED);

	if (whole != skb) {
		path_finish(whole, verdict);
		return NF_STOLEN;
	}
	if (verdict == FM_DROP)
		return NF_DROP;
	return verdict == FM_STOLEN ? NF_STOLEN : NF_ACCEPT;
}

/*
 * What has begun with a plan ends with it. A packet that is with an offload CPU
 * needs no pointer: others wait for it before they change the plan.
 */
static struct fm_plan *path_plan(const struct fm_path_cb *cb, enum fm_way way)
{
	return cb->seg && way != FM_LENT ? cb->plan :
	       rcu_dereference(cb->bind->chain->plan);
}

/**
 * fm_path_resume - go on with a packet that was handed to this CPU
 * @skb: the packet; bottom halves are off
 * @way: not FM_ARRIVED
 */
void fm_path_resume(struct sk_buff *skb, enum fm_way way)
{
	struct fm_bind *bind = fm_path_cb(skb)->bind;
	u32 seg = fm_path_cb(skb)->seg;
	enum fm_verdict verdict;
	struct fm_plan *plan;
	struct fm_pkt pkt;

	rcu_read_lock();
	plan = path_plan(fm_path_cb(skb), way);
	if (READ_ONCE(bind->gone)) {
		fm_pkt_parse(&pkt, skb);
		verdict = fm_path_drop(bind->chain, &pkt, FM_REASON_DETACHED);
	} else if (seg) {
		verdict = path_go_on(bind, plan, seg, skb, way);
	} else {
		verdict = path_eval(bind, &skb, way);
	}
	if (seg)
		fm_seg_leave(plan, &plan->segs[seg]);
	rcu_read_unlock();
	path_finish(skb, verdict);
}

/**
 * fm_path_prefetch - have fetched what a packet handed to this CPU needs
 * @skb: the packet, some packets before fm_path_resume()
 * @entry: its entry, and not what comes before that
 */
void fm_path_prefetch(const struct sk_buff *skb, bool entry)
{
	const struct fm_path_cb *cb = (const struct fm_path_cb *)skb->cb;
	const struct fm_plan *plan;
	const struct fm_seg *seg;
	u32 shard;

	if (!entry)
		prefetch(skb->data);
	rcu_read_lock();
	plan = path_plan(cb, FM_HANDED);
	seg = plan ? &plan->segs[cb->seg] : NULL;
	if (seg && seg->finest) {
		shard = fm_steer_shard(seg->steer, cb->hash);
		if (entry)
			fm_state_prefetch_entry(seg->finest, shard,
						cb->state_hash);
		else
			fm_state_prefetch(seg->finest, shard, cb->state_hash);
	}
	rcu_read_unlock();
}
