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

#include "bucket.h"
#include "user.h"

#define KEYS		50000
#define RUNS		8
#define STEPS		(RUNS * 100000)	/* of all runs, unless KTEST_STEPS says */
#define DRAIN_EVERY	4096		/* steps a grace period takes */
#define WORK_EVERY	64		/* steps until work is done */

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
 * @hash: by key
 */
struct world {
	struct fm_table table;
	struct fm_tables tables;
	struct fm_budget budget;
	struct fm_entry *entries[KEYS];
	u32 n;
	u8 seen[KEYS];
	u32 hash[KEYS];
};

static struct fm_key key_of(u32 n)
{
	struct fm_key key = { .src.w[0] = n, .family = 4 };

	return key;
}

static u32 number_of(const struct fm_entry *entry)
{
	return entry->key.src.w[0];
}

static void provide(struct work_struct *work)
{
	struct world *w = container_of(work, struct world, tables.work);

	fm_table_provide(&w->table, &w->tables);
}

static struct world *setup(void)
{
	struct world *w = calloc(1, sizeof(*w));
	struct fm_key key;
	u32 n;

	assert_int_equal(fm_user_memory.objects, 0);
	w->budget.max = U64_MAX;
	w->tables.memory.budget = &w->budget;
	w->tables.seed.key[0] = draw();
	w->tables.seed.key[1] = draw();
	INIT_WORK(&w->tables.work, provide);
	for (n = 0; n < KEYS; n++) {
		key = key_of(n);
		w->hash[n] = fm_key_hash(&key, &w->tables.seed);
	}
	assert_int_equal(percpu_counter_init(&w->budget.used, 0, 0), 0);
	assert_int_equal(percpu_counter_init(&w->tables.memory.bytes, 0, 0),
			 0);
	return w;
}

static struct fm_entry *entry_create(u32 n)
{
	struct fm_entry *entry = calloc(1, sizeof(*entry));

	entry->key = key_of(n);
	entry->present = 1;
	entry->last = draw();
	entry->key.seq = draw();
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
	cancel_work_sync(&w->tables.work);
	fm_table_destroy(&w->table, &w->tables, free_entry, w);
	assert_int_equal(w->n, 0);
	assert_int_equal(percpu_counter_sum(&w->tables.memory.bytes), 0);
	assert_int_equal(percpu_counter_sum(&w->budget.used), 0);
	fm_user_rcu_drain();
	percpu_counter_destroy(&w->tables.memory.bytes);
	percpu_counter_destroy(&w->budget.used);
	assert_int_equal(fm_user_memory.objects, 0);
	free(w);
}

static void check_lookup(const struct world *w, u32 n)
{
	struct fm_key key = key_of(n);

	if (fm_table_lookup(&w->table, &key, w->hash[n]) != w->entries[n])
		fail_msg("key %u, %u entries", n, w->n);
}

/* No operation moves more than it may. */
static bool try_insert(struct world *w, u32 n)
{
	struct fm_entry *entry = entry_create(n);
	u32 moves = w->table.moves;
	bool done;

	done = fm_table_insert(&w->table, &w->tables, entry, w->hash[n]);
	assert_in_range(w->table.moves - moves, 0, FM_TABLE_MOVES_MAX);
	if (!done) {
		free(entry);
		return false;
	}
	w->entries[n] = entry;
	w->n++;
	return true;
}

static void insert(struct world *w, u32 n)
{
	assert_true(try_insert(w, n));
}

static void toggle(struct world *w, u32 n)
{
	struct fm_entry *entry = w->entries[n];
	u32 moves = w->table.moves;

	if (!entry) {
		insert(w, n);
		return;
	}
	fm_table_remove(&w->table, &w->tables, entry, w->hash[n]);
	assert_in_range(w->table.moves - moves, 0, FM_TABLE_MOVES_MAX);
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
	struct fm_table_pos pos = { 0 };
	u32 n;

	memset(w->seen, 0, sizeof(w->seen));
	assert_false(fm_table_walk(&w->table, &w->tables, &pos, mark_seen, w));
	assert_false(pos.torn);
	for (n = 0; n < KEYS; n++)
		if (w->seen[n] != !!w->entries[n])
			fail_msg("key %u shown %u times", n, w->seen[n]);
}

static bool expired(struct fm_entry *entry, void *arg)
{
	return entry->last % 8 == 0;
}

static void gone(struct fm_entry *entry, void *arg)
{
	free_entry(entry, arg);
}

static unsigned int sweep(struct world *w, unsigned int buckets)
{
	const struct fm_sweep sweep = { expired, gone, w };

	return fm_table_gc(&w->table, &w->tables, buckets, &sweep);
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
	unsigned int swept;

	toggle(w, n);
	check_lookup(w, n);
	check_lookup(w, draw() % KEYS);
	if (i % 64 == 0) {
		before = w->n;
		swept = sweep(w, draw() % 32);
		assert_int_equal(before - w->n, swept);
		check_oldest(w, 1 + draw() % 16);
	}
	if (i % DRAIN_EVERY == 0)
		fm_user_rcu_drain();
	if (i % WORK_EVERY == 0)
		fm_user_work_run();
	if (i % 16384 == 0)
		check_walk(w);
	assert_int_equal(w->table.entries, w->n);
}

