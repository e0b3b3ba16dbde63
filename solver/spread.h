/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What decides a packet's shard, and which state is private to a shard then. */
#ifndef FM_SOLVER_SPREAD_H
#define FM_SOLVER_SPREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "flowmage.h"

/**
 * struct fm_spread - the hash that picks the shard
 * @fields: field set r, of those that a NIC hashes
 * @symmetric: both directions of a connection get one shard
 * @l4: FM_L4_*: protocols whose ports are in the hash input; the packets of
 *      the others are spread by the addresses of @fields alone
 */
struct fm_spread {
	uint32_t fields;
	bool symmetric;
	uint32_t l4;
};

bool fm_spread_fits(const struct fm_spread *steering, uint32_t key,
		      bool bidirectional);

#endif
