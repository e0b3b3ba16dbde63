/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mixed integer linear program, and its solution. Callers see no more of the
 * solver behind it than its name.
 */
#ifndef FM_SOLVER_MILP_H
#define FM_SOLVER_MILP_H

#include <stdbool.h>
#include <stddef.h>

enum fm_milp_status {
	FM_MILP_OPTIMAL,	/* proven */
	FM_MILP_FEASIBLE,	/* time ran out; the gap says how good it is */
	FM_MILP_INFEASIBLE,	/* proven: there is no solution */
	FM_MILP_UNKNOWN,	/* time ran out before there was a solution */
	FM_MILP_FAILED,		/* no memory, or the solver gave up */
};

/**
 * struct fm_milp_row - lower <= sum of coef * column <= upper
 * @lower: may be -INFINITY
 * @upper: may be INFINITY
 */
struct fm_milp_row {
	double lower;
	double upper;
};

/* A coefficient that is not 0. */
struct fm_milp_entry {
	unsigned int row;
	unsigned int col;
	double coef;
};

/**
 * struct fm_milp - minimise sum of cost * column, every column 0 or 1
 * @rows: constraints
 * @n_rows: how many
 * @cost: per column
 * @n_cols: how many
 * @entries: in any order, none twice
 * @n_entries: how many
 * @failed: memory ran out while this was built; it cannot be solved
 *
 * All zero is an empty program. Rows and costs may be changed between two
 * calls of fm_milp_solve().
 */
struct fm_milp {
	struct fm_milp_row *rows;
	unsigned int n_rows;
	double *cost;
	unsigned int n_cols;
	struct fm_milp_entry *entries;
	size_t n_entries;
	bool failed;
};

/**
 * struct fm_milp_result - what a solver found
 * @status: as returned
 * @objective: of the solution, if there is one
 * @bound: no solution costs less, proven
 * @gap: (objective - bound) / |objective|, 0 if optimal
 */
struct fm_milp_result {
	enum fm_milp_status status;
	double objective;
	double bound;
	double gap;
};

const char *fm_milp_name(void);
const char *fm_milp_status_name(enum fm_milp_status status);
unsigned int fm_milp_add_row(struct fm_milp *milp, double lower, double upper);
unsigned int fm_milp_add_col(struct fm_milp *milp, double cost);
void fm_milp_add_entry(struct fm_milp *milp, unsigned int row,
		       unsigned int col, double coef);
enum fm_milp_status fm_milp_solve(const struct fm_milp *milp,
				  unsigned int limit_ms, bool *chosen,
				  struct fm_milp_result *result);
void fm_milp_cleanup(struct fm_milp *milp);

/* What stands behind it: fills everything but the gap. */
void fm_milp_glpk_solve(const struct fm_milp *milp, unsigned int limit_ms,
			bool *chosen, struct fm_milp_result *result);

#endif
