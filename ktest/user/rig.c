// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>
#include "inst.h"
#include "rig.h"

/**
 * fm_rig_setup - begin a chain
 * @rig: filled in; memory without bound
 */
void fm_rig_setup(struct fm_rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	rig->budget.max = U64_MAX;
	fm_lists_setup(&rig->lists, &rig->budget);
	if (percpu_counter_init(&rig->budget.used, 0, GFP_KERNEL))
		fm_user_bug("no memory");
}

/**
 * fm_rig_add - add an NF
 * @rig: not started
 * @ops: the NF
 * @mode: enum fm_mode
 * @params: of it
 * @nparams: how many
 *
 * Return: the NF, whose bounds and policy may be changed before the start, or
 * NULL if its parameters are wrong.
 */
struct fm_inst *fm_rig_add(struct fm_rig *rig, const struct fm_nf_ops *ops,
			   u8 mode, const struct fm_param_value *params,
			   unsigned int nparams)
{
	struct fm_inst *inst = &rig->insts[rig->ninsts];

	inst->ops = ops;
	inst->mode = mode;
	inst->timeout_ms = ops->timeout_ms;
	inst->max_entries = ops->max_entries;
	inst->budget = &rig->budget;
	inst->pieces = NULL;
	if (fm_inst_configure(inst, params, nparams, NULL))
		return NULL;
	inst->account = fm_account_create(ops->cpu_size);
	rig->ninsts++;
	return inst;
}

static struct fm_group *rig_find_group(struct fm_rig *rig,
				       const struct fm_inst *inst)
{
	const struct fm_inst *other;

	for (other = rig->insts; other < inst; other++)
		if (other->mode == inst->mode &&
		    other->ops->key == inst->ops->key &&
		    other->ops->bidirectional == inst->ops->bidirectional)
			return other->group;
	rig->groups[rig->ngroups].index = rig->ngroups;
	rig->groups[rig->ngroups].shards = rig->shards;
	rig->groups[rig->ngroups].min_timeout_ns = U64_MAX;
	return &rig->groups[rig->ngroups++];
}

static void rig_join_group(struct fm_rig *rig, struct fm_inst *inst)
{
	struct fm_group *group = rig_find_group(rig, inst);
	struct fm_member *member = &group->members[group->nmembers];

	inst->group = group;
	inst->member = group->nmembers++;
	member->timeout_ns = (u64)inst->timeout_ms * NSEC_PER_MSEC;
	member->full_policy = inst->full_policy;
	member->config = inst->config;
	group->min_timeout_ns = inst->ops->timeout ? 0 :
		min(group->min_timeout_ns, member->timeout_ns);
}

static bool rig_create_store(struct fm_rig *rig, struct fm_group *group,
			     u32 nshards)
{
	const struct fm_nf_ops *ops[FM_NFS_MAX];
	struct fm_account *accounts[FM_NFS_MAX];
	u32 max_entries[FM_NFS_MAX], n = 0, i;
	u8 mode = FM_MODE_NONE;

	for (i = 0; i < rig->ninsts; i++) {
		const struct fm_inst *inst = &rig->insts[i];

		if (inst->group != group)
			continue;
		mode = inst->mode;
		ops[n] = inst->ops;
		accounts[n] = inst->account;
		max_entries[n++] = inst->max_entries;
	}
	group->store = fm_store_create(ops, accounts, max_entries, n, mode,
				       nshards, &rig->budget);
	return group->store;
}

/**
 * fm_rig_start - give the NFs room for their states
 * @rig: with all its NFs
 * @nshards: for those whose state is local
 *
 * Return: false if memory is short; fm_rig_cleanup() is due all the same.
 */
bool fm_rig_start(struct fm_rig *rig, u32 nshards)
{
	u32 i;

	rig->nshards = nshards;
	rig->shards = aligned_alloc(__alignof__(*rig->shards),
				    nshards * sizeof(*rig->shards));
	memset(rig->shards, 0, nshards * sizeof(*rig->shards));
	for (i = 0; i < rig->ninsts; i++)
		if (rig->insts[i].mode != FM_MODE_NONE)
			rig_join_group(rig, &rig->insts[i]);
	for (i = 0; i < rig->ngroups; i++)
		if (!rig_create_store(rig, &rig->groups[i], nshards))
			return false;
	return true;
}

/**
 * fm_rig_cleanup - end all states and the chain
 * @rig: the chain
 */
void fm_rig_cleanup(struct fm_rig *rig)
{
	u32 i;

	fm_state_release(&rig->ctx);
	free(rig->shards);
	for (i = 0; i < rig->ngroups; i++)
		fm_store_put(rig->groups[i].store);
	for (i = 0; i < rig->ninsts; i++) {
		fm_inst_release(&rig->insts[i]);
		fm_account_put(rig->insts[i].account);
	}
	fm_lists_release(&rig->lists, 0);
	if (percpu_counter_sum(&rig->budget.used))
		fm_user_bug("memory was not given back to the budget");
	percpu_counter_destroy(&rig->budget.used);
}

