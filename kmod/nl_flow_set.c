// SPDX-License-Identifier: GPL-2.0
/*
 * States that user space ends, and states that it brings: of an earlier module or
 * of another machine. Both are done by the states' owners, between packets.
 */
#include <linux/cpu.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include "error.h"
#include "netlink.h"
#include "nl_filter.h"
#include "pkt.h"
#include "owner.h"

#define FLUSH_BUCKETS	256	/* looked at with bottom halves off */
#define IMPORT_FLOWS	256	/* in a message */

struct flush {
	const struct fm_group *group;
	const struct fm_filter *filter;
	struct fm_slot *slot;
	u32 members;		/* bit per NF whose state is to go */
	u32 swept;
	unsigned long array;
	atomic_t flushed;
};

static bool flush_expired(struct fm_entry *entry, void *arg)
{
	struct flush *flush = arg;
	struct fm_store *store = flush->group->store;
	u32 m, ended = entry->present & flush->members;

	if (!ended || !fm_filter_has_key(flush->filter, &entry->key,
					 store->key))
		return false;
	for (m = 0; m < store->nmembers; m++) {
		if (!(ended & BIT(m)))
			continue;
		fm_entry_end_state(store, flush->slot, flush->slot, entry, m);
		fm_stats_bump(store->members[m].account->stats, deleted, 1);
	}
	atomic_inc(&flush->flushed);
	return !entry->present && fm_limbo_reserve(store, flush->slot);
}

static void flush_gone(struct fm_entry *entry, void *arg)
{
	struct flush *flush = arg;

	fm_limbo_add(flush->slot, entry);
}

/* Goes by all buckets once; a table that is resized meanwhile begins again. */
static bool flush_step(struct fm_slot *slot, u32 n, void *arg)
{
	struct flush *flush = arg;
	const struct fm_sweep sweep = { flush_expired, flush_gone, flush };
	struct fm_tables *tables = &flush->group->store->tables;

	if (!fm_filter_has_slot(flush->filter, flush->group, n) ||
	    !slot->table.entries)
		return false;
	if (flush->slot != slot || flush->array != slot->table.cur) {
		flush->slot = slot;
		flush->array = slot->table.cur;
		flush->swept = 0;
	}
	if (!slot->table.old)
		flush->swept += FLUSH_BUCKETS;
	fm_table_gc(&slot->table, tables, FLUSH_BUCKETS, &sweep);
	if (flush->array == slot->table.cur && !slot->table.old &&
	    flush->swept >> (slot->table.cur & 63)) {
		fm_limbo_flush(slot);
		return false;
	}
	return true;
}

static u32 flush_members(const struct fm_plan *plan,
			 const struct fm_group *group, const char *name)
{
	u32 i, members = 0;

	for (i = 0; i < plan->ninsts; i++)
		if (plan->insts[i].group == group &&
		    (!name || !strcmp(plan->insts[i].name, name)))
			members |= BIT(plan->insts[i].member);
	return members;
}

static int flush_groups(const struct fm_plan *plan,
			const struct fm_filter *filter, u64 *flushed)
{
	struct flush flush;
	u32 i;
	int err;

	for (i = 0; i < plan->ngroups; i++) {
		flush = (struct flush){
			.group = &plan->groups[i],
			.filter = filter,
			.members = flush_members(plan, &plan->groups[i],
						 filter->inst),
		};
		if (!flush.members)
			continue;
		err = fm_owner_run(flush.group, flush_step, &flush);
		*flushed += atomic_read(&flush.flushed);
		if (err)
			return err;
	}
	return 0;
}

static int flush_plan(const struct fm_plan *plan,
		      const struct fm_filter *filter, u64 *flushed)
{
	int err;

	fm_seg_gather(plan);
	err = flush_groups(plan, filter, flushed);
	fm_seg_scatter(plan);
	return err;
}

static int count_fill(struct sk_buff *msg, const void *object)
{
	return nla_put_u64_64bit(msg, FM_A_COUNT, *(const u64 *)object,
				 FM_A_PAD);
}

int fm_nl_flow_del(struct sk_buff *skb, struct genl_info *info)
{
	struct fm_net *net = fm_net_get(genl_info_net(info));
	struct fm_filter filter;
	struct fm_chain *chain;
	u64 flushed = 0;
	int err;

	err = fm_filter_parse(&filter, info->attrs[FM_A_FILTER], info->extack);
	if (err)
		return err;
	mutex_lock(&net->mutex);
	chain = fm_netlink_chain(net, info->attrs, info->extack);
	err = IS_ERR(chain) ? PTR_ERR(chain) :
	      fm_filter_check(&filter, fm_chain_plan(chain), info->extack);
	if (!err)
		err = flush_plan(fm_chain_plan(chain), &filter, &flushed);
	mutex_unlock(&net->mutex);
	return err ? err : fm_netlink_reply(info, FM_CMD_FLOW_DEL, count_fill,
					    &flushed);
}

