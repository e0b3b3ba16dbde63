// SPDX-License-Identifier: GPL-2.0
/*
 * Tables grow and shrink by an array beside the one they have. Whatever changes
 * the table, and the sweep, empties one bucket of the old array, so no packet
 * waits for a whole rehash, and the new array is far from full when that is done.
 *
 * Small arrays are allocated where they are wanted. Larger ones take long to
 * clear: work allocates them, and the table takes what lies ready.
 */
#include <linux/mm.h>
#include <linux/prefetch.h>
#include <linux/slab.h>
#include "bucket.h"

static size_t array_size_of(u32 bits)
{
	return sizeof(struct fm_array) + (sizeof(struct fm_bucket) << bits);
}

/* Beyond this a table wants more buckets. */
static u32 array_fill(u32 bits)
{
	return (FM_BUCKET_ENTRIES * 13 << bits) / 16;
}

static struct fm_array *array_alloc(struct fm_tables *tables, u32 bits,
				    gfp_t gfp)
{
	struct fm_array *array;

	if (!fm_memory_charge(&tables->memory, array_size_of(bits)))
		return NULL;
	array = kzalloc(sizeof(*array), gfp);
	if (!array)
		goto uncharge;
	array->bits = bits;
	array->bucket = bits <= FM_TABLE_BITS_ATOMIC ?
		kzalloc(sizeof(struct fm_bucket) << bits, gfp) :
		kvzalloc(sizeof(struct fm_bucket) << bits, gfp);
	if (array->bucket)
		return array;
	kfree(array);
uncharge:
	fm_memory_uncharge(&tables->memory, array_size_of(bits));
	return NULL;
}

static void array_free(struct fm_array *array)
{
	kvfree(array->bucket);
	kfree(array);
}

static void array_free_rcu(struct rcu_head *rcu)
{
	array_free(container_of(rcu, struct fm_array, rcu));
}

static void array_retire(struct fm_tables *tables, struct fm_array *array)
{
	fm_memory_uncharge(&tables->memory, array_size_of(array->bits));
	call_rcu(&array->rcu, array_free_rcu);
}

static void resize_begin(struct fm_table *table, struct fm_array *array)
{
	table->old_array = table->cur_array;
	table->cur_array = array;
	table->moved = 0;
	table->gc_at = 0;
	/* A reader that sees the new array sees that there is an old one. */
	WRITE_ONCE(table->old, table->cur);
	smp_store_release(&table->cur,
			  (unsigned long)array->bucket | array->bits);
}

static void resize_end(struct fm_table *table, struct fm_tables *tables)
{
	WRITE_ONCE(table->old, 0);
	array_retire(tables, table->old_array);
	table->old_array = NULL;
}

/* The next step will look at these; by then they are here. */
static void bucket_prefetch(const struct fm_bucket *bucket)
{
	u64 full;

	for (full = bucket_full(bucket->tags); full; full &= full - 1)
		prefetch(table_deref(bucket->entry[bucket_first(full)]));
	prefetch(bucket + 1);
}

/* Moves the entries of an old bucket; false if one finds no place. */
static bool bucket_move(struct fm_table *table, struct fm_tables *tables,
			u32 b)
{
	struct fm_bucket *buckets = array_buckets(table->old);
	u64 full = bucket_full(buckets[b].tags);
	struct fm_entry *entry;

	for (; full; full &= full - 1) {
		entry = table_deref(buckets[b].entry[bucket_first(full)]);
		if (!fm_table_place(table, entry,
				    fm_table_hash(tables, entry)) &&
		    !fm_table_stash(table, entry))
			return false;
		table_note_move(table);
		bucket_clear(buckets, array_mask(table->old), b,
			     bucket_first(full));
	}
	return true;
}

