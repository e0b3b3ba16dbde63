// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The hash table against a model that cannot be wrong: an array with a place
 * per key. Every step is a random insert, removal, lookup, sweep or walk.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/slab.h>

#include "table.h"
#include "user.h"

#define KEYS		50000
#define RUNS		8
#define STEPS		500000	/* of a run, which begins with growing */
#define DRAIN_EVERY	4096	/* steps a grace period takes */

static u64 random_state = 0x9e3779b97f4a7c15;

static u64 draw(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/**
 * struct world - a table and what should be in it
 * @entries: by key, NULL if not there
 * @n: how many are there
 * @seen: by key, shown by the walk
 * @hash_mask: of the hashes, for more or fewer collisions
 */
struct world {
	struct fm_table table;
	struct fm_heap heap;
	struct fm_budget budget;
	struct fm_entry *entries[KEYS];
	u32 n;
	u8 seen[KEYS];
	u32 hash_mask;
};

static u32 hash_of(const struct world *w, u32 key)
{
	u32 hash = key * 0x9e3779b1u;

	return (hash ^ hash >> 15) & w->hash_mask;
}

static struct fm_key key_of(u32 n)
{
	struct fm_key key = { .src.w[0] = n, .family = 4 };

	return key;
}

static u32 number_of(const struct fm_entry *entry)
{
	return entry->key.src.w[0];
}

static struct world *setup(u32 hash_mask)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_int_equal(fm_user_memory.objects, 0);
	w->hash_mask = hash_mask;
	w->budget.max = U64_MAX;
	w->heap.budget = &w->budget;
	assert_int_equal(percpu_counter_init(&w->budget.used, 0, 0), 0);
	assert_int_equal(percpu_counter_init(&w->heap.bytes, 0, 0), 0);
	return w;
}

static struct fm_entry *entry_create(const struct world *w, u32 n)
{
	struct fm_entry *entry = calloc(1, sizeof(*entry));

	entry->key = key_of(n);
	entry->hash = hash_of(w, n);
	entry->present = 1;
	entry->last_ns = draw() >> 32;
	return entry;
}

static bool free_entry(struct fm_entry *entry, void *arg)
{
	struct world *w = arg;

	assert_ptr_equal(w->entries[number_of(entry)], entry);
	w->entries[number_of(entry)] = NULL;
	w->n--;
	free(entry);
	return true;
}

/* Everything is gone and paid back. */
static void teardown(struct world *w)
{
	fm_table_destroy(&w->table, &w->heap, free_entry, w);
	assert_int_equal(w->n, 0);
	assert_int_equal(percpu_counter_sum(&w->heap.bytes), 0);
	assert_int_equal(percpu_counter_sum(&w->budget.used), 0);
	fm_user_rcu_drain();
	percpu_counter_destroy(&w->heap.bytes);
	percpu_counter_destroy(&w->budget.used);
	assert_int_equal(fm_user_memory.objects, 0);
	free(w);
}

static void check_lookup(const struct world *w, u32 n)
{
	struct fm_key key = key_of(n);

	if (fm_table_lookup(&w->table, &key, hash_of(w, n)) != w->entries[n])
		fail_msg("key %u, %u entries", n, w->n);
}

static void insert(struct world *w, u32 n)
{
	struct fm_entry *entry = entry_create(w, n);

	assert_true(fm_table_insert(&w->table, &w->heap, entry));
	w->entries[n] = entry;
	w->n++;
}

static void toggle(struct world *w, u32 n)
{
	struct fm_entry *entry = w->entries[n];

	if (!entry) {
		insert(w, n);
		return;
	}
	fm_table_remove(&w->table, &w->heap, entry);
	free_entry(entry, w);
}

static bool mark_seen(struct fm_entry *entry, void *arg)
{
	struct world *w = arg;

	assert_ptr_equal(w->entries[number_of(entry)], entry);
	w->seen[number_of(entry)]++;
	return false;
}

/* A walk shows what is there once, and nothing else. */
static void check_walk(struct world *w)
{
	u32 bucket = 0, skip = 0, n;

	memset(w->seen, 0, sizeof(w->seen));
	assert_false(fm_table_walk(&w->table, &bucket, &skip, mark_seen, w));
	for (n = 0; n < KEYS; n++)
		if (w->seen[n] != !!w->entries[n])
			fail_msg("key %u shown %u times", n, w->seen[n]);
}

