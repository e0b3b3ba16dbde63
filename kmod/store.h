/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_STORE_H
#define _FM_STORE_H

#include <linux/spinlock.h>
#include "stats.h"
#include "steer.h"
#include "table.h"

#define FM_SLOTS_SHARED		256	/* lock stripes of a shared store */
#define FM_STATE_SIZE_MAX	4096	/* bytes of one NF's state */

struct fm_limbo;

/**
 * struct fm_slot - a table and what its writer needs beside it
 * @lock: taken by writers of a shared store; a local one has one writer
 * @heap: what its states point to
 * @limbo: entries that wait for readers to have gone
 * @table: the table
 * @credit: per member: states it may still create without asking the store
 */
struct fm_slot {
	spinlock_t lock;
	struct fm_limbo *limbo;
	struct fm_table table;
	struct fm_heap heap;
	s32 credit[];
};

/**
 * struct fm_store_member - an NF's part of a store
 * @ops: the NF
 * @account: its counters
 * @offset: of its state in fm_entry.state
 * @free: states that may still be created, but for the slots' credits
 * @max: states that may be created in all
 */
struct fm_store_member {
	const struct fm_nf_ops *ops;
	struct fm_account *account;
	u32 offset;
	u32 max;
	atomic_t free;
};

/**
 * struct fm_store - states: all that is mutable of a group
 * @ref: one per plan that uses it
 * @id: number, unique
 * @cache: of entries
 * @tables: what the slots' tables have in common
 * @slots: a table per shard (local), or per lock stripe (shared)
 * @slot_size: bytes of a slot, whole cache lines
 * @nslots: how many
 * @key: FM_F_*
 * @bidirectional: of the key
 * @mode: local or shared
 * @state_size: bytes of all members' states
 * @nmembers: NFs
 * @members: NFs
 */
struct fm_store {
	refcount_t ref;
	u32 id;
	struct kmem_cache *cache;
	struct fm_tables tables;
	void *slots;
	u32 slot_size;
	u32 nslots;
	u32 key;
	bool bidirectional;
	u8 mode;
	u32 state_size;
	u32 nmembers;
	struct fm_store_member members[];
};

/**
 * struct fm_member - how a plan wants an NF's states treated
 * @timeout_ns: idle time
 * @config: the NF's
 * @full_policy: enum fm_full_policy
 */
struct fm_member {
	u64 timeout_ns;
	const void *config;
	u8 full_policy;
};

/**
 * struct fm_group - a state group: one lookup for all its NFs
 * @store: the states
 * @shards: of the steering, for who owns a local slot
 * @min_timeout_ns: the shortest of its members', 0 if it depends on a state
 * @index: in the plan
 * @seg: number of its segment
 * @nmembers: NFs of the group
 * @kept: the store is an earlier plan's
 * @members: as in the store
 */
struct fm_group {
	struct fm_store *store;
	const struct fm_shard *shards;
	u64 min_timeout_ns;
	u32 index;
	u32 seg;
	u32 nmembers;
	bool kept;
	struct fm_member members[FM_NFS_MAX];
};

static inline struct fm_slot *fm_store_slot(const struct fm_store *store, u32 n)
{
	return store->slots + (size_t)n * store->slot_size;
}

static inline u32 fm_store_slot_index(const struct fm_store *store,
				      const struct fm_slot *slot)
{
	return ((const void *)slot - store->slots) / store->slot_size;
}

/* Low hash bits choose the bucket, the top seven are the tag. */
static inline u32 fm_store_stripe(u32 hash)
{
	return hash >> 17 & (FM_SLOTS_SHARED - 1);
}

static inline struct fm_slot *fm_store_find_slot(const struct fm_store *store,
						 u32 shard, u32 hash)
{
	return fm_store_slot(store, store->mode == FM_MODE_LOCAL ? shard :
			     fm_store_stripe(hash));
}

struct fm_store *fm_store_create(const struct fm_nf_ops *const *ops,
				 struct fm_account *const *accounts,
				 const u32 *max_entries, u32 nmembers, u8 mode,
				 u32 nshards, struct fm_budget *budget);
struct fm_store *fm_store_get(struct fm_store *store);
void fm_store_put(struct fm_store *store);
void fm_store_resize(struct fm_store *store, u32 member, u32 max_entries);
unsigned int fm_group_gc(const struct fm_group *group, struct fm_slot *slot,
			 u64 now_ns, unsigned int buckets);

#endif
