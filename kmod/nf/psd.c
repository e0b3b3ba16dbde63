// SPDX-License-Identifier: GPL-2.0
/*
 * psd: port-scan detection. A source that tries more than a number of distinct
 * destination ports within a window is a scanner: all its packets are dropped
 * or marked for a time.
 */
#include <linux/log2.h>
#include <linux/time64.h>
#include "flowmage_nf.h"

#define PSD_THRESHOLD_MAX	1024

enum psd_action {
	PSD_DROP,
	PSD_MARK,
};

/* What counts as trying a port. */
enum psd_evidence {
	PSD_ATTEMPTS,		/* fm_pkt_is_attempt() */
	PSD_SYN,
};

enum psd_reason {
	PSD_SCAN,
};

struct psd_config {
	u32 threshold;
	u32 window_ms;
	u32 block_ms;
	u32 mark;
	u8 action;
	u8 evidence;
	const struct fm_list *exempt;
	const struct fm_lpm *exempted;	/* NULL: nobody is */
};

struct psd_state {
	u16 *ports;		/* open addressing, 0 = free */
	u64 window_ns;		/* when the window began */
	u64 blocked_ns;		/* until when the source is blocked */
	u32 distinct;		/* ports tried in the window */
	u32 size;		/* of ports, a power of two */
	u32 scans;		/* times the source was caught */
	bool zero;		/* port 0 was tried */
};

static const struct fm_param psd_params[] = {
	FM_UINT(struct psd_config, threshold, 1, PSD_THRESHOLD_MAX, 20,
		"distinct destination ports a source may try in a window"),
	FM_UINT(struct psd_config, window_ms, 1, 86400000, 10000,
		"length of the window, ms"),
	FM_UINT(struct psd_config, block_ms, 1, 86400000, 60000,
		"how long a scanner is blocked, ms"),
	FM_ENUM(struct psd_config, action, "drop|mark", PSD_DROP,
		"what happens to a scanner's packets"),
	FM_UINT(struct psd_config, mark, 0, U32_MAX, 1,
		"packet mark that action mark sets"),
	FM_ENUM(struct psd_config, evidence, "attempts|syn", PSD_ATTEMPTS,
		"what tries a port: any attempt to connect, or TCP SYNs alone"),
	FM_PREFIXES(struct psd_config, exempt, FM_LIST_MAX,
		    "prefixes of sources that may scan"),
};

static const char *const psd_reasons[] = {
	[PSD_SCAN] = "scan",
};

static int psd_init(struct fm_inst *inst, void *ptr,
		    struct netlink_ext_ack *extack)
{
	struct psd_config *config = ptr;

	fm_state_init(inst, max(config->window_ms, config->block_ms));
	if (!config->exempt)
		return 0;
	config->exempted = fm_lpm_create(inst, config->exempt, NULL, false,
					 extack);
	return PTR_ERR_OR_ZERO(config->exempted);
}

static bool psd_is_evidence(const struct psd_config *config,
			    const struct fm_pkt *pkt)
{
	if (config->evidence == PSD_ATTEMPTS)
		return fm_pkt_is_attempt(pkt);
	return (pkt->tcp_flags & (FM_TCP_SYN | FM_TCP_ACK)) == FM_TCP_SYN;
}

static struct psd_state *psd_create(struct fm_ctx *ctx, u32 threshold)
{
	u32 size = roundup_pow_of_two(2 * (threshold + 1));
	u16 *ports = fm_heap_alloc(fm_ctx_heap(ctx), size * sizeof(*ports));
	struct psd_state *state;

	if (!ports)
		return NULL;
	state = fm_state_insert(ctx);
	if (!state) {
		fm_heap_free(fm_ctx_heap(ctx), ports, size * sizeof(*ports));
		return NULL;
	}
	state->ports = ports;
	state->size = size;
	return state;
}

/* A packet of another CPU may have come later and yet begun the window. */
static bool psd_is_over(const struct psd_state *state,
			const struct psd_config *config, u64 now_ns)
{
	s64 age_ns = now_ns - state->window_ns;

	return state->blocked_ns ||
	       age_ns >= (s64)config->window_ms * NSEC_PER_MSEC;
}

