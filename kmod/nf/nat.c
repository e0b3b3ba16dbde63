// SPDX-License-Identifier: GPL-2.0
/*
 * nat: source NAT with ports (NAPT). Flows from inside get an address of the
 * pool and a port; what comes back to these gets what was there before. RFC
 * 4787 (UDP), 5382 (TCP), 5508 (ICMP) and 7857 say how.
 *
 * Each flow is a session of its own, see session.h. With mapping
 * endpoint_independent there is also one per inside endpoint, whatever it sends
 * to, of which the flows take address and port.
 */
#include <linux/kernel.h>
#include "endpoint.h"

enum nat_mapping {
	NAT_ADDRESS_AND_PORT_DEPENDENT,
	NAT_ENDPOINT_INDEPENDENT,
};

enum nat_unmatched {
	NAT_DROP,
	NAT_ACCEPT,
};

enum nat_reason {
	NAT_NO_MAPPING,
	NAT_NO_PORT,
	NAT_NO_WAY_BACK,
	NAT_NOT_BEGUN,
	NAT_PROTOCOL,
	NAT_NOT_WRITABLE,
};

struct nat_config {
	const struct fm_list *inside;
	const struct fm_list *pool;
	u32 udp_ms;
	u32 tcp_ms;
	u32 tcp_transitory_ms;
	u32 icmp_ms;
	u16 port_min;
	u16 port_max;
	u8 mapping;
	u8 filtering;
	u8 unmatched;
	/* What init() makes of it. */
	const struct fm_lpm *is_inside;
	struct fm_pool addresses;
	struct fm_session_times times;
	struct fm_endpoint_ports ports;
};

enum nat_way {
	NAT_OUTBOUND,
	NAT_INBOUND,
	NAT_HAIRPIN,
	NAT_ICMP_ERROR,
	NAT_PASSED,
	__NAT_WAYS
};

static const char *const nat_ways[] = {
	[NAT_OUTBOUND] = "outbound",
	[NAT_INBOUND] = "inbound",
	[NAT_HAIRPIN] = "hairpin",
	[NAT_ICMP_ERROR] = "icmp_errors",
	[NAT_PASSED] = "passed",
};

/* Packets that were not dropped. */
struct nat_cpu {
	u64 packets[__NAT_WAYS];
};

static const struct fm_param nat_params[] = {
	FM_PREFIXES(struct nat_config, inside, FM_POOL_PREFIXES_MAX,
		    "prefixes of the sources that are translated"),
	FM_PREFIXES(struct nat_config, pool, FM_POOL_PREFIXES_MAX,
		    "prefixes of the addresses that they get"),
	FM_UINT(struct nat_config, port_min, 1, 65535, 1024,
		"smallest port or ICMP identifier that is given"),
	FM_UINT(struct nat_config, port_max, 1, 65535, 65535,
		"largest port or ICMP identifier that is given"),
	FM_ENUM(struct nat_config, mapping,
		"address_and_port_dependent|endpoint_independent",
		NAT_ADDRESS_AND_PORT_DEPENDENT,
		"what a flow's outside port depends on"),
	FM_ENUM(struct nat_config, filtering,
		"address_and_port_dependent|endpoint_independent",
		NAT_ADDRESS_AND_PORT_DEPENDENT,
		"who may send to an outside port"),
	FM_ENUM(struct nat_config, unmatched, "drop|accept", NAT_DROP,
		"what happens to packets to the pool that belong to no flow"),
	FM_UINT(struct nat_config, udp_ms, 1000, FM_SESSION_MS_MAX,
		300000, "idle time of a UDP flow, ms"),
	FM_UINT(struct nat_config, tcp_ms, 1000, FM_SESSION_MS_MAX,
		7440000, "idle time of a TCP connection that is open, ms"),
	FM_UINT(struct nat_config, tcp_transitory_ms, 1000,
		FM_SESSION_MS_MAX, 240000,
		"idle time of a TCP connection not yet or not any more open, ms"),
	FM_UINT(struct nat_config, icmp_ms, 1000, FM_SESSION_MS_MAX,
		60000, "idle time of an ICMP query, ms"),
};

static const char *const nat_reasons[] = {
	[NAT_NO_MAPPING] = "no_mapping",
	[NAT_NO_PORT] = "no_port",
	[NAT_NO_WAY_BACK] = "no_way_back",
	[NAT_NOT_BEGUN] = "not_begun",
	[NAT_PROTOCOL] = "protocol",
	[NAT_NOT_WRITABLE] = "not_writable",
};

