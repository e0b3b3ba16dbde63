// SPDX-License-Identifier: GPL-2.0
/*
 * Shards that move from CPU A to CPU B while their packets come. No packet is
 * lost or overtaken by a later one of its flow, and the fast path knows nothing
 * of it: an owner compares the shard's owner word with its own number, and
 * while the shard moves that comparison fails.
 *
 *	state     on A       on B       elsewhere   changed to the next by
 *	SETTLED   run        to A       to A        fm_move_begin()
 *	HELD      run        park       to A        move_work(), told or impatient
 *	MOVING    run        park       to B        mark_pass(), on A
 *	PLAYING   to B       park       to B        parked_settle(), on B
 *	SETTLED   to B       run        to B
 *
 * HELD is for NICs: user space rewrites the indirection table meanwhile. With
 * software steering a move begins with MOVING. Documentation/shards.rst tells
 * where packets can be that are older than a parked one, and how these places
 * are emptied. In short: fm_fence_wait() sees the receive queues empty while
 * what comes out elsewhere still goes to A; a grace period after MOVING nothing
 * is handed to A any more, as others read the word and enqueue in one RCU read
 * section; the mark is then behind everything in A's ring, and when A takes it,
 * with bottom halves off, A is inside no packet. There mark_pass() writes
 * PLAYING, and B, which takes the shard off a llist that A put it on, sees the
 * tables as A left them. Only B, with bottom halves off, touches the park queue:
 * it appends to it until it finds it empty, and then, still there, settles.
 *
 * Nobody sweeps or evicts from the tables of a shard whose word is not the
 * number of his CPU: until PLAYING A alone writes them, afterwards B alone.
 *
 * Flows of the shard that are offloaded have come home before the move begins,
 * and none goes away until it is over (offload.c).
 *
 * It ends. HELD lasts FM_MOVE_PATIENCE at most; fm_fence_wait() is bounded; a
 * full ring is one that A empties; the mark needs no traffic, as it wakes A. A
 * CPU waits for all moves before it goes, see home.c. Whoever changes a chain,
 * its devices or its plan waits with fm_move_flush(), which also ends the
 * patience; the work needs no rtnl, no namespace's mutex and no hotplug lock.
 *
 * The work runs once. fm_move_begin() queues it, with a delay while the shards
 * are HELD; fm_move_hurry() can only take back what still waits, and queue that
 * again. A work that has begun does not wait, so nothing queues it a second
 * time: it would find the move freed, and turn shards that have long settled.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "chain.h"
#include "event.h"
#include "fence.h"
#include "move.h"
#include "offload.h"
#include "shard.h"
#include "steer.h"

#define FM_MOVE_PATIENCE	(2 * HZ)	/* for user space and its NIC */
#define RING_RETRY_US		50

/**
 * struct fm_move_shard - a shard on its way
 * @parked: packets that wait on @to
 * @mark: for the ring of @from; that of the first of each @from is used
 * @next: another one with the same @from
 * @first: the first of another @from, if this is one
 * @move: all shards of the request
 * @shard: the shard
 * @id: its number
 * @from: CPU
 * @to: CPU
 * @nparked: packets that were parked
 */
struct fm_move_shard {
	struct fm_parked parked;
	struct fm_mark mark;
	struct fm_move_shard *next;
	struct fm_move_shard *first;
	struct fm_move *move;
	struct fm_shard *shard;
	u32 id;
	u32 from;
	u32 to;
	u32 nparked;
};

/**
 * struct fm_move - shards that move together
 * @list: of all moves
 * @work: does it
 * @steer: whose shards; it waits for its moves before it goes
 * @id: number, unique
 * @hold: user space tells a NIC meanwhile
 * @forced: a receive queue was not seen empty
 * @left: shards that are not settled
 * @unmarked: CPUs whose mark has not been passed
 * @done: @left is 0
 * @start_ns: when it began
 * @go_ns: when it went on
 * @pass_ns: when the last mark was passed
 * @firsts: of each CPU that shards leave, the first one
 * @n: shards
 * @shards: the shards
 */
struct fm_move {
	struct list_head list;
	struct delayed_work work;
	struct fm_steer *steer;
	u32 id;
	bool hold;
	bool forced;
	atomic_t left;
	atomic_t unmarked;
	struct completion done;
	u64 start_ns;
	u64 go_ns;
	u64 pass_ns;
	struct fm_move_shard *firsts;
	u32 n;
	struct fm_move_shard shards[];
};

static LIST_HEAD(move_list);
static DEFINE_SPINLOCK(move_lock);	/* guards move_list */
static DECLARE_WAIT_QUEUE_HEAD(move_ended);
static struct workqueue_struct *move_workqueue;

static u32 shard_word(const struct fm_move_shard *s, enum fm_shard_state state)
{
	return fm_owner_moving(state, s->from, s->to);
}

/*
 * Whoever sees the new word sees what was done under the one before. Nobody
 * else writes the word of a shard that moves.
 */
