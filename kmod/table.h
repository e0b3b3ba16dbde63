/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_TABLE_H
#define _FM_TABLE_H

#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>
#include "heap.h"
#include "key.h"

#define FM_BUCKET_ENTRIES	7
#define FM_TABLE_BITS_MIN	1	/* log2 of the buckets of an array */
#define FM_TABLE_BITS_MAX	22
#define FM_TABLE_BITS_ATOMIC	8	/* 16 KiB; what is larger, work allocates, */
#define FM_TABLE_BITS_URGENT	12	/* unless it is late and this will do */
#define FM_TABLE_STASH		4	/* entries that found no bucket */
#define FM_TABLE_LOOKS		16	/* buckets looked at per wanted sample */
#define FM_TABLE_STEP		4	/* old buckets looked at per operation */
#define FM_TABLE_REFRAIN	63	/* inserts after memory was not there */
#define FM_TABLE_SHRINK		4	/* log2 of the most a table shrinks at once */

/*
 * The most entries that one insert or removal moves: those of one old bucket and
 * one of the stash, each of which, as a new one, may push others aside.
 */
#define FM_TABLE_PUSHES		2
#define FM_TABLE_MOVES_MAX	((FM_BUCKET_ENTRIES + 1) * \
				 (1 + FM_TABLE_PUSHES) + FM_TABLE_PUSHES)

/* Time of fm_entry.last: units of 4.2 ms; 31 bits of them are 104 days. */
#define FM_TICK_SHIFT		22
#define FM_TICK_NS		(1U << FM_TICK_SHIFT)

/* Bit of fm_entry.last. */
#define FM_ENTRY_AGAIN		1U	/* a second packet has had this key */

/**
 * struct fm_entry - a key and the states of a group's NFs
 * @present: bit per NF of the group that has a state
 * @last: when the last packet came, fm_entry_time(), and FM_ENTRY_AGAIN
 * @key: the key, and in its seq whether states are being written
 * @state: the states
 */
struct fm_entry {
	u32 present;
	u32 last;
	struct fm_key key;
	u8 state[] __aligned(8);
};

/**
 * struct fm_bucket - a cache line of entries
 * @tags: a byte per entry, the eighth counts entries that belong here and are
 *	in their other bucket; 255 is for ever
 * @entry: valid where the tag is not 0
 *
 * A tag is seven bits of the hash, never 0. Bit 7 says that the entry is in its
 * other bucket.
 */
struct fm_bucket {
	u64 tags;
	struct fm_entry __rcu *entry[FM_BUCKET_ENTRIES];
} __aligned(64);

/**
 * struct fm_array - buckets, as their owner knows them
 * @rcu: to free them
 * @bucket: the buckets
 * @bits: log2 of their number
 */
struct fm_array {
	struct rcu_head rcu;
	struct fm_bucket *bucket;
	u32 bits;
};

/**
 * struct fm_tables - what the tables of a store have in common
 * @memory: pays for their arrays
 * @seed: of the hash
 * @work: calls fm_table_provide() for each
 * @failures: arrays that could not be had
 */
struct fm_tables {
	struct fm_memory memory;
	hsiphash_key_t seed;
	struct work_struct work;
	atomic_t failures;
};

/**
 * struct fm_table - hash table of one writer, read under RCU
 * @cur: where the buckets are, and in the low bits log2 of their number, so
 *	that readers get both at once; 0 if there are none
 * @old: likewise, of the buckets that entries move from, or 0
 * @moves: counts entries that changed place
 * @swaps: counts those of them that did within @cur or came from @stash
 * @entries: entries in it
 * @nstash: entries in @stash
 * @stash: entries whose two buckets are full; NULL at the end
 * @moved: buckets of @old that are empty for good
 * @gc_at: bucket that the ageing sweep looks at next
 * @cur_array: what @cur is
 * @old_array: what @old is
 * @spare: an array that work has allocated
 * @want: log2 of the buckets that work is to allocate, or 0
 * @asked: inserts that wanted more buckets
 * @refrain: how many inserts without a place do not ask for memory again
 *
 * Whoever has several writers puts a lock beside it.
 */