static int nat_check(const struct fm_inst *inst,
		     const struct nat_config *config,
		     struct netlink_ext_ack *extack)
{
	const struct fm_prefix *prefix = fm_list_prefixes(config->inside);
	u32 n = fm_list_count(config->inside);

	if (config->port_min > config->port_max) {
		NL_SET_ERR_MSG(extack,
			       "nat: port_min must not be more than port_max");
		return -EINVAL;
	}
	for (; n--; prefix++) {
		if (config->addresses.addresses[prefix->family == 6])
			continue;
		NL_SET_ERR_MSG(extack,
			       "nat: pool has no address of a family that inside has");
		return -EINVAL;
	}
	if (config->filtering == NAT_ENDPOINT_INDEPENDENT &&
	    config->mapping != NAT_ENDPOINT_INDEPENDENT) {
		NL_SET_ERR_MSG(extack,
			       "nat: filtering endpoint_independent needs mapping endpoint_independent");
		return -EINVAL;
	}
	if (config->mapping == NAT_ENDPOINT_INDEPENDENT &&
	    fm_inst_is_local(inst)) {
		NL_SET_ERR_MSG(extack,
			       "nat: mapping endpoint_independent needs mode shared, as flows of one endpoint are in many shards");
		return -EINVAL;
	}
	return 0;
}

static int nat_init(struct fm_inst *inst, void *ptr,
		    struct netlink_ext_ack *extack)
{
	struct nat_config *config = ptr;
	int err;

	if (!config->inside || !config->pool) {
		NL_SET_ERR_MSG(extack, "nat: inside and pool must be given");
		return -EINVAL;
	}
	err = fm_pool_setup(&config->addresses, inst, config->pool, extack);
	if (!err)
		err = nat_check(inst, config, extack);
	if (err)
		return err;
	config->times = (struct fm_session_times){
		.udp_ms = config->udp_ms,
		.tcp_ms = config->tcp_ms,
		.tcp_transitory_ms = config->tcp_transitory_ms,
		.icmp_ms = config->icmp_ms,
	};
	config->ports.min = config->port_min;
	config->ports.max = config->port_max;
	fm_state_init(inst, fm_session_timeout_max(&config->times));
	config->is_inside = fm_lpm_create(inst, config->inside, NULL, false,
					  extack);
	return PTR_ERR_OR_ZERO(config->is_inside);
}

/* That the packet goes on. */
static enum fm_verdict nat_counted(struct fm_ctx *ctx, const struct fm_pkt *pkt,
				   enum nat_way way)
{
	struct nat_cpu *cpu = fm_ctx_cpu(ctx);

	WRITE_ONCE(cpu->packets[way], cpu->packets[way] + pkt->segs);
	return FM_CONTINUE;
}

static enum fm_verdict nat_unmatched(struct fm_ctx *ctx,
				     const struct nat_config *config,
				     enum nat_way way)
{
	return config->unmatched == NAT_ACCEPT && way != NAT_OUTBOUND ?
	       FM_CONTINUE : fm_drop(ctx, NAT_NO_MAPPING);
}

static enum fm_verdict nat_fail(struct fm_ctx *ctx, int err)
{
	switch (err) {
	case -ENOMEM:
		return fm_refuse(ctx);
	case -EOPNOTSUPP:
	case -EADDRNOTAVAIL:
		return fm_drop(ctx, NAT_NO_WAY_BACK);
	default:
		return fm_drop(ctx, NAT_NO_PORT);
	}
}

/*
 * A flow that is not known. @session is filled in with what it becomes; other
 * verdicts than FM_CONTINUE are final.
 */
static enum fm_verdict nat_open(struct fm_ctx *ctx,
				const struct nat_config *config,
				const struct fm_pkt *flow, bool hairpin,
				struct fm_session *session)
{
	struct fm_pkt to = *flow;
	int err;

	to.skb = NULL;
	if (hairpin && !fm_endpoint_find(ctx, flow, &to))
		return nat_unmatched(ctx, config, NAT_HAIRPIN);
	if (config->mapping == NAT_ENDPOINT_INDEPENDENT)
		err = fm_endpoint_map(ctx, &config->addresses, &config->ports,
				      flow, &to);
	else
		err = fm_endpoint_choose(ctx, &config->addresses,
					 &config->ports, flow, &to);
	if (!err)
		err = fm_session_create(ctx, flow, &to);
	/* Another CPU was faster. */
	if (err == -EEXIST && fm_session_lookup(ctx, flow, session))
		return FM_CONTINUE;
	if (err)
		return nat_fail(ctx, err);
	fm_session_fill(session, flow, &to, true);
	return FM_CONTINUE;
}

