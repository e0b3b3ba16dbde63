// SPDX-License-Identifier: GPL-2.0-or-later
/* GLPK behind the interface; its types are nowhere else. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <glpk.h>

#include "milp.h"

static int bound_type(const struct fm_milp_row *row)
{
	if (isinf(row->lower) && isinf(row->upper))
		return GLP_FR;
	if (isinf(row->lower))
		return GLP_UP;
	if (isinf(row->upper))
		return GLP_LO;
	return row->lower == row->upper ? GLP_FX : GLP_DB;
}

static bool load_entries(glp_prob *lp, const struct fm_milp *milp)
{
	/* GLPK counts from 1. */
	int *rows = calloc(milp->n_entries + 1, sizeof(*rows));
	int *cols = calloc(milp->n_entries + 1, sizeof(*cols));
	double *coefs = calloc(milp->n_entries + 1, sizeof(*coefs));
	bool done = rows && cols && coefs;

	for (size_t i = 0; done && i < milp->n_entries; i++) {
		rows[i + 1] = milp->entries[i].row + 1;
		cols[i + 1] = milp->entries[i].col + 1;
		coefs[i + 1] = milp->entries[i].coef;
	}
	if (done)
		glp_load_matrix(lp, milp->n_entries, rows, cols, coefs);
	free(rows);
	free(cols);
	free(coefs);
	return done;
}

static bool load(glp_prob *lp, const struct fm_milp *milp)
{
	glp_set_obj_dir(lp, GLP_MIN);
	if (milp->n_rows)
		glp_add_rows(lp, milp->n_rows);
	if (milp->n_cols)
		glp_add_cols(lp, milp->n_cols);
	for (unsigned int i = 0; i < milp->n_rows; i++)
		glp_set_row_bnds(lp, i + 1, bound_type(&milp->rows[i]),
				 milp->rows[i].lower, milp->rows[i].upper);
	for (unsigned int i = 0; i < milp->n_cols; i++) {
		glp_set_col_kind(lp, i + 1, GLP_BV);
		glp_set_obj_coef(lp, i + 1, milp->cost[i]);
	}
	return load_entries(lp, milp);
}

/* Keeps the best bound of the tree, which is gone when the search is over. */
static void watch(glp_tree *tree, void *arg)
{
	double *bound = arg;
	int best = glp_ios_best_node(tree);

	if (best)
		*bound = fmax(*bound, glp_ios_node_bound(tree, best));
}

static enum fm_milp_status judge(int failed, int status)
{
	if (status == GLP_OPT)
		return FM_MILP_OPTIMAL;
	if (status == GLP_FEAS)
		return FM_MILP_FEASIBLE;
	if (status == GLP_NOFEAS)
		return FM_MILP_INFEASIBLE;
	return failed && failed != GLP_ETMLIM ? FM_MILP_FAILED :
						FM_MILP_UNKNOWN;
}

static enum fm_milp_status relax(glp_prob *lp, int limit)
{
	glp_smcp parm;
	int failed;

	glp_init_smcp(&parm);
	parm.msg_lev = GLP_MSG_OFF;
	parm.tm_lim = limit;
	failed = glp_simplex(lp, &parm);
	if (failed)
		return failed == GLP_ETMLIM ? FM_MILP_UNKNOWN : FM_MILP_FAILED;
	switch (glp_get_status(lp)) {
	case GLP_OPT:
		return FM_MILP_OPTIMAL;
	case GLP_NOFEAS:
		return FM_MILP_INFEASIBLE;
	default: /* never unbounded, as every column is bounded */
		return FM_MILP_FAILED;
	}
}

static void branch(glp_prob *lp, int limit, struct fm_milp_result *result)
{
	glp_iocp parm;
	int failed;

	glp_init_iocp(&parm);
	parm.msg_lev = GLP_MSG_OFF;
	parm.tm_lim = limit;
	parm.cb_func = watch;
	parm.cb_info = &result->bound;
	result->bound = glp_get_obj_val(lp);
	failed = glp_intopt(lp, &parm);
	result->status = judge(failed, glp_mip_status(lp));
	result->objective = glp_mip_obj_val(lp);
}

static void run(glp_prob *lp, const struct fm_milp *milp,
		unsigned int limit_ms, bool *chosen,
		struct fm_milp_result *result)
{
	int limit = limit_ms && limit_ms < INT_MAX ? (int)limit_ms : INT_MAX;

	if (!load(lp, milp))
		return;
	result->status = relax(lp, limit);
	if (result->status != FM_MILP_OPTIMAL)
		return;
	branch(lp, limit, result);
	if (result->status != FM_MILP_OPTIMAL &&
	    result->status != FM_MILP_FEASIBLE)
		return;
	for (unsigned int i = 0; i < milp->n_cols; i++)
		chosen[i] = glp_mip_col_val(lp, i + 1) > 0.5;
}

/**
 * fm_milp_glpk_solve - simplex, then branch and bound
 * @milp: the program
 * @limit_ms: for each of both, 0: none
 * @chosen: per column, if there is a solution
 * @result: gets status, objective and bound
 */
void fm_milp_glpk_solve(const struct fm_milp *milp, unsigned int limit_ms,
			bool *chosen, struct fm_milp_result *result)
{
	int spoke = glp_term_out(GLP_OFF);
	glp_prob *lp = glp_create_prob();

	run(lp, milp, limit_ms, chosen, result);
	glp_delete_prob(lp);
	glp_term_out(spoke);
}
