// SPDX-License-Identifier: GPL-2.0
/*
 * The dump of states: filtered here, restartable, under RCU beside the traffic.
 */
#include <linux/ktime.h>
#include "netlink.h"
#include "nl_filter.h"
#include "offload.h"

#define FLOW_PAUSE	4096	/* entries looked at before others get a turn */

/* Where a dump goes on; fits in the callback's ctx. */
struct flow_pos {
	u32 generation;		/* of the chain when it began */
	u32 group;
	u32 slot;
	u32 shown;
	struct fm_table_pos table;
};

struct flow_walk {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	const struct fm_plan *plan;
	const struct fm_group *group;
	const struct fm_filter *filter;
	struct fm_entry *entry;		/* a copy that no NF writes */
	u32 slot;
	u64 now_ns;
	u32 shown;
	u32 looked;
	bool full;			/* the message */
	bool done;			/* the limit was reached */
};

void fm_dump_uint(struct fm_dump *dump, const char *name, u64 value)
{
	if (!dump->err)
		dump->err = fm_netlink_put_value(dump->msg, dump->attr, name,
						 value);
}
EXPORT_SYMBOL_GPL(fm_dump_uint);

void fm_dump_time(struct fm_dump *dump, const char *name, u64 mono_ns)
{
	fm_dump_uint(dump, name, mono_ns ?
		     ktime_to_ns(ktime_mono_to_real(ns_to_ktime(mono_ns))) : 0);
}
EXPORT_SYMBOL_GPL(fm_dump_time);

static int flow_put_addr(struct sk_buff *msg, int attr, bool wanted, u8 family,
			 const struct fm_addr *addr)
{
	return wanted ? nla_put(msg, attr, family == 4 ? 4 : 16, addr) : 0;
}

/**
 * fm_nl_flow_put_key - put the fields of a key
 * @msg: inside a nest of fm_flow_attr
 * @key: the key
 * @fields: FM_F_* that it has
 *
 * Return: 0 or -EMSGSIZE.
 */
int fm_nl_flow_put_key(struct sk_buff *msg, const struct fm_key *key,
		       u32 fields)
{
	if (nla_put_u32(msg, FM_A_FLOW_KEY, fields) ||
	    nla_put_u8(msg, FM_A_FLOW_FAMILY, key->family) ||
	    flow_put_addr(msg, FM_A_FLOW_SRC, fields & FM_F_SRC_IP,
			  key->family, &key->src) ||
	    flow_put_addr(msg, FM_A_FLOW_DST, fields & FM_F_DST_IP,
			  key->family, &key->dst) ||
	    (fields & FM_F_SRC_PORT &&
	     nla_put_u16(msg, FM_A_FLOW_SRC_PORT, ntohs(key->sport))) ||
	    (fields & FM_F_DST_PORT &&
	     nla_put_u16(msg, FM_A_FLOW_DST_PORT, ntohs(key->dport))) ||
	    (fields & FM_F_PROTOCOL &&
	     nla_put_u8(msg, FM_A_FLOW_PROTOCOL, key->l4proto)))
		return -EMSGSIZE;
	return 0;
}

static int flow_put_state(struct sk_buff *msg, const struct fm_inst *inst,
			  struct fm_entry *entry)
{
	const struct fm_store *store = inst->group->store;
	struct nlattr *nest = nla_nest_start(msg, FM_A_FLOW_STATE);
	struct fm_dump dump = { .msg = msg, .attr = FM_A_STATE_VALUE };

	if (!nest || nla_put_string(msg, FM_A_STATE_INST, inst->name))
		return -EMSGSIZE;
	if (inst->ops->dump)
		inst->ops->dump(&dump, fm_entry_state(store, entry,
						      inst->member));
	if (dump.err)
		return dump.err;
	nla_nest_end(msg, nest);
	return 0;
}

static bool flow_shows(const struct flow_walk *walk,
		       const struct fm_inst *inst, struct fm_entry *entry)
{
	return inst->group == walk->group &&
	       entry->present & BIT(inst->member) &&
	       fm_entry_idle_ns(entry->last, walk->now_ns) <=
	       fm_entry_timeout_ns(walk->group, entry, inst->member);
}

static int flow_put_states(const struct flow_walk *walk,
			   struct fm_entry *entry)
{
	const struct fm_inst *inst = walk->plan->insts;
	const struct fm_inst *end = inst + walk->plan->ninsts;

	for (; inst < end; inst++)
		if (flow_shows(walk, inst, entry) &&
		    flow_put_state(walk->skb, inst, entry))
			return -EMSGSIZE;
	return 0;
}

