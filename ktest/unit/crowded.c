// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A large table up to where it grows: none of a million and a half keys finds
 * its buckets and the stash full, whatever the seed.
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

#define KEYS	1490000	/* just fewer than 13/16 of 2^18 buckets */

struct world {
	struct fm_table table;
	struct fm_tables tables;
	struct fm_budget budget;
};

static void provide(struct work_struct *work)
{
	struct world *w = container_of(work, struct world, tables.work);

	fm_table_provide(&w->table, &w->tables);
}

static bool forget(struct fm_entry *entry, void *arg)
{
	return true;
}

static u32 fill(struct world *w, struct fm_entry *entries)
{
	u32 refused = 0, n;

	for (n = 0; n < KEYS; n++) {
		entries[n].key = (struct fm_key){ .src.w[0] = n, .family = 4 };
		refused += !fm_table_insert(&w->table, &w->tables, &entries[n],
					    fm_table_hash(&w->tables,
							  &entries[n]));
		if (w->table.want)
			fm_user_work_run();
	}
	return refused;
}

static void test_crowded(void **state)
{
	struct fm_entry *entries = calloc(KEYS, sizeof(*entries));
	struct world w = { .budget.max = U64_MAX };
	u64 seed;

	w.tables.memory.budget = &w.budget;
	INIT_WORK(&w.tables.work, provide);
	percpu_counter_init(&w.budget.used, 0, 0);
	percpu_counter_init(&w.tables.memory.bytes, 0, 0);
	for (seed = 1; seed <= 3; seed++) {
		w.tables.seed.key[0] = seed;
		assert_int_equal(fill(&w, entries), 0);
		assert_int_equal(w.table.cur & 63, 18);
		fm_table_destroy(&w.table, &w.tables, forget, NULL);
		fm_user_rcu_drain();
	}
	percpu_counter_destroy(&w.budget.used);
	percpu_counter_destroy(&w.tables.memory.bytes);
	free(entries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crowded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