/**
 * struct fm_load - the values of a state that is brought
 * @attr: nest of fm_state_attr
 */
struct fm_load {
	const struct nlattr *attr;
};

u64 fm_load_uint(const struct fm_load *load, const char *name)
{
	struct nlattr *attrs[FM_A_VALUE_MAX + 1];
	const struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, load->attr, rem) {
		if (nla_type(attr) != FM_A_STATE_VALUE ||
		    nla_parse_nested(attrs, FM_A_VALUE_MAX, attr, NULL, NULL) ||
		    !attrs[FM_A_VALUE_NAME] || !attrs[FM_A_VALUE_UINT])
			continue;
		if (!nla_strcmp(attrs[FM_A_VALUE_NAME], name))
			return nla_get_u64(attrs[FM_A_VALUE_UINT]);
	}
	return 0;
}
EXPORT_SYMBOL_GPL(fm_load_uint);

u64 fm_load_time(const struct fm_load *load, const char *name)
{
	u64 real_ns = fm_load_uint(load, name);
	s64 mono_ns = real_ns - ktime_get_real_ns() + ktime_get_ns();

	return real_ns ? max_t(s64, mono_ns, 1) : 0;
}
EXPORT_SYMBOL_GPL(fm_load_time);

/* An entry on its way in: one NF's state of one key. */
struct import {
	const struct fm_plan *plan;
	const struct fm_inst *inst;
	const struct nlattr *state;
	struct fm_pkt pkt;
	u32 shard;
	int err;
	bool made;
};

/* What is there already is younger, and stays. */
static void import_state(struct import *import)
{
	struct fm_ctx ctx = {
		.pkt = &import->pkt,
		.inst = import->inst,
		.cursors = this_cpu_ptr(import->plan->cursors),
		.chain = import->plan->chain,
		.shard = import->shard,
	};
	struct fm_load load = { import->state };

	if (!fm_state_lookup(&ctx)) {
		import->made = import->inst->ops->load(&ctx, ctx.pkt, &load);
		import->err = import->made ? 0 : -ENOSPC;
	}
	fm_state_release(&ctx);
}

static long import_here(void *arg)
{
	struct import *import = arg;

	local_bh_disable();
	if (import->inst->mode == FM_MODE_LOCAL &&
	    READ_ONCE(import->inst->group->shards[import->shard].owner) !=
	    smp_processor_id())
		import->err = -EAGAIN;
	else
		import_state(import);
	local_bh_enable();
	return 0;
}

static int import_run(struct import *import)
{
	const struct fm_shard *shard =
		&import->inst->group->shards[import->shard];
	u32 tries;

	for (tries = 0; tries < 3; tries++) {
		import->err = 0;
		if (import->inst->mode == FM_MODE_SHARED)
			import_here(import);
		else
			work_on_cpu(fm_owner_cpu(READ_ONCE(shard->owner)),
				    import_here, import);
		if (import->err != -EAGAIN)
			break;
	}
	return import->err;
}

static const struct fm_inst *import_find(const struct fm_plan *plan,
					 const struct nlattr *name)
{
	u32 i;

	for (i = 0; name && i < plan->ninsts; i++)
		if (!nla_strcmp(name, plan->insts[i].name))
			return &plan->insts[i];
	return NULL;
}

static bool import_addr(struct fm_addr *addr, const struct nlattr *attr,
			u8 family)
{
	if (!attr || nla_len(attr) != (family == 4 ? 4 : 16))
		return false;
	memcpy(addr, nla_data(attr), nla_len(attr));
	return true;
}

/* A packet that would have this key: what the key lacks does not matter. */
static int import_pkt(struct fm_pkt *pkt, u32 key, struct nlattr **attrs)
{
	memset(pkt, 0, sizeof(*pkt));
	pkt->family = nla_get_u8(attrs[FM_A_FLOW_FAMILY]);
	pkt->l4proto = IPPROTO_TCP;
	if (pkt->family != 4 && pkt->family != 6)
		return -EINVAL;
	if ((key & FM_F_SRC_IP &&
	     !import_addr(&pkt->src, attrs[FM_A_FLOW_SRC], pkt->family)) ||
	    (key & FM_F_DST_IP &&
	     !import_addr(&pkt->dst, attrs[FM_A_FLOW_DST], pkt->family)) ||
	    (key & FM_F_SRC_PORT && !attrs[FM_A_FLOW_SRC_PORT]) ||
	    (key & FM_F_DST_PORT && !attrs[FM_A_FLOW_DST_PORT]) ||
	    (key & FM_F_PROTOCOL && !attrs[FM_A_FLOW_PROTOCOL]))
		return -EINVAL;
	if (key & FM_F_SRC_PORT)
		pkt->sport = htons(nla_get_u16(attrs[FM_A_FLOW_SRC_PORT]));
	if (key & FM_F_DST_PORT)
		pkt->dport = htons(nla_get_u16(attrs[FM_A_FLOW_DST_PORT]));
	if (key & FM_F_PROTOCOL)
		pkt->l4proto = nla_get_u8(attrs[FM_A_FLOW_PROTOCOL]);
	fm_pkt_classify(pkt);
	return 0;
}

