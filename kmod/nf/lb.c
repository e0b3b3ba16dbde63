// SPDX-License-Identifier: GPL-2.0
/*
 * lb: gives each flow to a service to one of the servers behind it, and keeps
 * to that. Who gets a new flow is told by Maglev's table (maglev.c), so every
 * balancer with the same servers tells the same; what was told is in the flow's
 * state.
 *
 * Answers come from another address than was asked, so their shard is another
 * one than the flow's and no port is there to be chosen. It takes no state to
 * rewrite them: a server's address and port say which service it is behind.
 */
#include <linux/etherdevice.h>
#include <linux/if_packet.h>
#include <linux/siphash.h>
#include <linux/string.h>
#include "flowmage_nf.h"

#define LB_BACKENDS_MAX		65535		/* their numbers have 16 bits */
#define LB_SIZE_MIN		251
#define LB_SIZE_MAX		1048573
#define LB_MS_MAX		86400000

enum lb_forward {
	LB_DNAT,
	LB_DSR,
};

enum lb_affinity {
	LB_FLOW,
	LB_SOURCE,
};

enum lb_phase {
	LB_OPENING,
	LB_OPEN,
	LB_CLOSED,
	LB_DATAGRAMS,
	__LB_PHASES
};

enum lb_reason {
	LB_NO_BACKEND,
	LB_NO_MEMORY,
	LB_NO_ETHERNET_HEADER,
};

struct lb_config {
	const struct fm_list *backends;
	struct fm_servers *servers;
	u64 seed;
	u32 table_size;
	u32 opening_ms;
	u32 closed_ms;
	u32 datagram_ms;
	u8 forward;
	u8 affinity;
};

/**
 * struct lb_state - where a flow goes
 * @id: of its server
 * @backend: where that was in the list, and is unless the list has changed
 * @phase: enum lb_phase
 */
struct lb_state {
	u64 id;
	u32 backend;
	u32 phase;
};

enum lb_counter {
	LB_NEW,
	LB_MOVED,
	LB_FORWARDED,
	LB_ANSWERED,
	LB_ICMP_ERRORS,
	__LB_COUNTERS
};

struct lb_cpu {
	u64 count[__LB_COUNTERS];
};

static const struct fm_param lb_params[] = {
	FM_BACKENDS_REQUIRED(struct lb_config, backends, LB_BACKENDS_MAX,
			     "services and the servers behind them"),
	FM_ENUM(struct lb_config, forward, "dnat|dsr", LB_DNAT,
		"how a packet gets to its server: by address, or by Ethernet address"),
	FM_ENUM(struct lb_config, affinity, "flow|source", LB_FLOW,
		"what has the same server: a flow, or all flows of a source"),
	FM_UINT(struct lb_config, table_size, LB_SIZE_MIN, LB_SIZE_MAX, 65537,
		"places in the table of each service, a prime"),
	FM_UINT(struct lb_config, seed, 0, U64_MAX, 0,
		"another one spreads in another way"),
	FM_UINT(struct lb_config, opening_ms, 1, LB_MS_MAX, 10000,
		"idle time of a TCP flow with nothing but SYNs, ms"),
	FM_UINT(struct lb_config, closed_ms, 1, LB_MS_MAX, 10000,
		"idle time of a TCP flow after FIN or RST, ms"),
	FM_UINT(struct lb_config, datagram_ms, 1, LB_MS_MAX, 120000,
		"idle time of a UDP flow, ms"),
};

static const char *const lb_reasons[] = {
	[LB_NO_BACKEND] = "no_backend",
	[LB_NO_MEMORY] = "no_memory",
	[LB_NO_ETHERNET_HEADER] = "no_ethernet_header",
};

static void lb_count(struct fm_ctx *ctx, enum lb_counter counter, u32 n)
{
	struct lb_cpu *cpu = fm_ctx_cpu(ctx);

	cpu->count[counter] += n;
}

/* Of a flow to a service; NULL if no server gets new ones. */
static const struct fm_backend *lb_choose(const struct lb_config *config,
					  u32 service,
					  const struct fm_pkt *flow)
{
	const siphash_key_t key = { { config->seed, 2 } };
	struct {
		struct fm_addr src;
		struct fm_addr dst;
		__be16 sport;
		__be16 dport;
	} named = { .src = flow->src };

	if (config->affinity == LB_FLOW) {
		named.dst = flow->dst;
		named.sport = flow->sport;
		named.dport = flow->dport;
	}
	return fm_server_choose(config->servers, service,
				siphash(&named, sizeof(named), &key));
}

