// SPDX-License-Identifier: GPL-2.0
/*
 * ids: finds patterns in payloads. Of TCP it reads the stream of each direction
 * in order, so that a pattern may be spread over segments; of other protocols
 * every datagram by itself.
 */
#include <linux/kernel.h>
#include "flowmage_nf.h"

#define IDS_PATTERNS_MAX	16384
#define IDS_COUNTED		24	/* patterns with a counter of their own */

/* Idle times of connections that are not open yet, or not any more */
#define IDS_OPENING_MS		30000
#define IDS_CLOSED_MS		10000

enum ids_action {
	IDS_DROP,
	IDS_MARK,
	IDS_ALERT,
};

/* What happens to packets too far ahead of the stream. */
enum ids_unordered {
	IDS_RESUME,
	IDS_REFUSE,
};

enum ids_reason {
	IDS_PATTERN,
	IDS_BLOCKED,
	IDS_UNORDERED,
};

struct ids_config {
	const struct fm_list *patterns;
	const struct fm_search *search;
	u32 reorder;
	u32 mark;
	u8 action;
	u8 unordered;
};

struct ids_state {
	struct fm_stream stream;
	struct fm_search_at at;
	u32 matches;
};

struct ids_cpu {
	u64 scanned_bytes;
	u64 matches;
	u64 unordered;
	u64 gaps;
	u64 others;	/* matches of patterns without a counter */
	u64 pattern[IDS_COUNTED];
};

static const struct fm_param ids_params[] = {
	FM_PATTERNS_REQUIRED(struct ids_config, patterns, IDS_PATTERNS_MAX,
			     "what is looked for"),
	FM_ENUM(struct ids_config, action, "drop|mark|alert", IDS_DROP,
		"what happens to a flow's packets from the one with a pattern on"),
	FM_UINT(struct ids_config, mark, 0, U32_MAX, 1,
		"packet mark that action mark sets"),
	FM_UINT(struct ids_config, reorder, 0, FM_STREAM_BOUND_MAX, 65536,
		"bytes of a TCP stream that may come before their turn"),
	FM_ENUM(struct ids_config, unordered, "resume|drop", IDS_RESUME,
		"what happens beyond: go on there, or drop the packet"),
};

static const char *const ids_reasons[] = {
	[IDS_PATTERN] = "pattern",
	[IDS_BLOCKED] = "blocked",
	[IDS_UNORDERED] = "unordered",
};

static int ids_init(struct fm_inst *inst, void *ptr,
		    struct netlink_ext_ack *extack)
{
	struct ids_config *config = ptr;

	config->search = fm_search_create(inst, config->patterns, extack);
	return PTR_ERR_OR_ZERO(config->search);
}

/**
 * struct ids_scan - a packet that is being read
 * @reader: of its stream
 * @config: what to look for
 * @cpu: counters
 * @at: what came before
 * @offset: of the next byte
 * @found: patterns found in it
 * @first: of them
 */
struct ids_scan {
	struct fm_stream_reader reader;
	const struct ids_config *config;
	struct ids_cpu *cpu;
	struct fm_search_at *at;
	const u64 *offset;
	u32 found;
	u32 first;
};

static void ids_found(void *arg, u32 pattern)
{
	struct ids_scan *scan = arg;

	if (!scan->found++)
		scan->first = pattern;
	scan->cpu->matches++;
	if (pattern < IDS_COUNTED)
		scan->cpu->pattern[pattern]++;
	else
		scan->cpu->others++;
}

static void ids_bytes(struct fm_stream_reader *reader, const u8 *data, u32 n)
{
	struct ids_scan *scan = container_of(reader, struct ids_scan, reader);

	scan->cpu->scanned_bytes += n;
	fm_search_run(scan->config->search, scan->at, data, n, *scan->offset,
		      ids_found, scan);
}

static void ids_gap(struct fm_stream_reader *reader)
{
	struct ids_scan *scan = container_of(reader, struct ids_scan, reader);

	*scan->at = (struct fm_search_at){};
	scan->cpu->gaps++;
}

