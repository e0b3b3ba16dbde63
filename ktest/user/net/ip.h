/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_NET_IP_H
#define USER_NET_IP_H

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/types.h>

#define IP_MF		0x2000
#define IP_OFFSET	0x1fff

static inline bool ip_is_fragment(const struct iphdr *iph)
{
	return iph->frag_off & htons(IP_MF | IP_OFFSET);
}

#endif
