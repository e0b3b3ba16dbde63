/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_TABLE_H
#define _FM_TABLE_H

#include <linux/rcupdate.h>
#include "heap.h"
#include "key.h"

#define FM_TABLE_BUCKETS_MIN	8
#define FM_TABLE_BUCKETS_MAX	(1U << 16)	/* 512 KiB, still kmalloc's */
#define FM_TABLE_LOOKS		16	/* buckets looked at per wanted sample */
#define FM_TABLE_MOVES_MAX	8	/* entries an insert moves to grow */

/* Bit of fm_entry.last_ns, whose unit is so small that nobody misses it. */
#define FM_ENTRY_AGAIN	1ULL	/* a second packet has had this key */

/**
 * struct fm_entry - a key and the states of a group's NFs
 * @next: of the same bucket
 * @hash: of @key
 * @present: bit per NF of the group that has a state
 * @last_ns: monotonic time of the last packet, and FM_ENTRY_AGAIN
 * @key: the key; with the above, one cache line
 * @state: the states, then the struct rcu_head
 */
struct fm_entry {
	struct fm_entry __rcu *next;
	u32 hash;
	u32 present;
	u64 last_ns;
	struct fm_key key;
	u8 state[] __aligned(8);
};

struct fm_buckets {
	struct rcu_head rcu;
	u32 mask;
	struct fm_entry __rcu *head[];
};

/**
 * struct fm_table - hash table of one writer, read under RCU
 * @cur: buckets
 * @old: while it grows: the buckets that entries move from, or NULL
 * @moved: buckets of @old that are empty for good
 * @gc_at: bucket that the ageing sweep looks at next
 * @moves: counts steps that moved entries to other buckets
 * @links: counts entries linked and unlinked
 * @entries: entries in it
 *
 * Whoever has several writers puts a lock beside it.
 */
struct fm_table {
	struct fm_buckets __rcu *cur;
	struct fm_buckets __rcu *old;
	u32 moved;
	u32 gc_at;
	u32 moves;
	u32 links;
	u32 entries;
};

/* What a walk calls for an entry; true ends the walk or removes the entry. */
typedef bool (*fm_table_fn)(struct fm_entry *entry, void *arg);

struct fm_entry *fm_table_lookup(const struct fm_table *table,
				 const struct fm_key *key, u32 hash);
bool fm_table_insert(struct fm_table *table, struct fm_heap *heap,
		     struct fm_entry *entry);
void fm_table_remove(struct fm_table *table, struct fm_heap *heap,
		     struct fm_entry *entry);
struct fm_entry *fm_table_oldest(const struct fm_table *table, u32 hash,
				 unsigned int samples, u32 present);
unsigned int fm_table_gc(struct fm_table *table, struct fm_heap *heap,
			 unsigned int buckets, fm_table_fn expired, void *arg);
bool fm_table_walk(const struct fm_table *table, u32 *bucket, u32 *skip,
		   fm_table_fn fn, void *arg);
void fm_table_destroy(struct fm_table *table, struct fm_heap *heap,
		      fm_table_fn fn, void *arg);

#endif
