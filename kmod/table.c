// SPDX-License-Identifier: GPL-2.0
/*
 * The hash table. An entry is in one of two buckets, which are a cache line
 * each: at home, where the low bits of its hash say, or, if that was full, in
 * another that follows from home and tag. A key that is not there costs one
 * line, unless its home says that some entries are away. If both are full, one
 * entry of theirs is pushed to its own other bucket, and if need be one from
 * there to a third; if none can be, a small stash takes the new one.
 *
 * Readers under RCU take no lock. An entry that moves is in its new place before
 * it leaves the old one, and a count of moves tells a reader that missed it in
 * both to look again.
 */
#include <linux/prefetch.h>
#include "bucket.h"

#define TABLE_TRIES	8	/* of a reader that misses while entries move */

/**
 * fm_table_hash - the hash of an entry's key
 * @tables: whose seed
 * @entry: the entry
 */
u32 fm_table_hash(const struct fm_tables *tables, const struct fm_entry *entry)
{
	return fm_key_hash(&entry->key, &tables->seed);
}

static __always_inline struct fm_entry *
bucket_find(const struct fm_bucket *bucket, u64 tags, u32 tag,
	    const struct fm_key *key)
{
	u64 hits = bucket_match(tags, tag);
	struct fm_entry *entry;

	for (; hits; hits &= hits - 1) {
		entry = rcu_dereference_bh(bucket->entry[bucket_first(hits)]);
		if (likely(fm_key_equal(&entry->key, key)))
			return entry;
	}
	return NULL;
}

static struct fm_entry *array_find(unsigned long array,
				   const struct fm_key *key, u32 hash)
{
	const struct fm_bucket *buckets = array_buckets(array);
	u32 mask = array_mask(array), tag = bucket_tag(hash);
	const struct fm_bucket *bucket = &buckets[hash & mask];
	u64 tags = smp_load_acquire(&bucket->tags);
	struct fm_entry *entry = bucket_find(bucket, tags, tag, key);

	if (entry || !(tags >> BUCKET_SPILL))
		return entry;
	bucket = &buckets[bucket_other(hash, tag, mask)];
	tags = smp_load_acquire(&bucket->tags);
	return bucket_find(bucket, tags, tag | BUCKET_AWAY, key);
}

static struct fm_entry *stash_find(const struct fm_table *table,
				   const struct fm_key *key)
{
	struct fm_entry *entry;
	u32 i;

	for (i = 0; i < FM_TABLE_STASH; i++) {
		entry = rcu_dereference_bh(table->stash[i]);
		if (entry && fm_key_equal(&entry->key, key))
			return entry;
	}
	return NULL;
}

/* Everywhere: kept apart, so that what finds an entry at home stays short. */
static noinline struct fm_entry *table_search(const struct fm_table *table,
					      const struct fm_key *key,
					      u32 hash)
{
	unsigned long cur = smp_load_acquire(&table->cur), old;
	struct fm_entry *entry;

	entry = array_find(cur, key, hash);
	if (entry)
		return entry;
	old = READ_ONCE(table->old);
	if (old) {
		entry = array_find(old, key, hash);
		if (entry)
			return entry;
	}
	return READ_ONCE(table->nstash) ? stash_find(table, key) : NULL;
}

/**
 * fm_table_find - find a key, as the table's writer
 * @table: the table
 * @key: the key
 * @hash: fm_key_hash() of it
 *
 * Return: the entry or NULL.
 */
struct fm_entry *fm_table_find(const struct fm_table *table,
			       const struct fm_key *key, u32 hash)
{
	unsigned long cur = smp_load_acquire(&table->cur);
	const struct fm_bucket *bucket;
	struct fm_entry *entry;
	u64 tags, hits;

	if (unlikely(!cur))
		return NULL;
	bucket = &array_buckets(cur)[hash & array_mask(cur)];
	tags = smp_load_acquire(&bucket->tags);
	hits = bucket_match(tags, bucket_tag(hash));
	if (hits) {
		entry = rcu_dereference_bh(bucket->entry[bucket_first(hits)]);
		if (likely(fm_key_equal(&entry->key, key)))
			return entry;
	} else if (likely(!(tags >> BUCKET_SPILL) && !READ_ONCE(table->old) &&
			  !READ_ONCE(table->nstash))) {
		return NULL;
	}
	return table_search(table, key, hash);
}

