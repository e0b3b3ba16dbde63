// SPDX-License-Identifier: GPL-2.0
/*
 * The hash table. Chains hang from an array of buckets that doubles when there
 * are more entries than buckets. Growing takes no time of its own: each insert
 * moves at most FM_TABLE_MOVES_MAX entries to the new array, which is done long
 * before that is full itself. A table never refuses an entry for lack of
 * buckets: if the larger array cannot be had, chains get longer.
 *
 * A reader under RCU may miss an entry that is just moving; writers never do.
 */
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include "table.h"

/* The writer's own view of its table needs no barrier. */
#define table_deref(ptr)	rcu_dereference_protected(ptr, true)

static size_t buckets_size(u32 n)
{
	return sizeof(struct fm_buckets) + n * sizeof(struct fm_entry *);
}

static struct fm_buckets *buckets_alloc(struct fm_heap *heap, u32 n)
{
	struct fm_buckets *buckets;

	if (!fm_heap_charge(heap, buckets_size(n)))
		return NULL;
	buckets = kzalloc(buckets_size(n), GFP_ATOMIC | __GFP_NOWARN);
	if (!buckets) {
		fm_heap_uncharge(heap, buckets_size(n));
		return NULL;
	}
	buckets->mask = n - 1;
	return buckets;
}

static void buckets_free(struct fm_heap *heap, struct fm_buckets *buckets)
{
	if (!buckets)
		return;
	fm_heap_uncharge(heap, buckets_size(buckets->mask + 1));
	kfree_rcu(buckets, rcu);
}

static struct fm_entry *chain_lookup(const struct fm_buckets *buckets,
				     const struct fm_key *key, u32 hash)
{
	struct fm_entry *entry;

	for (entry = rcu_dereference_bh(buckets->head[hash & buckets->mask]);
	     entry; entry = rcu_dereference_bh(entry->next))
		if (entry->hash == hash && fm_key_equal(&entry->key, key))
			return entry;
	return NULL;
}

/**
 * fm_table_lookup - find a key
 * @table: the table
 * @key: the key
 * @hash: fm_key_hash() of it
 *
 * Return: the entry, valid under RCU, or NULL.
 */
struct fm_entry *fm_table_lookup(const struct fm_table *table,
				 const struct fm_key *key, u32 hash)
{
	const struct fm_buckets *cur = rcu_dereference_bh(table->cur);
	const struct fm_buckets *old;
	struct fm_entry *entry;

	if (unlikely(!cur))
		return NULL;
	entry = chain_lookup(cur, key, hash);
	if (entry)
		return entry;
	old = rcu_dereference_bh(table->old);
	return unlikely(old) ? chain_lookup(old, key, hash) : NULL;
}

static void bucket_push(struct fm_buckets *buckets, struct fm_entry *entry)
{
	struct fm_entry __rcu **head;

	head = &buckets->head[entry->hash & buckets->mask];
	RCU_INIT_POINTER(entry->next, table_deref(*head));
	rcu_assign_pointer(*head, entry);
}

static void table_count(struct fm_table *table, int entries)
{
	WRITE_ONCE(table->entries, table->entries + entries);
	WRITE_ONCE(table->links, table->links + 1);
}

static void table_grow_end(struct fm_table *table, struct fm_heap *heap,
			   struct fm_buckets *old)
{
	RCU_INIT_POINTER(table->old, NULL);
	buckets_free(heap, old);
}

/* One bounded step of growing. */
static void table_grow_step(struct fm_table *table, struct fm_heap *heap)
{
	struct fm_buckets *old = table_deref(table->old);
	struct fm_buckets *cur = table_deref(table->cur);
	unsigned int moves = FM_TABLE_MOVES_MAX;
	unsigned int looks = 2 * FM_TABLE_MOVES_MAX;
	struct fm_entry *entry;

	WRITE_ONCE(table->moves, table->moves + 1);
	while (moves && looks--) {
		entry = table_deref(old->head[table->moved]);
		if (entry) {
			rcu_assign_pointer(old->head[table->moved],
					   table_deref(entry->next));
			bucket_push(cur, entry);
			moves--;
			continue;
		}
		if (table->moved++ == old->mask) {
			table_grow_end(table, heap, old);
			return;
		}
	}
}

