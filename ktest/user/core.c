// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an NF asks the core for and finds there in files that need the rest of
 * a kernel: the same answers without one.
 */
#include <linux/etherdevice.h>
#include <linux/kernel.h>
#include <linux/kernel_stat.h>
#include <linux/ktime.h>
#include <linux/string.h>
#include "chain.h"

struct fm_user_calls fm_user_calls;
unsigned int fm_user_softirqs[FM_USER_CPUS];
u64 fm_user_now_ns;

const void *fm_ctx_config(const struct fm_ctx *ctx)
{
	return ctx->inst->config;
}

void *fm_ctx_cpu(const struct fm_ctx *ctx)
{
	return this_cpu_ptr(ctx->inst->account->cpu);
}

const struct ethhdr *fm_ether_header(const struct fm_pkt *pkt)
{
	return (const struct ethhdr *)pkt->skb->mac;
}

int fm_ether_write(struct fm_pkt *pkt, const u8 *dst, const u8 *src)
{
	struct ethhdr *eth = (struct ethhdr *)pkt->skb->mac;

	if (!eth)
		return -ENOENT;
	if (dst)
		ether_addr_copy(eth->h_dest, dst);
	if (src)
		ether_addr_copy(eth->h_source, src);
	return 0;
}

int fm_ether_push(struct fm_pkt *pkt, const u8 *dst, const u8 *src)
{
	static struct ethhdr header;

	if (pkt->skb->mac)
		return -EEXIST;
	pkt->skb->mac = (u8 *)&header;
	return fm_ether_write(pkt, dst, src);
}

enum fm_verdict fm_send(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	fm_user_calls.sent++;
	return FM_STOLEN;
}

void fm_state_init(struct fm_inst *inst, u32 timeout_ms)
{
	if (!inst->timeout_set)
		inst->timeout_ms = max_t(u32, timeout_ms, 1);
}

enum fm_verdict fm_drop(struct fm_ctx *ctx, unsigned int reason)
{
	ctx->reason = min_t(unsigned int, reason, FM_REASONS_MAX - 1);
	ctx->refused = false;
	return FM_DROP;
}

enum fm_verdict fm_refuse(struct fm_ctx *ctx)
{
	if (ctx->reason != FM_REASON_TABLE_FULL)
		ctx->reason = FM_REASON_NO_MEMORY;
	ctx->refused = true;
	return FM_DROP;
}

void fm_alert(struct fm_ctx *ctx, const char *kind)
{
	fm_user_calls.alerts++;
	fm_user_calls.alert = kind;
}

void fm_dump_uint(struct fm_dump *dump, const char *name, u64 value)
{
	if (dump->n == FM_USER_DUMP_MAX)
		fm_user_bug("a state has too many values");
	strscpy(dump->row[dump->n].name, name,
		sizeof(dump->row[dump->n].name));
	dump->row[dump->n++].value = value;
}

void fm_dump_time(struct fm_dump *dump, const char *name, u64 mono_ns)
{
	fm_dump_uint(dump, name, mono_ns);
}

u64 fm_load_uint(const struct fm_load *load, const char *name)
{
	unsigned int i;

	for (i = 0; i < load->dump->n; i++)
		if (!strcmp(load->dump->row[i].name, name))
			return load->dump->row[i].value;
	return 0;
}

u64 fm_load_time(const struct fm_load *load, const char *name)
{
	return fm_load_uint(load, name);
}
