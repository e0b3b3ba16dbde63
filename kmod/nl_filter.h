/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_NL_FILTER_H
#define _FM_NL_FILTER_H

#include "chain.h"

/**
 * struct fm_filter - which entries somebody means
 * @attr: the nest, to point at in errors
 * @inst: with state of this NF
 * @shard: of this shard
 * @src: source address, of whose bits @src_len count
 * @dst: destination address, likewise
 * @src_len: see @src
 * @dst_len: see @dst
 * @port: source or destination port
 * @src_port: source port
 * @dst_port: destination port
 * @protocol: IP protocol
 * @limit: that many, 0 for all
 *
 * What is NULL does not matter.
 */
struct fm_filter {
	const struct nlattr *attr;
	const char *inst;
	const struct nlattr *shard;
	const struct nlattr *src;
	const struct nlattr *dst;
	u8 src_len;
	u8 dst_len;
	const struct nlattr *port;
	const struct nlattr *src_port;
	const struct nlattr *dst_port;
	const struct nlattr *protocol;
	u32 limit;
};

int fm_filter_parse(struct fm_filter *filter, const struct nlattr *attr,
		    struct netlink_ext_ack *extack);
int fm_filter_check(const struct fm_filter *filter, const struct fm_plan *plan,
		    struct netlink_ext_ack *extack);
bool fm_filter_has_key(const struct fm_filter *filter,
		       const struct fm_key *key, u32 fields);
bool fm_filter_is_key(const struct fm_filter *filter, u32 fields,
		      struct fm_key *key);
bool fm_filter_has_slot(const struct fm_filter *filter,
			const struct fm_group *group, u32 slot);

#endif
