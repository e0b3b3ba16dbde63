/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_NET_CHECKSUM_H
#define USER_NET_CHECKSUM_H

#include <linux/string.h>
#include <linux/types.h>

#define CSUM_MANGLED_0	((__sum16)0xffff)

static inline __wsum csum_add(__wsum sum, __wsum more)
{
	u32 res = sum + more;

	return res + (res < more);
}

static inline __wsum csum_sub(__wsum sum, __wsum less)
{
	return csum_add(sum, ~less);
}

static inline __wsum csum_unfold(__sum16 sum)
{
	return sum;
}

static inline __sum16 csum_fold(__wsum sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* Of whole 16 bit words, as the kernel's, but for the order of additions. */
static inline __wsum csum_partial(const void *buf, int len, __wsum sum)
{
	const u8 *p = buf;
	u16 word;

	for (; len > 1; len -= 2, p += 2) {
		memcpy(&word, p, sizeof(word));
		sum = csum_add(sum, word);
	}
	return sum;
}

static inline void csum_replace4(__sum16 *sum, __be32 from, __be32 to)
{
	*sum = csum_fold(csum_add(csum_sub(~csum_unfold(*sum), from), to));
}

static inline void csum_replace2(__sum16 *sum, __be16 from, __be16 to)
{
	csum_replace4(sum, from, to);
}

#endif
