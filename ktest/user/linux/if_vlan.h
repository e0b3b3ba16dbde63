/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_IF_VLAN_H
#define USER_LINUX_IF_VLAN_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/skbuff.h>

struct vlan_hdr {
	__be16 h_vlan_TCI;
	__be16 h_vlan_encapsulated_proto;
};

static inline bool eth_type_vlan(__be16 protocol)
{
	return protocol == htons(ETH_P_8021Q) ||
	       protocol == htons(ETH_P_8021AD);
}

#define skb_vlan_tag_present(skb)	((skb)->vlan_present)

#endif
