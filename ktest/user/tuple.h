/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole packets of IPv4 and IPv6, for units of NFs that rewrite them. Included
 * by one file of a unit, which says with put_addr() what the addresses of its
 * hosts are.
 */
#ifndef FM_USER_TUPLE_H
#define FM_USER_TUPLE_H

#include <linux/in.h>
#include <linux/string.h>
#include "frame.h"

static u8 family = 4;	/* of all that follows */

/* Addresses are numbers of hosts. */
struct tuple {
	u32 src, sport, dst, dport;
};

#define T(s, sp, d, dp)		((struct tuple){ s, sp, d, dp })

static void put_addr(u8 *p, u32 host);

static u32 ip_len(void)
{
	return family == 4 ? 20 : 40;
}

static u8 icmp_proto(void)
{
	return family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
}

/* Where the checksum is in a transport header. */
static u32 sum_at(u8 proto)
{
	return proto == IPPROTO_TCP ? 16 : proto == IPPROTO_UDP ? 6 : 2;
}

/* What the checksum of a transport header and what follows it sums up to. */
static u32 l4_sum(const u8 *ip, u8 proto, u32 len)
{
	u32 sum = 0;

	if (proto != IPPROTO_ICMP)
		sum = sum_of(len + proto, family == 4 ? ip + 12 : ip + 8,
			     family == 4 ? 8 : 32);
	return sum_of(sum, ip + ip_len(), len);
}

/* A network header at @ip, of a packet of @len bytes. */
static void put_ip(u8 *ip, u8 proto, u32 src, u32 dst, u32 len)
{
	memset(ip, 0, ip_len());
	if (family == 4) {
		ip[0] = 0x45;
		put16(ip + 2, len);
		ip[8] = 64;
		ip[9] = proto;
		put_addr(ip + 12, src);
		put_addr(ip + 16, dst);
		put16(ip + 10, ~sum_of(0, ip, 20));
		return;
	}
	ip[0] = 0x60;
	put16(ip + 4, len - 40);
	ip[6] = proto;
	put_addr(ip + 8, src);
	put_addr(ip + 24, dst);
}

static void put_sum(u8 *ip, u8 proto, u32 len)
{
	u8 *sum = ip + ip_len() + sum_at(proto);

	put16(sum, 0);
	put16(sum, ~l4_sum(ip, proto, len - ip_len()));
}

/* A whole packet; of ICMP @sport is the identifier and @dport the type. */
static void put_packet(u8 *ip, u8 proto, struct tuple t, u8 flags, u32 len)
{
	u8 *l4 = ip + ip_len();
	u32 i;

	put_ip(ip, proto, t.src, t.dst, len);
	for (i = ip_len(); i < len; i++)
		ip[i] = i * 7;
	if (proto == icmp_proto()) {
		l4[0] = t.dport;
		l4[1] = 0;
		put16(l4 + 4, t.sport);
	} else {
		put16(l4, t.sport);
		put16(l4 + 2, t.dport);
	}
	if (proto == IPPROTO_TCP) {
		l4[12] = 0x50;
		l4[13] = flags;
	} else if (proto == IPPROTO_UDP) {
		put16(l4 + 4, len - ip_len());
	}
	put_sum(ip, proto, len);
}

#endif