static void ids_scan_setup(struct ids_scan *scan, struct fm_ctx *ctx)
{
	*scan = (struct ids_scan){
		.reader = { .bytes = ids_bytes, .gap = ids_gap },
		.config = fm_ctx_config(ctx),
		.cpu = fm_ctx_cpu(ctx),
	};
}

static void ids_tell(struct fm_ctx *ctx, const struct ids_scan *scan)
{
	char kind[24];

	if (!scan->found)
		return;
	scnprintf(kind, sizeof(kind), "pattern-%u", scan->first);
	fm_alert(ctx, kind);
}

/* Of a GSO packet of UDP each segment is a datagram. */
static u32 ids_datagram(const struct fm_pkt *pkt)
{
	const struct sk_buff *skb = pkt->skb;

	if (skb_is_gso(skb) && skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4)
		return skb_shinfo(skb)->gso_size;
	return U32_MAX;
}

static void ids_scan_datagrams(struct ids_scan *scan, const struct fm_pkt *pkt)
{
	u32 size = ids_datagram(pkt), n, part;
	struct fm_search_at at = {};
	struct fm_payload payload;
	const u8 *data;
	u64 offset = 0;

	scan->at = &at;
	scan->offset = &offset;
	fm_payload_begin(&payload, pkt, pkt->payload_off);
	while ((n = fm_payload_next(&payload, &data))) {
		for (; n; n -= part, data += part) {
			part = min_t(u32, n, size - offset);
			ids_bytes(&scan->reader, data, part);
			offset += part;
			if (offset < size)
				continue;
			offset = 0;
			at = (struct fm_search_at){};
		}
	}
}

static enum fm_verdict ids_eval_datagram(struct fm_ctx *ctx,
					 struct fm_pkt *pkt)
{
	struct ids_scan scan;

	ids_scan_setup(&scan, ctx);
	ids_scan_datagrams(&scan, pkt);
	if (!scan.found)
		return FM_CONTINUE;
	ids_tell(ctx, &scan);
	if (scan.config->action == IDS_DROP)
		return fm_drop(ctx, IDS_PATTERN);
	if (scan.config->action == IDS_MARK)
		pkt->skb->mark = scan.config->mark;
	return FM_CONTINUE;
}

static bool ids_has_payload(const struct fm_pkt *pkt)
{
	struct fm_payload payload;
	bool has;

	fm_payload_begin(&payload, pkt, pkt->payload_off);
	has = payload.end;
	fm_payload_end(&payload);
	return has;
}

/* False if the packet is too far ahead, and so is to be dropped. */
static bool ids_scan_stream(struct ids_scan *scan, struct fm_ctx *ctx,
			    struct ids_state *state, const struct fm_pkt *pkt)
{
	scan->at = &state->at;
	scan->offset = &state->stream.at;
	if (fm_stream_read(ctx, &state->stream, pkt, &scan->reader,
			   scan->config->reorder))
		return true;
	scan->cpu->unordered++;
	if (scan->config->unordered == IDS_REFUSE)
		return false;
	fm_stream_resume(ctx, &state->stream, pkt, &scan->reader);
	return true;
}

static enum fm_verdict ids_eval_stream(struct fm_ctx *ctx, struct fm_pkt *pkt,
				       struct ids_state *state)
{
	struct ids_scan scan;

	ids_scan_setup(&scan, ctx);
	if (state->matches && scan.config->action == IDS_DROP)
		return fm_drop(ctx, IDS_BLOCKED);
	if (!ids_scan_stream(&scan, ctx, state, pkt))
		return fm_drop(ctx, IDS_UNORDERED);
	ids_tell(ctx, &scan);
	state->matches += scan.found;
	if (!state->matches)
		return FM_CONTINUE;
	if (scan.config->action == IDS_DROP) {
		if (state->stream.pieces)
			fm_stream_end(fm_ctx_heap(ctx), &state->stream);
		return fm_drop(ctx, IDS_PATTERN);
	}
	if (scan.config->action == IDS_MARK)
		pkt->skb->mark = scan.config->mark;
	return FM_CONTINUE;
}

