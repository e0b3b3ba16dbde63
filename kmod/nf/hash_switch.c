// SPDX-License-Identifier: GPL-2.0
/*
 * hash_switch: spreads packets over marks by a hash of some of their bytes, for
 * routing rules and queues that go by the mark.
 */
#include "flowmage_nf.h"

#define HASH_SWITCH_WAYS_MAX	16
#define HASH_SWITCH_LENGTH_MAX	64

struct hash_switch_config {
	u32 offset;
	u32 length;
	u32 ways;
	u32 mark;
	u32 seed;
};

struct hash_switch_cpu {
	u64 packets[HASH_SWITCH_WAYS_MAX];
	u64 too_short;
};

static const struct fm_param hash_switch_params[] = {
	FM_UINT(struct hash_switch_config, offset, 0, 1500, 12,
		"of the first byte that counts, from the IP header on, bytes"),
	FM_UINT(struct hash_switch_config, length, 1, HASH_SWITCH_LENGTH_MAX, 8,
		"bytes that count"),
	FM_UINT(struct hash_switch_config, ways, 2, HASH_SWITCH_WAYS_MAX, 2,
		"marks to spread over"),
	FM_UINT(struct hash_switch_config, mark, 0,
		U32_MAX - HASH_SWITCH_WAYS_MAX, 1,
		"packet mark of the first way; the others follow it"),
	FM_UINT(struct hash_switch_config, seed, 0, U32_MAX, 0,
		"another one spreads in another way"),
};

/* FNV-1a, and its bits mixed, for those on top decide. */
static u32 hash_switch_hash(const u8 *bytes, u32 n, u32 seed)
{
	u32 hash = 2166136261u ^ seed;

	while (n--)
		hash = (hash ^ *bytes++) * 16777619u;
	hash = (hash ^ hash >> 16) * 0x85ebca6bu;
	hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
	return hash ^ hash >> 16;
}

/* Packets that end before stay as they are. */
static enum fm_verdict hash_switch_eval(struct fm_ctx *ctx,
					struct fm_pkt *pkt)
{
	const struct hash_switch_config *config = fm_ctx_config(ctx);
	struct hash_switch_cpu *cpu = fm_ctx_cpu(ctx);
	u8 buf[HASH_SWITCH_LENGTH_MAX];
	const u8 *bytes = NULL;
	u32 way;

	if (config->offset + config->length <= pkt->len)
		bytes = skb_header_pointer(pkt->skb,
					   pkt->l3_off + config->offset,
					   config->length, buf);
	if (!bytes) {
		cpu->too_short += pkt->segs;
		return FM_CONTINUE;
	}
	way = (u64)hash_switch_hash(bytes, config->length, config->seed) *
	      config->ways >> 32;
	pkt->skb->mark = config->mark + way;
	cpu->packets[way] += pkt->segs;
	return FM_CONTINUE;
}

static void hash_switch_show(struct fm_dump *dump, const void *ptr,
			     const void __percpu *cpu)
{
	static const char *const names[HASH_SWITCH_WAYS_MAX] = {
		"way_0", "way_1", "way_2", "way_3", "way_4", "way_5", "way_6",
		"way_7", "way_8", "way_9", "way_10", "way_11", "way_12",
		"way_13", "way_14", "way_15",
	};
	const struct hash_switch_config *config = ptr;
	u32 i;

	for (i = 0; i < config->ways; i++)
		fm_dump_uint(dump, names[i],
			     fm_cpu_sum(cpu, i * sizeof(u64)));
	fm_dump_uint(dump, "too_short", fm_cpu_sum(cpu,
			offsetof(struct hash_switch_cpu, too_short)));
}

FM_BUILTIN_NF(hash_switch) = {
	.name = "hash_switch",
	.description = "spreads packets over marks by a hash of their bytes",
	.owner = THIS_MODULE,
	.params = hash_switch_params,
	.nparams = ARRAY_SIZE(hash_switch_params),
	.config_size = sizeof(struct hash_switch_config),
	.cpu_size = sizeof(struct hash_switch_cpu),
	.eval = hash_switch_eval,
	.show = hash_switch_show,
};