static bool expired(struct fm_entry *entry, void *arg)
{
	return entry->last_ns % 8 == 0 && free_entry(entry, arg);
}

static void check_oldest(const struct world *w, unsigned int samples)
{
	struct fm_entry *entry;

	entry = fm_table_oldest(&w->table, draw(), samples, 1);
	assert_int_equal(!entry, !w->n);
	if (entry)
		assert_ptr_equal(w->entries[number_of(entry)], entry);
}

static void step(struct world *w, unsigned int i)
{
	u32 n = draw() % (KEYS >> (i >> 16) % 8), before;
	unsigned int gone;

	toggle(w, n);
	check_lookup(w, n);
	check_lookup(w, draw() % KEYS);
	if (i % 64 == 0) {
		before = w->n;
		gone = fm_table_gc(&w->table, &w->heap, draw() % 32, expired,
				   w);
		assert_int_equal(before - w->n, gone);
		check_oldest(w, 1 + draw() % 16);
	}
	if (i % DRAIN_EVERY == 0)
		fm_user_rcu_drain();
	if (i % (STEPS / 32) == 0)
		check_walk(w);
	assert_int_equal(w->table.entries, w->n);
}

static void run_model(u32 hash_mask, unsigned int steps)
{
	struct world *w = setup(hash_mask);
	unsigned int i;

	for (i = 0; i < steps; i++)
		step(w, i);
	for (i = 0; i < KEYS; i++)
		check_lookup(w, i);
	teardown(w);
}

static void test_model(void **state)
{
	unsigned int n;

	for (n = 0; n < RUNS; n++)
		run_model(U32_MAX, STEPS);
}

static void check_collisions(u32 hash_mask)
{
	struct world *w = setup(hash_mask);
	u32 n;

	for (n = 0; n < 500; n++)
		insert(w, n);
	check_walk(w);
	for (n = 0; n < 500; n += 2)
		toggle(w, n);
	for (n = 0; n < 1000; n++)
		check_lookup(w, n);
	teardown(w);
}

/* Sixteen hashes for all keys, and one for all. */
static void test_collisions(void **state)
{
	check_collisions(15);
	check_collisions(0);
}

static bool in_chain(const struct fm_buckets *buckets, u32 hash,
		     const struct fm_entry *entry)
{
	const struct fm_entry *at = buckets->head[hash & buckets->mask];

	while (at && at != entry)
		at = at->next;
	return at;
}

static u32 entries_of(const struct fm_buckets *buckets)
{
	const struct fm_entry *entry;
	u32 n, sum = 0;

	for (n = 0; buckets && n <= buckets->mask; n++)
		for (entry = buckets->head[n]; entry; entry = entry->next)
			sum++;
	return sum;
}

/*
 * While it grows, an insert moves a few entries, the others stay, and no lookup
 * misses; growing ends before the next begins. Each is looked up at each step.
 */
static void test_growth(void **state)
{
	struct world *w = setup(U32_MAX);
	u32 n, i, before, moved, grown = 0;
	struct fm_buckets *old;

	for (n = 0; n < 3000; n++) {
		old = w->table.old;
		before = entries_of(old);
		insert(w, n);
		moved = before - entries_of(w->table.old ? old : NULL);
		assert_in_range(moved, 0, FM_TABLE_MOVES_MAX);
		if (!old && w->table.old)
			assert_int_equal(w->table.entries,
					 w->table.old->mask + 2);
		grown += old && !w->table.old;
		for (i = 0; i <= n; i++)
			check_lookup(w, i);
		assert_true(in_chain(w->table.cur, w->entries[n]->hash,
				     w->entries[n]));
	}
	assert_int_equal(grown, 9);
	assert_int_equal(w->table.cur->mask, 4095);
	teardown(w);
}

static u32 calls;

/* Stops at every third call, as when a message is full. */
static bool mark_some(struct fm_entry *entry, void *arg)
{
	return calls++ % 3 == 2 || mark_seen(entry, arg);
}

/* A walk in parts, of a table that is just growing. */
static void test_walk_resumed(void **state)
{
	struct world *w = setup(U32_MAX);
	u32 n, bucket = 0, skip = 0;

	for (n = 0; n < 1040; n++)
		insert(w, n);
	assert_non_null(w->table.old);
	check_walk(w);
	memset(w->seen, 0, sizeof(w->seen));
	while (fm_table_walk(&w->table, &bucket, &skip, mark_some, w))
		;
	for (n = 0; n < 1040; n++)
		assert_int_equal(w->seen[n], 1);
	teardown(w);
}

