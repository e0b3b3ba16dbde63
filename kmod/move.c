// SPDX-License-Identifier: GPL-2.0
/*
 * Shards that move from CPU A to CPU B while their packets come. No packet is
 * lost or overtaken by a later one of its flow, and the fast path knows nothing
 * of it: an owner compares the shard's owner word with its own number, and
 * while the shard moves that comparison fails.
 *
 *	state     on A       on B       elsewhere   changed to the next by
 *	SETTLED   run        to A       to A        fm_move_start()
 *	HELD      run        park       to A        move_work(), told or impatient
 *	MOVING    run        park       to B        mark_pass(), on A
 *	PLAYING   to B       park       to B        parked_settle(), on B
 *	SETTLED   to B       run        to B
 *
 * HELD is for NICs: user space rewrites the indirection table, so packets begin
 * to arrive at B whose predecessors are still in A's receive queue. With
 * software steering a move begins with MOVING.
 *
 * An older packet can be in four places when a later one is parked. They are
 * emptied in the order in which packets pass through them:
 *
 * 1. A receive queue, its NAPI or the GRO lists of that. fm_fence_wait() sees
 *    every queue empty once after the table was rewritten. Meanwhile the state
 *    is HELD, so that what comes out on a third CPU goes to A like those
 *    before.
 * 2. Another CPU, which has read the owner word but not enqueued yet. It does
 *    both in one RCU read section, and move_work() waits for a grace period
 *    after it wrote MOVING. From then on nothing is handed to A.
 * 3. A's ring. move_work() puts a mark behind everything in there.
 * 4. A itself. The mark is taken from the ring by A with bottom halves off, so
 *    A is inside no other packet. mark_pass() writes PLAYING there; A reads it
 *    next time, and hands on what still arrives at A.
 *
 * All older packets have thus been run when PLAYING is written. The write is a
 * release, and B takes the shard off a llist that A put it on, so B sees the
 * tables as A left them. Only B, with bottom halves off, touches the park
 * queue: it appends to it until it finds it empty, and then, still there,
 * settles. Later packets of B's ring or its receive queues come after that.
 *
 * Nobody sweeps or evicts from the tables of a shard whose word is not the
 * number of his CPU, so while a shard moves A alone writes them, from the
 * packets, and after PLAYING B alone.
 *
 * Flows of the shard that are offloaded have come home before the move begins,
 * and none goes away until it is over (offload.c).
 *
 * It ends. HELD lasts FM_MOVE_PATIENCE at most; fm_fence_wait() is bounded; a
 * full ring is one that A empties; the mark needs no traffic, as it wakes A. A
 * CPU goes offline only after all moves have ended, see move_cpu_down(). Whoever changes a chain, its devices or its plan
 * waits with fm_move_flush(), which also ends the patience; nothing that the
 * work does needs rtnl, a namespace's mutex or the hotplug lock.
 */
#include <linux/bitmap.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "chain.h"
#include "error.h"
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
 * @begun: @work runs, it is too late to hurry it; guarded by move_lock
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
	bool begun;
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
static enum cpuhp_state move_hotplug;

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

	/* Pairs with shard_begin(): who sees the state sees the move. */
	smp_rmb();
	s = shard->move;
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

	fm_offload_unkeep(shard);
	WRITE_ONCE(shard->parked, 0);
	WRITE_ONCE(shard->moves, shard->moves + 1);
	WRITE_ONCE(shard->forced, shard->forced + move->forced);
	shard->move = NULL;
	/* Pairs with whoever finds it settled and moves it again. */
	smp_store_release(&shard->owner, s->to);
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

	if (atomic_dec_and_test(&move->unmarked))
		move->pass_ns = ktime_get_ns();
	for (; s; s = next) {
		next = s->next;
		smp_store_release(&s->shard->owner,
				  fm_owner_moving(FM_SHARD_PLAYING, s->from,
						  s->to));
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

		WRITE_ONCE(s->shard->owner,
			   fm_owner_moving(FM_SHARD_MOVING, s->from, s->to));
	}
}

static void move_report(const struct fm_move *move, bool done)
{
	u64 now_ns = ktime_get_ns();
	struct fm_move_report report = {
		.id = move->id,
		.n = move->n,
		.done = done,
	};
	u32 *ids, i;

	if (!move->n)
		return;
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

	spin_lock(&move_lock);
	move->begun = true;
	spin_unlock(&move_lock);
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

/* Caller holds move_lock. */
static void move_hurry(struct fm_move *move)
{
	if (!move->begun)
		mod_delayed_work(move_workqueue, &move->work, 0);
}

static struct fm_move *move_alloc(struct fm_steer *steer, u32 n, bool hold)
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

/* Adds a settled shard that the caller lets nobody else move. */
static void move_add(struct fm_move *move, u32 id, u32 to)
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
	s->shard->move = s;
	/* Pairs with fm_move_park(). */
	smp_store_release(&s->shard->owner,
			  fm_owner_moving(state, s->from, s->to));
}

/* From here on nothing can fail. */
static void move_begin(struct fm_move *move)
{
	u32 i;

	fm_offload_recall();
	for (i = 0; i < move->n; i++)
		fm_offload_keep(move->shards[i].shard);
	fm_offload_wait();
	move->start_ns = ktime_get_ns();
	move->pass_ns = move->start_ns;
	atomic_set(&move->left, move->n);
	if (!move->n)
		complete(&move->done);
	move_report(move, false);
	spin_lock(&move_lock);
	list_add_tail(&move->list, &move_list);
	spin_unlock(&move_lock);
	for (i = 0; i < move->n; i++)
		shard_begin(&move->shards[i], move->hold ? FM_SHARD_HELD :
			    FM_SHARD_MOVING);
	queue_delayed_work(move_workqueue, &move->work,
			   move->hold ? FM_MOVE_PATIENCE : 0);
}

