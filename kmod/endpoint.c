// SPDX-License-Identifier: GPL-2.0
/*
 * Endpoints. Where the source that a flow gets is not to depend on where the
 * flow goes to, the endpoint itself has a session: that of a flow to any other
 * endpoint, whose address and port are zero and whose protocol no packet has.
 * One half says which source flows of the endpoint get, the other one to which
 * endpoint an outside address and port lead.
 *
 * It lasts as long as the flows do that have packets, which keep it every two
 * seconds, and has the phase of the one that did so last.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include "endpoint.h"

/* From an endpoint to anywhere. */
static void endpoint_from(struct fm_pkt *any, const struct fm_pkt *flow,
			  const struct fm_addr *src, __be16 sport)
{
	*any = (struct fm_pkt){
		.now_ns = flow->now_ns,
		.src = *src,
		.sport = sport,
		.family = flow->family,
		.l4proto = flow->l4proto | FM_SESSION_ANY,
	};
}

struct endpoint_ask {
	struct fm_ctx *ctx;
	struct fm_pkt other;
};

/* By anybody, in whatever direction. */
static bool endpoint_is_used(void *arg, u16 port)
{
	struct endpoint_ask *ask = arg;

	ask->other.dport = htons(port);
	fm_state_aim(ask->ctx, &ask->other);
	return fm_state_lookup(ask->ctx);
}

/* Somewhere in the range, elsewhere for another flow and at another time. */
static u16 endpoint_any_port(const struct fm_pkt *flow,
			    const struct fm_endpoint_ports *ports)
{
	u32 mixed = (__force u32)flow->src.w[0] ^ (__force u32)flow->src.w[3] ^
		    (__force u16)flow->sport ^ (u32)flow->now_ns;

	mixed *= 0x9e3779b1u;
	return ports->min + ((mixed >> 16) *
			     (ports->max - ports->min + 1U) >> 16);
}

/* The flow's own port, if it will do. Returns as fm_port_choose(). */
static int endpoint_port(struct fm_ctx *ctx, const struct fm_pkt *flow,
		    const struct fm_addr *src,
		    const struct fm_endpoint_ports *ports)
{
	bool is_icmp = flow->l4proto == IPPROTO_ICMP ||
		       flow->l4proto == IPPROTO_ICMPV6;
	struct endpoint_ask ask = { .ctx = ctx };
	struct fm_port_request request = {
		.src = flow->dst,
		.dst = *src,
		.sport = flow->dport,
		.field = FM_F_DST_PORT,
		.family = flow->family,
		/* See fm_state_read(). */
		.l4proto = is_icmp ? IPPROTO_UDP : flow->l4proto,
		.min = ports->min,
		.max = ports->max,
		.from = ntohs(flow->sport),
		.is_used = endpoint_is_used,
		.arg = &ask,
	};
	int port;

	fm_pkt_turn(&ask.other, flow);
	ask.other.dst = *src;
	if (request.from < ports->min || request.from > ports->max)
		request.from = endpoint_any_port(flow, ports);
	port = fm_port_choose(ctx, &request);
	if (port != -EADDRINUSE)
		return port;
	request.from = endpoint_any_port(flow, ports);
	return fm_port_choose(ctx, &request);
}

/**
 * fm_endpoint_choose - a source that a flow may get
 * @ctx: the packet's way through the NF, turned to another key afterwards
 * @pool: addresses of @to's family
 * @ports: that may be given
 * @flow: the flow
 * @to: what it becomes, source and its port are set
 *
 * Return: 0, or as fm_port_choose().
 */
int fm_endpoint_choose(struct fm_ctx *ctx, const struct fm_pool *pool,
		       const struct fm_endpoint_ports *ports,
		       const struct fm_pkt *flow, struct fm_pkt *to)
{
	int port;

	fm_pool_choose(pool, to->family, &flow->src, &to->src);
	port = endpoint_port(ctx, flow, &to->src, ports);
	if (port < 0)
		return port;
	to->sport = htons(port);
	return 0;
}

/**
 * fm_endpoint_map - the source that all flows of an endpoint get
 * @ctx: the packet's way through an NF whose states are shared, turned to
 *	another key afterwards
 * @pool: addresses of @to's family; an endpoint whose address is not any more
 *	of these gets a new one
 * @ports: that may be given
 * @flow: a flow of the endpoint
 * @to: what it becomes, source and its port are set
 *
 * Return: 0, or as fm_port_choose() or fm_session_create().
 */
int fm_endpoint_map(struct fm_ctx *ctx, const struct fm_pool *pool,
		    const struct fm_endpoint_ports *ports,
		    const struct fm_pkt *flow, struct fm_pkt *to)
{
	struct fm_session session;
	struct fm_pkt any, become;
	int err;

	endpoint_from(&any, flow, &flow->src, flow->sport);
	if (fm_session_lookup(ctx, &any, &session)) {
		to->src = session.src;
		to->sport = session.sport;
		if (fm_pool_has(pool, to->family, &to->src))
			return 0;
		fm_session_end(ctx, &any, &session);
	}
	become = any;
	err = fm_endpoint_choose(ctx, pool, ports, &any, &become);
	if (err)
		return err;
	to->src = become.src;
	to->sport = become.sport;
	return fm_session_create(ctx, &any, &become);
}

/**
 * fm_endpoint_find - the endpoint that an outside address and port lead to
 * @ctx: the packet's way through the NF, turned to another key afterwards
 * @flow: to that address and port
 * @to: what it becomes, destination and its port are set
 *
 * Return: false if there is none.
 */
bool fm_endpoint_find(struct fm_ctx *ctx, const struct fm_pkt *flow,
		      struct fm_pkt *to)
{
	struct fm_pkt from, any;
	struct fm_session session;

	endpoint_from(&from, flow, &flow->dst, flow->dport);
	fm_pkt_turn(&any, &from);
	if (!fm_session_lookup(ctx, &any, &session))
		return false;
	to->dst = session.dst;
	to->dport = session.dport;
	return true;
}

/**
 * fm_endpoint_touch - keep what a flow's endpoints have from being over
 * @ctx: the packet's way through the NF, turned to another key afterwards
 * @flow: the flow
 * @session: what it becomes
 */
void fm_endpoint_touch(struct fm_ctx *ctx, const struct fm_pkt *flow,
		       const struct fm_session *session)
{
	struct fm_rewrite changed;
	struct fm_pkt any;

	fm_session_rewrite(&changed, flow, session);
	if (changed.fields & (FM_F_SRC_IP | FM_F_SRC_PORT)) {
		endpoint_from(&any, flow, &flow->src, flow->sport);
		fm_session_touch(ctx, &any, session->seen);
	}
	if (changed.fields & (FM_F_DST_IP | FM_F_DST_PORT)) {
		endpoint_from(&any, flow, &session->dst, session->dport);
		fm_session_touch(ctx, &any, session->seen);
	}
}
