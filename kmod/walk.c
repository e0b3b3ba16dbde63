// SPDX-License-Identifier: GPL-2.0
/*
 * Ways through a table: the ageing sweep, the search for an entry to give up,
 * and the walk that shows every entry once while the table goes on changing.
 */
#include <linux/bitrev.h>
#include <linux/prefetch.h>
#include <linux/string.h>
#include "bucket.h"

#define HOME_ENTRIES	64	/* of one home that a walk can show */
#define HOME_TRIES	16	/* of a walk while entries move */

static u32 bucket_gc(struct fm_table *table, u32 b,
		     const struct fm_sweep *sweep)
{
	struct fm_bucket *buckets = array_buckets(table->cur);
	u64 full = bucket_full(buckets[b].tags);
	struct fm_entry *entry;
	u32 n = 0;

	for (; full; full &= full - 1) {
		entry = table_deref(buckets[b].entry[bucket_first(full)]);
		if (!sweep->expired(entry, sweep->arg))
			continue;
		bucket_clear(buckets, array_mask(table->cur), b,
			     bucket_first(full));
		WRITE_ONCE(table->entries, table->entries - 1);
		sweep->gone(entry, sweep->arg);
		n++;
	}
	return n;
}

static u32 stash_gc(struct fm_table *table, const struct fm_sweep *sweep)
{
	struct fm_entry *entry;
	u32 i, n = 0;

	for (i = 0; i < FM_TABLE_STASH; i++) {
		entry = table_deref(table->stash[i]);
		if (!entry || !sweep->expired(entry, sweep->arg))
			continue;
		RCU_INIT_POINTER(table->stash[i], NULL);
		WRITE_ONCE(table->nstash, table->nstash - 1);
		WRITE_ONCE(table->entries, table->entries - 1);
		sweep->gone(entry, sweep->arg);
		n++;
	}
	return n;
}

static void bucket_prefetch(const struct fm_table *table, u32 b)
{
	const struct fm_bucket *bucket =
		&array_buckets(table->cur)[b & array_mask(table->cur)];
	u64 full;

	for (full = bucket_full(bucket->tags); full; full &= full - 1)
		prefetch(table_deref(bucket->entry[bucket_first(full)]));
}

/**
 * fm_table_gc - one bounded step of the ageing sweep
 * @table: the table
 * @tables: of the store
 * @buckets: to look at, at the most
 * @sweep: what to do
 *
 * While the table is resized, that goes on instead.
 *
 * Return: entries that went.
 */
unsigned int fm_table_gc(struct fm_table *table, struct fm_tables *tables,
			 unsigned int buckets, const struct fm_sweep *sweep)
{
	unsigned int n = 0;
	u32 mask;

	fm_table_tidy(table, tables, buckets);
	if (table->old || !table->entries)
		return 0;
	mask = array_mask(table->cur);
	if (unlikely(table->nstash))
		n += stash_gc(table, sweep);
	for (buckets = min(buckets, mask + 1); buckets; buckets--) {
		bucket_prefetch(table, table->gc_at + 1);
		n += bucket_gc(table, table->gc_at & mask, sweep);
		table->gc_at++;
	}
	return n;
}

/* Keys of one packet, such as a flood's, go before those of flows. */
static bool entry_goes_first(const struct fm_entry *a, const struct fm_entry *b)
{
	u32 a_last = READ_ONCE(a->last), b_last = READ_ONCE(b->last);

	if ((a_last ^ b_last) & FM_ENTRY_AGAIN)
		return b_last & FM_ENTRY_AGAIN;
	return (s32)(a_last - b_last) < 0;
}

/* Looks through @n buckets from @first on, as far as @samples and time last. */
static struct fm_entry *array_oldest(unsigned long array, u32 first, u32 n,
				     unsigned int *samples, u32 present,
				     struct fm_entry *oldest)
{
	const struct fm_bucket *bucket;
	struct fm_entry *entry;
	u64 full;

	for (n = min(n, *samples * FM_TABLE_LOOKS); n && *samples;
	     n--, first++) {
		bucket = &array_buckets(array)[first & array_mask(array)];
		full = bucket_full(bucket->tags);
		for (; full && *samples; full &= full - 1) {
			entry = table_deref(bucket->entry[bucket_first(full)]);
			if (!(READ_ONCE(entry->present) & present))
				continue;
			--*samples;
			if (!oldest || entry_goes_first(entry, oldest))
				oldest = entry;
		}
	}
	return oldest;
}

/**
 * fm_table_oldest - an entry to give up
 * @table: the table
 * @hash: where to begin looking
 * @samples: entries to look at, at the most
 * @present: bits of which the entry must have one
 *
 * While the table is resized, the entries that have not moved yet come first:
 * most of the others are new.
 *
 * At most FM_TABLE_LOOKS times @samples buckets of each array are looked at.
 *
 * Return: of the entries looked at, the one idle for longest, but one of whose
 * key there has been a single packet before all others; NULL if there is none.
 */
struct fm_entry *fm_table_oldest(const struct fm_table *table, u32 hash,
				 unsigned int samples, u32 present)
{
	struct fm_entry *oldest = NULL;

	if (table->old)
		oldest = array_oldest(table->old, table->moved,
				      array_mask(table->old) + 1 - table->moved,
				      &samples, present, oldest);
	if (table->cur)
		oldest = array_oldest(table->cur, hash,
				      array_mask(table->cur) + 1, &samples,
				      present, oldest);
	return oldest;
}