static int request_check_shard(const struct fm_steer *steer, u32 id, u32 cpu,
			       unsigned long *seen,
			       struct netlink_ext_ack *extack)
{
	u32 owner;

	if (id >= steer->config.nshards) {
		fm_error_set(extack, NULL,
			     "shard %u: there are shards 0 to %u only", id,
			     steer->config.nshards - 1);
		return -EINVAL;
	}
	if (__test_and_set_bit(id, seen)) {
		fm_error_set(extack, NULL, "shard %u is named twice", id);
		return -EINVAL;
	}
	if (cpu >= nr_cpu_ids || !cpu_online(cpu)) {
		fm_error_set(extack, NULL,
			     "shard %u cannot go to CPU %u, which is not online",
			     id, cpu);
		return -EINVAL;
	}
	owner = READ_ONCE(steer->shards[id].owner);
	if (fm_owner_state(owner) == FM_SHARD_SETTLED)
		return 0;
	fm_error_set(extack, NULL,
		     "shard %u cannot go to CPU %u, it is on its way to CPU %u",
		     id, cpu, fm_owner_to(owner));
	return -EBUSY;
}

static int request_check(const struct fm_plan *plan,
			 const struct fm_move_request *request,
			 struct netlink_ext_ack *extack)
{
	DECLARE_BITMAP(seen, FM_SHARDS_MAX) = {};
	u32 i;
	int err;

	if (!plan->has_local) {
		fm_error_set(extack, NULL,
			     "no NF of the chain is local: its packets are run where they arrive");
		return -EINVAL;
	}
	for (i = 0; i < request->n; i++) {
		err = request_check_shard(plan->steer, request->shards[i],
					  request->cpus[i], seen, extack);
		if (err)
			return err;
	}
	return 0;
}

/**
 * fm_move_start - begin to move shards
 * @chain: whose; its namespace's mutex is held
 * @request: which; those that are where they are to go are left out
 * @id: gets the number of the move
 * @extack: gets a sentence that names the shard and the CPU
 *
 * Return: 0 or a negative errno; then no shard moves.
 */
int fm_move_start(struct fm_chain *chain, const struct fm_move_request *request,
		  u32 *id, struct netlink_ext_ack *extack)
{
	struct fm_plan *plan = fm_chain_plan(chain);
	struct fm_steer *steer = plan->steer;
	struct fm_move *move;
	u32 i;
	int err;

	move = move_alloc(steer, request->n, request->hold);
	if (!move)
		return -ENOMEM;
	/* No CPU goes, and none begins to move its shards, until all are begun. */
	cpus_read_lock();
	err = request_check(plan, request, extack);
	if (err) {
		kvfree(move);
		goto unlock;
	}
	for (i = 0; i < request->n; i++) {
		struct fm_shard *shard = &steer->shards[request->shards[i]];

		WRITE_ONCE(shard->home, request->cpus[i]);
		if (READ_ONCE(shard->owner) != request->cpus[i])
			move_add(move, request->shards[i], request->cpus[i]);
	}
	*id = move->id;
	move_begin(move);
unlock:
	cpus_read_unlock();
	return err;
}

/**
 * fm_move_go - go on with a move that is held
 * @chain: whose; its namespace's mutex is held
 * @id: of the move
 * @extack: gets a sentence
 *
 * Return: 0, or -ENOENT if the move is over or was not.
 */
int fm_move_go(struct fm_chain *chain, u32 id, struct netlink_ext_ack *extack)
{
	struct fm_steer *steer = fm_chain_plan(chain)->steer;
	struct fm_move *move;
	int err = -ENOENT;

	spin_lock(&move_lock);
	list_for_each_entry(move, &move_list, list) {
		if (move->id != id || move->steer != steer)
			continue;
		move_hurry(move);
		err = 0;
		break;
	}
	spin_unlock(&move_lock);
	if (err)
		fm_error_set(extack, NULL, "chain %s has no move %u going on",
			     chain->name, id);
	return err;
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
	struct fm_move *move;

	spin_lock(&move_lock);
	list_for_each_entry(move, &move_list, list)
		if (!steer || move->steer == steer)
			move_hurry(move);
	spin_unlock(&move_lock);
	wait_event(move_ended, move_is_over(steer));
}

/*
 * A CPU is about to go and still works: what is on its way from or to it gets
 * there. The hotplug lock is held for writing, so that no other move begins.
 */
static int move_cpu_down(unsigned int cpu)
{
	fm_move_flush(NULL);
	return 0;
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
	if (!move_workqueue)
		return -ENOMEM;
	move_hotplug = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN,
						 "net/flowmage:online",
						 NULL, move_cpu_down);
	if ((int)move_hotplug >= 0)
		return 0;
	destroy_workqueue(move_workqueue);
	return (int)move_hotplug;
}

/**
 * fm_move_exit - wait for what is left of moves; there are no shards any more
 */
void fm_move_exit(void)
{
	cpuhp_remove_state_nocalls(move_hotplug);
	destroy_workqueue(move_workqueue);
}
