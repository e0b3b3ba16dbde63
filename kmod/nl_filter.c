// SPDX-License-Identifier: GPL-2.0
/* Filters: which entries of the state tables a request is about. */
#include <net/netlink.h>
#include "error.h"
#include "netlink.h"
#include "nl_filter.h"

static bool addr_matches(const struct fm_addr *addr, const struct nlattr *want,
			 u8 bits)
{
	const u8 *a = (const u8 *)addr, *b = nla_data(want);
	u8 mask = 0xff << (8 - bits % 8);

	if (memcmp(a, b, bits / 8))
		return false;
	return !(bits % 8) || !((a[bits / 8] ^ b[bits / 8]) & mask);
}

static bool filter_has_addrs(const struct fm_filter *filter,
			   const struct fm_key *key, u32 fields)
{
	int len = key->family == 4 ? 4 : 16;

	if (filter->src && (!(fields & FM_F_SRC_IP) ||
			    nla_len(filter->src) != len ||
			    !addr_matches(&key->src, filter->src,
					  filter->src_len)))
		return false;
	return !filter->dst || (fields & FM_F_DST_IP &&
				nla_len(filter->dst) == len &&
				addr_matches(&key->dst, filter->dst,
					     filter->dst_len));
}

static bool filter_has_ports(const struct fm_filter *filter,
			  const struct fm_key *key, u32 fields)
{
	bool src = fields & FM_F_SRC_PORT, dst = fields & FM_F_DST_PORT;
	u16 port;

	if (filter->src_port &&
	    (!src || ntohs(key->sport) != nla_get_u16(filter->src_port)))
		return false;
	if (filter->dst_port &&
	    (!dst || ntohs(key->dport) != nla_get_u16(filter->dst_port)))
		return false;
	if (!filter->port)
		return true;
	port = nla_get_u16(filter->port);
	return (src && ntohs(key->sport) == port) ||
	       (dst && ntohs(key->dport) == port);
}

/**
 * fm_filter_has_key - is a key meant
 * @filter: the filter
 * @key: the key
 * @fields: FM_F_* that it has; what it lacks is not what was asked for
 */
bool fm_filter_has_key(const struct fm_filter *filter,
		       const struct fm_key *key, u32 fields)
{
	if (filter->protocol && (!(fields & FM_F_PROTOCOL) ||
	    key->l4proto != nla_get_u8(filter->protocol)))
		return false;
	return filter_has_addrs(filter, key, fields) &&
	       filter_has_ports(filter, key, fields);
}

static bool filter_is_addr(const struct nlattr *want, u8 bits,
			   struct fm_addr *addr, u8 *family)
{
	if (!want || bits != 8 * nla_len(want))
		return false;
	memcpy(addr, nla_data(want), nla_len(want));
	*family = nla_len(want) == 4 ? 4 : 6;
	return true;
}

static bool filter_is_port(const struct nlattr *want, __be16 *port)
{
	if (want)
		*port = htons(nla_get_u16(want));
	return want;
}

/**
 * fm_filter_is_key - is one key meant, which need not be searched for
 * @filter: the filter
 * @fields: FM_F_* of the keys, at least one address among them
 * @key: filled in; whether it is what the rest of the filter wants is left to
 *	fm_filter_has_key()
 *
 * Return: false if there may be others.
 */
bool fm_filter_is_key(const struct fm_filter *filter, u32 fields,
		      struct fm_key *key)
{
	memset(key, 0, sizeof(*key));
	if (fields & FM_F_SRC_IP &&
	    !filter_is_addr(filter->src, filter->src_len, &key->src,
			    &key->family))
		return false;
	if (fields & FM_F_DST_IP &&
	    !filter_is_addr(filter->dst, filter->dst_len, &key->dst,
			    &key->family))
		return false;
	if ((fields & FM_F_SRC_PORT &&
	     !filter_is_port(filter->src_port, &key->sport)) ||
	    (fields & FM_F_DST_PORT &&
	     !filter_is_port(filter->dst_port, &key->dport)))
		return false;
	if (fields & FM_F_PROTOCOL) {
		if (!filter->protocol)
			return false;
		key->l4proto = nla_get_u8(filter->protocol);
	}
	return key->family;
}

/**
 * fm_filter_has_slot - may there be something in a slot
 * @filter: the filter
 * @group: the group
 * @slot: of its store
 */
bool fm_filter_has_slot(const struct fm_filter *filter,
			const struct fm_group *group, u32 slot)
{
	return !filter->shard || (group->store->mode == FM_MODE_LOCAL &&
				  slot == nla_get_u32(filter->shard));
}

static int filter_prefix(const struct nlattr *addr, const struct nlattr *len,
			 u8 *bits, struct netlink_ext_ack *extack)
{
	if (!addr) {
		if (len)
			fm_error_set(extack, len,
				     "a prefix length without its address");
		return len ? -EINVAL : 0;
	}
	*bits = len ? nla_get_u8(len) : 8 * nla_len(addr);
	if (nla_len(addr) != 4 && nla_len(addr) != 16) {
		fm_error_set(extack, addr, "an address has 4 or 16 bytes");
		return -EINVAL;
	}
	if (*bits > 8 * nla_len(addr)) {
		fm_error_set(extack, len, "a prefix of %u bits is too long",
			     *bits);
		return -EINVAL;
	}
	return 0;
}

/**
 * fm_filter_parse - read a filter
 * @filter: filled in; points into the request
 * @attr: the nest, or NULL for everything
 * @extack: gets a sentence
 *
 * Return: 0 or a negative errno.
 */
int fm_filter_parse(struct fm_filter *filter, const struct nlattr *attr,
		    struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[FM_A_FILTER_MAX + 1];
	int err;

	memset(filter, 0, sizeof(*filter));
	if (!attr)
		return 0;
	filter->attr = attr;
	err = nla_parse_nested(attrs, FM_A_FILTER_MAX, attr, NULL, extack);
	if (err)
		return err;
	if (attrs[FM_A_FILTER_INST])
		filter->inst = nla_data(attrs[FM_A_FILTER_INST]);
	filter->shard = attrs[FM_A_FILTER_SHARD];
	filter->src = attrs[FM_A_FILTER_SRC];
	filter->dst = attrs[FM_A_FILTER_DST];
	filter->port = attrs[FM_A_FILTER_PORT];
	filter->src_port = attrs[FM_A_FILTER_SRC_PORT];
	filter->dst_port = attrs[FM_A_FILTER_DST_PORT];
	filter->protocol = attrs[FM_A_FILTER_PROTOCOL];
	if (attrs[FM_A_FILTER_LIMIT])
		filter->limit = nla_get_u32(attrs[FM_A_FILTER_LIMIT]);
	err = filter_prefix(filter->src, attrs[FM_A_FILTER_SRC_LEN],
			    &filter->src_len, extack);
	return err ? err :
	       filter_prefix(filter->dst, attrs[FM_A_FILTER_DST_LEN],
			     &filter->dst_len, extack);
}

/**
 * fm_filter_check - does a filter make sense
 * @filter: the filter
 * @plan: of the chain
 * @extack: gets a sentence
 *
 * Return: 0 or -ENOENT.
 */
int fm_filter_check(const struct fm_filter *filter, const struct fm_plan *plan,
		    struct netlink_ext_ack *extack)
{
	u32 i;

	if (!filter->inst)
		return 0;
	for (i = 0; i < plan->ninsts; i++)
		if (!strcmp(plan->insts[i].name, filter->inst))
			return 0;
	fm_error_set(extack, filter->attr, "the chain has no NF %s",
		     filter->inst);
	return -ENOENT;
}
