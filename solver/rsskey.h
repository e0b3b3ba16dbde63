/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Properties of a Toeplitz RSS key: what it hashes to, which header fields can
 * move a packet to another indirection entry, and how well it spreads.
 *
 * Bit 0 is the most significant bit of byte 0, of keys and of hash inputs. An
 * input is src_ip, dst_ip[, src_port, dst_port] in network order. The
 * indirection entry is the low m bits of the hash, of a table with 2^m entries.
 */
#ifndef FM_SOLVER_RSSKEY_H
#define FM_SOLVER_RSSKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flowmage.h"

#define FM_RSSKEY_M_MIN		4
#define FM_RSSKEY_M_MAX		11
#define FM_RSSKEY_FIELDS	4	/* src_ip, dst_ip, src_port, dst_port */

enum fm_family {
	FM_FAMILY_V4,
	FM_FAMILY_V6,
	FM_FAMILY_MAX
};

/* Bits start, start + 1, ... end - 1. */
struct fm_span {
	unsigned int start;
	unsigned int end;
};

struct fm_span fm_rsskey_input(enum fm_family family, uint32_t field);
struct fm_span fm_rsskey_window(struct fm_span input, unsigned int m);
uint32_t fm_rsskey_hash(const uint8_t *key, size_t key_len,
			const uint8_t *input, size_t input_len);
uint32_t fm_rsskey_effective(const uint8_t *key, size_t key_len, unsigned int m,
			     enum fm_family family, bool ports);
bool fm_rsskey_symmetric(const uint8_t *key, size_t key_len, unsigned int m,
			 enum fm_family family, bool ports);
unsigned int fm_rsskey_rank(const uint8_t *key, size_t key_len, unsigned int m,
			    struct fm_span input);
unsigned int fm_rsskey_blind(const uint8_t *key, size_t key_len, unsigned int m,
			     struct fm_span input);

#endif