static int flow_fill(struct sk_buff *msg, const void *object)
{
	const struct flow_walk *walk = object;
	struct fm_entry *entry = walk->entry;
	const struct fm_store *store = walk->group->store;
	const struct fm_steer *steer = walk->plan->segs[walk->group->seg].steer;
	s64 idle_ns = fm_entry_idle_ns(entry->last, walk->now_ns);
	struct nlattr *nest = nla_nest_start(msg, FM_A_FLOW);

	if (!nest || fm_nl_flow_put_key(msg, &entry->key, store->key) ||
	    nla_put_u32(msg, FM_A_FLOW_GROUP, walk->group->index) ||
	    nla_put_u32(msg, FM_A_FLOW_SEGMENT, walk->group->seg) ||
	    nla_put_u32(msg, FM_A_FLOW_MODE, store->mode) ||
	    (store->mode == FM_MODE_LOCAL &&
	     (nla_put_u32(msg, FM_A_FLOW_SHARD, walk->slot) ||
	      nla_put_u32(msg, FM_A_FLOW_SLICE,
			  fm_offload_slice(steer, &entry->key)))) ||
	    nla_put_u64_64bit(msg, FM_A_FLOW_IDLE_MS,
			      div_u64(idle_ns, NSEC_PER_MSEC),
			      FM_A_FLOW_PAD) ||
	    flow_put_states(walk, entry))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static bool flow_has_inst(const struct flow_walk *walk, struct fm_entry *entry)
{
	const struct fm_inst *inst = walk->plan->insts;
	const struct fm_inst *end = inst + walk->plan->ninsts;
	const char *name = walk->filter->inst;

	for (; inst < end; inst++)
		if (flow_shows(walk, inst, entry) &&
		    (!name || !strcmp(inst->name, name)))
			return true;
	return false;
}

/* Flags in the messages that follow say that something may be missing. */
static void flow_tear(struct flow_walk *walk)
{
	walk->cb->prev_seq = ~walk->cb->seq;
}

static bool flow_dump_entry(struct fm_entry *entry, void *arg)
{
	struct flow_walk *walk = arg;

	if (++walk->looked > FLOW_PAUSE)
		return true;
	if (!fm_filter_has_key(walk->filter, &entry->key,
			       walk->group->store->key))
		return false;
	if (!fm_entry_copy(walk->group->store, entry, walk->entry)) {
		flow_tear(walk);
		return false;
	}
	if (!flow_has_inst(walk, walk->entry))
		return false;
	if (walk->filter->limit && walk->shown == walk->filter->limit) {
		walk->done = true;
		return true;
	}
	walk->full = fm_netlink_dump_one(walk->skb, walk->cb, FM_CMD_FLOW_GET,
					 flow_fill, walk, GFP_ATOMIC);
	walk->shown += !walk->full;
	return walk->full;
}

/* The same for the one entry of a key. */
static bool flow_find(struct flow_walk *walk, const struct fm_table *table,
		      const struct fm_key *key)
{
	const struct fm_tables *tables = &walk->group->store->tables;
	struct fm_entry *entry;
	bool more;

	walk->looked = 0;
	rcu_read_lock_bh();
	entry = fm_table_lookup(table, key, fm_key_hash(key, &tables->seed));
	more = entry && flow_dump_entry(entry, walk);
	rcu_read_unlock_bh();
	return more;
}

/* Returns true when the message is full, or the limit was reached. */
static bool flow_walk_slot(struct flow_walk *walk, struct flow_pos *pos)
{
	const struct fm_store *store = walk->group->store;
	const struct fm_table *table = &fm_store_slot(store, walk->slot)->table;
	struct fm_key key;
	bool more;

	if (fm_filter_is_key(walk->filter, store->key, &key))
		return flow_find(walk, table, &key);
	do {
		walk->looked = 0;
		rcu_read_lock();
		more = fm_table_walk(table, &store->tables, &pos->table,
				     flow_dump_entry, walk);
		rcu_read_unlock();
		cond_resched();
	} while (more && !walk->full && !walk->done);
	if (pos->table.torn)
		flow_tear(walk);
	if (more)
		return true;
	pos->table = (struct fm_table_pos){};
	return false;
}

static void flow_walk(struct flow_walk *walk, struct flow_pos *pos)
{
	for (; pos->group < walk->plan->ngroups; pos->group++, pos->slot = 0) {
		walk->group = &walk->plan->groups[pos->group];
		for (; pos->slot < walk->group->store->nslots; pos->slot++) {
			walk->slot = pos->slot;
			if (fm_filter_has_slot(walk->filter, walk->group,
					       walk->slot) && flow_walk_slot(walk, pos))
				return;
		}
	}
}

static size_t flow_entry_size(const struct fm_plan *plan)
{
	size_t size = 0;
	u32 i;

	for (i = 0; i < plan->ngroups; i++)
		size = max(size, fm_entry_size(plan->groups[i].store));
	return size;
}

static int flow_dump(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct fm_chain *chain,
		     const struct fm_filter *filter)
{
	struct flow_pos *pos = (void *)cb->ctx;
	struct flow_walk walk = {
		.skb = skb,
		.cb = cb,
		.plan = fm_chain_plan(chain),
		.filter = filter,
		.now_ns = ktime_get_ns(),
		.shown = pos->shown,
	};

	if (!pos->generation)
		pos->generation = chain->generation;
	cb->seq = chain->generation;
	if (pos->generation != chain->generation)
		return 0;
	walk.entry = kvmalloc(flow_entry_size(walk.plan), GFP_KERNEL);
	if (!walk.entry)
		return -ENOMEM;
	flow_walk(&walk, pos);
	pos->shown = walk.shown;
	kvfree(walk.entry);
	return walk.full && !skb->len ? -EMSGSIZE : 0;
}

int fm_nl_flow_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fm_net *net = fm_net_get(sock_net(skb->sk));
	struct nlattr **attrs = fm_netlink_dump_attrs(cb);
	struct fm_filter filter = {};
	struct fm_chain *chain;
	int err;

	BUILD_BUG_ON(sizeof(struct flow_pos) > sizeof(cb->ctx));

	err = fm_filter_parse(&filter, attrs[FM_A_FILTER], cb->extack);
	if (err)
		return err;
	mutex_lock(&net->mutex);
	chain = fm_netlink_chain(net, attrs, cb->extack);
	err = IS_ERR(chain) ? PTR_ERR(chain) :
	      fm_filter_check(&filter, fm_chain_plan(chain), cb->extack);
	if (!err)
		err = flow_dump(skb, cb, chain, &filter);
	mutex_unlock(&net->mutex);
	return err ? err : skb->len;
}