static void psd_reset(struct psd_state *state, u64 now_ns)
{
	memset(state->ports, 0, state->size * sizeof(*state->ports));
	state->window_ns = now_ns;
	state->distinct = 0;
	state->zero = false;
}

/* The set is never full: it holds at most threshold + 1 ports. */
static void psd_try(struct psd_state *state, u16 port)
{
	u32 mask = state->size - 1;
	u32 i = (port * 0x9e3779b1u) >> 16;

	if (!port) {
		state->distinct += !state->zero;
		state->zero = true;
		return;
	}
	for (;; i++) {
		u16 *slot = &state->ports[i & mask];

		if (*slot == port)
			return;
		if (!*slot) {
			*slot = port;
			state->distinct++;
			return;
		}
	}
}

static enum fm_verdict psd_punish(struct fm_ctx *ctx, struct fm_pkt *pkt,
				  const struct psd_config *config)
{
	if (config->action == PSD_DROP)
		return fm_drop(ctx, PSD_SCAN);
	pkt->skb->mark = config->mark;
	return FM_CONTINUE;
}

static enum fm_verdict psd_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	const struct psd_config *config = fm_ctx_config(ctx);
	struct psd_state *state;

	if (config->exempted &&
	    fm_lpm_lookup(config->exempted, pkt->family, &pkt->src))
		return FM_CONTINUE;
	state = fm_state_lookup(ctx);
	if (state && pkt->now_ns < state->blocked_ns)
		return psd_punish(ctx, pkt, config);
	if (!psd_is_evidence(config, pkt))
		return FM_CONTINUE;
	if (!state) {
		state = psd_create(ctx, config->threshold);
		if (!state)
			return fm_refuse(ctx);
		state->window_ns = pkt->now_ns;
	}
	if (psd_is_over(state, config, pkt->now_ns))
		psd_reset(state, pkt->now_ns);
	state->blocked_ns = 0;
	psd_try(state, ntohs(pkt->dport));
	if (state->distinct <= config->threshold)
		return FM_CONTINUE;
	state->blocked_ns = pkt->now_ns + (u64)config->block_ms * NSEC_PER_MSEC;
	state->scans++;
	fm_alert(ctx, "port-scan");
	return psd_punish(ctx, pkt, config);
}

static void psd_destroy(struct fm_heap *heap, void *ptr)
{
	struct psd_state *state = ptr;

	fm_heap_free(heap, state->ports, state->size * sizeof(*state->ports));
}

static void psd_dump(struct fm_dump *dump, const void *ptr)
{
	const struct psd_state *state = ptr;

	fm_dump_uint(dump, "distinct_ports", READ_ONCE(state->distinct));
	fm_dump_uint(dump, "scans", READ_ONCE(state->scans));
	fm_dump_time(dump, "blocked_until_ns", READ_ONCE(state->blocked_ns));
}

/* Which ports were tried is not told: a new window begins. */
static bool psd_load(struct fm_ctx *ctx, struct fm_pkt *pkt,
		     const struct fm_load *load)
{
	const struct psd_config *config = fm_ctx_config(ctx);
	struct psd_state *state = psd_create(ctx, config->threshold);
	u64 most_ns = pkt->now_ns + (u64)config->block_ms * NSEC_PER_MSEC;

	if (!state)
		return false;
	state->window_ns = pkt->now_ns;
	state->scans = fm_load_uint(load, "scans");
	state->blocked_ns = min(fm_load_time(load, "blocked_until_ns"),
				most_ns);
	return true;
}

FM_BUILTIN_NF(psd) = {
	.name = "psd",
	.description = "blocks sources that scan ports",
	.owner = THIS_MODULE,
	.params = psd_params,
	.nparams = ARRAY_SIZE(psd_params),
	.reasons = psd_reasons,
	.nreasons = ARRAY_SIZE(psd_reasons),
	.config_size = sizeof(struct psd_config),
	.state_size = sizeof(struct psd_state),
	.key = FM_F_SRC_IP,
	.intensity = FM_INTENSITY_PACKET,
	.pointer = true,
	.timeout_ms = 60000,
	.max_entries = 65536,
	.init = psd_init,
	.eval = psd_eval,
	.destroy = psd_destroy,
	.dump = psd_dump,
	.load = psd_load,
};
