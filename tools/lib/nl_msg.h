/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests and replies, for the nl_*.c files and their tests. Getters take
 * whatever length an attribute has and never read beyond it.
 */
#ifndef FM_TOOLS_NL_MSG_H
#define FM_TOOLS_NL_MSG_H

#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <string.h>
#include "elements.h"
#include "nl.h"

#define FM_NL_MSG_MAX	(96U << 10)	/* bytes of the largest request */

/* Called for every reply; non-zero ends the dump and is returned. */
typedef int (*fm_nl_reply_fn)(struct nlmsghdr *nlh, void *arg);

/* How the messages of a dump are delivered. */
enum fm_nl_delivery {
	FM_NL_STREAM,			/* as they come, whatever changes */
	FM_NL_CONSISTENT,		/* at the end, dumped again if changed */
};

struct nl_msg *fm_nl_msg_alloc(uint16_t family, uint8_t cmd, int flags);
struct nl_msg *fm_nl_request(struct fm_nl *nl, uint8_t cmd,
			     struct fm_error *err);
int fm_nl_do(struct fm_nl *nl, struct nl_msg *msg, fm_nl_reply_fn cb,
	     void *arg, struct fm_error *err);
int fm_nl_dump(struct fm_nl *nl, struct nl_msg *msg,
	       enum fm_nl_delivery delivery, fm_nl_reply_fn cb, void *arg,
	       struct fm_error *err);
int fm_nl_too_large(struct nl_msg *msg, struct fm_error *err);

int fm_nl_chain_fill(struct nl_msg *msg, const struct fm_chain *chain);
void fm_nl_chain_parse(struct nlmsghdr *nlh, struct fm_chain *chain);
void fm_nl_nf_parse(struct nlmsghdr *nlh, struct fm_nf_info *nf);
int fm_nl_filter_fill(struct nl_msg *msg, const struct fm_flow_filter *filter);
void fm_nl_flow_parse(struct nlattr *nest, struct fm_flow *flow);
void fm_nl_value_parse(struct nlattr *nest, struct fm_value *value);
void fm_nl_counter_parse(struct nlattr *nest, struct fm_counter *counter);
int fm_nl_stat_parse(struct nlmsghdr *nlh, struct fm_stat *stat);
void fm_nl_nic_parse(struct nlmsghdr *nlh, struct fm_nic *nic);
int fm_nl_nic_fill(struct nl_msg *msg, const struct fm_nic_change *change);
int fm_nl_move_fill(struct nl_msg *msg, const struct fm_shard_moves *moves,
		    bool hold);
void fm_nl_move_parse(struct nlattr *nest, struct fm_move_event *move);
void fm_nl_event_parse(struct nlmsghdr *nlh, struct fm_event *event,
		       struct fm_flow *flow, struct fm_move_event *move);

#define fm_nl_for_each_top(attr, nlh, rem) \
	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rem)

static inline uint64_t fm_nl_get_uint(struct nlattr *attr)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	switch (nla_len(attr)) {
	case sizeof(uint8_t):
		return *(uint8_t *)nla_data(attr);
	case sizeof(u16):
		memcpy(&u16, nla_data(attr), sizeof(u16));
		return u16;
	case sizeof(u32):
		memcpy(&u32, nla_data(attr), sizeof(u32));
		return u32;
	case sizeof(u64):
		memcpy(&u64, nla_data(attr), sizeof(u64));
		return u64;
	default:
		return 0;
	}
}

static inline void fm_nl_get_string(struct nlattr *attr, char *buf, size_t size)
{
	size_t len = strnlen(nla_data(attr), nla_len(attr));

	if (len >= size)
		len = size - 1;
	memcpy(buf, nla_data(attr), len);
	buf[len] = 0;
}

static inline size_t fm_nl_get_bytes(struct nlattr *attr, void *buf,
				     size_t size)
{
	size_t len = nla_len(attr);

	if (len > size)
		len = size;
	memcpy(buf, nla_data(attr), len);
	return len;
}

#endif
