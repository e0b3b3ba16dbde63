// SPDX-License-Identifier: GPL-2.0
/*
 * Pools of addresses. A host always gets the same one, as RFC 4787 wants it, as
 * long as the pool is the same: it follows from the host's own address, so that
 * no table has to say so and every CPU knows.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "pool.h"

static unsigned int prefix_bits(const struct fm_prefix *prefix)
{
	return (prefix->family == 6 ? 128 : 32) - prefix->len;
}

/**
 * fm_pool_setup - make a pool of prefixes
 * @pool: filled in
 * @inst: the instance that init() was called for, with which the pool goes
 * @list: the prefixes, FM_POOL_PREFIXES_MAX at most
 * @extack: gets a sentence
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int fm_pool_setup(struct fm_pool *pool, struct fm_inst *inst,
		  const struct fm_list *list, struct netlink_ext_ack *extack)
{
	const struct fm_prefix *prefix = fm_list_prefixes(list);
	u32 n = fm_list_count(list);
	u64 sum[2] = { 0 };

	for (; n--; prefix++) {
		if (prefix->family == 6 && prefix->len < FM_POOL_LEN6_MIN) {
			NL_SET_ERR_MSG(extack,
				       "pool: an IPv6 prefix must have at least 96 bits");
			return -EINVAL;
		}
		sum[prefix->family == 6] += 1ULL << prefix_bits(prefix);
	}
	if (sum[0] > U32_MAX || sum[1] > U32_MAX) {
		NL_SET_ERR_MSG(extack,
			       "pool: there are more than 2^32 - 1 addresses of a family");
		return -EINVAL;
	}
	pool->list = list;
	pool->addresses[0] = sum[0];
	pool->addresses[1] = sum[1];
	pool->lpm = fm_lpm_create(inst, list, NULL, false, extack);
	return PTR_ERR_OR_ZERO(pool->lpm);
}

static u32 host_hash(const struct fm_addr *host)
{
	u32 hash = 0, i;

	for (i = 0; i < ARRAY_SIZE(host->w); i++) {
		hash = (hash ^ ntohl(host->w[i])) * 0x9e3779b1u;
		hash ^= hash >> 15;
	}
	return hash;
}

/**
 * fm_pool_choose - the address that a host gets
 * @pool: which has addresses of the family
 * @family: of the address: 4 or 6
 * @host: the host's own
 * @addr: set
 */
void fm_pool_choose(const struct fm_pool *pool, u8 family,
		    const struct fm_addr *host, struct fm_addr *addr)
{
	const struct fm_prefix *prefix = fm_list_prefixes(pool->list);
	bool is6 = family == 6;
	__be32 *last = &addr->w[is6 ? 3 : 0];
	u32 n = (u64)host_hash(host) * pool->addresses[is6] >> 32;

	for (;; prefix++) {
		if (prefix->family != family)
			continue;
		if (n < 1ULL << prefix_bits(prefix))
			break;
		n -= 1U << prefix_bits(prefix);
	}
	memset(addr, 0, sizeof(*addr));
	memcpy(addr, prefix->addr, is6 ? 16 : 4);
	*last = htonl(ntohl(*last) + n);
}
