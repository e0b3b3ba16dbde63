/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_KEY_H
#define _FM_KEY_H

#include <linux/kernel.h>
#include <linux/siphash.h>
#include <linux/string.h>
#include "flowmage_nf.h"

/**
 * struct fm_key - what a state is indexed by
 * @src: source address, zero if not in the field set
 * @dst: destination address, likewise
 * @sport: source port, likewise
 * @dport: destination port, likewise
 * @l4proto: IP protocol, likewise
 * @family: 4 or 6, always
 * @seq: 0; of the key in an entry, odd while its states are being written
 */
struct fm_key {
	struct fm_addr src;
	struct fm_addr dst;
	__be16 sport;
	__be16 dport;
	u8 l4proto;
	u8 family;
	u16 seq;
} __aligned(8);

/* The fifth word but for @seq, which may be written meanwhile. */
static inline u64 fm_key_tail(const struct fm_key *key)
{
	return READ_ONCE(((const u64 *)key)[4]) &
	       (__force u64)cpu_to_le64(~0ULL >> 16);
}

/* The one place that compares keys, so that a new member is not forgotten. */
static inline bool fm_key_equal(const struct fm_key *a, const struct fm_key *b)
{
	const u64 *x = (const u64 *)a, *y = (const u64 *)b;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) |
		 (x[3] ^ y[3]) | (fm_key_tail(a) ^ fm_key_tail(b)));
}

/* Of IPv4 all that is not zero is hashed, which is 16 bytes of 40. */
static inline u32 fm_key_hash(const struct fm_key *key,
			      const hsiphash_key_t *seed)
{
	u64 word[5] = { 0, 0, 0, 0, fm_key_tail(key) };

	if (likely(key->family == 4))
		return hsiphash_4u32((__force u32)key->src.w[0],
				     (__force u32)key->dst.w[0],
				     word[4], word[4] >> 32, seed);
	memcpy(word, key, 4 * sizeof(*word));
	return hsiphash(word, sizeof(word), seed);
}

void fm_key_build(struct fm_key *key, const struct fm_pkt *pkt, u32 fields,
		  bool bidirectional);
bool fm_key_closed(u32 fields);
int fm_key_format(char *buf, size_t size, u32 fields);

#endif