/* From outside to an endpoint that anybody may send to. */
static enum fm_verdict nat_admit(struct fm_ctx *ctx,
				 const struct nat_config *config,
				 const struct fm_pkt *flow,
				 struct fm_session *session)
{
	struct fm_pkt to = *flow, first, back;
	int err;

	to.skb = NULL;
	if (config->filtering != NAT_ENDPOINT_INDEPENDENT ||
	    !fm_endpoint_find(ctx, flow, &to))
		return nat_unmatched(ctx, config, NAT_INBOUND);
	fm_pkt_turn(&first, &to);
	fm_pkt_turn(&back, flow);
	err = fm_session_create(ctx, &first, &back);
	if (err)
		return nat_fail(ctx, err);
	fm_session_fill(session, flow, &to, false);
	return FM_CONTINUE;
}

/* The packet becomes what its half of the session says. */
static enum fm_verdict nat_translate(struct fm_ctx *ctx, struct fm_pkt *pkt,
				     const struct fm_pkt *flow,
				     const struct fm_session *session,
				     enum nat_way way)
{
	struct fm_rewrite to;

	fm_session_rewrite(&to, flow, session);
	if (fm_pkt_rewrite(pkt, &to))
		return fm_drop(ctx, NAT_NOT_WRITABLE);
	return nat_counted(ctx, pkt, way);
}

/* Does a packet begin a flow. */
static bool nat_begins(const struct fm_pkt *pkt, const struct fm_pkt *flow)
{
	if (pkt->l4proto == IPPROTO_TCP)
		return (pkt->tcp_flags & (FM_TCP_SYN | FM_TCP_ACK |
					  FM_TCP_RST)) == FM_TCP_SYN;
	/* Of queries a request. */
	return pkt->l4proto == IPPROTO_UDP || !flow->dport;
}

/* The pool may be another since the session began. */
static bool nat_is_stale(struct fm_ctx *ctx, const struct nat_config *config,
			 const struct fm_pkt *flow,
			 const struct fm_session *session)
{
	if (!fm_session_is_first(session) ||
	    fm_pool_has(&config->addresses, flow->family, &session->src))
		return false;
	fm_session_end(ctx, flow, session);
	return true;
}

static enum fm_verdict nat_flow(struct fm_ctx *ctx, struct fm_pkt *pkt,
				const struct nat_config *config,
				const struct fm_pkt *flow, enum nat_way way)
{
	enum fm_session_found found;
	struct fm_session session;
	enum fm_verdict verdict;

	found = fm_session_follow(ctx, flow, pkt->tcp_flags, &session);
	if (found == FM_SESSION_TOLD) {
		if (nat_is_stale(ctx, config, flow, &session))
			found = FM_SESSION_NONE;
		else if (config->mapping == NAT_ENDPOINT_INDEPENDENT)
			fm_endpoint_touch(ctx, flow, &session);
	}
	if (found == FM_SESSION_NONE) {
		session.l4proto = 0;
		if (!nat_begins(pkt, flow))
			return way == NAT_INBOUND ?
			       nat_unmatched(ctx, config, way) :
			       fm_drop(ctx, NAT_NOT_BEGUN);
		verdict = way == NAT_INBOUND ?
			  nat_admit(ctx, config, flow, &session) :
			  nat_open(ctx, config, flow, way == NAT_HAIRPIN,
				   &session);
		/* Not translated, but it may pass. */
		if (verdict != FM_CONTINUE || !session.l4proto)
			return verdict;
	}
	return nat_translate(ctx, pkt, flow, &session, way);
}

/* An answer's session is in the shard of who asked. */
static enum fm_verdict nat_query(struct fm_ctx *ctx, struct fm_pkt *pkt,
				 const struct nat_config *config,
				 const struct fm_pkt *flow, enum nat_way way)
{
	struct fm_session session;

	if (way != NAT_INBOUND || !flow->dport) {
		fm_state_aim(ctx, flow);
		return nat_flow(ctx, pkt, config, flow, way);
	}
	if (!fm_session_read(ctx, flow, &session))
		return nat_unmatched(ctx, config, way);
	return nat_translate(ctx, pkt, flow, &session, way);
}