static int import_flow_state(const struct fm_plan *plan, struct fm_pkt *pkt,
			     struct nlattr **flow, const struct nlattr *attr,
			     u64 *count, struct netlink_ext_ack *extack)
{
	struct import import = { .plan = plan, .state = attr, .pkt = *pkt };
	const struct fm_steer *steer;
	int err;

	import.inst = import_find(plan, nla_find_nested(attr,
							FM_A_STATE_INST));
	if (!import.inst || !import.inst->group) {
		fm_error_set(extack, attr, "the chain has no such NF");
		return -ENOENT;
	}
	if (import.inst->ops->key != nla_get_u32(flow[FM_A_FLOW_KEY])) {
		fm_error_set(extack, attr, "%s has another key",
			     import.inst->name);
		return -EINVAL;
	}
	if (!import.inst->ops->load)
		return 0;
	steer = plan->segs[import.inst->seg].steer;
	import.shard = fm_steer_shard(steer, fm_steer_hash(steer, pkt));
	err = import_run(&import);
	if (err)
		fm_error_set(extack, attr, "%s has no room for the state",
			     import.inst->name);
	*count += import.made;
	return err;
}

static int import_flow(const struct fm_plan *plan, const struct nlattr *attr,
		       u64 *count, struct netlink_ext_ack *extack)
{
	struct nlattr *flow[FM_A_FLOW_MAX + 1];
	const struct nlattr *state;
	u64 idle_ms = 0, now_ns = ktime_get_ns();
	struct fm_pkt pkt;
	int err, rem;

	err = nla_parse_nested(flow, FM_A_FLOW_MAX, attr, NULL, extack);
	if (err)
		return err;
	if (!flow[FM_A_FLOW_KEY] || !flow[FM_A_FLOW_FAMILY] ||
	    import_pkt(&pkt, nla_get_u32(flow[FM_A_FLOW_KEY]), flow)) {
		fm_error_set(extack, attr, "flow: fields of its key are missing");
		return -EINVAL;
	}
	if (flow[FM_A_FLOW_IDLE_MS])
		idle_ms = nla_get_u64(flow[FM_A_FLOW_IDLE_MS]);
	pkt.now_ns = now_ns - min_t(u64, now_ns, min_t(u64, idle_ms, U32_MAX) *
				    NSEC_PER_MSEC);
	nla_for_each_nested(state, attr, rem) {
		if (nla_type(state) != FM_A_FLOW_STATE)
			continue;
		err = import_flow_state(plan, &pkt, flow, state, count, extack);
		if (err)
			return err;
	}
	return 0;
}

static int import_flows(const struct fm_plan *plan, struct genl_info *info,
			u64 *count)
{
	const struct nlattr *attr;
	u32 n = 0;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != FM_A_FLOW)
			continue;
		if (++n > IMPORT_FLOWS) {
			fm_error_set(info->extack, attr,
				     "more than %u flows in a message",
				     IMPORT_FLOWS);
			return -E2BIG;
		}
		err = import_flow(plan, attr, count, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int import_all(const struct fm_plan *plan, struct genl_info *info,
		      u64 *count)
{
	int err;

	fm_seg_gather(plan);
	err = import_flows(plan, info, count);
	fm_seg_scatter(plan);
	return err;
}

int fm_nl_flow_new(struct sk_buff *skb, struct genl_info *info)
{
	struct fm_net *net = fm_net_get(genl_info_net(info));
	struct fm_chain *chain;
	u64 count = 0;
	int err;

	mutex_lock(&net->mutex);
	chain = fm_netlink_chain(net, info->attrs, info->extack);
	cpus_read_lock();
	err = IS_ERR(chain) ? PTR_ERR(chain) :
	      import_all(fm_chain_plan(chain), info, &count);
	cpus_read_unlock();
	mutex_unlock(&net->mutex);
	return err ? err : fm_netlink_reply(info, FM_CMD_FLOW_NEW, count_fill,
					    &count);
}
