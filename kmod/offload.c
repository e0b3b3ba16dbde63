// SPDX-License-Identifier: GPL-2.0
/*
 * Offload: the owner of a shard keeps its table and its place in the world, but
 * for some of its flows another CPU runs the NFs. What goes away and comes home
 * is a slice, the 64th of a shard's flows that have the same value of another
 * hash of the steering's fields. All local states of a packet's flow, whatever
 * their keys are, are thus in entries of its slice: those keys have the
 * steering's fields in them.
 *
 *	state     owner does with packets       becomes the next by
 *	HOME      run                           fm_offload_send()
 *	AWAY      find entries, send both       slice_leave()
 *	LEAVING   park                          slice_settle()
 *
 * Going away needs no waiting: the owner has run all that came before, and what
 * it wrote is seen through the ring. Coming home, a mark is put behind the last
 * packet in the offload CPU's ring; that CPU, having run them all, hands the
 * parked packets back to the owner's NAPI, which runs them and settles. All but
 * the mark happens on the owner with bottom halves off, so no packet slips in
 * between. It is what a shard's move does, in small.
 *
 * So while a slice is HOME no packet of it is elsewhere. Whoever needs a shard
 * for himself - a move, another plan, a flush - keeps it, recalls its slices,
 * and waits until all are.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include "offload.h"
#include "path.h"
#include "priority.h"

#define STAY_PRIORITY	HZ		/* after the last packet with priority */
#define STAY_CROWDED	(HZ / 10)	/* after the ring was, or the table grew */

struct cpumask fm_offload_cpus;	/* that take part */
static hsiphash_key_t slice_seed __read_mostly;

/**
 * fm_offload_of - how a shard is offloaded
 * @shard: the shard; under RCU, or the chains' mutex is held
 *
 * Return: NULL if it is not.
 */
struct fm_offload *fm_offload_of(const struct fm_shard *shard)
{
	struct fm_lent *lent = READ_ONCE(shard->lent);

	return lent ? container_of(lent, struct fm_offload, lent) : NULL;
}

static u32 slice_of(const struct fm_steer *steer, const struct fm_pkt *pkt)
{
	u32 fields = steer->config.fields[fm_steer_family(pkt->family)];
	struct fm_key key;

	/* Directions together never hurts, and a key may have it so. */
	fm_key_build(&key, pkt, fields, fm_key_closed(fields));
	return fm_key_hash(&key, &slice_seed) % FM_SLICES;
}

/**
 * fm_offload_slice - the slice of its shard that a key is in
 * @steer: the steering
 * @key: of a state that is local under it
 */
u32 fm_offload_slice(const struct fm_steer *steer, const struct fm_key *key)
{
	struct fm_pkt pkt = {
		.src = key->src,
		.dst = key->dst,
		.sport = key->sport,
		.dport = key->dport,
		.family = key->family,
	};

	return slice_of(steer, &pkt);
}

static void slice_stay(struct fm_slice *slice, unsigned long time)
{
	unsigned long until = jiffies + time;

	if (slice->stays && time_before(until, slice->stay))
		return;
	slice->stay = until;
	slice->stays = true;
}

static bool slice_must_stay(struct fm_slice *slice)
{
	slice->stays = slice->stays && time_before(jiffies, slice->stay);
	return slice->stays;
}

/* New keys get an entry each, of which it is not known whether it fills. */
static bool offload_is_strained(const struct fm_offload *offload)
{
	return offload->lent.fresh >= FM_LENT_FRESH ||
	       fm_shard_is_crowded(offload->cpu);
}

static bool offload_may_send(const struct fm_offload *offload,
			     const struct fm_seg *seg)
{
	unsigned int cpu = smp_processor_id();

	return !atomic_read(&offload->shard->kept) && offload->cpu != cpu &&
	       seg->nlocal <= FM_LENT_GROUPS && !seg->related &&
	       cpumask_test_cpu(cpu, &fm_offload_cpus) &&
	       cpumask_test_cpu(offload->cpu, &fm_offload_cpus) &&
	       !offload_is_strained(offload);
}

static bool slice_may_go(struct fm_slice *slice, const struct fm_seg *seg)
{
	const struct fm_offload *offload = slice->offload;

	return offload->wanted & BIT_ULL(slice - offload->slices) &&
	       !slice_must_stay(slice) && offload_may_send(offload, seg);
}

