/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses that NFs which translate may give. */
#ifndef _FM_POOL_H
#define _FM_POOL_H

#include "flowmage_nf.h"

#define FM_POOL_PREFIXES_MAX	256
#define FM_POOL_LEN6_MIN	96	/* of its IPv6 prefixes */

/**
 * struct fm_pool - the addresses of some prefixes, each with all of its own
 * @list: the prefixes
 * @lpm: is an address one of them
 * @addresses: how many, of IPv4 and IPv6
 */
struct fm_pool {
	const struct fm_list *list;
	const struct fm_lpm *lpm;
	u32 addresses[2];
};

int fm_pool_setup(struct fm_pool *pool, struct fm_inst *inst,
		  const struct fm_list *list, struct netlink_ext_ack *extack);
void fm_pool_choose(const struct fm_pool *pool, u8 family,
		    const struct fm_addr *host, struct fm_addr *addr);

static inline bool fm_pool_has(const struct fm_pool *pool, u8 family,
			       const struct fm_addr *addr)
{
	return fm_lpm_lookup(pool->lpm, family, addr);
}

#endif
