// SPDX-License-Identifier: GPL-2.0-or-later
/* The interface to the integer solver: what callers rely on, whoever solves. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "milp.h"

#define COLS	61

static struct fm_milp milp;
static struct fm_milp_result result;
static bool chosen[COLS];

static enum fm_milp_status solve(unsigned int limit_ms)
{
	memset(chosen, 0, sizeof(chosen));
	return fm_milp_solve(&milp, limit_ms, chosen, &result);
}

/* min sum of (i + 2) x_i, at least @n of which are 1 */
static unsigned int make_cover(unsigned int cols, double n)
{
	unsigned int row = fm_milp_add_row(&milp, n, INFINITY);

	for (unsigned int i = 0; i < cols; i++) {
		assert_int_equal(fm_milp_add_col(&milp, i + 2), i);
		fm_milp_add_entry(&milp, row, i, 1);
	}
	return row;
}

static void test_optimal(void **state)
{
	unsigned int row = make_cover(5, 2);
	(void)state;

	assert_int_equal(solve(0), FM_MILP_OPTIMAL);
	assert_float_equal(result.objective, 5, 1e-9);
	assert_float_equal(result.bound, 5, 1e-9);
	assert_float_equal(result.gap, 0, 1e-12);
	assert_true(chosen[0] && chosen[1]);
	assert_false(chosen[2] || chosen[3] || chosen[4]);

	/* costs and rows may change */
	milp.cost[0] = 100;
	milp.rows[row].lower = 3;
	assert_int_equal(solve(0), FM_MILP_OPTIMAL);
	assert_float_equal(result.objective, 3 + 4 + 5, 1e-9);
	assert_false(chosen[0]);

	/* negative costs: as many as the row lets be */
	for (unsigned int i = 0; i < 5; i++)
		milp.cost[i] = -1;
	milp.rows[row].upper = 4;
	assert_int_equal(solve(0), FM_MILP_OPTIMAL);
	assert_float_equal(result.objective, -4, 1e-9);
	fm_milp_cleanup(&milp);
}

/* The relaxation has a solution, 2.5 columns; integers have none. */
static void test_infeasible(void **state)
{
	unsigned int row = make_cover(5, 2.5);
	(void)state;

	milp.rows[row].upper = 2.5;
	assert_int_equal(solve(0), FM_MILP_INFEASIBLE);
	milp.rows[row] = (struct fm_milp_row){ 6, INFINITY };
	assert_int_equal(solve(0), FM_MILP_INFEASIBLE);
	fm_milp_cleanup(&milp);
}

static void test_empty(void **state)
{
	(void)state;
	fm_milp_add_row(&milp, 1, 1);
	assert_int_equal(solve(0), FM_MILP_INFEASIBLE);
	fm_milp_cleanup(&milp);
	assert_int_equal(milp.n_rows, 0);
	assert_null(milp.rows);
}

static void test_no_memory(void **state)
{
	(void)state;
	make_cover(5, 2);
	milp.failed = true;
	assert_int_equal(solve(0), FM_MILP_FAILED);
	fm_milp_cleanup(&milp);
}

/*
 * Twos are to sum up to an odd number: the relaxation takes half of the
 * columns, a solution half a column more, and branching has to prove that for
 * all the ways to choose. Time runs out, and the gap tells.
 */
static void test_gap(void **state)
{
	double relaxed = 2.1 * COLS / 2;
	unsigned int row, n = 0;
	(void)state;

	row = fm_milp_add_row(&milp, COLS, INFINITY);
	for (unsigned int i = 0; i < COLS; i++) {
		fm_milp_add_col(&milp, 2.1);
		fm_milp_add_entry(&milp, row, i, 2);
	}
	assert_int_equal(solve(500), FM_MILP_FEASIBLE);
	for (unsigned int i = 0; i < COLS; i++)
		n += chosen[i];
	assert_true(n > COLS / 2);
	assert_float_equal(result.objective, 2.1 * n, 1e-9);
	assert_float_equal(result.bound, relaxed, 1e-6);
	assert_float_equal(result.gap, 1 - relaxed / (2.1 * n), 1e-6);
	assert_string_equal(fm_milp_status_name(result.status), "feasible");
	fm_milp_cleanup(&milp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_optimal),
		cmocka_unit_test(test_infeasible),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
