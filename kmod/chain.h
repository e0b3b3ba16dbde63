/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_CHAIN_H
#define _FM_CHAIN_H

#include <linux/list.h>
#include <linux/timer.h>
#include "defrag.h"
#include "param.h"
#include "state.h"
#include "steer.h"

struct fm_bind;
struct fm_net;
struct fm_piece;
struct fm_priority;

/**
 * struct fm_inst - an NF in a chain
 * @name: unique in the chain
 * @ops: the NF
 * @config: of @ops->config_size
 * @budget: pays for @pieces
 * @pieces: memory that belongs to @config, or NULL
 * @account: counters
 * @group: its state group, NULL if it keeps no state
 * @member: its place in the group
 * @timeout_ms: idle time of its states
 * @timeout_set: by the user
 * @max_entries: bound on its states
 * @mode: enum fm_mode
 * @full_policy: enum fm_full_policy
 * @seg: number of its segment
 */
struct fm_inst {
	char name[FM_NAME_MAX + 1];
	const struct fm_nf_ops *ops;
	void *config;
	struct fm_budget *budget;
	struct fm_piece *pieces;
	struct fm_account *account;
	struct fm_group *group;
	u32 member;
	u32 timeout_ms;
	bool timeout_set;
	u32 max_entries;
	u8 mode;
	u8 full_policy;
	u8 seg;
};

/**
 * struct fm_seg - a run of NFs under one steering
 * @steer: the steering
 * @finest: of its groups the one whose key has most fields, or NULL
 * @index: in the plan
 * @inst: the first of its NFs
 * @end: the first that is not
 * @group: the first of its groups
 * @group_end: the first that is not
 * @nlocal: of the groups, those that are local
 * @related: a local NF turns to states of other keys, which only owners can
 * @has_local: some NF is local, so packets go to their owners; else they are run
 *	where they are
 */
struct fm_seg {
	struct fm_steer *steer;
	const struct fm_group *finest;
	u32 index;
	u32 inst;
	u32 end;
	u32 group;
	u32 group_end;
	u32 nlocal;
	bool related;
	bool has_local;
};

/**
 * struct fm_transit - packets that came to a CPU, or left one, between segments
 * @entered: kept for a later segment, to be run elsewhere or later
 * @left: of them those that are not any more
 */
struct fm_transit {
	unsigned long entered;
	unsigned long left;
};

/**
 * struct fm_gc - ageing on one CPU
 * @timer: pinned to it, or to another while it is offline
 * @plan: whose states
 * @cpu: the CPU
 * @index: of this timer among the plan's
 */
struct fm_gc {
	struct timer_list timer;
	struct fm_plan *plan;
	u32 cpu;
	u32 index;
};

/**
 * struct fm_plan - everything about a chain that a packet must see whole
 * @chain: the chain
 * @segs: the segments in order
 * @nsegs: how many
 * @transit: per CPU, of the packets that are between two segments
 * @cursors: per CPU: one cursor per group
 * @gc: per CPU
 * @ngc: timers, one per CPU that may come online
 * @groups: the state groups, those of a segment in a row
 * @gather6: reassembles IPv6, if @frag_policy wants that
 * @frag_policy: enum fm_frag_policy
 * @other_policy: enum fm_other_policy
 * @sample_mask: time a packet if no bit of its number is in here; ~0 = never
 * @sample_shift: as asked for
 * @ngroups: how many
 * @ninsts: NFs
 * @has_ports: some NF's key has ports, so fragments need the policy
 * @insts: the NFs in order
 */
struct fm_plan {
	struct fm_chain *chain;
	struct fm_seg segs[FM_SEGMENTS_MAX];
	u32 nsegs;
	struct fm_transit __percpu *transit;
	struct fm_cursor __percpu *cursors;
	struct fm_gc __percpu *gc;
	u32 ngc;
	struct fm_group *groups;
	fm_defrag_fn gather6;
	u8 frag_policy;
	u8 other_policy;
	u32 sample_mask;
	u32 sample_shift;
	u32 ngroups;
	u32 ninsts;
	bool has_ports;
	struct fm_inst insts[];
};