static void shard_turn(const struct fm_move_shard *s, u32 before, u32 after)
{
	WARN_ON_ONCE(READ_ONCE(s->shard->owner) != before);
	smp_store_release(&s->shard->owner, after);
}

/**
 * fm_move_park - let a packet wait until its shard has moved here
 * @shard: the shard; fm_owner_parks() said so just now on this CPU
 * @skb: the packet
 *
 * Return: false if too many wait; the skb is still the caller's.
 */
bool fm_move_park(struct fm_shard *shard, struct sk_buff *skb)
{
	struct fm_move_shard *s;

	/* Pairs with shard_turn(): who sees the state sees the move. */
	smp_rmb();
	s = shard->move;
	if (WARN_ON_ONCE(!s || s->to != smp_processor_id()))
		return false;
	if (skb_queue_len(&s->parked.skbs) >= FM_PARK_MAX) {
		WRITE_ONCE(shard->park_drops, shard->park_drops + 1);
		return false;
	}
	__skb_queue_tail(&s->parked.skbs, skb);
	s->nparked++;
	WRITE_ONCE(shard->parked, skb_queue_len(&s->parked.skbs));
	return true;
}

/* On B, which has run what was parked. */
static void parked_settle(struct fm_parked *parked)
{
	struct fm_move_shard *s = container_of(parked, struct fm_move_shard,
					       parked);
	struct fm_shard *shard = s->shard;
	struct fm_move *move = s->move;

	WARN_ON_ONCE(s->to != smp_processor_id());
	fm_offload_unkeep(shard);
	WRITE_ONCE(shard->parked, 0);
	WRITE_ONCE(shard->moves, shard->moves + 1);
	WRITE_ONCE(shard->forced, shard->forced + move->forced);
	shard->move = NULL;
	shard_turn(s, shard_word(s, FM_SHARD_PLAYING), s->to);
	if (atomic_dec_and_test(&move->left))
		complete(&move->done);
}

/* On A, which has run all packets that are older than the move. */
static void mark_pass(struct fm_mark *mark)
{
	struct fm_move_shard *s = container_of(mark, struct fm_move_shard,
					       mark);
	struct fm_move *move = s->move;
	struct fm_move_shard *next;

	WARN_ON_ONCE(s->from != smp_processor_id());
	if (atomic_dec_and_test(&move->unmarked))
		move->pass_ns = ktime_get_ns();
	for (; s; s = next) {
		next = s->next;
		shard_turn(s, shard_word(s, FM_SHARD_MOVING),
			   shard_word(s, FM_SHARD_PLAYING));
		/* With the last one the move may end. */
		fm_shard_play(&s->parked, s->to);
	}
}

static void move_put_marks(struct fm_move *move)
{
	struct fm_move_shard *s, *first;

	for (s = move->firsts; s; s = first) {
		first = s->first;
		while (!fm_shard_mark(&s->mark, s->from))
			usleep_range(RING_RETRY_US, 2 * RING_RETRY_US);
	}
}

static void move_release_hold(struct fm_move *move)
{
	u32 i;

	move->forced = !fm_fence_wait(move->steer->chain);
	for (i = 0; i < move->n; i++) {
		struct fm_move_shard *s = &move->shards[i];

		shard_turn(s, shard_word(s, FM_SHARD_HELD),
			   shard_word(s, FM_SHARD_MOVING));
	}
}

static void move_report(const struct fm_move *move, bool done)
{
	u64 now_ns = ktime_get_ns();
	struct fm_move_report report = {
		.id = move->id,
		.seg = move->steer->config.seg,
		.n = move->n,
		.done = done,
	};
	u32 *ids, i;

	ids = kvmalloc_array(2 * move->n, sizeof(*ids), GFP_KERNEL);
	if (!ids)
		return;
	for (i = 0; i < move->n; i++) {
		ids[i] = move->shards[i].id;
		ids[move->n + i] = move->shards[i].to;
		report.parked += done ? move->shards[i].nparked : 0;
	}
	if (done) {
		report.forced = move->forced;
		report.held_ns = move->go_ns - move->start_ns;
		report.fence_ns = move->pass_ns - move->go_ns;
		report.play_ns = now_ns - move->pass_ns;
	}
	fm_event_move(move->steer->chain, &report, ids);
	kvfree(ids);
}

/* After this nothing of the move or its steering may be touched. */
static void move_end(struct fm_move *move)
{
	spin_lock(&move_lock);
	list_del(&move->list);
	wake_up_all(&move_ended);
	spin_unlock(&move_lock);
	kvfree(move);
}

static void move_work(struct work_struct *work)
{
	struct fm_move *move = container_of(to_delayed_work(work),
					    struct fm_move, work);

	move->go_ns = ktime_get_ns();
	if (move->hold)
		move_release_hold(move);
	/* Packets are parked meanwhile, so it had better be over soon. */
	synchronize_rcu_expedited();
	move_put_marks(move);
	wait_for_completion(&move->done);
	move_report(move, true);
	move_end(move);
}