static void test_model(void **state)
{
	const char *asked = getenv("KTEST_STEPS");
	unsigned long steps = (asked ? strtoul(asked, NULL, 10) : STEPS) / RUNS;
	struct world *w;
	unsigned long i;
	unsigned int n;

	for (n = 0; n < RUNS; n++) {
		w = setup();
		for (i = 0; i < steps; i++)
			step(w, i);
		for (i = 0; i < KEYS; i++)
			check_lookup(w, i);
		teardown(w);
	}
}

/* As many keys as two buckets and the stash hold, if no other suits them. */
static void test_collisions(void **state)
{
	struct world *w = setup();
	u32 n, in = 0, out = 0;

	for (n = 0; n < KEYS; n++) {
		if ((w->hash[n] & 7) != 5 || bucket_tag(w->hash[n]) != 9)
			continue;
		if (try_insert(w, n))
			in++;
		else
			out++;
	}
	assert_int_equal(in, 2 * FM_BUCKET_ENTRIES + FM_TABLE_STASH);
	assert_true(out > 10);
	for (n = 0; n < KEYS; n++)
		check_lookup(w, n);
	check_walk(w);
	for (n = 0; n < KEYS; n += 2)
		if (w->entries[n])
			toggle(w, n);
	for (n = 0; n < KEYS; n++)
		check_lookup(w, n);
	teardown(w);
}

static u32 buckets_of(unsigned long array)
{
	return array ? array_mask(array) + 1 : 0;
}

/*
 * While it grows, no lookup misses, and growing ends before the next begins.
 * Each key is looked up at each step.
 */
static void test_growth(void **state)
{
	struct world *w = setup();
	u32 n, i, grown = 0;
	unsigned long old;

	for (n = 0; n < 3500; n++) {
		old = w->table.old;
		insert(w, n);
		fm_user_work_run();
		assert_true(!old || !w->table.old || old == w->table.old);
		grown += old && !w->table.old;
		for (i = 0; i <= n; i++)
			check_lookup(w, i);
	}
	assert_int_equal(buckets_of(w->table.cur), 1024);
	assert_int_equal(grown, 9);
	teardown(w);
}

/* Work that never comes refuses nothing: what has no place makes some. */
static void test_late_work(void **state)
{
	struct world *w = setup();
	u32 n;

	for (n = 0; n < (FM_BUCKET_ENTRIES * 13 << FM_TABLE_BITS_URGENT) / 16;
	     n++)
		insert(w, n);
	assert_int_equal(buckets_of(w->table.cur), 1 << FM_TABLE_BITS_URGENT);
	for (n = 0; n < KEYS; n++)
		check_lookup(w, n);
	teardown(w);
}

/* Memory per entry when four fifths of the places are taken. */
static void test_load(void **state)
{
	struct world *w = setup();
	u32 n, most = 4096 * FM_BUCKET_ENTRIES * 8 / 10;

	for (n = 0; n < most; n++) {
		insert(w, n);
		fm_user_work_run();
	}
	assert_int_equal(buckets_of(w->table.cur), 4096);
	assert_int_equal(w->table.old, 0);
	assert_int_equal(w->table.nstash, 0);
	assert_in_range(fm_table_memory(&w->table) / most, 11, 11);
	teardown(w);
}

/* What went, of entries, of buckets and of memory, comes back by the sweep. */
static void test_shrink(void **state)
{
	struct world *w = setup();
	size_t before;
	u32 n, sweeps;

	for (n = 0; n < 40000; n++) {
		insert(w, n);
		fm_user_work_run();
	}
	before = fm_table_memory(&w->table);
	for (n = 100; n < 40000; n++)
		toggle(w, n);
	for (sweeps = 0; sweeps < 10000; sweeps++) {
		n = w->table.moves;
		sweep(w, 1);
		assert_in_range(w->table.moves - n, 0, FM_TABLE_MOVES_MAX);
		fm_user_work_run();
		fm_user_rcu_drain();
	}
	assert_in_range(buckets_of(w->table.cur), 16, 64);
	assert_true(fm_table_memory(&w->table) < before / 64);
	for (n = 0; n < KEYS; n++)
		check_lookup(w, n);
	teardown(w);
}

static u32 calls;

/* Stops at every third call, as when a message is full. */
static bool mark_some(struct fm_entry *entry, void *arg)
{
	return calls++ % 3 == 2 || mark_seen(entry, arg);
}

/*
 * A walk in parts, while the table grows, shrinks, and others come and go: what
 * is there all the time is shown once.
 */