/* From inside it is from the inside of the flow that it is about. */
static enum fm_verdict nat_error(struct fm_ctx *ctx, struct fm_pkt *pkt,
				 const struct nat_config *config,
				 const struct fm_pkt *quoted, enum nat_way way)
{
	int err = fm_session_error(ctx, pkt, quoted, way != NAT_INBOUND);

	if (err == -ENOENT)
		return nat_unmatched(ctx, config, way);
	if (err)
		return fm_drop(ctx, NAT_NOT_WRITABLE);
	return nat_counted(ctx, pkt, NAT_ICMP_ERROR);
}

static enum fm_verdict nat_judge(struct fm_ctx *ctx, struct fm_pkt *pkt,
				 const struct nat_config *config,
				 enum nat_way way)
{
	struct fm_pkt flow;

	if (pkt->flags & FM_PKT_PORTS &&
	    (pkt->l4proto == IPPROTO_TCP || pkt->l4proto == IPPROTO_UDP))
		return nat_flow(ctx, pkt, config, pkt, way);
	if (fm_pkt_query(pkt, &flow))
		return nat_query(ctx, pkt, config, &flow, way);
	if (fm_pkt_quoted(pkt, &flow))
		return nat_error(ctx, pkt, config, &flow, way);
	/* Neighbours must find each other. */
	if (pkt->l4proto == IPPROTO_ICMPV6)
		return FM_CONTINUE;
	return way == NAT_OUTBOUND ? fm_drop(ctx, NAT_PROTOCOL) :
				     nat_unmatched(ctx, config, way);
}

/* Multicast, broadcast and link-local stay what they are. */
static bool nat_stays(const struct fm_pkt *pkt)
{
	u32 dst = ntohl(pkt->dst.w[0]);

	if (pkt->family == 4)
		return dst >> 28 == 0xe || dst == U32_MAX;
	return dst >> 24 == 0xff || dst >> 22 == 0xfe80 >> 6;
}

static enum nat_way nat_way_of(const struct nat_config *config,
			       const struct fm_pkt *pkt)
{
	bool inside = fm_lpm_lookup(config->is_inside, pkt->family, &pkt->src);

	if (fm_pool_has(&config->addresses, pkt->family, &pkt->dst))
		return inside ? NAT_HAIRPIN : NAT_INBOUND;
	if (!inside || nat_stays(pkt) ||
	    fm_lpm_lookup(config->is_inside, pkt->family, &pkt->dst))
		return NAT_PASSED;
	return NAT_OUTBOUND;
}

static enum fm_verdict nat_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	const struct nat_config *config = fm_ctx_config(ctx);
	enum nat_way way = nat_way_of(config, pkt);
	enum fm_verdict verdict;

	if (way == NAT_PASSED)
		return nat_counted(ctx, pkt, way);
	verdict = nat_judge(ctx, pkt, config, way);
	fm_state_aim(ctx, NULL);
	return verdict;
}

static u32 nat_timeout(const void *config, const void *state)
{
	return fm_session_timeout(&((const struct nat_config *)config)->times,
				  state);
}

static void nat_show(struct fm_dump *dump, const void *config,
		     const void __percpu *cpu)
{
	unsigned int i;

	for (i = 0; i < __NAT_WAYS; i++)
		fm_dump_uint(dump, nat_ways[i],
			     fm_cpu_sum(cpu, offsetof(struct nat_cpu,
						      packets[i])));
}

FM_BUILTIN_NF(nat) = {
	.name = "nat",
	.description = "gives inside hosts addresses and ports of a pool",
	.owner = THIS_MODULE,
	.params = nat_params,
	.nparams = ARRAY_SIZE(nat_params),
	.reasons = nat_reasons,
	.nreasons = ARRAY_SIZE(nat_reasons),
	.config_size = sizeof(struct nat_config),
	.cpu_size = sizeof(struct nat_cpu),
	.state_size = sizeof(struct fm_session),
	.key = FM_F_ALL,
	.bidirectional = true,
	.related = true,
	.intensity = FM_INTENSITY_PACKET,
	.timeout_ms = 7440000,
	.max_entries = 1U << 18,
	.init = nat_init,
	.eval = nat_eval,
	.timeout = nat_timeout,
	.dump = fm_session_dump,
	.show = nat_show,
};
