/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_ETHERDEVICE_H
#define USER_LINUX_ETHERDEVICE_H

#include <linux/if_ether.h>
#include <linux/string.h>
#include <linux/types.h>

bool mac_pton(const char *text, u8 *mac);

static inline void ether_addr_copy(u8 *to, const u8 *from)
{
	memcpy(to, from, ETH_ALEN);
}

static inline bool is_zero_ether_addr(const u8 *addr)
{
	return !memcmp(addr, "\0\0\0\0\0", ETH_ALEN);
}

static inline bool is_multicast_ether_addr(const u8 *addr)
{
	return addr[0] & 1;
}

#endif