static enum fm_verdict ids_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct ids_state *state;

	if (pkt->l4proto != IPPROTO_TCP || !(pkt->flags & FM_PKT_PORTS))
		return ids_eval_datagram(ctx, pkt);
	state = fm_state_lookup(ctx);
	if (!state) {
		if (!(pkt->tcp_flags & FM_TCP_SYN) && !ids_has_payload(pkt))
			return FM_CONTINUE;
		state = fm_state_insert(ctx);
		if (!state)
			return fm_refuse(ctx);
	}
	return ids_eval_stream(ctx, pkt, state);
}

static u32 ids_timeout(const void *ptr, const void *data)
{
	const struct ids_state *state = data;

	if (READ_ONCE(state->matches))
		return 0;
	if (fm_stream_is_closed(&state->stream))
		return IDS_CLOSED_MS;
	return fm_stream_is_empty(&state->stream) ? IDS_OPENING_MS : 0;
}

static void ids_destroy(struct fm_heap *heap, void *ptr)
{
	struct ids_state *state = ptr;

	fm_stream_end(heap, &state->stream);
}

static void ids_dump(struct fm_dump *dump, const void *ptr)
{
	const struct ids_state *state = ptr;

	fm_dump_uint(dump, "stream_bytes", READ_ONCE(state->stream.at));
	fm_dump_uint(dump, "skipped_bytes", READ_ONCE(state->stream.skipped));
	fm_dump_uint(dump, "waiting_pieces", READ_ONCE(state->stream.npieces));
	fm_dump_uint(dump, "matches", READ_ONCE(state->matches));
}

/* Where the stream was is not told: it is read from its next bytes on. */
static bool ids_load(struct fm_ctx *ctx, struct fm_pkt *pkt,
		     const struct fm_load *load)
{
	struct ids_state *state = fm_state_insert(ctx);

	if (!state)
		return false;
	state->matches = min_t(u64, fm_load_uint(load, "matches"), U32_MAX);
	return true;
}

static void ids_show(struct fm_dump *dump, const void *config,
		     const void __percpu *cpu)
{
	char name[16];
	u64 sum;
	u32 i;

	fm_dump_uint(dump, "scanned_bytes",
		     fm_cpu_sum(cpu, offsetof(struct ids_cpu, scanned_bytes)));
	fm_dump_uint(dump, "unordered",
		     fm_cpu_sum(cpu, offsetof(struct ids_cpu, unordered)));
	fm_dump_uint(dump, "gaps",
		     fm_cpu_sum(cpu, offsetof(struct ids_cpu, gaps)));
	fm_dump_uint(dump, "matches",
		     fm_cpu_sum(cpu, offsetof(struct ids_cpu, matches)));
	for (i = 0; i < IDS_COUNTED; i++) {
		sum = fm_cpu_sum(cpu, offsetof(struct ids_cpu, pattern) +
				 i * sizeof(u64));
		scnprintf(name, sizeof(name), "pattern_%u", i);
		if (sum)
			fm_dump_uint(dump, name, sum);
	}
	fm_dump_uint(dump, "other_patterns",
		     fm_cpu_sum(cpu, offsetof(struct ids_cpu, others)));
}

FM_BUILTIN_NF(ids) = {
	.name = "ids",
	.description = "finds patterns in payloads and streams",
	.owner = THIS_MODULE,
	.params = ids_params,
	.nparams = ARRAY_SIZE(ids_params),
	.reasons = ids_reasons,
	.nreasons = ARRAY_SIZE(ids_reasons),
	.config_size = sizeof(struct ids_config),
	.cpu_size = sizeof(struct ids_cpu),
	.state_size = sizeof(struct ids_state),
	.key = FM_F_ALL,
	.intensity = FM_INTENSITY_PACKET,
	.pointer = true,
	.timeout_ms = 300000,
	.max_entries = 1U << 18,
	.init = ids_init,
	.eval = ids_eval,
	.timeout = ids_timeout,
	.destroy = ids_destroy,
	.dump = ids_dump,
	.show = ids_show,
	.load = ids_load,
};