/**
 * struct home - the entries that belong to one bucket
 * @tables: for their hashes
 * @at: entries whose hash, read backwards, is less are not wanted
 * @n: how many there are
 * @full: there are more
 * @order: their hashes, read backwards
 * @entry: the entries, in the order of that
 */
struct home {
	const struct fm_tables *tables;
	u32 at;
	u32 n;
	bool full;
	u32 order[HOME_ENTRIES];
	struct fm_entry *entry[HOME_ENTRIES];
};

static void home_add(struct home *home, struct fm_entry *entry, u32 bucket,
		     u32 mask)
{
	u32 hash, order, i;

	if (!entry)
		return;
	hash = fm_table_hash(home->tables, entry);
	order = bitrev32(hash);
	if ((hash & mask) != bucket || order < home->at)
		return;
	for (i = 0; i < home->n; i++)
		if (home->entry[i] == entry)
			return;
	if (home->n == HOME_ENTRIES) {
		home->full = true;
		return;
	}
	for (i = home->n++; i && home->order[i - 1] > order; i--) {
		home->order[i] = home->order[i - 1];
		home->entry[i] = home->entry[i - 1];
	}
	home->order[i] = order;
	home->entry[i] = entry;
}

static void home_add_matches(struct home *home, const struct fm_bucket *from,
			     u64 (*match)(u64 tags, u32 tag), u32 tag,
			     u32 bucket, u32 mask)
{
	u64 hits = match(smp_load_acquire(&from->tags), tag);

	for (; hits; hits &= hits - 1)
		home_add(home, rcu_dereference(from->entry[bucket_first(hits)]),
			 bucket, mask);
}

static u64 match_home(u64 tags, u32 tag)
{
	return bucket_full(tags) & ~tags;
}

/* The entries of an array at home in @b, wherever they are. */
static void home_add_array(struct home *home, unsigned long array, u32 b,
			   u32 bucket, u32 mask)
{
	const struct fm_bucket *buckets = array_buckets(array);
	u32 tag, away;

	home_add_matches(home, &buckets[b], match_home, 0, bucket, mask);
	if (!(READ_ONCE(buckets[b].tags) >> BUCKET_SPILL))
		return;
	for (tag = 1; tag < BUCKET_AWAY; tag++) {
		away = bucket_other(b, tag, array_mask(array));
		home_add_matches(home, &buckets[away], bucket_match,
				 tag | BUCKET_AWAY, bucket, mask);
	}
}

/* What may have moved is looked for in its old place first, then in its new. */
static void home_collect(struct home *home, const struct fm_table *table,
			 unsigned long cur, unsigned long old, u32 bucket)
{
	u32 mask = array_mask(cur), b, i;

	home->n = 0;
	if (old) {
		b = bucket & array_mask(old);
		for (; b <= array_mask(old); b += mask + 1)
			home_add_array(home, old, b, bucket, mask);
	}
	home_add_array(home, cur, bucket, bucket, mask);
	for (i = 0; READ_ONCE(table->nstash) && i < FM_TABLE_STASH; i++)
		home_add(home, rcu_dereference(table->stash[i]), bucket, mask);
}

/* Returns the array whose buckets it went by, 0 if there is none. */
static unsigned long home_fill(struct home *home, const struct fm_table *table,
			       struct fm_table_pos *pos)
{
	unsigned long cur, old;
	u32 tries, swaps;

	for (tries = 0; tries < HOME_TRIES; tries++) {
		swaps = smp_load_acquire(&table->swaps);
		cur = smp_load_acquire(&table->cur);
		old = READ_ONCE(table->old);
		if (!cur)
			return 0;
		home_collect(home, table, cur, old,
			     bitrev32(pos->at) & array_mask(cur));
		smp_rmb();
		if (READ_ONCE(table->cur) == cur &&
		    (READ_ONCE(table->old) == old || !READ_ONCE(table->old)) &&
		    READ_ONCE(table->swaps) == swaps && !home->full)
			return cur;
	}
	pos->torn = true;
	return cur;
}

static bool home_show(const struct home *home, struct fm_table_pos *pos,
		      fm_table_fn fn, void *arg)
{
	u32 skip = pos->skip, i, same = 0;

	for (i = 0; i < home->n; i++) {
		if (home->order[i] != pos->at) {
			pos->at = home->order[i];
			same = 0;
			skip = 0;
		}
		if (same++ < skip)
			continue;
		if (fn(home->entry[i], arg)) {
			pos->skip = same - 1;
			return true;
		}
	}
	return false;
}

/**
 * fm_table_walk - show all entries to a function
 * @table: the table, under RCU
 * @tables: of the store
 * @pos: where to go on; first all zero
 * @fn: true stops the walk before this entry
 * @arg: for @fn
 *
 * Entries come in the order of their hashes read backwards, which neither moving
 * nor resizing changes: those that are there all the time are shown once, even
 * if the walk is left and entered again.
 *
 * Return: true if @fn stopped it.
 */
bool fm_table_walk(const struct fm_table *table, const struct fm_tables *tables,
		   struct fm_table_pos *pos, fm_table_fn fn, void *arg)
{
	struct home home = { .tables = tables };
	unsigned long array;
	u32 last;

	while (!pos->end) {
		home.at = pos->at;
		array = home_fill(&home, table, pos);
		if (!array)
			break;
		last = pos->at | U32_MAX >> array_bits(array);
		if (home_show(&home, pos, fn, arg))
			return true;
		pos->at = last + 1;
		pos->skip = 0;
		pos->end = !pos->at;
	}
	pos->end = true;
	return false;
}
