// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys: as many different 5-tuples as are asked for, and their hash. */
#include <string.h>
#include <linux/siphash.h>
#include "bench.h"
#include "run.h"

/* Of SplitMix64; one to one, so no key comes twice. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/**
 * bench_key_make - a key by its number
 * @key: filled in whole
 * @n: the number
 */
void bench_key_make(struct bench_key *key, uint64_t n)
{
	uint64_t x = mix(n + 1);
	uint32_t dst = n;

	memset(key, 0, sizeof(*key));
	memcpy(key->src, &x, 4);
	memcpy(key->dst, &dst, 4);
	key->sport = x >> 32;
	key->dport = x >> 48;
	key->l4proto = 6;
	key->family = 4;
}

/**
 * bench_hash - SipHash-1-3 of a key, the hash of all tables
 * @key: the key
 */
uint64_t bench_hash(const struct bench_key *key)
{
	static const hsiphash_key_t seed;

	return fm_user_siphash13(key, sizeof(*key), &seed);
}

bool bench_key_equal(const struct bench_key *a, const struct bench_key *b)
{
	const uint64_t *x = (const uint64_t *)a, *y = (const uint64_t *)b;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) |
		 (x[3] ^ y[3]) | (x[4] ^ y[4]));
}
