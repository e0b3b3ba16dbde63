// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table's readers beside its writer, in threads: while other entries come
 * and go and it grows, shrinks and moves them, a lookup finds every key that is
 * there, a walk shows it once, and a copy of an entry is never torn.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/slab.h>

#include "entry.h"
#include "user.h"

#define STAY		2000	/* keys that are there all the time */
#define KEYS		30000
#define WORDS		8	/* of a state, all equal */
#define ROUNDS		12	/* of growing and shrinking */

struct world {
	struct fm_table table;
	struct fm_tables tables;
	struct fm_budget budget;
	struct fm_store store;
	struct fm_entry *entries[KEYS];
	u32 hash[KEYS];
	bool stop;
	unsigned long found;
	unsigned long missed;
	unsigned long walks;
	unsigned long wrong;
	unsigned long copies;
	unsigned long torn;
};

static struct fm_key key_of(u32 n)
{
	struct fm_key key = { .src.w[0] = n, .family = 4 };

	return key;
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

	w->budget.max = U64_MAX;
	w->tables.memory.budget = &w->budget;
	w->tables.seed.key[0] = 1;
	w->store.state_size = WORDS * sizeof(u64);
	INIT_WORK(&w->tables.work, provide);
	percpu_counter_init(&w->budget.used, 0, 0);
	percpu_counter_init(&w->tables.memory.bytes, 0, 0);
	for (n = 0; n < KEYS; n++) {
		key = key_of(n);
		w->hash[n] = fm_key_hash(&key, &w->tables.seed);
		w->entries[n] = calloc(1, fm_entry_size(&w->store));
		w->entries[n]->key = key;
		w->entries[n]->present = 1;
	}
	for (n = 0; n < STAY; n++) {
		assert_true(fm_table_insert(&w->table, &w->tables,
					    w->entries[n], w->hash[n]));
		fm_user_work_run();
	}
	return w;
}

static bool forget(struct fm_entry *entry, void *arg)
{
	return true;
}

static void teardown(struct world *w)
{
	u32 n;

	cancel_work_sync(&w->tables.work);
	fm_table_destroy(&w->table, &w->tables, forget, NULL);
	fm_user_rcu_drain();
	percpu_counter_destroy(&w->budget.used);
	percpu_counter_destroy(&w->tables.memory.bytes);
	assert_int_equal(fm_user_memory.objects, 0);
	for (n = 0; n < KEYS; n++)
		free(w->entries[n]);
	free(w);
}

static void *look(void *arg)
{
	struct world *w = arg;
	struct fm_key key;
	u32 n;

	for (n = 0; !READ_ONCE(w->stop); n = (n + 1) % STAY) {
		key = key_of(n);
		if (fm_table_lookup(&w->table, &key, w->hash[n]) ==
		    w->entries[n])
			w->found++;
		else
			w->missed++;
	}
	return NULL;
}

struct shown {
	struct world *w;
	struct fm_entry *copy;
	u8 times[STAY];
};

static bool show(struct fm_entry *entry, void *arg)
{
	struct shown *shown = arg;
	struct world *w = shown->w;
	const u64 *word = (const u64 *)shown->copy->state;
	u32 n = entry->key.src.w[0];

	if (n < STAY)
		shown->times[n]++;
	if (!fm_entry_copy(&w->store, entry, shown->copy))
		return false;
	w->copies++;
	for (n = 1; n < WORDS; n++)
		if (word[n] != word[0]) {
			w->torn++;
			break;
		}
	return false;
}

static void *walk(void *arg)
{
	struct world *w = arg;
	struct shown *shown = malloc(sizeof(*shown));
	struct fm_table_pos pos;
	u32 n;

	shown->w = w;
	shown->copy = malloc(fm_entry_size(&w->store));
	while (!READ_ONCE(w->stop)) {
		memset(shown->times, 0, sizeof(shown->times));
		memset(&pos, 0, sizeof(pos));
		fm_table_walk(&w->table, &w->tables, &pos, show, shown);
		for (n = 0; n < STAY && !pos.torn; n++)
			w->wrong += shown->times[n] != 1;
		w->walks++;
	}
	free(shown->copy);
	free(shown);
	return NULL;
}

/* As an NF writes a state; the compiler must not make one store of it. */
static void write_state(struct fm_entry *entry, u64 value)
{
	volatile u64 *word = (volatile u64 *)entry->state;
	u32 n;

	fm_entry_open(entry);
	for (n = 0; n < WORDS; n++)
		word[n] = value;
	fm_entry_close(entry);
}

static void gone(struct fm_entry *entry, void *arg)
{
}

static void write(struct world *w)
{
	const struct fm_sweep sweep = { forget, gone, NULL };
	u32 round, n;

	for (round = 0; round < ROUNDS; round++) {
		for (n = STAY; n < KEYS; n++) {
			fm_table_insert(&w->table, &w->tables, w->entries[n],
					w->hash[n]);
			write_state(w->entries[n % STAY], round * KEYS + n);
			fm_user_work_run();
		}
		for (n = STAY; n < KEYS; n++)
			fm_table_remove(&w->table, &w->tables, w->entries[n],
					w->hash[n]);
		for (n = 0; n < 20000; n++) {
			fm_table_gc(&w->table, &w->tables, 0, &sweep);
			fm_table_tidy(&w->table, &w->tables, 1);
			fm_user_work_run();
		}
	}
}

static void test_race(void **state)
{
	struct world *w = setup();
	pthread_t looker, walker;

	pthread_create(&looker, NULL, look, w);
	pthread_create(&walker, NULL, walk, w);
	write(w);
	WRITE_ONCE(w->stop, true);
	pthread_join(looker, NULL);
	pthread_join(walker, NULL);
	print_message("%lu lookups, %lu walks, %lu copies beside %u moves\n",
		      w->found, w->walks, w->copies, w->table.moves);
	assert_true(w->found > 1000 && w->walks && w->copies);
	assert_true(w->table.moves > ROUNDS * STAY);
	assert_int_equal(w->missed, 0);
	assert_int_equal(w->wrong, 0);
	assert_int_equal(w->torn, 0);
	teardown(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_race),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