/* The one that a flow has, if it is there and alive. */
static const struct fm_backend *lb_find_known(const struct lb_config *config,
					      u32 service,
					      const struct lb_state *state)
{
	const struct fm_backend *backend;

	backend = fm_server_find_id(config->servers, service,
				    READ_ONCE(state->id),
				    READ_ONCE(state->backend));
	return backend && backend->state != FM_BACKEND_DOWN ? backend : NULL;
}

static bool lb_is_syn(const struct fm_pkt *pkt)
{
	return (pkt->tcp_flags & (FM_TCP_SYN | FM_TCP_ACK)) == FM_TCP_SYN;
}

static u32 lb_next_phase(const struct fm_pkt *pkt, u32 phase)
{
	if (pkt->l4proto != IPPROTO_TCP)
		return LB_DATAGRAMS;
	if (pkt->tcp_flags & (FM_TCP_FIN | FM_TCP_RST))
		return LB_CLOSED;
	if (lb_is_syn(pkt) || phase == LB_CLOSED)
		return phase;
	return LB_OPEN;
}

/* The state may be read while it is written, but there is one writer. */
static const struct fm_backend *lb_assign(struct fm_ctx *ctx,
					  const struct lb_config *config,
					  const struct fm_pkt *pkt,
					  const struct fm_backend *backend)
{
	struct lb_state *state = fm_state_insert(ctx);
	u64 id = fm_server_id(config->servers, backend);

	if (!state)
		return NULL;
	if (!state->id)
		lb_count(ctx, LB_NEW, 1);
	else if (state->id != id)
		lb_count(ctx, LB_MOVED, 1);
	WRITE_ONCE(state->phase, lb_next_phase(pkt, LB_OPENING));
	WRITE_ONCE(state->backend, fm_server_index(config->servers, backend));
	WRITE_ONCE(state->id, id);
	return backend;
}

static void lb_track(struct fm_ctx *ctx, const struct fm_pkt *pkt,
		     struct lb_state *state)
{
	u32 phase = READ_ONCE(state->phase);
	u32 next = lb_next_phase(pkt, phase);

	if (next == phase)
		return;
	/* To be the one that writes it. */
	state = fm_state_insert(ctx);
	if (state)
		WRITE_ONCE(state->phase, next);
}

/* A port that is used again makes a new flow, whatever is known of it. */
static const struct fm_backend *
lb_find_flow(struct fm_ctx *ctx, const struct lb_config *config, u32 service,
	     const struct fm_pkt *pkt)
{
	struct lb_state *state = fm_state_lookup(ctx);
	const struct fm_backend *backend;

	if (!state || (pkt->l4proto == IPPROTO_TCP && lb_is_syn(pkt) &&
		       READ_ONCE(state->phase) == LB_CLOSED))
		return NULL;
	backend = lb_find_known(config, service, state);
	if (backend)
		lb_track(ctx, pkt, state);
	return backend;
}

/* ---- forwarding */

static void lb_addr(struct fm_addr *to, const u8 *from)
{
	memcpy(to, from, sizeof(*to));
}

static enum fm_verdict lb_send(struct fm_ctx *ctx, struct fm_pkt *pkt,
			       const struct fm_backend *backend)
{
	const struct ethhdr *eth = fm_ether_header(pkt);
	u8 self[ETH_ALEN];

	if (!eth)
		return fm_drop(ctx, LB_NO_ETHERNET_HEADER);
	ether_addr_copy(self, eth->h_dest);
	if (fm_ether_write(pkt, backend->mac, self))
		return fm_drop(ctx, LB_NO_MEMORY);
	return fm_send(ctx, pkt);
}

static enum fm_verdict lb_translate(struct fm_ctx *ctx, struct fm_pkt *pkt,
				    const struct fm_rewrite *to)
{
	return fm_pkt_rewrite(pkt, to) ? fm_drop(ctx, LB_NO_MEMORY) :
					 FM_CONTINUE;
}

