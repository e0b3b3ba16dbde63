/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A chain of NFs without devices, netlink and timers: enough for packets that
 * somebody makes up to be judged, with real states.
 */
#ifndef FM_RIG_H
#define FM_RIG_H

#include "chain.h"
#include "user.h"

/**
 * struct fm_rig - a chain
 * @ctx: the way of the packet that fm_rig_aim() was called for
 * @budget: memory of all states; its max is the caller's to change
 * @lists: that parameters may refer to
 * @groups: state groups
 * @cursors: one per group
 * @insts: the NFs
 * @ngroups: how many
 * @ninsts: how many
 * @nshards: of local state
 * @shards: all of them owned by the first CPU
 * @pkt: of fm_rig_send()
 * @steer: of its shards, or NULL
 */
struct fm_rig {
	struct fm_ctx ctx;
	struct fm_budget budget;
	struct fm_lists lists;
	struct fm_group groups[FM_NFS_MAX];
	struct fm_cursor cursors[FM_NFS_MAX];
	struct fm_inst insts[FM_NFS_MAX];
	u32 ngroups;
	u32 ninsts;
	u32 nshards;
	struct fm_shard *shards;
	struct fm_pkt pkt;
	const struct fm_steer *steer;
};

void fm_rig_setup(struct fm_rig *rig);
struct fm_inst *fm_rig_add(struct fm_rig *rig, const struct fm_nf_ops *ops,
			   u8 mode, const struct fm_param_value *params,
			   unsigned int nparams);
bool fm_rig_start(struct fm_rig *rig, u32 nshards);
void fm_rig_cleanup(struct fm_rig *rig);
void fm_rig_aim(struct fm_rig *rig, const struct fm_inst *inst,
		struct fm_pkt *pkt, u32 shard);
enum fm_verdict fm_rig_run(struct fm_rig *rig, struct fm_pkt *pkt, u32 shard);
struct fm_ctx *fm_rig_send(struct fm_rig *rig, const struct fm_inst *inst,
			   u32 host, u64 now_ns);
void fm_rig_gc(struct fm_rig *rig, const struct fm_inst *inst, u64 now_ns);
u32 fm_rig_entries(const struct fm_inst *inst);
u64 fm_rig_count(const struct fm_inst *inst, unsigned int counter);
u64 fm_rig_value(struct fm_rig *rig, const char *name);
u64 fm_rig_shown(const struct fm_inst *inst, const char *name);

#endif
