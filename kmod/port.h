/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_PORT_H
#define _FM_PORT_H

#include <linux/types.h>

struct fm_toeplitz;

#define FM_PORT_BITS		16
#define FM_PORT_INDEX_BITS	12	/* of FM_SHARDS_MAX */

/**
 * struct fm_port_space - what the bits of a port do to the index of the shard
 * @value: by their highest bit: indices that a port can bring about, or 0
 * @port: by the same bit: which does
 * @free: ports that leave the index alone, ascending: each has a highest bit
 *	that is in none of the others nor in any of @port
 * @nfree: how many; together they make 2^@nfree such ports
 */
struct fm_port_space {
	u16 value[FM_PORT_INDEX_BITS];
	u16 port[FM_PORT_INDEX_BITS];
	u16 free[FM_PORT_BITS];
	u8 nfree;
};

void fm_port_setup(struct fm_port_space *space,
		   const struct fm_toeplitz *toeplitz, u8 family, u32 field,
		   u32 nshards);

#endif
