// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/skbuff.h>
#include <linux/netfilter/x_tables.h>

struct limit_entry {
	struct hlist_node node;
	__be32 addr;
	u64 tokens;
	u32 last;
};

struct limit_table {
	u32 seed;
	struct hlist_head hash[256];
};

static struct limit_table *table;

static struct limit_entry *limit_find(struct limit_table *t, __be32 addr)
{
	struct limit_entry *e;
	u32 h = jhash_1word(addr, t->seed) & 255;

	hlist_for_each_entry_rcu(e, &t->hash[h], node)
		if (e->addr == addr)
			return e;
	return NULL;
}

static bool limit_mt(const struct sk_buff *skb, struct xt_action_param *par)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct limit_entry *e = limit_find(table, iph->saddr);

	if (!e) {
		e = kzalloc(sizeof(*e), GFP_ATOMIC);
		if (!e)
			return false;
		e->addr = iph->saddr;
		hlist_add_head_rcu(&e->node, &table->hash[0]);
		return true;
	}
	e->tokens -= skb->len;
	return e->tokens > 0;
}

static struct xt_match limit_reg __read_mostly = {
	.name = "limit", .match = limit_mt,
};
