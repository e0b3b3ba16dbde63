/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers that depend on the seed alone: splitmix64. */
#ifndef GEN_RANDOM_H
#define GEN_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct gen_random {
	uint64_t state;
};

static inline uint64_t gen_random_next(struct gen_random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* One of 0 .. n - 1. */
static inline uint32_t gen_random_below(struct gen_random *random, uint32_t n)
{
	return (gen_random_next(random) >> 32) * n >> 32;
}

static inline uint32_t gen_random_between(struct gen_random *random,
					  uint32_t lo, uint32_t hi)
{
	return lo + gen_random_below(random, hi - lo + 1);
}

static inline bool gen_random_percent(struct gen_random *random, uint32_t n)
{
	return gen_random_below(random, 100) < n;
}

#endif
