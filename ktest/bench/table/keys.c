// SPDX-License-Identifier: GPL-2.0-or-later
/* The hash of the keys. */
#include <linux/siphash.h>
#include "bench.h"

/**
 * bench_hash - the module's hash, in 64 bits, for all tables
 * @key: the key
 */
uint64_t bench_hash(const struct bench_key *key)
{
	static const hsiphash_key_t seed;

	return fm_user_siphash13(key->dst[0] << 32 | key->src[0], key->tail,
				 &seed);
}

bool bench_key_equal(const struct bench_key *a, const struct bench_key *b)
{
	const uint64_t *x = (const uint64_t *)a, *y = (const uint64_t *)b;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) |
		 (x[3] ^ y[3]) | (x[4] ^ y[4]));
}
