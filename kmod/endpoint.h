/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which source the flows of an inside endpoint get, and to which endpoint an
 * outside port belongs, for NFs that translate.
 */
#ifndef _FM_ENDPOINT_H
#define _FM_ENDPOINT_H

#include "pool.h"
#include "session.h"

/**
 * struct fm_endpoint_ports - which ports may be given
 * @min: the smallest, in host order, not 0
 * @max: the largest, in host order
 */
struct fm_endpoint_ports {
	u16 min;
	u16 max;
};

int fm_endpoint_choose(struct fm_ctx *ctx, const struct fm_pool *pool,
		       const struct fm_endpoint_ports *ports,
		       const struct fm_pkt *flow, struct fm_pkt *to);
int fm_endpoint_map(struct fm_ctx *ctx, const struct fm_pool *pool,
		    const struct fm_endpoint_ports *ports,
		    const struct fm_pkt *flow, struct fm_pkt *to);
bool fm_endpoint_find(struct fm_ctx *ctx, const struct fm_pkt *flow,
		      struct fm_pkt *to);
void fm_endpoint_touch(struct fm_ctx *ctx, const struct fm_pkt *flow,
		       const struct fm_session *session);

#endif