/* Larger buckets cannot be had: chains get longer, and nothing is lost. */
static void test_no_memory(void **state)
{
	struct world *w = setup(U32_MAX);
	struct fm_entry *first = entry_create(w, 0);
	u32 n;

	fm_user_memory.fail_from = fm_user_memory.allocs + 1;
	assert_false(fm_table_insert(&w->table, &w->heap, first));
	free(first);
	check_lookup(w, 0);
	fm_user_memory.fail_from = 0;
	for (n = 0; n < 100; n++)
		insert(w, n);
	fm_user_memory.fail_from = fm_user_memory.allocs + 1;
	for (; n < 1000; n++)
		insert(w, n);
	for (n = 0; n < 2000; n++)
		check_lookup(w, n);
	assert_int_equal(w->table.cur->mask, 127);
	fm_user_memory.fail_from = 0;
	for (n = 1000; n < 3000; n++)
		insert(w, n);
	assert_int_equal(w->table.cur->mask, 4095);
	for (n = 0; n < 4000; n++)
		check_lookup(w, n);
	check_walk(w);
	teardown(w);
}

/* The budget refuses as the allocator does. */
static void test_no_budget(void **state)
{
	struct world *w = setup(U32_MAX);
	u32 n;

	w->budget.max = FM_HEAP_BATCH;
	for (n = 0; n < KEYS / 2; n++)
		insert(w, n);
	assert_int_equal(w->table.cur->mask, 4095);
	for (n = 0; n < KEYS; n++)
		check_lookup(w, n);
	teardown(w);
}

/* Growing goes on by the sweep if no insert comes. */
static void test_gc_grows(void **state)
{
	struct world *w = setup(U32_MAX);
	unsigned int gcs = 0;
	u32 n;

	for (n = 0; n < 1030; n++)
		insert(w, n);
	while (w->table.old) {
		fm_table_gc(&w->table, &w->heap, 16, expired, w);
		gcs++;
	}
	assert_in_range(gcs, 2, 16);
	for (n = 0; n < 2000; n++)
		check_lookup(w, n);
	for (n = 0; n < 2048 / 16; n++)
		fm_table_gc(&w->table, &w->heap, 16, expired, w);
	for (n = 0; n < 1030; n++)
		if (w->entries[n])
			assert_int_not_equal(w->entries[n]->last_ns % 8, 0);
	teardown(w);
}

/* What RCU frees is readable until the grace period is over. */
static void test_reader(void **state)
{
	struct world *w = setup(U32_MAX);
	const struct fm_buckets *mine;
	u32 n;

	for (n = 0; n < 9; n++)
		insert(w, n);
	mine = w->table.old;
	assert_non_null(mine);
	for (n = 9; w->table.old; n++)
		insert(w, n);
	assert_int_equal(mine->mask, 7);
	assert_int_equal(entries_of(mine), 0);
	assert_int_equal(fm_user_rcu_drain(), 1);
	teardown(w);
}

/* Of what it looks at, the oldest with the bit; all, if it looks at all. */
static void test_oldest(void **state)
{
	struct world *w = setup(U32_MAX);
	struct fm_entry *entry;
	u32 n;

	for (n = 0; n < 100; n++) {
		insert(w, n);
		w->entries[n]->last_ns = 2 * (1000 - n);
		w->entries[n]->present = n % 2 ? 2 : 1;
	}
	assert_null(w->table.old);
	entry = fm_table_oldest(&w->table, 7, 1000, 3);
	assert_ptr_equal(entry, w->entries[99]);
	entry = fm_table_oldest(&w->table, 7, 1000, 1);
	assert_ptr_equal(entry, w->entries[98]);
	assert_null(fm_table_oldest(&w->table, 7, 1000, 4));
	w->entries[99]->last_ns |= FM_ENTRY_AGAIN;
	entry = fm_table_oldest(&w->table, 7, 1000, 3);
	assert_ptr_equal(entry, w->entries[98]);
	entry = fm_table_oldest(&w->table, 7, 1000, 2);
	assert_ptr_equal(entry, w->entries[97]);
	teardown(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_collisions),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_walk_resumed),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_no_budget),
		cmocka_unit_test(test_gc_grows),
		cmocka_unit_test(test_reader),
		cmocka_unit_test(test_oldest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