/**
 * fm_table_lookup - find a key under RCU beside the table's writer
 * @table: the table
 * @key: the key
 * @hash: fm_key_hash() of it
 *
 * Return: the entry, or NULL; that may be wrong if entries moved all the time.
 */
struct fm_entry *fm_table_lookup(const struct fm_table *table,
				 const struct fm_key *key, u32 hash)
{
	struct fm_entry *entry;
	u32 moves, tries;

	for (tries = 0; tries < TABLE_TRIES; tries++) {
		moves = smp_load_acquire(&table->moves);
		entry = fm_table_find(table, key, hash);
		if (likely(entry))
			return entry;
		smp_rmb();
		if (likely(READ_ONCE(table->moves) == moves))
			return NULL;
	}
	return NULL;
}

/**
 * fm_table_prefetch - have the bucket of a hash fetched
 * @table: the table, under RCU
 * @hash: of the key that will be looked up
 */
void fm_table_prefetch(const struct fm_table *table, u32 hash)
{
	unsigned long cur = READ_ONCE(table->cur);

	if (cur)
		prefetch(&array_buckets(cur)[hash & array_mask(cur)]);
}

/**
 * fm_table_prefetch_entry - have the likely entry of a hash fetched
 * @table: the table, under RCU; fm_table_prefetch() was called before
 * @hash: of the key that will be looked up
 */
void fm_table_prefetch_entry(const struct fm_table *table, u32 hash)
{
	unsigned long cur = READ_ONCE(table->cur);
	const struct fm_bucket *bucket;
	const void *entry;
	u64 hits;

	if (!cur)
		return;
	bucket = &array_buckets(cur)[hash & array_mask(cur)];
	hits = bucket_match(READ_ONCE(bucket->tags), bucket_tag(hash));
	if (!hits)
		return;
	entry = rcu_access_pointer(bucket->entry[bucket_first(hits)]);
	prefetch(entry);
	prefetch(entry + 64);
}

/* Moves an entry of bucket @b to its other one, if that has room. */
static bool entry_push(struct fm_table *table, unsigned long array, u32 b,
		       u32 i)
{
	struct fm_bucket *buckets = array_buckets(array);
	u32 tag = bucket_byte(buckets[b].tags, i);
	u32 mask = array_mask(array), to = bucket_other(b, tag, mask);
	u64 room = bucket_room(buckets[to].tags);

	if (!room)
		return false;
	if (!(tag & BUCKET_AWAY))
		bucket_spill(&buckets[b], 1);
	bucket_put(&buckets[to], bucket_first(room), tag ^ BUCKET_AWAY,
		   table_deref(buckets[b].entry[i]));
	table_note_move(table);
	WRITE_ONCE(table->swaps, table->swaps + 1);
	bucket_clear(buckets, mask, b, i);
	return true;
}

static bool bucket_make_room(struct fm_table *table, unsigned long array,
			     u32 b)
{
	u32 i;

	for (i = 0; i < FM_BUCKET_ENTRIES; i++)
		if (entry_push(table, array, b, i))
			return true;
	return false;
}

/* The same, after another entry has made room where one of @b's may go. */
static bool bucket_make_way(struct fm_table *table, unsigned long array, u32 b)
{
	const struct fm_bucket *bucket = &array_buckets(array)[b];
	u32 mask = array_mask(array), to, i;

	for (i = 0; i < FM_BUCKET_ENTRIES; i++) {
		to = bucket_other(b, bucket_byte(bucket->tags, i), mask);
		if (bucket_make_room(table, array, to))
			return entry_push(table, array, b, i);
	}
	return false;
}

/**
 * fm_table_stash - keep an entry that found no place in a bucket
 * @table: the table
 * @entry: the entry
 *
 * Return: false if the stash is full.
 */
bool fm_table_stash(struct fm_table *table, struct fm_entry *entry)
{
	u32 i;

	for (i = 0; i < FM_TABLE_STASH; i++) {
		if (table_deref(table->stash[i]))
			continue;
		rcu_assign_pointer(table->stash[i], entry);
		smp_store_release(&table->nstash, table->nstash + 1);
		return true;
	}
	return false;
}

/**
 * fm_table_place - find an entry a place in a bucket of the present array
 * @table: the table
 * @entry: the entry
 * @hash: of its key
 *
 * Moves FM_TABLE_PUSHES other entries at the most.
 *
 * Return: false if there is none.
 */
