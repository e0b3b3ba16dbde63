/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_KEY_H
#define _FM_KEY_H

#include <linux/siphash.h>
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

/* Bytes of the sixth word that are the key's; what is left is @seq. */
#define FM_KEY_TAIL	6

/* The one place that compares keys, so that a new member is not forgotten. */
static inline bool fm_key_equal(const struct fm_key *a, const struct fm_key *b)
{
	const u64 *x = (const u64 *)a, *y = (const u64 *)b;
	u64 p = 0, q = 0;

	memcpy(&p, x + 4, FM_KEY_TAIL);
	memcpy(&q, y + 4, FM_KEY_TAIL);
	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) |
		 (x[3] ^ y[3]) | (p ^ q));
}

static inline u32 fm_key_hash(const struct fm_key *key,
			      const hsiphash_key_t *seed)
{
	return hsiphash(key, sizeof(*key), seed);
}

void fm_key_build(struct fm_key *key, const struct fm_pkt *pkt, u32 fields,
		  bool bidirectional);
bool fm_key_closed(u32 fields);
int fm_key_format(char *buf, size_t size, u32 fields);

#endif