static void slice_mark(struct fm_slice *slice)
{
	/* A full ring: the next packet or tick tries again. */
	if (!slice->marked)
		slice->marked = fm_shard_mark(&slice->mark,
					      slice->offload->cpu);
}

static void slice_leave(struct fm_slice *slice)
{
	if (slice->state == FM_SLICE_HOME)
		slice->offload->out++;
	WRITE_ONCE(slice->state, FM_SLICE_LEAVING);
	slice->owner = smp_processor_id();
	slice->marked = false;
	slice_mark(slice);
}

/* On the offload CPU, which has run all packets of the slice. */
static void slice_pass(struct fm_mark *mark)
{
	struct fm_slice *slice = container_of(mark, struct fm_slice, mark);

	fm_shard_play(&slice->parked, slice->owner);
}

static void offload_tell_home(struct fm_offload *offload)
{
	if (offload->out || !offload->recalled)
		return;
	offload->recalled = false;
	complete(&offload->home);
}

/* On the owner, which has run what was parked. */
static void slice_settle(struct fm_parked *parked)
{
	struct fm_slice *slice = container_of(parked, struct fm_slice, parked);
	struct fm_offload *offload = slice->offload;

	WRITE_ONCE(slice->state, FM_SLICE_HOME);
	WRITE_ONCE(offload->returns, offload->returns + 1);
	offload->out--;
	offload_tell_home(offload);
}

/* On the owner: it is told to have all slices home. */
static void recall_pass(struct fm_mark *mark)
{
	struct fm_offload *offload = container_of(mark, struct fm_offload,
						  recall);
	u32 i;

	offload->recalled = true;
	for (i = 0; i < FM_SLICES; i++)
		if (offload->slices[i].state == FM_SLICE_AWAY)
			slice_leave(&offload->slices[i]);
	offload_tell_home(offload);
}

/* Which flows share a slice is nobody's to foresee. */
void fm_offload_seed(void)
{
	get_random_bytes(&slice_seed, sizeof(slice_seed));
}

/**
 * fm_offload_setup - prepare an offload, all slices of which are home
 * @offload: all zeros
 */
void fm_offload_setup(struct fm_offload *offload)
{
	u32 i;

	init_completion(&offload->home);
	offload->recall.pass = recall_pass;
	for (i = 0; i < FM_SLICES; i++) {
		struct fm_slice *slice = &offload->slices[i];

		slice->offload = offload;
		slice->mark.pass = slice_pass;
		slice->parked.settle = slice_settle;
		__skb_queue_head_init(&slice->parked.skbs);
	}
}

static enum fm_verdict slice_park(struct fm_slice *slice, struct fm_bind *bind,
				  const struct fm_pkt *pkt,
				  struct sk_buff *skb)
{
	struct fm_chain_stats __percpu *stats = bind->chain->stats;
	const struct fm_path_cb *cb = fm_path_cb(skb);
	struct fm_offload *offload = slice->offload;

	slice_mark(slice);
	if (skb_queue_len(&slice->parked.skbs) >= FM_OFFLOAD_WAIT_MAX) {
		fm_path_lose(bind->chain, &cb->plan->segs[cb->seg], pkt,
			     FM_REASON_OFFLOAD_FULL);
		fm_path_unkeep(skb);
		return FM_STOLEN;
	}
	__skb_queue_tail(&slice->parked.skbs, skb);
	WRITE_ONCE(offload->waited, offload->waited + pkt->segs);
	fm_stats_bump(stats, offload_waited, pkt->segs);
	return FM_STOLEN;
}

static enum fm_verdict slice_send(struct fm_slice *slice, struct fm_bind *bind,
				  const struct fm_pkt *pkt,
				  struct sk_buff *skb,
				  struct fm_entry *const *lent)
{
	struct fm_chain_stats __percpu *stats = bind->chain->stats;
	const struct fm_path_cb kept = *fm_path_cb(skb);
	struct fm_offload *offload = slice->offload;
	bool woke;

