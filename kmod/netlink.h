/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_NETLINK_H
#define _FM_NETLINK_H

#include <net/genetlink.h>
#include <net/sock.h>
#include "chain.h"
#include "net.h"

extern struct genl_family fm_netlink_family;

/* Indices of the multicast groups. */
enum fm_netlink_group {
	FM_NETLINK_CONFIG,
	FM_NETLINK_SHARD,
	FM_NETLINK_ALERT,
};

extern const struct nla_policy fm_chain_policy[FM_A_CHAIN_MAX + 1];
extern const struct nla_policy fm_filter_policy[FM_A_FILTER_MAX + 1];
extern const struct nla_policy fm_nic_policy[FM_A_NIC_MAX + 1];

/**
 * struct fm_dump - where an NF's dump() and show() write to
 * @msg: gets the values
 * @attr: as what: a nest of fm_value_attr
 * @err: -EMSGSIZE from when there is no more room
 */
struct fm_dump {
	struct sk_buff *msg;
	int attr;
	int err;
};

/* Puts an object's attributes into a message: 0 or -EMSGSIZE. */
typedef int (*fm_netlink_fill)(struct sk_buff *msg, const void *object);

int fm_netlink_init(void);
void fm_netlink_exit(void);

void *fm_netlink_put(struct sk_buff *msg, u32 portid, u32 seq, int flags,
		     u8 cmd);
int fm_netlink_dump_one(struct sk_buff *msg, struct netlink_callback *cb,
			u8 cmd, fm_netlink_fill fill, const void *object,
			gfp_t gfp);
int fm_netlink_reply(struct genl_info *info, u8 cmd, fm_netlink_fill fill,
		     const void *object);
int fm_netlink_reply_chain(struct genl_info *info, u8 cmd,
			   fm_netlink_fill fill);
int fm_netlink_need(const struct nlattr *parent, struct nlattr *const *attrs,
		    int type, const char *name, struct netlink_ext_ack *extack);
struct nlattr **fm_netlink_dump_attrs(struct netlink_callback *cb);
struct fm_chain *fm_netlink_chain(struct fm_net *net, struct nlattr **attrs,
				  struct netlink_ext_ack *extack);
int fm_netlink_check_generation(const struct fm_chain *chain,
				struct nlattr **attrs,
				struct netlink_ext_ack *extack);
int fm_netlink_put_value(struct sk_buff *msg, int attr, const char *name,
			 u64 value);

/* One handler per command, named like it. */
int fm_nl_nf_get(struct sk_buff *skb, struct genl_info *info);
int fm_nl_nf_dump(struct sk_buff *skb, struct netlink_callback *cb);
int fm_nl_chain_new(struct sk_buff *skb, struct genl_info *info);
int fm_nl_chain_set(struct sk_buff *skb, struct genl_info *info);
int fm_nl_chain_del(struct sk_buff *skb, struct genl_info *info);
int fm_nl_chain_get(struct sk_buff *skb, struct genl_info *info);
int fm_nl_chain_dump(struct sk_buff *skb, struct netlink_callback *cb);
int fm_nl_shard_dump(struct sk_buff *skb, struct netlink_callback *cb);
int fm_nl_flow_new(struct sk_buff *skb, struct genl_info *info);
int fm_nl_flow_del(struct sk_buff *skb, struct genl_info *info);
int fm_nl_shard_move(struct sk_buff *skb, struct genl_info *info);
int fm_nl_shard_go(struct sk_buff *skb, struct genl_info *info);
int fm_nl_flow_dump(struct sk_buff *skb, struct netlink_callback *cb);
int fm_nl_stat_get(struct sk_buff *skb, struct genl_info *info);
int fm_nl_nic_get(struct sk_buff *skb, struct genl_info *info);
int fm_nl_nic_dump(struct sk_buff *skb, struct netlink_callback *cb);
int fm_nl_offload_set(struct sk_buff *skb, struct genl_info *info);
int fm_nl_offload_del(struct sk_buff *skb, struct genl_info *info);
int fm_nl_offload_dump(struct sk_buff *skb, struct netlink_callback *cb);
int fm_nl_priority_set(struct sk_buff *skb, struct genl_info *info);
int fm_nl_priority_get(struct sk_buff *skb, struct genl_info *info);
int fm_nl_nic_set(struct sk_buff *skb, struct genl_info *info);
int fm_nl_list_new(struct sk_buff *skb, struct genl_info *info);
int fm_nl_list_add(struct sk_buff *skb, struct genl_info *info);
int fm_nl_list_dump(struct sk_buff *skb, struct netlink_callback *cb);

int fm_nl_list_init(void);
void fm_nl_list_exit(void);
int fm_nl_list_resolve(const struct fm_net *net, struct fm_inst_config *inst,
		       struct netlink_ext_ack *extack);
void fm_nl_list_keep(const struct fm_plan *plan, u32 portid);

int fm_nl_steer_parse(struct fm_chain_config *config, const struct nlattr *attr,
		      struct netlink_ext_ack *extack);
int fm_nl_steer_fill(struct sk_buff *msg, const struct fm_steer *steer);
int fm_nl_flow_put_key(struct sk_buff *msg, const struct fm_key *key,
		       u32 fields);

#endif
