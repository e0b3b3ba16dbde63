/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_TOEPLITZ_H
#define _FM_TOEPLITZ_H

#include "flowmage_nf.h"

/* Bytes of the hash input: addresses, then ports. */
#define FM_TOEPLITZ_IN4		12
#define FM_TOEPLITZ_IN6		36

/**
 * struct fm_toeplitz - a hash key, ready to use
 * @part: for every nibble of the input and each of its values, its share of
 *	the hash; half the cache lines of a table per byte
 */
struct fm_toeplitz {
	u32 part[2 * FM_TOEPLITZ_IN6][16];
};

void fm_toeplitz_init(struct fm_toeplitz *toeplitz, const u8 *key,
		      unsigned int len);
u32 fm_toeplitz_hash(const struct fm_toeplitz *toeplitz,
		     const struct fm_pkt *pkt, bool ports);
u32 fm_toeplitz_effective(const u8 *key, unsigned int len, unsigned int bits,
			  u8 family, bool ports);
bool fm_toeplitz_symmetric(const u8 *key, unsigned int len, unsigned int bits,
			   u8 family, bool ports);

#endif