	memcpy(fm_path_cb(skb)->lent, lent, sizeof(kept.lent));
	if (!fm_shard_lend(skb, offload->cpu, &woke)) {
		*fm_path_cb(skb) = kept;
		slice_stay(slice, STAY_CROWDED);
		slice_leave(slice);
		return slice_park(slice, bind, pkt, skb);
	}
	if (slice->state == FM_SLICE_HOME) {
		WRITE_ONCE(slice->state, FM_SLICE_AWAY);
		offload->out++;
	}
	fm_lent_send(&offload->lent, ktime_get_ns());
	WRITE_ONCE(offload->sent, offload->sent + pkt->segs);
	fm_steer_count(offload->shard, pkt);
	fm_stats_bump(stats, offloaded, pkt->segs);
	if (woke)
		fm_stats_bump(stats, wakeups, 1);
	return FM_STOLEN;
}

/* Whether it stays or goes. */
static void slice_judge(struct fm_slice *slice, const struct fm_chain *chain,
			const struct fm_pkt *pkt)
{
	if (fm_priority_has(rcu_dereference(chain->priority), pkt)) {
		fm_stats_bump(chain->stats, priority, pkt->segs);
		slice_stay(slice, STAY_PRIORITY);
	}
	WRITE_ONCE(slice->packets, slice->packets + pkt->segs);
	WRITE_ONCE(slice->bytes, slice->bytes + pkt->len);
}

/* Is a slice that is away to come home. */
static bool slice_must_leave(struct fm_slice *slice)
{
	if (!slice_must_stay(slice) && !offload_is_strained(slice->offload))
		return false;
	slice_stay(slice, STAY_CROWDED);
	return true;
}

/**
 * fm_offload_send - let the offload CPU run a packet, if it is to
 * @bind: where it arrived
 * @plan: of the chain
 * @seg: of the plan
 * @pkt: of a shard that is this CPU's, settled and offloaded, not parked before
 * @hash: of the packet
 *
 * Return: FM_CONTINUE if the packet is to be run here.
 */
enum fm_verdict fm_offload_send(struct fm_bind *bind, struct fm_plan *plan,
				const struct fm_seg *seg, struct fm_pkt *pkt,
				u32 hash)
{
	u32 shard = fm_steer_shard(seg->steer, hash);
	struct fm_offload *offload = fm_offload_of(&seg->steer->shards[shard]);
	struct fm_entry *lent[FM_LENT_GROUPS] = {};
	struct fm_slice *slice;
	struct sk_buff *skb;

	if (!offload)
		return FM_CONTINUE;
	slice = &offload->slices[slice_of(seg->steer, pkt)];
	slice_judge(slice, bind->chain, pkt);
	if (slice->state == FM_SLICE_HOME && !slice_may_go(slice, seg))
		return FM_CONTINUE;
	/* If others away have what it needs, it waits for these at home, too. */
	if (slice->state != FM_SLICE_LEAVING &&
	    ((slice->state == FM_SLICE_AWAY && slice_must_leave(slice)) ||
	     !fm_lend_collect(plan, seg, pkt, shard, ktime_get_ns(), lent)))
		slice_leave(slice);
	skb = fm_path_keep(bind, plan, seg, pkt, hash);
	if (!skb)
		return FM_STOLEN;
	if (slice->state == FM_SLICE_LEAVING)
		return slice_park(slice, bind, pkt, skb);
	return slice_send(slice, bind, pkt, skb, lent);
}

/**
 * fm_offload_run - run a packet that its shard's owner has sent
 * @skb: the packet; on the offload CPU, bottom halves are off
 *
 * The plan is the one under which it was sent, as others wait until all slices
 * are home.
 */
void fm_offload_run(struct sk_buff *skb)
{
	const struct fm_path_cb *cb = fm_path_cb(skb);
	const struct fm_plan *plan;
	struct fm_offload *offload;
	const struct fm_steer *steer;

	rcu_read_lock();
	plan = rcu_dereference(cb->bind->chain->plan);
	steer = plan->segs[cb->seg].steer;
	offload = fm_offload_of(&steer->shards[fm_steer_shard(steer,
							      cb->hash)]);
	fm_path_resume(skb, FM_LENT);
	fm_lent_return(&offload->lent);
	rcu_read_unlock();
}

/**
 * fm_offload_tick - what has to be done without a packet; ten times a second
 * @offload: of a shard that is this CPU's; bottom halves are off
 * @now_ns: monotonic time
 */
void fm_offload_tick(struct fm_offload *offload, u64 now_ns)
{
	u32 i;

	fm_lent_tick(&offload->lent, now_ns);
	for (i = 0; offload->out && i < FM_SLICES; i++)
		if (offload->slices[i].state == FM_SLICE_LEAVING)
			slice_mark(&offload->slices[i]);
}