/* Gives an entry of the stash a bucket, if there is room by now. */
static void stash_move(struct fm_table *table, struct fm_tables *tables)
{
	struct fm_entry *entry;
	u32 i;

	for (i = 0; !table_deref(table->stash[i]); i++)
		;
	entry = table_deref(table->stash[i]);
	if (!fm_table_place(table, entry, fm_table_hash(tables, entry)))
		return;
	WRITE_ONCE(table->swaps, table->swaps + 1);
	table_note_move(table);
	RCU_INIT_POINTER(table->stash[i], NULL);
	WRITE_ONCE(table->nstash, table->nstash - 1);
}

/* One bounded step: ends with the first bucket that had entries. */
static void resize_step(struct fm_table *table, struct fm_tables *tables)
{
	struct fm_bucket *buckets = array_buckets(table->old);
	u32 mask = array_mask(table->old), looks;
	bool full;

	for (looks = 0; looks < FM_TABLE_STEP; looks++) {
		full = bucket_full(buckets[table->moved].tags);
		if (full && !bucket_move(table, tables, table->moved))
			return;
		if (table->moved++ == mask) {
			resize_end(table, tables);
			return;
		}
		if (full)
			break;
	}
	bucket_prefetch(&buckets[table->moved]);
}

static bool resize_now(struct fm_table *table, struct fm_tables *tables,
		       u32 bits)
{
	struct fm_array *array = array_alloc(tables, bits,
					     GFP_ATOMIC | __GFP_NOWARN);

	if (!array) {
		atomic_inc(&tables->failures);
		return false;
	}
	resize_begin(table, array);
	return true;
}

/* Has the array made, now or by and by; after a failure not at each packet. */
static void resize_ask(struct fm_table *table, struct fm_tables *tables,
		       u32 bits)
{
	u32 most = FM_BUCKET_ENTRIES << array_bits(table->cur);
	bool urgent = table->entries > most / 16 * 15;

	if (table->cur && table->asked++ & 63)
		return;
	if (bits <= FM_TABLE_BITS_ATOMIC ||
	    (urgent && bits <= FM_TABLE_BITS_URGENT)) {
		if (resize_now(table, tables, bits))
			table->asked = 0;
		return;
	}
	if (READ_ONCE(table->want))
		return;
	WRITE_ONCE(table->want, bits);
	queue_work(system_unbound_wq, &tables->work);
}

/* Takes the array that work has made, if it is of use still. */
static bool resize_take(struct fm_table *table, struct fm_tables *tables)
{
	struct fm_array *spare = smp_load_acquire(&table->spare);

	if (!spare)
		return false;
	WRITE_ONCE(table->spare, NULL);
	WRITE_ONCE(table->want, 0);
	table->asked = 0;
	if (spare->bits == array_bits(table->cur) ||
	    table->entries > array_fill(spare->bits) / 4 * 3) {
		array_retire(tables, spare);
		return false;
	}
	resize_begin(table, spare);
	return true;
}

/**
 * fm_table_resize - go on growing or shrinking, or begin to grow
 * @table: the table
 * @tables: of the store
 *
 * Moves FM_TABLE_MOVES_MAX - FM_TABLE_PUSHES entries at the most: the insert may
 * move the rest.
 */
void fm_table_resize(struct fm_table *table, struct fm_tables *tables)
{
	u32 bits = array_bits(table->cur);

	if (unlikely(table->nstash))
		stash_move(table, tables);
	if (table->old)
		resize_step(table, tables);
	else if (unlikely(READ_ONCE(table->spare)) &&
		 resize_take(table, tables))
		return;
	if (unlikely(!table->cur))
		resize_ask(table, tables, FM_TABLE_BITS_MIN);
	else if (unlikely(table->entries >= array_fill(bits)) && !table->old &&
		 bits < FM_TABLE_BITS_MAX)
		resize_ask(table, tables, bits + 1);
}

/**
 * fm_table_hurry - grow at once, for an entry that has no place
 * @table: the table
 * @tables: of the store
 *
 * Work that was to allocate the array comes too late; what it brings is given
 * back.
 *
 * Return: false if the table is not that full, grows already, would be too large
 * or there is no memory; then the next calls do not look for any.
 */