/**
 * fm_rig_aim - let an NF look at a packet
 * @rig: the chain, started
 * @inst: the NF
 * @pkt: the packet; if it is not the last one its way begins
 * @shard: of the packet
 *
 * For a packet that comes again, clear @rig->ctx.pkt first.
 */
void fm_rig_aim(struct fm_rig *rig, const struct fm_inst *inst,
		struct fm_pkt *pkt, u32 shard)
{
	if (rig->ctx.pkt != pkt) {
		fm_state_release(&rig->ctx);
		rig->ctx = (struct fm_ctx){
			.pkt = pkt, .cursors = rig->cursors, .shard = shard,
			.steer = rig->steer,
		};
	}
	if (rig->ctx.locked && inst->group != rig->ctx.inst->group)
		fm_state_release(&rig->ctx);
	rig->ctx.inst = inst;
}

/**
 * fm_rig_run - show a packet to all NFs in order
 * @rig: the chain, started
 * @pkt: the packet
 * @shard: of the packet
 *
 * Return: what the last NF said that saw it; @rig->ctx.inst is that NF.
 */
enum fm_verdict fm_rig_run(struct fm_rig *rig, struct fm_pkt *pkt, u32 shard)
{
	enum fm_verdict verdict = FM_CONTINUE;
	const struct fm_inst *inst;
	u32 i;

	fm_state_release(&rig->ctx);
	rig->ctx.pkt = NULL;
	for (i = 0; i < rig->ninsts && verdict == FM_CONTINUE; i++) {
		inst = &rig->insts[i];
		if (pkt->flags & FM_PKT_FRAG && inst->ops->key & FM_F_PORTS)
			continue;
		fm_rig_aim(rig, inst, pkt, shard);
		verdict = inst->ops->eval(&rig->ctx, pkt);
	}
	fm_state_release(&rig->ctx);
	return verdict;
}

/**
 * fm_rig_send - let an NF look at a new packet of a host
 * @rig: the chain, started
 * @inst: the NF
 * @host: number of the source, whose low bits choose the shard
 * @now_ns: when it comes
 *
 * Return: the context for fm_state_*(), until the next packet.
 */
struct fm_ctx *fm_rig_send(struct fm_rig *rig, const struct fm_inst *inst,
			   u32 host, u64 now_ns)
{
	rig->pkt = (struct fm_pkt){
		.family = 4, .l4proto = IPPROTO_UDP, .src.w[0] = htonl(host),
		.now_ns = now_ns,
	};
	rig->ctx.pkt = NULL;
	fm_rig_aim(rig, inst, &rig->pkt, host & (rig->nshards - 1));
	return &rig->ctx;
}

/**
 * fm_rig_gc - age all states of an NF's group
 * @rig: the chain
 * @inst: the NF
 * @now_ns: as of then
 */
void fm_rig_gc(struct fm_rig *rig, const struct fm_inst *inst, u64 now_ns)
{
	const struct fm_store *store = inst->group->store;
	u32 n;

	fm_state_release(&rig->ctx);
	for (n = 0; n < store->nslots; n++)
		while (fm_group_gc(inst->group, fm_store_slot(store, n), now_ns,
				   1U << FM_TABLE_BITS_MAX))
			;
}

/**
 * fm_rig_entries - how many entries an NF's group has
 * @inst: the NF
 */
u32 fm_rig_entries(const struct fm_inst *inst)
{
	const struct fm_store *store = inst->group->store;
	u32 n, sum = 0;

	for (n = 0; n < store->nslots; n++)
		sum += fm_store_slot(store, n)->table.entries;
	return sum;
}

/**
 * fm_rig_count - one of an NF's counters
 * @inst: the NF
 * @counter: FM_INST_SUM() of it
 */
u64 fm_rig_count(const struct fm_inst *inst, unsigned int counter)
{
	u64 sum[FM_INST_COUNTERS];

	fm_account_read(inst->account, sum);
	return sum[counter];
}

static u64 dump_find(const struct fm_dump *dump, const char *name)
{
	unsigned int i;

	for (i = 0; i < dump->n; i++)
		if (!strcmp(dump->row[i].name, name))
			return dump->row[i].value;
	fm_user_bug("a dump has no value of that name");
}

/**
 * fm_rig_shown - a value that an NF's show() tells
 * @inst: the NF
 * @name: of the value
 */
u64 fm_rig_shown(const struct fm_inst *inst, const char *name)
{
	struct fm_dump dump = { 0 };

	inst->ops->show(&dump, inst->config, inst->account->cpu);
	return dump_find(&dump, name);
}

/**
 * fm_rig_value - a value that the first NF's dump() tells
 * @rig: the chain, after fm_rig_run()
 * @name: of the value
 *
 * Return: that of the state of the last packet's key.
 */
u64 fm_rig_value(struct fm_rig *rig, const char *name)
{
	struct fm_dump dump = { 0 };
	const void *state;

	rig->ctx.inst = &rig->insts[0];
	state = fm_state_lookup(&rig->ctx);
	if (!state)
		fm_user_bug("the key has no state to dump");
	rig->insts[0].ops->dump(&dump, state);
	fm_state_release(&rig->ctx);
	return dump_find(&dump, name);
}
