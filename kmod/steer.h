/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_STEER_H
#define _FM_STEER_H

#include <linux/list.h>
#include <linux/refcount.h>
#include "port.h"
#include "toeplitz.h"

/**
 * struct fm_steer_config - a steering as asked for
 * @seg: number of its segment
 * @fields: FM_F_* that it is to depend on, for IPv4 and IPv6
 * @l4: FM_L4_* whose ports are hashed
 * @key: hash keys, for IPv4 and IPv6, zero beyond @key_len
 * @key_len: their bytes
 * @nshards: a power of two
 * @symmetric: both directions have one shard
 * @hw: use the NIC's hash once it is verified
 */
struct fm_steer_config {
	u32 seg;
	u32 fields[2];
	u32 l4;
	u8 key[2][FM_KEY_MAX];
	u8 key_len[2];
	u32 nshards;
	bool symmetric;
	bool hw;
};

struct fm_lent;
struct fm_move_shard;

/**
 * struct fm_shard - a hash bucket
 * @owner: the owner's CPU, or while the shard moves fm_owner_moving()
 * @home: CPU that it was given by the user; if that goes, it goes back when
 *	that does
 * @move: while it moves, how; of the CPU that it moves to
 * @packets: run so far, written by the owner
 * @bytes: likewise
 * @parked: packets that wait for the end of the move
 * @moves: how often it has moved
 * @park_drops: packets for which there was no room to wait
 * @forced: moves during which a receive queue was not seen empty
 * @kept: how many want all of its packets to stay with the owner
 * @lent: if flows of it are offloaded, what of it may be with another CPU
 */
struct fm_shard {
	u32 owner;
	u32 home;
	struct fm_move_shard *move;
	u64 packets;
	u64 bytes;
	u32 parked;
	u32 moves;
	u64 park_drops;
	u32 forced;
	atomic_t kept;
	struct fm_lent *lent;
} ____cacheline_aligned_in_smp;

/**
 * struct fm_steer - how packets find their shard, and shards their CPU
 * @ref: one per plan
 * @list: of all steerings, for CPUs that come and go
 * @chain: the chain whose plans use it
 * @id: unique, unlike its address in time
 * @config: as asked for
 * @bits: log2 of the shards
 * @toeplitz: hash keys, for IPv4 and IPv6
 * @ports: what a source and a destination port do, for IPv4 and IPv6
 * @shards: the shards
 */
struct fm_steer {
	refcount_t ref;
	struct list_head list;
	struct fm_chain *chain;
	u32 id;
	struct fm_steer_config config;
	u32 bits;
	struct fm_toeplitz toeplitz[2];
	struct fm_port_space ports[2][2];
	struct fm_shard shards[];
};

/*
 * A shard's owner is one word, read once per packet: a CPU's number if the
 * shard is settled, else the state, where it goes and where it comes from. The
 * owner of a settled shard thus compares one number.
 */
#define FM_OWNER_CPU_BITS	14
#define FM_OWNER_CPU_MASK	((1U << FM_OWNER_CPU_BITS) - 1)
#define FM_OWNER_STATE_SHIFT	(2 * FM_OWNER_CPU_BITS)

static inline u32 fm_owner_moving(enum fm_shard_state state, u32 from, u32 to)
{
	return (u32)state << FM_OWNER_STATE_SHIFT |
	       to << FM_OWNER_CPU_BITS | from;
}

static inline enum fm_shard_state fm_owner_state(u32 owner)
{
	return owner >> FM_OWNER_STATE_SHIFT;
}

static inline u32 fm_owner_from(u32 owner)
{
	return owner & FM_OWNER_CPU_MASK;
}

/* Where the shard is, or will be when its move is over. */
static inline u32 fm_owner_to(u32 owner)
{
	if (fm_owner_state(owner) == FM_SHARD_SETTLED)
		return owner;
	return owner >> FM_OWNER_CPU_BITS & FM_OWNER_CPU_MASK;
}

/* Who runs its packets and writes its tables now. */
static inline u32 fm_owner_cpu(u32 owner)
{
	return fm_owner_state(owner) == FM_SHARD_PLAYING ? fm_owner_to(owner) :
	       fm_owner_from(owner);
}

/* The CPU that a packet of the shard must be on when it is on @cpu. */
static inline u32 fm_owner_next(u32 owner, u32 cpu)
{
	switch (fm_owner_state(owner)) {
	case FM_SHARD_HELD:
		return cpu == fm_owner_to(owner) ? cpu : fm_owner_from(owner);
	case FM_SHARD_MOVING:
		return cpu == fm_owner_from(owner) ? cpu : fm_owner_to(owner);
	default:
		return fm_owner_to(owner);
	}
}

/* Being on it, is it to wait there. */
static inline bool fm_owner_parks(u32 owner, u32 cpu)
{
	return fm_owner_state(owner) != FM_SHARD_SETTLED &&
	       cpu == fm_owner_to(owner);
}

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

static inline u32 fm_steer_shard(const struct fm_steer *steer, u32 hash)
{
	return hash & (steer->config.nshards - 1);
}

static inline u32 fm_steer_hash(const struct fm_steer *steer,
				const struct fm_pkt *pkt)
{
	return fm_toeplitz_hash(&steer->toeplitz[fm_steer_family(pkt->family)],
				pkt, fm_steer_ports(steer, pkt));
}

static inline const struct fm_port_space *
fm_steer_port_space(const struct fm_steer *steer, u8 family, u32 field)
{
	return &steer->ports[fm_steer_family(family)][field == FM_F_DST_PORT];
}

/* On the owner, of a packet that is run or sent to be run. */
static inline void fm_steer_count(struct fm_shard *shard,
				  const struct fm_pkt *pkt)
{
	WRITE_ONCE(shard->packets, shard->packets + pkt->segs);
	WRITE_ONCE(shard->bytes, shard->bytes + pkt->len);
}

int fm_steer_check(const struct fm_steer_config *config, const u32 *owners,
		   struct netlink_ext_ack *extack);
int fm_steer_guard(const struct fm_steer_config *config, const char *nf,
		   u32 key, bool bidirectional, struct netlink_ext_ack *extack);
struct fm_steer *fm_steer_create(const struct fm_steer_config *config,
				 const u32 *owners, struct fm_chain *chain);
bool fm_steer_equal(const struct fm_steer *steer,
		    const struct fm_steer_config *config, const u32 *owners);
struct fm_steer *fm_steer_get(struct fm_steer *steer);
void fm_steer_put(struct fm_steer *steer);

#endif
