/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Synthesis of an RSS key that hashes exactly the wanted header fields. */
#ifndef FM_SOLVER_KEYSYNTH_H
#define FM_SOLVER_KEYSYNTH_H

#include "rsskey.h"

#define FM_KEYSYNTH_REASON	192	/* bytes of a reason */

enum fm_keysynth_status {
	FM_KEYSYNTH_OK,
	FM_KEYSYNTH_INFEASIBLE,	/* no key does it; the reason names why */
	FM_KEYSYNTH_INVALID,	/* the request contradicts itself */
};

/* A key bit that something else has decided, such as a mirrored key. */
struct fm_keysynth_bit {
	unsigned int pos;
	bool value;
};

/**
 * struct fm_keysynth_request - what the key has to do
 * @fields: fields that decide the entry, of the four that a NIC hashes
 * @symmetric: both directions get one entry; @fields must be its own mirror
 * @v4: holds for IPv4 inputs
 * @v6: holds for IPv6 inputs; with @v4 one key does both
 * @ports: the inputs have the ports; without, only addresses can be in @fields
 *         and the key bits of the ports are not constrained
 * @m: log2 of the indirection entries, 4 to 11. A key for m also ignores and
 *     mirrors the same fields in every smaller table.
 * @key_len: bytes, 40 to 52
 * @seed: of the random part; equal requests give equal keys
 * @fixed: bits that are not free, or NULL
 * @n_fixed: how many
 */
struct fm_keysynth_request {
	uint32_t fields;
	bool symmetric;
	bool v4;
	bool v6;
	bool ports;
	unsigned int m;
	unsigned int key_len;
	uint64_t seed;
	const struct fm_keysynth_bit *fixed;
	unsigned int n_fixed;
};

/**
 * struct fm_keysynth_result - the key, or why there is none
 * @status: as returned
 * @key: the key, zero beyond key_len
 * @rank: bits of the entry that the fields decide, the lesser of both families
 * @free_bits: independent key bits that reach the entry
 * @blind: input bits of the wanted fields that cannot change the entry, per
 *         family; a key for both families cannot see some bits of IPv6
 * @reason: one sentence; empty when @status is FM_KEYSYNTH_OK
 */
struct fm_keysynth_result {
	enum fm_keysynth_status status;
	uint8_t key[FM_KEY_MAX];
	unsigned int rank;
	unsigned int free_bits;
	unsigned int blind[FM_FAMILY_MAX];
	char reason[FM_KEYSYNTH_REASON];
};

enum fm_keysynth_status
fm_keysynth_run(const struct fm_keysynth_request *req,
		struct fm_keysynth_result *res);

#endif