/**
 * fm_move_create - make a move of no shards yet
 * @steer: whose shards
 * @n: how many it may get
 * @hold: let them be held for fm_move_hurry()
 *
 * Return: the move or NULL.
 */
struct fm_move *fm_move_create(struct fm_steer *steer, u32 n, bool hold)
{
	static atomic_t ids = ATOMIC_INIT(0);
	struct fm_move *move;

	move = kvzalloc(struct_size(move, shards, n), GFP_KERNEL);
	if (!move)
		return NULL;
	INIT_DELAYED_WORK(&move->work, move_work);
	init_completion(&move->done);
	move->steer = steer;
	move->id = atomic_inc_return(&ids);
	move->hold = hold;
	return move;
}

/**
 * fm_move_destroy - free a move that has not begun
 * @move: the move
 */
void fm_move_destroy(struct fm_move *move)
{
	kvfree(move);
}

/**
 * fm_move_add - add a shard to a move
 * @move: which has not begun
 * @id: of a settled shard, which the caller lets nobody else move
 * @to: another CPU than it is on, which fm_home_has()
 */
void fm_move_add(struct fm_move *move, u32 id, u32 to)
{
	struct fm_move_shard *s = &move->shards[move->n++], *first;

	s->move = move;
	s->id = id;
	s->shard = &move->steer->shards[id];
	s->from = READ_ONCE(s->shard->owner);
	s->to = to;
	s->mark.pass = mark_pass;
	s->parked.settle = parked_settle;
	__skb_queue_head_init(&s->parked.skbs);
	for (first = move->firsts; first; first = first->first) {
		if (first->from != s->from)
			continue;
		s->next = first->next;
		first->next = s;
		return;
	}
	s->first = move->firsts;
	move->firsts = s;
	atomic_inc(&move->unmarked);
}

static void shard_begin(struct fm_move_shard *s, enum fm_shard_state state)
{
	WARN_ON_ONCE(s->shard->move);
	s->shard->move = s;
	shard_turn(s, s->from, shard_word(s, state));
}

/**
 * fm_move_begin - let the shards of a move begin it
 * @move: the move; if it has none it is freed
 *
 * The caller holds the hotplug lock, be it for reading. Nothing can fail.
 *
 * Return: the number of the move.
 */
u32 fm_move_begin(struct fm_move *move)
{
	u32 i, id = move->id;

	if (!move->n) {
		fm_move_destroy(move);
		return id;
	}
	fm_offload_recall();
	for (i = 0; i < move->n; i++)
		fm_offload_keep(move->shards[i].shard);
	fm_offload_wait();
	move->start_ns = ktime_get_ns();
	move->pass_ns = move->start_ns;
	atomic_set(&move->left, move->n);
	move_report(move, false);
	/* Before a shard can be seen to move, it can be waited for. */
	spin_lock(&move_lock);
	list_add_tail(&move->list, &move_list);
	spin_unlock(&move_lock);
	for (i = 0; i < move->n; i++)
		shard_begin(&move->shards[i], move->hold ? FM_SHARD_HELD :
			    FM_SHARD_MOVING);
	queue_delayed_work(move_workqueue, &move->work,
			   move->hold ? FM_MOVE_PATIENCE : 0);
	return id;
}

/**
 * fm_move_hurry - let moves that are held go on
 * @steer: whose; NULL: all
 * @id: number of the one; 0: all
 *
 * Return: false if there is none.
 */
bool fm_move_hurry(const struct fm_steer *steer, u32 id)
{
	struct fm_move *move;
	bool found = false;

	spin_lock(&move_lock);
	list_for_each_entry(move, &move_list, list) {
		if ((steer && move->steer != steer) || (id && move->id != id))
			continue;
		found = true;
		if (cancel_delayed_work(&move->work))
			queue_delayed_work(move_workqueue, &move->work, 0);
	}
	spin_unlock(&move_lock);
	return found;
}

static bool move_is_over(const struct fm_steer *steer)
{
	struct fm_move *move;
	bool over = true;

	spin_lock(&move_lock);
	list_for_each_entry(move, &move_list, list)
		over &= steer && move->steer != steer;
	spin_unlock(&move_lock);
	return over;
}

/**
 * fm_move_flush - let moves end that have begun, and wait for that
 * @steer: whose; NULL: all
 */
void fm_move_flush(const struct fm_steer *steer)
{
	fm_move_hurry(steer, 0);
	wait_event(move_ended, move_is_over(steer));
}

/**
 * fm_move_init - be ready for moves
 *
 * Return: 0 or a negative errno.
 */
int fm_move_init(void)
{
	BUILD_BUG_ON(NR_CPUS > 1 << FM_OWNER_CPU_BITS);

	move_workqueue = alloc_workqueue("flowmage", WQ_UNBOUND, 0);
	return move_workqueue ? 0 : -ENOMEM;
}

/**
 * fm_move_exit - wait for what is left of moves; there are no shards any more
 */
void fm_move_exit(void)
{
	destroy_workqueue(move_workqueue);
}