struct fm_table {
	unsigned long cur;
	unsigned long old;
	u32 moves;
	u32 swaps;
	u32 entries;
	u32 nstash;
	struct fm_entry __rcu *stash[FM_TABLE_STASH];
	u32 moved;
	u32 gc_at;
	struct fm_array *cur_array;
	struct fm_array *old_array;
	struct fm_array *spare;
	u32 want;
	u32 asked;
	u32 refrain;
};

/**
 * struct fm_table_pos - how far a walk has come
 * @at: entries whose hash, read backwards, is less have been shown
 * @skip: of those where it is the same, how many have been
 * @end: all have been
 * @torn: some may have been left out, or shown twice
 */
struct fm_table_pos {
	u32 at;
	u16 skip;
	bool end;
	bool torn;
};

/* What is called for an entry. */
typedef bool (*fm_table_fn)(struct fm_entry *entry, void *arg);

/**
 * struct fm_sweep - what a sweep does with the entries it comes by
 * @expired: true if the entry is to be taken out
 * @gone: takes it over; readers may still see it for a grace period
 * @arg: for both
 */
struct fm_sweep {
	fm_table_fn expired;
	void (*gone)(struct fm_entry *entry, void *arg);
	void *arg;
};

/**
 * fm_entry_time - a time as fm_entry.last has it
 * @now_ns: monotonic time
 */
static inline u32 fm_entry_time(u64 now_ns)
{
	return (u32)(now_ns >> FM_TICK_SHIFT) << 1;
}

/**
 * fm_entry_idle_ns - for how long no packet has had this key
 * @last: fm_entry.last
 * @now_ns: monotonic time
 *
 * Return: time, at most two units of fm_entry.last less than it was.
 */
static inline s64 fm_entry_idle_ns(u32 last, u64 now_ns)
{
	s32 idle = fm_entry_time(now_ns) - (last & ~FM_ENTRY_AGAIN);

	return idle <= 2 ? 0 : (s64)((idle >> 1) - 1) << FM_TICK_SHIFT;
}

u32 fm_table_hash(const struct fm_tables *tables, const struct fm_entry *entry);
struct fm_entry *fm_table_find(const struct fm_table *table,
			       const struct fm_key *key, u32 hash);
struct fm_entry *fm_table_lookup(const struct fm_table *table,
				 const struct fm_key *key, u32 hash);
void fm_table_prefetch(const struct fm_table *table, u32 hash);
void fm_table_prefetch_entry(const struct fm_table *table, u32 hash);
bool fm_table_insert(struct fm_table *table, struct fm_tables *tables,
		     struct fm_entry *entry, u32 hash);
void fm_table_remove(struct fm_table *table, struct fm_tables *tables,
		     struct fm_entry *entry, u32 hash);

void fm_table_resize(struct fm_table *table, struct fm_tables *tables);
bool fm_table_hurry(struct fm_table *table, struct fm_tables *tables);
void fm_table_tidy(struct fm_table *table, struct fm_tables *tables,
		   unsigned int steps);
void fm_table_provide(struct fm_table *table, struct fm_tables *tables);
size_t fm_table_memory(const struct fm_table *table);

struct fm_entry *fm_table_oldest(const struct fm_table *table, u32 hash,
				 unsigned int samples, u32 present);
unsigned int fm_table_gc(struct fm_table *table, struct fm_tables *tables,
			 unsigned int buckets, const struct fm_sweep *sweep);
bool fm_table_walk(const struct fm_table *table, const struct fm_tables *tables,
		   struct fm_table_pos *pos, fm_table_fn fn, void *arg);
void fm_table_destroy(struct fm_table *table, struct fm_tables *tables,
		      fm_table_fn fn, void *arg);

#endif
