// SPDX-License-Identifier: GPL-2.0
#include "netlink.h"
#include "nf.h"

static int stat_put(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, FM_A_STAT_PAD);
}

static int stat_put_chain(struct sk_buff *msg, const struct fm_chain *chain)
{
	u64 sum[FM_CHAIN_COUNTERS] = {};
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu)
		fm_stats_read(chain->stats, cpu, sum);
	if (stat_put(msg, FM_A_STAT_PACKETS, sum[FM_CHAIN_SUM(packets)]) ||
	    stat_put(msg, FM_A_STAT_BYTES, sum[FM_CHAIN_SUM(bytes)]) ||
	    stat_put(msg, FM_A_STAT_ACCEPTED, sum[FM_CHAIN_SUM(accepted)]) ||
	    stat_put(msg, FM_A_STAT_DROPPED, sum[FM_CHAIN_SUM(dropped)]) ||
	    stat_put(msg, FM_A_STAT_MEMORY, fm_chain_memory(chain)) ||
	    stat_put(msg, FM_A_STAT_FRAGS, sum[FM_CHAIN_SUM(frags)]) ||
	    stat_put(msg, FM_A_STAT_FRAGS_MERGED,
		     sum[FM_CHAIN_SUM(frags_merged)]) ||
	    stat_put(msg, FM_A_STAT_REASSEMBLED,
		     sum[FM_CHAIN_SUM(reassembled)]))
		return -EMSGSIZE;
	for (i = 0; i < __FM_REASON_MAX; i++)
		if (fm_netlink_put_value(msg, FM_A_STAT_REASON,
					 fm_reason_name(i),
					 sum[FM_CHAIN_SUM(reason) + i]))
			return -EMSGSIZE;
	return 0;
}

/* Offset of a counter of segment @n in a chain's sums. */
#define SEG_SUM(n, field)						\
	(FM_CHAIN_SUM(seg) + (n) * sizeof(struct fm_seg_stats) /		\
	 sizeof(u64_stats_t) + offsetof(struct fm_seg_stats, field) /	\
	 sizeof(u64_stats_t))

