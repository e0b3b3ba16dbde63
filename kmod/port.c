// SPDX-License-Identifier: GPL-2.0
/*
 * Ports whose packets come back to the same shard. For a fixed hash key the
 * index of a shard is linear in the bits of a port, over GF(2): the index of a
 * packet is that of the same packet with port 0, XOR one value per bit that is
 * set. So the ports that lead to a shard are the solutions of at most 12
 * equations in 16 unknowns: none, or one of them XOR everything that a few
 * ports which leave the index alone can make together.
 *
 * Bits are added from the lowest on. One that brings about a new index, alone
 * or with those before it, is used to solve with; each of the others is free:
 * it can be cancelled by used ones that are lower. Such a free bit and what
 * cancels it leave the index alone. So a solution may have any of its free
 * bits, the first one has none, and as no used bit is higher than the free one
 * it cancels, the n-th solution in ascending order is the first one XOR what
 * belongs to the free bits that are the bits of n. A range of ports thus is a
 * range of n.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include "chain.h"
#include "pkt.h"
#include "port.h"
#include "state.h"
#include "steer.h"

/* Of ports that are added in ascending order and have one bit each. */
static void space_add(struct fm_port_space *space, u16 value, u16 port)
{
	unsigned int b;

	for (b = FM_PORT_INDEX_BITS; b-- > 0;) {
		if (!(value >> b & 1))
			continue;
		if (!space->value[b]) {
			space->value[b] = value;
			space->port[b] = port;
			return;
		}
		value ^= space->value[b];
		port ^= space->port[b];
	}
	space->free[space->nfree++] = port;
}

/**
 * fm_port_setup - find out what a port does
 * @space: filled in
 * @toeplitz: the hash key
 * @family: 4 or 6
 * @field: FM_F_SRC_PORT or FM_F_DST_PORT
 * @nshards: a power of two
 */
void fm_port_setup(struct fm_port_space *space,
		   const struct fm_toeplitz *toeplitz, u8 family, u32 field,
		   u32 nshards)
{
	struct fm_pkt pkt = { .family = family };
	unsigned int b;

	BUILD_BUG_ON(FM_SHARDS_MAX > 1 << FM_PORT_INDEX_BITS);

	memset(space, 0, sizeof(*space));
	for (b = 0; b < FM_PORT_BITS; b++) {
		if (field == FM_F_SRC_PORT)
			pkt.sport = htons(1U << b);
		else
			pkt.dport = htons(1U << b);
		space_add(space, fm_toeplitz_hash(toeplitz, &pkt, true) &
			  (nshards - 1), 1U << b);
	}
}

/* The smallest port that changes the index by @index. */
static bool space_solve(const struct fm_port_space *space, u16 index,
			u16 *port)
{
	unsigned int b;

	*port = 0;
	for (b = FM_PORT_INDEX_BITS; b-- > 0;) {
		if (!(index >> b & 1))
			continue;
		if (!space->value[b])
			return false;
		index ^= space->value[b];
		*port ^= space->port[b];
	}
	return true;
}

/* The @n-th solution, from 0, if @first is the first one. */
static u16 space_nth(const struct fm_port_space *space, u16 first, u32 n)
{
	unsigned int b;

	for (b = 0; n; b++, n >>= 1)
		if (n & 1)
			first ^= space->free[b];
	return first;
}

/* How many solutions are less than @port. */
static u32 space_below(const struct fm_port_space *space, u16 first, u32 port)
{
	u32 low = 0, high = 1U << space->nfree, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (space_nth(space, first, mid) < port)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int space_search(const struct fm_port_space *space, u16 first,
			const struct fm_port_request *request)
{
	u32 low = space_below(space, first, request->min);
	u32 n = space_below(space, first, request->max + 1U) - low;
	u32 from = space_below(space, first, request->from) - low, i;
	u16 port;

	/* Below the range it is far above as an unsigned number, too. */
	if (from >= n)
		from = 0;
	for (i = 0; i < min_t(u32, n, FM_PORT_TRIES); i++) {
		port = space_nth(space, first, low + (from + i) % n);
		if (!request->is_used || !request->is_used(request->arg, port))
			return port;
	}
	return n ? -EADDRINUSE : -EADDRNOTAVAIL;
}

/* The packet with the port in question left out. */
static void request_fill(const struct fm_port_request *request,
			 struct fm_pkt *pkt)
{
	*pkt = (struct fm_pkt){
		.src = request->src,
		.dst = request->dst,
		.sport = request->sport,
		.dport = request->dport,
		.family = request->family,
		.l4proto = request->l4proto,
	};
	fm_pkt_classify(pkt);
	if (request->field == FM_F_SRC_PORT)
		pkt->sport = 0;
	else
		pkt->dport = 0;
}

/* States that all CPUs share are found from every shard. */
static const struct fm_steer *port_steer(const struct fm_ctx *ctx)
{
	return ctx->inst && ctx->inst->mode != FM_MODE_LOCAL ? NULL :
							       ctx->steer;
}

int fm_port_choose(const struct fm_ctx *ctx,
		   const struct fm_port_request *request)
{
	/* All ports are alike where they are no part of the hash. */
	static const struct fm_port_space all = {
		.free = { 1U << 0, 1U << 1, 1U << 2, 1U << 3,
			  1U << 4, 1U << 5, 1U << 6, 1U << 7,
			  1U << 8, 1U << 9, 1U << 10, 1U << 11,
			  1U << 12, 1U << 13, 1U << 14, 1U << 15 },
		.nfree = FM_PORT_BITS,
	};
	const struct fm_port_space *space = &all;
	const struct fm_steer *steer = port_steer(ctx);
	struct fm_pkt pkt;
	u16 port = 0;
	u32 shard;

	if (!request->min || request->min > request->max ||
	    (request->family != 4 && request->family != 6) ||
	    (request->field != FM_F_SRC_PORT &&
	     request->field != FM_F_DST_PORT))
		return -EINVAL;
	if (!steer)
		return space_search(space, port, request);
	request_fill(request, &pkt);
	if (fm_steer_ports(steer, &pkt))
		space = fm_steer_port_space(steer, request->family,
					    request->field);
	shard = fm_steer_shard(steer, fm_steer_hash(steer, &pkt));
	if (!space_solve(space, shard ^ ctx->shard, &port))
		return -EOPNOTSUPP;
	return space_search(space, port, request);
}
EXPORT_SYMBOL_GPL(fm_port_choose);
