/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_OFFLOAD_H
#define _FM_OFFLOAD_H

#include <linux/completion.h>
#include <linux/cpumask.h>
#include "chain.h"
#include "lend.h"
#include "shard.h"

#define FM_OFFLOAD_WAIT_MAX	4096	/* packets of a slice that may wait */

struct fm_bind;
struct fm_offload;

enum fm_slice_state {
	FM_SLICE_HOME,		/* the owner runs its packets; none is away */
	FM_SLICE_AWAY,		/* the owner sends them to the offload CPU */
	FM_SLICE_LEAVING,	/* those there are being run, later ones wait */
};

/**
 * struct fm_slice - a 64th of a shard's flows; the owner's
 * @parked: packets that wait until those before them have come back
 * @mark: behind the last of these in the offload CPU's ring
 * @offload: of the shard
 * @packets: that came
 * @bytes: likewise
 * @stay: do not go away before that, in jiffies, if @stays
 * @owner: where @parked is to be run
 * @state: enum fm_slice_state
 * @stays: see @stay
 * @marked: @mark is in the ring, or was
 */
struct fm_slice {
	struct fm_parked parked;
	struct fm_mark mark;
	struct fm_offload *offload;
	u64 packets;
	u64 bytes;
	unsigned long stay;
	u32 owner;
	u8 state;
	bool stays;
	bool marked;
};

/**
 * struct fm_offload - how flows of a shard are offloaded
 * @lent: what of the shard the offload CPU may have
 * @list: of all
 * @steer: whose shard
 * @shard: the shard
 * @id: its number
 * @cpu: the offload CPU; only changed while all slices are home
 * @wanted: bit per slice that is to go away; likewise
 * @out: slices that are not home; the owner's
 * @recalled: the owner says when @out is 0; the owner's
 * @waits: somebody waits for @home
 * @recall: for the owner's ring: all are to come home
 * @home: all slices are
 * @sent: packets sent to the offload CPU
 * @waited: packets that waited because their slice came home
 * @returns: times that a slice came home
 * @slices: the slices
 */
struct fm_offload {
	struct fm_lent lent;
	struct list_head list;
	struct fm_steer *steer;
	struct fm_shard *shard;
	u32 id;
	u32 cpu;
	u64 wanted;
	u32 out;
	bool recalled;
	bool waits;
	struct fm_mark recall;
	struct completion home;
	u64 sent;
	u64 waited;
	u64 returns;
	struct fm_slice slices[FM_SLICES];
};

/**
 * struct fm_offload_request - shards that are to be offloaded alike
 * @shards: their numbers, none twice
 * @n: how many
 * @cpu: the offload CPU
 * @slices: bit per slice
 * @seg: whose shards
 * @all: of all segments, if it names no shard
 */
struct fm_offload_request {
	const u32 *shards;
	u32 n;
	u32 seg;
	bool all;
	u32 cpu;
	u64 slices;
};

extern struct cpumask fm_offload_cpus;

/* The data path, on the owner and on the offload CPU. */
struct fm_offload *fm_offload_of(const struct fm_shard *shard);
void fm_offload_seed(void);
void fm_offload_setup(struct fm_offload *offload);
u32 fm_offload_slice(const struct fm_steer *steer, const struct fm_key *key);
enum fm_verdict fm_offload_send(struct fm_bind *bind, struct fm_plan *plan,
				const struct fm_seg *seg, struct fm_pkt *pkt,
				u32 hash);
void fm_offload_run(struct sk_buff *skb);
void fm_offload_tick(struct fm_offload *offload, u64 now_ns);

/* What may sleep. */
int fm_offload_init(void);
void fm_offload_exit(void);
void fm_offload_recall(void);
void fm_offload_keep(struct fm_shard *shard);
void fm_offload_wait(void);
void fm_offload_unkeep(struct fm_shard *shard);
void fm_offload_stop(struct fm_steer *steer);
void fm_offload_start(struct fm_steer *steer);
int fm_offload_set(struct fm_chain *chain,
		   const struct fm_offload_request *request,
		   struct netlink_ext_ack *extack);
int fm_offload_clear(struct fm_chain *chain,
		     const struct fm_offload_request *request,
		     struct netlink_ext_ack *extack);

#endif
