// SPDX-License-Identifier: GPL-2.0
/*
 * Moves that a user asks for: all shards of a request begin to move, or none.
 */
#include <linux/bitmap.h>
#include <linux/cpu.h>
#include "chain.h"
#include "error.h"
#include "home.h"
#include "move.h"
#include "request.h"

/**
 * fm_request_find_seg - is there a segment that a request names
 * @plan: the plan
 * @n: number of the segment
 * @extack: gets a sentence
 *
 * Return: 0 or -EINVAL.
 */
int fm_request_find_seg(const struct fm_plan *plan, u32 n,
			struct netlink_ext_ack *extack)
{
	if (n < plan->nsegs)
		return 0;
	fm_error_set(extack, NULL, "segment %u: there are segments 0 to %u only",
		     n, plan->nsegs - 1);
	return -EINVAL;
}

/**
 * fm_request_check_seg - do shards of a segment belong to CPUs
 * @plan: the plan
 * @n: number of the segment that a request names
 * @extack: gets a sentence
 *
 * Return: 0 or -EINVAL.
 */
int fm_request_check_seg(const struct fm_plan *plan, u32 n,
			 struct netlink_ext_ack *extack)
{
	int err = fm_request_find_seg(plan, n, extack);

	if (err || plan->segs[n].has_local)
		return err;
	fm_error_set(extack, NULL, plan->nsegs == 1 ?
		     "no NF of the chain is local: its packets are run where they arrive" :
		     "no NF of segment %u is local: its packets are run where they are",
		     n);
	return -EINVAL;
}

/**
 * fm_request_check_shard - is there a shard that a request names, and names once
 * @steer: the steering
 * @id: number of the shard
 * @seen: those that it has named before; this one is added
 * @extack: gets a sentence
 *
 * Return: 0 or -EINVAL.
 */
int fm_request_check_shard(const struct fm_steer *steer, u32 id,
			   unsigned long *seen, struct netlink_ext_ack *extack)
{
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
	return 0;
}

static int request_check_move(const struct fm_steer *steer, u32 id, u32 cpu,
			      unsigned long *seen,
			      struct netlink_ext_ack *extack)
{
	int err = fm_request_check_shard(steer, id, seen, extack);
	u32 owner;

	if (err)
		return err;
	if (!fm_home_has(cpu)) {
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
			 const struct fm_request *request,
			 struct netlink_ext_ack *extack)
{
	DECLARE_BITMAP(seen, FM_SHARDS_MAX) = {};
	int err = fm_request_check_seg(plan, request->seg, extack);
	u32 i;

	for (i = 0; !err && i < request->n; i++)
		err = request_check_move(plan->segs[request->seg].steer,
					 request->shards[i], request->cpus[i],
					 seen, extack);
	return err;
}

/**
 * fm_request_move - begin to move shards
 * @chain: whose; its namespace's mutex is held
 * @request: which; those that are where they are to go are left out
 * @id: gets the number of the move
 * @extack: gets a sentence that names the shard and the CPU
 *
 * Return: 0 or a negative errno; then no shard moves.
 */
int fm_request_move(struct fm_chain *chain, const struct fm_request *request,
		    u32 *id, struct netlink_ext_ack *extack)
{
	struct fm_plan *plan = fm_chain_plan(chain);
	struct fm_steer *steer;
	struct fm_move *move;
	u32 i;
	int err;

	err = fm_request_find_seg(plan, request->seg, extack);
	if (err)
		return err;
	steer = plan->segs[request->seg].steer;
	/* No NIC brings packets to a later segment. */
	move = fm_move_create(steer, request->n,
			      request->hold && !request->seg);
	if (!move)
		return -ENOMEM;
	/* No CPU goes, and none begins to move its shards, until all are begun. */
	cpus_read_lock();
	err = request_check(plan, request, extack);
	if (err) {
		fm_move_destroy(move);
		goto unlock;
	}
	for (i = 0; i < request->n; i++) {
		struct fm_shard *shard = &steer->shards[request->shards[i]];

		WRITE_ONCE(shard->home, request->cpus[i]);
		if (READ_ONCE(shard->owner) != request->cpus[i])
			fm_move_add(move, request->shards[i], request->cpus[i]);
	}
	*id = fm_move_begin(move);
unlock:
	cpus_read_unlock();
	return err;
}

/**
 * fm_request_go - go on with a move that is held
 * @chain: whose; its namespace's mutex is held
 * @id: of the move
 * @extack: gets a sentence
 *
 * Return: 0, or -ENOENT if the move is over or was not.
 */
int fm_request_go(struct fm_chain *chain, u32 id,
		  struct netlink_ext_ack *extack)
{
	if (id && fm_move_hurry(fm_chain_plan(chain)->segs[0].steer, id))
		return 0;
	fm_error_set(extack, NULL, "chain %s has no move %u going on",
		     chain->name, id);
	return -ENOENT;
}