bool fm_table_place(struct fm_table *table, struct fm_entry *entry, u32 hash)
{
	struct fm_bucket *buckets = array_buckets(table->cur);
	u32 mask = array_mask(table->cur), tag = bucket_tag(hash);
	u32 home = hash & mask, other = bucket_other(home, tag, mask);
	u64 room = bucket_room(buckets[home].tags);

	if (unlikely(!room) && !bucket_room(buckets[other].tags) &&
	    !bucket_make_room(table, table->cur, home) &&
	    !bucket_make_room(table, table->cur, other) &&
	    !bucket_make_way(table, table->cur, home))
		return false;
	room = bucket_room(buckets[home].tags);
	if (likely(room)) {
		bucket_put(&buckets[home], bucket_first(room), tag, entry);
		return true;
	}
	bucket_spill(&buckets[home], 1);
	room = bucket_room(buckets[other].tags);
	bucket_put(&buckets[other], bucket_first(room), tag | BUCKET_AWAY,
		   entry);
	return true;
}

/**
 * fm_table_insert - add an entry
 * @table: the table
 * @tables: of the store
 * @entry: its key, which is not in the table, is set
 * @hash: of the key
 *
 * Moves FM_TABLE_MOVES_MAX other entries at the most.
 *
 * Return: false if there is no room, be it that memory for more is not there.
 */
bool fm_table_insert(struct fm_table *table, struct fm_tables *tables,
		     struct fm_entry *entry, u32 hash)
{
	fm_table_resize(table, tables);
	if (!table->cur)
		return false;
	if (!fm_table_place(table, entry, hash) &&
	    !fm_table_stash(table, entry) &&
	    !(fm_table_hurry(table, tables) &&
	      fm_table_place(table, entry, hash)))
		return false;
	WRITE_ONCE(table->entries, table->entries + 1);
	return true;
}

static __always_inline bool bucket_remove(struct fm_bucket *bucket, u32 tag,
					  const struct fm_entry *entry)
{
	u64 hits = bucket_match(bucket->tags, tag);
	u32 i;

	for (; hits; hits &= hits - 1) {
		i = bucket_first(hits);
		if (unlikely(table_deref(bucket->entry[i]) != entry))
			continue;
		WRITE_ONCE(bucket->tags, bucket->tags & ~(0xffULL << 8 * i));
		return true;
	}
	return false;
}

static bool array_remove(unsigned long array, const struct fm_entry *entry,
			 u32 hash)
{
	struct fm_bucket *buckets = array_buckets(array);
	u32 mask = array_mask(array), tag = bucket_tag(hash);
	struct fm_bucket *home = &buckets[hash & mask];

	if (!array)
		return false;
	if (bucket_remove(home, tag, entry))
		return true;
	if (!bucket_remove(&buckets[bucket_other(hash, tag, mask)],
			   tag | BUCKET_AWAY, entry))
		return false;
	bucket_spill(home, -1);
	return true;
}

static void stash_remove(struct fm_table *table, const struct fm_entry *entry)
{
	u32 i;

	for (i = 0; i < FM_TABLE_STASH; i++) {
		if (table_deref(table->stash[i]) != entry)
			continue;
		RCU_INIT_POINTER(table->stash[i], NULL);
		WRITE_ONCE(table->nstash, table->nstash - 1);
	}
}

/* What is not at home: kept apart, as for finding. */
static noinline void table_take(struct fm_table *table,
				const struct fm_entry *entry, u32 hash)
{
	if (!array_remove(table->cur, entry, hash) &&
	    !array_remove(table->old, entry, hash))
		stash_remove(table, entry);
}

/**
 * fm_table_remove - take an entry out
 * @table: the table
 * @tables: of the store
 * @entry: in the table; readers may still see it for a grace period
 * @hash: of its key
 */
void fm_table_remove(struct fm_table *table, struct fm_tables *tables,
		     struct fm_entry *entry, u32 hash)
{
	unsigned long cur = table->cur;
	struct fm_bucket *home = &array_buckets(cur)[hash & array_mask(cur)];

	if (unlikely(!bucket_remove(home, bucket_tag(hash), entry)))
		table_take(table, entry, hash);
	WRITE_ONCE(table->entries, table->entries - 1);
	if (unlikely(table->old))
		fm_table_resize(table, tables);
}