static void table_grow_begin(struct fm_table *table, struct fm_heap *heap)
{
	struct fm_buckets *cur = table_deref(table->cur);
	u32 n = cur ? 2 * (cur->mask + 1) : FM_TABLE_BUCKETS_MIN;
	struct fm_buckets *next;

	if (n > FM_TABLE_BUCKETS_MAX)
		return;
	next = buckets_alloc(heap, n);
	if (!next)
		return;
	table->moved = 0;
	table->gc_at = 0;
	rcu_assign_pointer(table->old, cur);
	rcu_assign_pointer(table->cur, next);
}

/**
 * fm_table_insert - add an entry
 * @table: the table
 * @heap: pays for the buckets
 * @entry: its key, which is not in the table, and hash are set
 *
 * Return: false only if the table's very first buckets could not be had.
 */
bool fm_table_insert(struct fm_table *table, struct fm_heap *heap,
		     struct fm_entry *entry)
{
	struct fm_buckets *cur = table_deref(table->cur);

	if (table_deref(table->old))
		table_grow_step(table, heap);
	else if (!cur || table->entries > cur->mask)
		table_grow_begin(table, heap);
	cur = table_deref(table->cur);
	if (!cur)
		return false;
	bucket_push(cur, entry);
	table_count(table, 1);
	return true;
}

static bool bucket_unlink(struct fm_buckets *buckets, struct fm_entry *entry)
{
	struct fm_entry __rcu **link;
	struct fm_entry *at;

	if (!buckets)
		return false;
	link = &buckets->head[entry->hash & buckets->mask];
	for (at = table_deref(*link); at; at = table_deref(*link)) {
		if (at == entry) {
			rcu_assign_pointer(*link, table_deref(at->next));
			return true;
		}
		link = &at->next;
	}
	return false;
}

/**
 * fm_table_remove - take an entry out
 * @table: the table
 * @heap: as for the insert
 * @entry: in the table; readers may still see it for a grace period
 */
void fm_table_remove(struct fm_table *table, struct fm_heap *heap,
		     struct fm_entry *entry)
{
	if (!bucket_unlink(table_deref(table->cur), entry))
		bucket_unlink(table_deref(table->old), entry);
	table_count(table, -1);
}

/* Keys of one packet, such as a flood's, go before those of flows. */
static bool entry_goes_first(const struct fm_entry *a, const struct fm_entry *b)
{
	u64 a_ns = READ_ONCE(a->last_ns), b_ns = READ_ONCE(b->last_ns);

	if ((a_ns ^ b_ns) & FM_ENTRY_AGAIN)
		return b_ns & FM_ENTRY_AGAIN;
	return a_ns < b_ns;
}

