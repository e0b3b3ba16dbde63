/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_DEFRAG_H
#define _FM_DEFRAG_H

#include <linux/types.h>
#include "pkt.h"

struct fm_plan;
struct net;
struct netlink_ext_ack;
struct nlattr;

/* The kernel's reassembly of IPv6, in a module that need not be there. */
typedef int (*fm_defrag_fn)(struct net *net, struct sk_buff *skb, u32 user);

int fm_defrag_load(const struct nlattr *attr, struct netlink_ext_ack *extack);
int fm_defrag_setup(struct fm_plan *plan, struct netlink_ext_ack *extack);
void fm_defrag_cleanup(struct fm_plan *plan);
enum fm_parse fm_defrag_eval(const struct fm_plan *plan, struct fm_pkt *pkt);

#endif