bool fm_table_hurry(struct fm_table *table, struct fm_tables *tables)
{
	u32 bits = array_bits(table->cur);

	if (table->old || table->entries < array_fill(bits) ||
	    bits >= FM_TABLE_BITS_URGENT)
		return false;
	if (table->refrain) {
		table->refrain--;
		return false;
	}
	if (resize_now(table, tables, bits + 1))
		return true;
	table->refrain = FM_TABLE_REFRAIN;
	return false;
}

/* To a quarter full or more, but by no more than FM_TABLE_SHRINK bits. */
static void table_shrink(struct fm_table *table, struct fm_tables *tables)
{
	u32 bits = array_bits(table->cur), to = bits;

	while (to > FM_TABLE_BITS_MIN && to + FM_TABLE_SHRINK > bits &&
	       table->entries < array_fill(to) / 4)
		to--;
	if (to < bits - 1 || (to < bits && !table->entries))
		resize_ask(table, tables, to);
}

/**
 * fm_table_tidy - what the sweep does for a table whether it has entries or not
 * @table: the table
 * @tables: of the store
 * @steps: of a resize, at the most
 */
void fm_table_tidy(struct fm_table *table, struct fm_tables *tables,
		   unsigned int steps)
{
	if (!table->cur)
		return;
	if (table->nstash || READ_ONCE(table->spare))
		fm_table_resize(table, tables);
	for (; table->old && steps; steps--)
		resize_step(table, tables);
	if (!table->old)
		table_shrink(table, tables);
}

/**
 * fm_table_provide - allocate what a table wants; may sleep
 * @table: the table, which others write meanwhile
 * @tables: of the store
 */
void fm_table_provide(struct fm_table *table, struct fm_tables *tables)
{
	u32 want = READ_ONCE(table->want);
	struct fm_array *array;

	if (!want || READ_ONCE(table->spare))
		return;
	array = array_alloc(tables, want, GFP_KERNEL | __GFP_NOWARN);
	if (!array) {
		atomic_inc(&tables->failures);
		WRITE_ONCE(table->want, 0);
		return;
	}
	smp_store_release(&table->spare, array);
}

/**
 * fm_table_memory - bytes of a table's arrays
 * @table: the table; an estimate if others write it meanwhile
 */
size_t fm_table_memory(const struct fm_table *table)
{
	unsigned long cur = READ_ONCE(table->cur), old = READ_ONCE(table->old);

	return (cur ? array_size_of(array_bits(cur)) : 0) +
	       (old ? array_size_of(array_bits(old)) : 0);
}

static void array_destroy(struct fm_tables *tables, struct fm_array *array,
			  fm_table_fn fn, void *arg)
{
	struct fm_bucket *bucket;
	u64 full;
	u32 n;

	if (!array)
		return;
	for (n = 0; n < 1U << array->bits; n++) {
		bucket = &array->bucket[n];
		full = bucket_full(bucket->tags);
		for (; full; full &= full - 1)
			fn(table_deref(bucket->entry[bucket_first(full)]),
			   arg);
	}
	fm_memory_uncharge(&tables->memory, array_size_of(array->bits));
	array_free(array);
}

/**
 * fm_table_destroy - empty a table that has no reader and no writer left
 * @table: the table, for which no work is under way
 * @tables: of the store
 * @fn: takes over each entry; its answer does not matter
 * @arg: for @fn
 */
void fm_table_destroy(struct fm_table *table, struct fm_tables *tables,
		      fm_table_fn fn, void *arg)
{
	u32 i;

	array_destroy(tables, table->cur_array, fn, arg);
	array_destroy(tables, table->old_array, fn, arg);
	array_destroy(tables, table->spare, fn, arg);
	for (i = 0; i < FM_TABLE_STASH; i++)
		if (table_deref(table->stash[i]))
			fn(table_deref(table->stash[i]), arg);
	memset(table, 0, sizeof(*table));
}