/* To a service. */
static enum fm_verdict lb_request(struct fm_ctx *ctx, struct fm_pkt *pkt,
				  const struct lb_config *config, u32 service)
{
	struct fm_rewrite to = { .fields = FM_F_DST_IP | FM_F_DST_PORT };
	const struct fm_backend *backend;

	backend = lb_find_flow(ctx, config, service, pkt);
	if (!backend) {
		backend = lb_choose(config, service, pkt);
		if (!backend)
			return fm_drop(ctx, LB_NO_BACKEND);
		backend = lb_assign(ctx, config, pkt, backend);
		if (!backend)
			return fm_refuse(ctx);
	}
	lb_count(ctx, LB_FORWARDED, pkt->segs);
	if (config->forward == LB_DSR)
		return lb_send(ctx, pkt, backend);
	lb_addr(&to.dst, backend->addr);
	to.dport = backend->port;
	return lb_translate(ctx, pkt, &to);
}

/* Only where answers come through the chain is there something to rewrite. */
static const struct fm_backend *lb_find_server(const struct lb_config *config,
					       const struct fm_pkt *flow)
{
	return config->forward == LB_DNAT ?
	       fm_server_find(config->servers, flow) : NULL;
}

/* From a server. */
static enum fm_verdict lb_answer(struct fm_ctx *ctx, struct fm_pkt *pkt,
				 const struct fm_backend *backend)
{
	struct fm_rewrite to = {
		.fields = FM_F_SRC_IP | FM_F_SRC_PORT,
		.sport = backend->vip_port,
	};

	lb_addr(&to.src, backend->vip);
	lb_count(ctx, LB_ANSWERED, pkt->segs);
	return lb_translate(ctx, pkt, &to);
}

/* ---- ICMP errors */

/*
 * What is quoted has the address and port of a service on one side, which
 * become the server's, or the other way round; and so does the error's own
 * address on that side, but where it is that of a router between.
 */
static enum fm_verdict lb_rewrite_error(struct fm_ctx *ctx, struct fm_pkt *pkt,
					const struct fm_pkt *quote,
					bool to_server, const u8 *addr,
					__be16 port)
{
	struct fm_rewrite quoted = { .sport = port, .dport = port }, to;

	lb_addr(&quoted.src, addr);
	quoted.dst = quoted.src;
	to = quoted;
	if (to_server) {
		quoted.fields = FM_F_SRC_IP | FM_F_SRC_PORT;
		to.fields = FM_F_DST_IP;
	} else {
		quoted.fields = FM_F_DST_IP | FM_F_DST_PORT;
		if (!memcmp(&pkt->src, &quote->dst, sizeof(pkt->src)))
			to.fields = FM_F_SRC_IP;
	}
	if (fm_pkt_rewrite_quoted(pkt, quote, &quoted))
		return fm_drop(ctx, LB_NO_MEMORY);
	return lb_translate(ctx, pkt, &to);
}

/* From the client or a router on its way, about an answer of @flow. */
static enum fm_verdict lb_error_to_server(struct fm_ctx *ctx,
					  struct fm_pkt *pkt,
					  const struct fm_pkt *quote,
					  const struct fm_pkt *flow,
					  const struct lb_config *config,
					  u32 service)
{
	const struct fm_backend *backend = NULL;
	struct lb_state state;

	if (fm_state_read(ctx, flow, &state))
		backend = lb_find_known(config, service, &state);
	if (!backend)
		backend = lb_choose(config, service, flow);
	if (!backend)
		return fm_drop(ctx, LB_NO_BACKEND);
	lb_count(ctx, LB_ICMP_ERRORS, 1);
	if (config->forward == LB_DSR)
		return lb_send(ctx, pkt, backend);
	return lb_rewrite_error(ctx, pkt, quote, true, backend->addr,
				backend->port);
}

/* The other ones are from a server or a router on its way, about a request. */
static enum fm_verdict lb_error(struct fm_ctx *ctx, struct fm_pkt *pkt,
				const struct lb_config *config)
{
	const struct fm_backend *backend;
	struct fm_pkt quote, flow;
	u32 service;

	if (!fm_pkt_quoted(pkt, &quote) ||
	    memcmp(&pkt->dst, &quote.src, sizeof(pkt->dst)))
		return FM_CONTINUE;
	fm_pkt_turn(&flow, &quote);
	service = fm_service_find(config->servers, &flow);
	if (service != FM_SERVICE_NONE)
		return lb_error_to_server(ctx, pkt, &quote, &flow, config,
					  service);
	backend = lb_find_server(config, &flow);
	if (!backend)
		return FM_CONTINUE;
	lb_count(ctx, LB_ICMP_ERRORS, 1);
	return lb_rewrite_error(ctx, pkt, &quote, false, backend->vip,
				backend->vip_port);
}

