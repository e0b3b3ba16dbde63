/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_ENTRY_H
#define _FM_ENTRY_H

#include "store.h"

#define FM_LIMBO_ENTRIES	28	/* freed after one grace period, together */
#define FM_CREDIT_BATCH		32	/* entries a slot may hold in reserve */

/**
 * struct fm_limbo - entries that are in no table any more
 * @rcu: readers have gone
 * @store: whose; it outlives them
 * @n: how many
 * @entry: the entries
 */
struct fm_limbo {
	struct rcu_head rcu;
	struct fm_store *store;
	u32 n;
	struct fm_entry *entry[FM_LIMBO_ENTRIES];
};

static inline size_t fm_entry_size(const struct fm_store *store)
{
	return sizeof(struct fm_entry) + store->state_size;
}

static inline void *fm_entry_state(const struct fm_store *store,
				   struct fm_entry *entry, u32 member)
{
	return entry->state + store->members[member].offset;
}

/* Whoever copies the states from here on notices, until fm_entry_close(). */
static inline void fm_entry_open(struct fm_entry *entry)
{
	WRITE_ONCE(entry->key.seq, entry->key.seq | 1);
	smp_wmb();
}

static inline void fm_entry_close(struct fm_entry *entry)
{
	smp_wmb();
	WRITE_ONCE(entry->key.seq, (entry->key.seq | 1) + 1);
}

struct fm_entry *fm_entry_alloc(struct fm_store *store);
void fm_entry_free(struct fm_store *store, struct fm_entry *entry);
bool fm_entry_copy(const struct fm_store *store, const struct fm_entry *entry,
		   struct fm_entry *copy);
bool fm_entry_copy_state(const struct fm_store *store,
			 const struct fm_entry *entry, u32 m, void *copy);
void fm_entry_touch(struct fm_entry *entry, u64 now_ns);
void fm_entry_expire(const struct fm_group *group, struct fm_slot *slot,
		     struct fm_entry *entry, u64 now_ns);
void fm_entry_end_state(struct fm_store *store, struct fm_slot *from,
			struct fm_slot *to, struct fm_entry *entry, u32 member);
bool fm_entry_unlink(struct fm_store *store, struct fm_slot *slot,
		     struct fm_entry *entry, u32 hash);

bool fm_limbo_reserve(struct fm_store *store, struct fm_slot *slot);
void fm_limbo_add(struct fm_slot *slot, struct fm_entry *entry);
void fm_limbo_flush(struct fm_slot *slot);
void fm_limbo_destroy(struct fm_slot *slot);

bool fm_entry_is_over(const struct fm_group *group, struct fm_entry *entry,
		      u64 now_ns);
s64 fm_entry_timeout_ns(const struct fm_group *group, struct fm_entry *entry,
			u32 member);
bool fm_credit_take(struct fm_store *store, u32 member, s32 *credit);
void fm_credit_put(struct fm_store *store, u32 member, s32 *credit);

#endif