static void check_walk_resumed(bool grow)
{
	struct world *w = setup();
	struct fm_table_pos pos = { 0 };
	u32 n, next = grow ? 1000 : 40000;

	for (n = 0; n < next; n++) {
		insert(w, n);
		fm_user_work_run();
	}
	memset(w->seen, 0, sizeof(w->seen));
	while (fm_table_walk(&w->table, &w->tables, &pos, mark_some, w)) {
		for (n = 0; grow && n < 40 && next < 40000; n++)
			insert(w, next++);
		for (n = 0; !grow && n < 200 && next > 1000; n++)
			toggle(w, --next);
		if (!grow)
			sweep(w, 1);
		fm_user_work_run();
	}
	assert_false(pos.torn);
	for (n = 0; n < 1000; n++)
		if (w->entries[n] && w->seen[n] != 1)
			fail_msg("key %u shown %u times", n, w->seen[n]);
	assert_int_equal(next, grow ? 40000 : 1000);
	teardown(w);
}

static void test_walk_resumed(void **state)
{
	check_walk_resumed(true);
	check_walk_resumed(false);
}

/* Larger buckets cannot be had: it is refused what finds no place, no more. */
static void test_no_memory(void **state)
{
	struct world *w = setup();
	u32 n, in = 0;

	fm_user_memory.fail_from = fm_user_memory.allocs + 1;
	assert_false(try_insert(w, 0));
	fm_user_memory.fail_from = 0;
	for (n = 0; n < 200; n++)
		insert(w, n);
	fm_user_memory.fail_from = fm_user_memory.allocs + 1;
	for (; n < 1000; n++)
		in += try_insert(w, n);
	assert_in_range(w->n, 64 * FM_BUCKET_ENTRIES * 9 / 10,
			64 * FM_BUCKET_ENTRIES + FM_TABLE_STASH);
	assert_true(atomic_read(&w->tables.failures) > 0);
	for (n = 0; n < KEYS; n++)
		check_lookup(w, n);
	fm_user_memory.fail_from = 0;
	for (n = 1000; n < 3000; n++)
		try_insert(w, n);
	assert_true(buckets_of(w->table.cur) > 256);
	for (n = 0; n < KEYS; n++)
		check_lookup(w, n);
	check_walk(w);
	teardown(w);
}

/* The budget refuses as the allocator does; work fails and is asked again. */
static void test_no_budget(void **state)
{
	struct world *w = setup();
	u32 n;

	for (n = 0; w->table.entries < 1450; n++)
		insert(w, n);
	w->budget.max = 1;
	for (n = 1500; n < 2500; n++) {
		try_insert(w, n);
		fm_user_work_run();
	}
	assert_int_equal(buckets_of(w->table.cur), 256);
	assert_in_range(atomic_read(&w->tables.failures), 2, 100);
	w->budget.max = U64_MAX;
	for (n = 3000; n < 6000; n++) {
		try_insert(w, n);
		fm_user_work_run();
	}
	assert_true(buckets_of(w->table.cur) >= 512);
	for (n = 0; n < KEYS; n++)
		check_lookup(w, n);
	teardown(w);
}

/* Growing goes on by the sweep if no insert comes. */
static void test_gc_grows(void **state)
{
	struct world *w = setup();
	unsigned int gcs = 0;
	u32 n;

	for (n = 0; n < 1500; n++)
		insert(w, n);
	fm_user_work_run();
	insert(w, n);
	assert_int_equal(buckets_of(w->table.old), 256);
	for (; w->table.old; gcs++)
		sweep(w, 16);
	assert_in_range(gcs, 4, 16);
	for (n = 0; n < 2000; n++)
		check_lookup(w, n);
	for (n = 0; n < 512 / 16; n++)
		sweep(w, 16);
	for (n = 0; n < 1500; n++)
		if (w->entries[n])
			assert_int_not_equal(w->entries[n]->last % 8, 0);
	teardown(w);
}

/* What RCU frees is readable until the grace period is over. */
static void test_reader(void **state)
{
	struct world *w = setup();
	const struct fm_bucket *mine;
	u32 n;

	for (n = 0; !w->table.old; n++)
		insert(w, n);
	mine = array_buckets(w->table.old);
	for (; w->table.old; n++)
		insert(w, n);
	assert_int_equal(bucket_full(mine[0].tags | mine[1].tags), 0);
	assert_int_equal(fm_user_rcu_drain(), 1);
	teardown(w);
}

/* Of what it looks at, the oldest with the bit; all, if it looks at all. */
static void test_oldest(void **state)
{
	struct world *w = setup();
	struct fm_entry *entry;
	u32 n;

	for (n = 0; n < 100; n++) {
		insert(w, n);
		w->entries[n]->last = 2 * (1000 - n);
		w->entries[n]->present = n % 2 ? 2 : 1;
	}
	entry = fm_table_oldest(&w->table, 7, 1000, 3);
	assert_ptr_equal(entry, w->entries[99]);
	entry = fm_table_oldest(&w->table, 7, 1000, 1);
	assert_ptr_equal(entry, w->entries[98]);
	assert_null(fm_table_oldest(&w->table, 7, 1000, 4));
	w->entries[99]->last |= FM_ENTRY_AGAIN;
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
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_shrink),
		cmocka_unit_test(test_walk_resumed),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_no_budget),
		cmocka_unit_test(test_gc_grows),
		cmocka_unit_test(test_reader),
		cmocka_unit_test(test_oldest),
		cmocka_unit_test(test_late_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