static enum fm_verdict lb_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	const struct lb_config *config = fm_ctx_config(ctx);
	const struct fm_backend *backend;
	u32 service;

	/* Sent on by their Ethernet address, those of others would be twice. */
	if (config->forward == LB_DSR && pkt->skb->pkt_type != PACKET_HOST)
		return FM_CONTINUE;
	if (!(pkt->flags & FM_PKT_PORTS))
		return lb_error(ctx, pkt, config);
	service = fm_service_find(config->servers, pkt);
	if (service != FM_SERVICE_NONE)
		return lb_request(ctx, pkt, config, service);
	backend = lb_find_server(config, pkt);
	return backend ? lb_answer(ctx, pkt, backend) : FM_CONTINUE;
}

/* ---- configuration */

static int lb_init(struct fm_inst *inst, void *ptr,
		   struct netlink_ext_ack *extack)
{
	struct lb_config *config = ptr;
	int err;

	config->servers = fm_servers_create(inst, config->backends, extack);
	if (IS_ERR(config->servers))
		return PTR_ERR(config->servers);
	err = config->forward == LB_DNAT ?
	      fm_servers_check_answers(config->servers, extack) :
	      fm_servers_check_macs(config->servers, extack);
	return err ?: fm_servers_spread(config->servers, inst,
					config->table_size, config->seed,
					extack);
}

/* ---- states */

static u32 lb_timeout(const void *ptr, const void *data)
{
	const struct lb_config *config = ptr;
	const struct lb_state *state = data;

	switch (READ_ONCE(state->phase)) {
	case LB_OPENING:
		return config->opening_ms;
	case LB_CLOSED:
		return config->closed_ms;
	case LB_DATAGRAMS:
		return config->datagram_ms;
	default:
		return 0;
	}
}

static void lb_dump(struct fm_dump *dump, const void *ptr)
{
	const struct lb_state *state = ptr;

	fm_dump_uint(dump, "backend", READ_ONCE(state->backend));
	fm_dump_uint(dump, "backend_id", READ_ONCE(state->id));
	fm_dump_uint(dump, "phase", READ_ONCE(state->phase));
}

/* An id that is none, or no more, is as that of a server which has left. */
static bool lb_load(struct fm_ctx *ctx, struct fm_pkt *pkt,
		    const struct fm_load *load)
{
	struct lb_state *state = fm_state_insert(ctx);

	if (!state)
		return false;
	state->id = fm_load_uint(load, "backend_id");
	state->backend = fm_load_uint(load, "backend");
	state->phase = min_t(u64, fm_load_uint(load, "phase"),
			     __LB_PHASES - 1);
	return true;
}

static void lb_show(struct fm_dump *dump, const void *ptr,
		    const void __percpu *cpu)
{
	static const char *const names[__LB_COUNTERS] = {
		[LB_NEW] = "new_flows",
		[LB_MOVED] = "moved_flows",
		[LB_FORWARDED] = "forwarded",
		[LB_ANSWERED] = "answered",
		[LB_ICMP_ERRORS] = "icmp_errors",
	};
	u32 i;

	for (i = 0; i < __LB_COUNTERS; i++)
		fm_dump_uint(dump, names[i],
			     fm_cpu_sum(cpu, i * sizeof(u64)));
}

FM_BUILTIN_NF(lb) = {
	.name = "lb",
	.description = "spreads flows to services over the servers behind them",
	.owner = THIS_MODULE,
	.params = lb_params,
	.nparams = ARRAY_SIZE(lb_params),
	.reasons = lb_reasons,
	.nreasons = ARRAY_SIZE(lb_reasons),
	.config_size = sizeof(struct lb_config),
	.cpu_size = sizeof(struct lb_cpu),
	.state_size = sizeof(struct lb_state),
	.key = FM_F_ALL,
	.intensity = FM_INTENSITY_FLOW,
	.timeout_ms = 900000,
	.max_entries = 1U << 20,
	.init = lb_init,
	.eval = lb_eval,
	.timeout = lb_timeout,
	.dump = lb_dump,
	.show = lb_show,
	.load = lb_load,
};
