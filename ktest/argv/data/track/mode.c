// SPDX-License-Identifier: GPL-2.0-only
/* Limits by the fields that its rule names, of two families of packets. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter/x_tables.h>

#define SLOTS	4096

struct mode_key {
	union {
		struct {
			__be32 src;
			__be32 dst;
		} v4;
		struct {
			__be32 src[4];
			__be32 dst[4];
		} v6;
	};
	__be16 src_port;
	__be16 dst_port;
};

struct mode_entry {
	struct hlist_node node;
	struct mode_key key;
	u32 tokens;
};

struct mode_rule {
	u8 family;
	u32 by;
	struct hlist_head slots[SLOTS];
};

static int mode_fill(const struct mode_rule *rule, const struct sk_buff *skb,
		     unsigned int off, struct mode_key *key)
{
	__be16 room[2], *ports;
	u8 proto;

	memset(key, 0, sizeof(*key));
	switch (rule->family) {
	case NFPROTO_IPV4:
		if (rule->by & 1)
			key->v4.src = ip_hdr(skb)->saddr;
		if (rule->by & 2)
			key->v4.dst = ip_hdr(skb)->daddr;
		if (!(rule->by & 12))
			return 0;
		proto = ip_hdr(skb)->protocol;
		break;
	case NFPROTO_IPV6:
		if (rule->by & 1)
			memcpy(&key->v6.src, &ipv6_hdr(skb)->saddr, 16);
		if (rule->by & 2)
			memcpy(&key->v6.dst, &ipv6_hdr(skb)->daddr, 16);
		if (!(rule->by & 12))
			return 0;
		proto = mode_last_header(skb, &off);
		break;
	default:
		return -1;
	}
	ports = skb_header_pointer(skb, off + mode_ports_offset(proto),
				   sizeof(room), &room);
	if (!ports)
		return -1;
	if (rule->by & 4)
		key->src_port = ports[0];
	if (rule->by & 8)
		key->dst_port = ports[1];
	return 0;
}

static struct mode_entry *mode_find(struct mode_rule *rule,
				    const struct mode_key *key)
{
	u32 slot = jhash2((const u32 *)key, sizeof(*key) / 4, 0) % SLOTS;
	struct mode_entry *e;

	hlist_for_each_entry(e, &rule->slots[slot], node)
		if (!memcmp(&e->key, key, sizeof(*key)))
			return e;
	return NULL;
}

static bool mode_mt(const struct sk_buff *skb, struct xt_action_param *par)
{
	struct mode_rule *rule = (struct mode_rule *)par->matchinfo;
	struct mode_entry *e;
	struct mode_key key;

	if (mode_fill(rule, skb, par->thoff, &key) < 0)
		return false;
	e = mode_find(rule, &key);
	if (!e || !e->tokens)
		return false;
	e->tokens--;
	return true;
}

static struct xt_match mode_reg = {
	.name = "mode",
	.match = mode_mt,
};