/* Looks through @n buckets from @first on, as far as @samples and time last. */
static struct fm_entry *buckets_oldest(const struct fm_buckets *buckets,
				       u32 first, u32 n, unsigned int *samples,
				       u32 present, struct fm_entry *oldest)
{
	struct fm_entry *entry;

	for (n = min(n, *samples * FM_TABLE_LOOKS); n && *samples;
	     n--, first++) {
		entry = table_deref(buckets->head[first & buckets->mask]);
		for (; entry && *samples; entry = table_deref(entry->next)) {
			if (!(entry->present & present))
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
 * While the table grows, the entries that have not moved yet come first: most
 * of the others are new.
 *
 * At most FM_TABLE_LOOKS times @samples buckets of each array are looked at.
 *
 * Return: of the entries looked at, the one idle for longest, but one of whose
 * key there has been a single packet before all others; NULL if there is none.
 */
struct fm_entry *fm_table_oldest(const struct fm_table *table, u32 hash,
				 unsigned int samples, u32 present)
{
	const struct fm_buckets *cur = table_deref(table->cur);
	const struct fm_buckets *old = table_deref(table->old);
	struct fm_entry *oldest = NULL;

	if (old)
		oldest = buckets_oldest(old, table->moved,
					old->mask + 1 - table->moved, &samples,
					present, oldest);
	if (cur)
		oldest = buckets_oldest(cur, hash, cur->mask + 1, &samples,
					present, oldest);
	return oldest;
}

static unsigned int bucket_gc(struct fm_table *table,
			      struct fm_entry __rcu **link, fm_table_fn expired,
			      void *arg)
{
	struct fm_entry *entry;
	unsigned int n = 0;

	for (entry = table_deref(*link); entry; entry = table_deref(*link)) {
		struct fm_entry *next = table_deref(entry->next);

		if (!expired(entry, arg)) {
			link = &entry->next;
			continue;
		}
		rcu_assign_pointer(*link, next);
		table_count(table, -1);
		n++;
	}
	return n;
}

/**
 * fm_table_gc - one bounded step of the ageing sweep
 * @table: the table
 * @heap: as for the inserts
 * @buckets: to look at, at the most
 * @expired: true if it has taken the entry over, which then is unlinked
 * @arg: for @expired
 *
 * While the table grows, inserts empty the old buckets and the sweep waits,
 * but for pushing that on itself, in case no insert comes.
 *
 * Return: entries that went.
 */
unsigned int fm_table_gc(struct fm_table *table, struct fm_heap *heap,
			 unsigned int buckets, fm_table_fn expired, void *arg)
{
	struct fm_buckets *cur;
	unsigned int n = 0;

	for (; buckets && table_deref(table->old); buckets--)
		table_grow_step(table, heap);
	cur = table_deref(table->cur);
	if (!cur || !table->entries)
		return 0;
	for (buckets = min(buckets, cur->mask + 1); buckets; buckets--) {
		n += bucket_gc(table, &cur->head[table->gc_at & cur->mask],
			       expired, arg);
		table->gc_at++;
	}
	return n;
}

static bool buckets_walk(const struct fm_buckets *buckets, u32 base,
			 u32 *bucket, u32 *skip, fm_table_fn fn, void *arg)
{
	struct fm_entry *entry;
	u32 n;

	for (; *bucket - base <= buckets->mask; (*bucket)++, *skip = 0) {
		n = 0;
		entry = rcu_dereference(buckets->head[*bucket - base]);
		for (; entry; entry = rcu_dereference(entry->next)) {
			if (n++ < *skip)
				continue;
			if (fn(entry, arg))
				return true;
			++*skip;
		}
	}
	return false;
}

/**
 * fm_table_walk - show all entries to a function
 * @table: the table
 * @bucket: where to go on, first 0
 * @skip: likewise
 * @fn: called under RCU; true stops the walk before this entry
 * @arg: for @fn
 *
 * Entries that move meanwhile (@table->moves changes) may be shown twice or
 * not at all, all others once.
 *
 * Return: true if @fn stopped it.
 */
bool fm_table_walk(const struct fm_table *table, u32 *bucket, u32 *skip,
		   fm_table_fn fn, void *arg)
{
	const struct fm_buckets *cur = rcu_dereference(table->cur);
	const struct fm_buckets *old = rcu_dereference(table->old);

	if (!cur)
		return false;
	if (*bucket <= cur->mask && buckets_walk(cur, 0, bucket, skip, fn, arg))
		return true;
	return old && buckets_walk(old, cur->mask + 1, bucket, skip, fn, arg);
}

/**
 * fm_table_destroy - empty a table that has no reader and no writer left
 * @table: the table
 * @heap: as for the inserts
 * @fn: takes over each entry; its answer does not matter
 * @arg: for @fn
 */
void fm_table_destroy(struct fm_table *table, struct fm_heap *heap,
		      fm_table_fn fn, void *arg)
{
	struct fm_buckets *all[] = {
		table_deref(table->cur), table_deref(table->old),
	};
	struct fm_entry *entry, *next;
	unsigned int i;
	u32 n;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		for (n = 0; all[i] && n <= all[i]->mask; n++) {
			entry = table_deref(all[i]->head[n]);
			for (; entry; entry = next) {
				next = table_deref(entry->next);
				fn(entry, arg);
			}
		}
		buckets_free(heap, all[i]);
	}
	memset(table, 0, sizeof(*table));
}
