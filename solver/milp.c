// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "milp.h"

/* The one solver there is; another one would be another row here. */
static const struct {
	const char *name;
	void (*solve)(const struct fm_milp *milp, unsigned int limit_ms,
		      bool *chosen, struct fm_milp_result *result);
} backend = { "GLPK", fm_milp_glpk_solve };

/**
 * fm_milp_name - which solver does the work
 *
 * Return: a constant string.
 */
const char *fm_milp_name(void)
{
	return backend.name;
}

/**
 * fm_milp_status_name - a status in a word
 * @status: the status
 *
 * Return: a constant string.
 */
const char *fm_milp_status_name(enum fm_milp_status status)
{
	static const char * const names[] = {
		[FM_MILP_OPTIMAL] = "optimal",
		[FM_MILP_FEASIBLE] = "feasible",
		[FM_MILP_INFEASIBLE] = "infeasible",
		[FM_MILP_UNKNOWN] = "unknown",
		[FM_MILP_FAILED] = "failed",
	};

	return names[status];
}

/* Room for one more of @n things, which are doubled when they are 2^k. */
static void *grow(struct fm_milp *milp, void *old, size_t n, size_t size)
{
	void *more = old;

	if (milp->failed)
		return NULL;
	if (!(n & (n - 1)))
		more = reallocarray(old, n ? 2 * n : 1, size);
	if (!more)
		milp->failed = true;
	return more;
}

/**
 * fm_milp_add_row - one more constraint
 * @milp: the program
 * @lower: of the sum
 * @upper: of the sum, not less
 *
 * Return: its number, from 0.
 */
unsigned int fm_milp_add_row(struct fm_milp *milp, double lower, double upper)
{
	struct fm_milp_row *rows = grow(milp, milp->rows, milp->n_rows,
					sizeof(*rows));

	if (!rows)
		return 0;
	milp->rows = rows;
	rows[milp->n_rows] = (struct fm_milp_row){ lower, upper };
	return milp->n_rows++;
}

/**
 * fm_milp_add_col - one more column, 0 or 1
 * @milp: the program
 * @cost: if it is 1
 *
 * Return: its number, from 0.
 */
unsigned int fm_milp_add_col(struct fm_milp *milp, double cost)
{
	double *costs = grow(milp, milp->cost, milp->n_cols, sizeof(*costs));

	if (!costs)
		return 0;
	milp->cost = costs;
	costs[milp->n_cols] = cost;
	return milp->n_cols++;
}

/**
 * fm_milp_add_entry - give a column its coefficient in a row
 * @milp: the program
 * @row: of fm_milp_add_row()
 * @col: of fm_milp_add_col()
 * @coef: 0 adds nothing
 */
void fm_milp_add_entry(struct fm_milp *milp, unsigned int row,
		       unsigned int col, double coef)
{
	struct fm_milp_entry *entries;

	if (!coef)
		return;
	entries = grow(milp, milp->entries, milp->n_entries, sizeof(*entries));
	if (!entries)
		return;
	milp->entries = entries;
	entries[milp->n_entries++] = (struct fm_milp_entry){ row, col, coef };
}

static void set_gap(struct fm_milp_result *result)
{
	double size = fabs(result->objective);

	if (result->status == FM_MILP_OPTIMAL)
		result->bound = result->objective;
	if (result->bound > result->objective)
		result->bound = result->objective;
	result->gap = size > 0 ? (result->objective - result->bound) / size :
		      result->bound < 0 ? INFINITY : 0;
}

/**
 * fm_milp_solve - find the solution of least cost, and prove that it is
 * @milp: the program
 * @limit_ms: time to give up after, 0: never
 * @chosen: per column, whether it is 1; untouched if there is no solution
 * @result: what was found
 *
 * Equal programs have equal solutions, unless time runs out.
 *
 * Return: result->status.
 */
enum fm_milp_status fm_milp_solve(const struct fm_milp *milp,
				  unsigned int limit_ms, bool *chosen,
				  struct fm_milp_result *result)
{
	*result = (struct fm_milp_result){ .status = FM_MILP_FAILED };
	if (milp->failed)
		return result->status;
	result->bound = -INFINITY;
	backend.solve(milp, limit_ms, chosen, result);
	if (result->status == FM_MILP_OPTIMAL ||
	    result->status == FM_MILP_FEASIBLE)
		set_gap(result);
	return result->status;
}

/**
 * fm_milp_cleanup - forget a program
 * @milp: gets empty
 */
void fm_milp_cleanup(struct fm_milp *milp)
{
	free(milp->rows);
	free(milp->cost);
	free(milp->entries);
	memset(milp, 0, sizeof(*milp));
}
