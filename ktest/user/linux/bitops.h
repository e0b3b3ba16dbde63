/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_BITOPS_H
#define USER_LINUX_BITOPS_H

#include <linux/kernel.h>

static inline unsigned long __ffs64(u64 word)
{
	return __builtin_ctzll(word);
}

static inline bool test_bit(unsigned long n, const volatile void *bitmap)
{
	const volatile unsigned long *word = bitmap;

	return word[n / (8 * sizeof(*word))] >> n % (8 * sizeof(*word)) & 1;
}

#endif
