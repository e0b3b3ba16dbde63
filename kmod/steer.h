/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_STEER_H
#define _FM_STEER_H

#include <linux/list.h>
#include <linux/refcount.h>
#include "toeplitz.h"

/**
 * struct fm_steer_config - a steering as asked for
 * @fields: FM_F_* that it is to depend on, for IPv4 and IPv6
 * @l4: FM_L4_* whose ports are hashed
 * @key: hash keys, for IPv4 and IPv6, zero beyond @key_len
 * @key_len: their bytes
 * @nshards: a power of two
 * @symmetric: both directions have one shard
 * @hw: use the NIC's hash once it is verified
 */
struct fm_steer_config {
	u32 fields[2];
	u32 l4;
	u8 key[2][FM_KEY_MAX];
	u8 key_len[2];
	u32 nshards;
	bool symmetric;
	bool hw;
};

/**
 * struct fm_shard - a hash bucket
 * @owner: CPU that runs its packets
 * @packets: run so far, written by the owner
 * @bytes: likewise
 */
struct fm_shard {
	u32 owner;
	u64 packets;
	u64 bytes;
} ____cacheline_aligned_in_smp;

/**
 * struct fm_steer - how packets find their shard, and shards their CPU
 * @ref: one per plan
 * @list: of all steerings, for CPUs that go away
 * @id: unique, unlike its address in time
 * @config: as asked for
 * @bits: log2 of the shards
 * @toeplitz: hash keys, for IPv4 and IPv6
 * @shards: the shards
 */
struct fm_steer {
	refcount_t ref;
	struct list_head list;
	u32 id;
	struct fm_steer_config config;
	u32 bits;
	struct fm_toeplitz toeplitz[2];
	struct fm_shard shards[];
};

static inline unsigned int fm_steer_family(u8 family)
{
	return family == 6;
}

/* Are the packet's ports part of the hash input. */
static inline bool fm_steer_ports(const struct fm_steer *steer,
				  const struct fm_pkt *pkt)
{
	return pkt->flags & FM_PKT_PORTS &&
	       steer->config.l4 & 1U << pkt->class % FM_CLASS_TCP6;
}

static inline u32 fm_steer_hash(const struct fm_steer *steer,
				const struct fm_pkt *pkt)
{
	return fm_toeplitz_hash(&steer->toeplitz[fm_steer_family(pkt->family)],
				pkt, fm_steer_ports(steer, pkt));
}

int fm_steer_check(const struct fm_steer_config *config, const u32 *owners,
		   struct netlink_ext_ack *extack);
int fm_steer_guard(const struct fm_steer_config *config, const char *nf,
		   u32 key, bool bidirectional, struct netlink_ext_ack *extack);
struct fm_steer *fm_steer_create(const struct fm_steer_config *config,
				 const u32 *owners);
bool fm_steer_equal(const struct fm_steer *steer,
		    const struct fm_steer_config *config, const u32 *owners);
struct fm_steer *fm_steer_get(struct fm_steer *steer);
void fm_steer_put(struct fm_steer *steer);
void fm_steer_disown(unsigned int cpu, unsigned int heir);

#endif
