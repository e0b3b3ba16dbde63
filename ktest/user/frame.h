/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of packets, for units that make them and look at them. */
#ifndef FM_USER_FRAME_H
#define FM_USER_FRAME_H

#include <linux/types.h>

static inline void put16(u8 *p, u32 value)
{
	p[0] = value >> 8;
	p[1] = value;
}

static inline u32 get16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

/* The sum of RFC 1071 over @n bytes, going on from @sum. */
static inline u32 sum_of(u32 sum, const u8 *p, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		sum += i & 1 ? p[i] : p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

#endif