/**
 * struct fm_chain - a chain in a network namespace
 * @list: of the namespace's
 * @net: the namespace
 * @binds: devices it is bound to
 * @nbinds: how many
 * @plan: what it does now
 * @stats: counters
 * @priority: packets that are not offloaded, or NULL
 * @generation: of the plan, never 0
 * @name: unique in the namespace
 */
struct fm_chain {
	struct list_head list;
	struct fm_net *net;
	struct list_head binds;
	u32 nbinds;
	struct fm_plan __rcu *plan;
	struct fm_chain_stats __percpu *stats;
	struct fm_priority __rcu *priority;
	u32 generation;
	char name[FM_NAME_MAX + 1];
};

/* An NF as asked for. */
struct fm_inst_config {
	const struct nlattr *attr;	/* to point at in errors */
	const char *name;
	const char *type;
	u32 mode;
	u32 seg;
	u32 max_entries;		/* 0: the NF's */
	u32 timeout_ms;			/* 0: the NF's */
	u32 full_policy;
	struct fm_param_value params[FM_PARAMS_MAX];
	u32 nparams;
};

/**
 * struct fm_chain_config - a chain as asked for
 * @steer: of each segment
 * @owners: CPU of each shard of each segment
 * @nsegs: segments
 * @insts: the NFs, @ninsts of them
 * @ifindex: devices, @ndevs of them
 */
struct fm_chain_config {
	const char *name;
	struct fm_steer_config steer[FM_SEGMENTS_MAX];
	const u32 *owners[FM_SEGMENTS_MAX];
	u32 nsegs;
	u32 frag_policy;
	u32 other_policy;
	u32 sample_shift;
	u32 ifindex[FM_DEVS_MAX];
	u32 ndevs;
	u32 ninsts;
	struct fm_inst_config insts[FM_NFS_MAX];
};

int fm_chain_create(struct fm_net *net, const struct fm_chain_config *config,
		    struct netlink_ext_ack *extack);
int fm_chain_replace(struct fm_chain *chain,
		     const struct fm_chain_config *config,
		     struct netlink_ext_ack *extack);
void fm_chain_destroy(struct fm_chain *chain);
struct fm_chain *fm_chain_lookup(struct fm_net *net, const char *name);
struct fm_plan *fm_chain_plan(const struct fm_chain *chain);
u64 fm_chain_memory(const struct fm_chain *chain);
enum fm_verdict fm_chain_run(struct fm_plan *plan, const struct fm_seg *seg,
			     struct fm_pkt *pkt, u32 shard,
			     struct fm_entry *const *lent);

struct fm_plan *fm_plan_create(struct fm_chain *chain,
			       const struct fm_chain_config *config,
			       struct fm_plan *old,
			       struct netlink_ext_ack *extack);
void fm_plan_start(struct fm_plan *plan);
void fm_plan_stop(struct fm_plan *plan);
void fm_plan_destroy(struct fm_plan *plan);

int fm_seg_check(const struct fm_chain_config *config,
		 struct netlink_ext_ack *extack);
int fm_seg_setup(struct fm_plan *plan, const struct fm_chain_config *config,
		 const struct fm_plan *old);
void fm_seg_cleanup(struct fm_plan *plan);
void fm_seg_settle(const struct fm_plan *plan);
void fm_seg_gather(const struct fm_plan *plan);
void fm_seg_scatter(const struct fm_plan *plan);
void fm_seg_drain(const struct fm_plan *plan);

/* A packet is kept that is to go on in @seg. Bottom halves are off. */
static inline void fm_seg_enter(const struct fm_plan *plan,
				const struct fm_seg *seg)
{
	struct fm_transit *transit;

	if (!seg->index)
		return;
	transit = this_cpu_ptr(plan->transit);
	WRITE_ONCE(transit->entered, transit->entered + 1);
}

/* It has been run, kept anew, or lost. */
static inline void fm_seg_leave(const struct fm_plan *plan,
				const struct fm_seg *seg)
{
	struct fm_transit *transit;

	if (!seg->index)
		return;
	transit = this_cpu_ptr(plan->transit);
	/* Whoever sees this sees that it had entered, there or elsewhere. */
	smp_store_release(&transit->left, transit->left + 1);
}

#endif
