/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_BITOPS_H
#define USER_LINUX_BITOPS_H

#include <linux/kernel.h>

static inline unsigned long __ffs64(u64 word)
{
	return (unsigned int)__builtin_ctzll(word);
}

static inline unsigned int hweight64(u64 word)
{
	return __builtin_popcountll(word);
}

static inline bool test_bit(unsigned long n, const volatile void *bitmap)
{
	const volatile unsigned long *word = bitmap;

	return word[n / (8 * sizeof(*word))] >> n % (8 * sizeof(*word)) & 1;
}

static inline bool test_and_set_bit(unsigned int nr, unsigned long *word)
{
	return __atomic_fetch_or(word, 1UL << nr, __ATOMIC_SEQ_CST) >> nr & 1;
}

static inline void clear_bit(unsigned int nr, unsigned long *word)
{
	__atomic_fetch_and(word, ~(1UL << nr), __ATOMIC_RELAXED);
}

#endif