static int stat_put_seg(struct sk_buff *msg, const struct fm_chain *chain,
			u32 n)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_STAT_SEGMENT);
	u64 sum[FM_CHAIN_COUNTERS] = {};
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu)
		fm_stats_read(chain->stats, cpu, sum);
	if (!nest || nla_put_u32(msg, FM_A_SEGMENT_STAT_ID, n) ||
	    stat_put(msg, FM_A_SEGMENT_STAT_PACKETS, sum[SEG_SUM(n, run)]) ||
	    stat_put(msg, FM_A_SEGMENT_STAT_HANDED, sum[SEG_SUM(n, handed)]) ||
	    stat_put(msg, FM_A_SEGMENT_STAT_PARKED, sum[SEG_SUM(n, parked)]))
		return -EMSGSIZE;
	for (i = 0; i < __FM_REASON_MAX; i++)
		if (FM_REASONS_WAY >> i & 1 &&
		    fm_netlink_put_value(msg, FM_A_SEGMENT_STAT_REASON,
					 fm_reason_name(i),
					 sum[SEG_SUM(n, reason) + i]))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int stat_put_cpu(struct sk_buff *msg, const struct fm_chain *chain,
			int cpu)
{
	u64 sum[FM_CHAIN_COUNTERS] = {}, run = 0, handed = 0, parked = 0;
	struct nlattr *nest = nla_nest_start(msg, FM_A_STAT_CPU);
	u32 i;

	fm_stats_read(chain->stats, cpu, sum);
	for (i = 0; i < FM_SEGMENTS_MAX; i++) {
		run += sum[SEG_SUM(i, run)];
		handed += sum[SEG_SUM(i, handed)];
		parked += sum[SEG_SUM(i, parked)];
	}
	if (!nest || nla_put_u32(msg, FM_A_CPU_STAT_CPU, cpu) ||
	    stat_put(msg, FM_A_CPU_STAT_ARRIVED, sum[FM_CHAIN_SUM(packets)]) ||
	    stat_put(msg, FM_A_CPU_STAT_RUN, run) ||
	    stat_put(msg, FM_A_CPU_STAT_HANDED, handed) ||
	    stat_put(msg, FM_A_CPU_STAT_HANDOFF_DROPS,
		     sum[FM_CHAIN_SUM(handoff_drops)]) ||
	    stat_put(msg, FM_A_CPU_STAT_PARKED, parked) ||
	    stat_put(msg, FM_A_CPU_STAT_PARKED_DROPS,
		     sum[FM_CHAIN_SUM(parked_drops)]) ||
	    stat_put(msg, FM_A_CPU_STAT_WAKEUPS, sum[FM_CHAIN_SUM(wakeups)]) ||
	    stat_put(msg, FM_A_CPU_STAT_OFFLOADED,
		     sum[FM_CHAIN_SUM(offloaded)]) ||
	    stat_put(msg, FM_A_CPU_STAT_OFFLOAD_RUN,
		     sum[FM_CHAIN_SUM(offload_run)]) ||
	    stat_put(msg, FM_A_CPU_STAT_OFFLOAD_WAITED,
		     sum[FM_CHAIN_SUM(offload_waited)]) ||
	    stat_put(msg, FM_A_CPU_STAT_PRIORITY,
		     sum[FM_CHAIN_SUM(priority)]))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

struct inst_counter {
	u16 attr;
	u16 sum;
};

static int stat_put_inst(struct sk_buff *msg, const struct fm_inst *inst)
{
	static const struct inst_counter counters[] = {
		{ FM_A_INST_STAT_PACKETS, FM_INST_SUM(packets) },
		{ FM_A_INST_STAT_BYTES, FM_INST_SUM(bytes) },
		{ FM_A_INST_STAT_DROPPED, FM_INST_SUM(dropped) },
		{ FM_A_INST_STAT_CREATED, FM_INST_SUM(created) },
		{ FM_A_INST_STAT_EXPIRED, FM_INST_SUM(expired) },
		{ FM_A_INST_STAT_EVICTED, FM_INST_SUM(evicted) },
		{ FM_A_INST_STAT_REFUSED, FM_INST_SUM(refused) },
		{ FM_A_INST_STAT_SAMPLES, FM_INST_SUM(samples) },
		{ FM_A_INST_STAT_SAMPLED_NS, FM_INST_SUM(sampled_ns) },
	};
	struct fm_dump dump = { .msg = msg, .attr = FM_A_INST_STAT_VALUE };
	struct nlattr *nest = nla_nest_start(msg, FM_A_STAT_INST);
	u64 sum[FM_INST_COUNTERS];
	unsigned int i;

	if (!nest || nla_put_string(msg, FM_A_INST_STAT_NAME, inst->name))
		return -EMSGSIZE;
	fm_account_read(inst->account, sum);
	for (i = 0; i < ARRAY_SIZE(counters); i++)
		if (stat_put(msg, counters[i].attr, sum[counters[i].sum]))
			return -EMSGSIZE;
	if (stat_put(msg, FM_A_INST_STAT_ENTRIES, sum[FM_INST_SUM(created)] -
		     sum[FM_INST_SUM(expired)] - sum[FM_INST_SUM(evicted)] -
		     sum[FM_INST_SUM(deleted)]))
		return -EMSGSIZE;
	for (i = 0; i < inst->ops->nreasons; i++)
		if (fm_netlink_put_value(msg, FM_A_INST_STAT_REASON,
					 inst->ops->reasons[i],
					 sum[FM_INST_SUM(reason) + i]))
			return -EMSGSIZE;
	if (inst->ops->show)
		inst->ops->show(&dump, inst->config, inst->account->cpu);
	if (dump.err)
		return dump.err;
	nla_nest_end(msg, nest);
	return 0;
}

static int stat_put_group(struct sk_buff *msg, const struct fm_group *group)
{
	struct nlattr *nest = nla_nest_start(msg, FM_A_STAT_GROUP);
	struct fm_store *store = group->store;
	u64 tables = 0, entries = 0;
	u32 i;

	for (i = 0; i < store->nslots; i++) {
		const struct fm_table *table = &fm_store_slot(store, i)->table;

		tables += fm_table_memory(table);
		entries += READ_ONCE(table->entries);
	}
	if (!nest || nla_put_u32(msg, FM_A_GROUP_STAT_ID, group->index) ||
	    stat_put(msg, FM_A_GROUP_STAT_MEMORY, percpu_counter_sum_positive(
			&store->tables.memory.bytes)) ||
	    stat_put(msg, FM_A_GROUP_STAT_TABLES, tables) ||
	    stat_put(msg, FM_A_GROUP_STAT_ENTRIES, entries) ||
	    stat_put(msg, FM_A_GROUP_STAT_FAILURES,
		     (u32)atomic_read(&store->tables.failures)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int stat_fill(struct sk_buff *msg, const void *object)
{
	const struct fm_chain *chain = object;
	const struct fm_plan *plan = fm_chain_plan(chain);
	struct nlattr *nest;
	u32 i;
	int cpu;

	if (nla_put_string(msg, FM_A_CHAIN_NAME, chain->name))
		return -EMSGSIZE;
	nest = nla_nest_start(msg, FM_A_STAT);
	if (!nest || stat_put_chain(msg, chain))
		return -EMSGSIZE;
	for (i = 0; i < plan->ninsts; i++)
		if (stat_put_inst(msg, &plan->insts[i]))
			return -EMSGSIZE;
	for (i = 0; i < plan->ngroups; i++)
		if (stat_put_group(msg, &plan->groups[i]))
			return -EMSGSIZE;
	for (i = 0; i < plan->nsegs; i++)
		if (stat_put_seg(msg, chain, i))
			return -EMSGSIZE;
	for_each_online_cpu(cpu)
		if (stat_put_cpu(msg, chain, cpu))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int fm_nl_stat_get(struct sk_buff *skb, struct genl_info *info)
{
	return fm_netlink_reply_chain(info, FM_CMD_STAT_GET, stat_fill);
}
