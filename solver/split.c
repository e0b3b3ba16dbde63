// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A chain is a path from its first NF to behind its last one, and every
 * candidate is an edge: rows keep the path together and count the segments,
 * further ones hold what has been decided before.
 */
#include <math.h>
#include <stdlib.h>

#include "split.h"

#define TOLERANCE	1e-6	/* costs nearer to each other are equal */

/* What is minimised, one after the other; maximised if it is what is local. */
enum goal {
	GOAL_COST,
	GOAL_SEGMENTS,
	GOAL_LOCAL_NS,
	GOAL_LOCAL_OPS,
	GOAL_CHEAPER,		/* the cost, among those that are left */
	GOAL_LATE,		/* what is dropped before is not re-steered */
	GOAL_MAX
};

struct search {
	const struct fm_problem *p;
	struct fm_candidates all;
	struct fm_milp milp;
	unsigned int row[GOAL_MAX];
	double ns_scale;
	double ops_scale;
	bool *chosen;
};

static double measure(const struct search *s, enum goal goal, unsigned int i)
{
	const struct fm_candidate *c = &s->all.list[i];

	switch (goal) {
	case GOAL_COST:
	case GOAL_CHEAPER:
		return c->cost;
	case GOAL_SEGMENTS:
		return 1;
	case GOAL_LOCAL_NS:
		return s->ns_scale > 0 ? -c->local_ns / s->ns_scale : 0;
	case GOAL_LOCAL_OPS:
		return s->ops_scale > 0 ? -(c->local_ops / s->ops_scale) : 0;
	default:
		return c->first ? s->p->n_nfs - c->first +
				  c->way / (double)FM_WAYS :
				  c->way / (double)FM_WAYS;
	}
}

static void add_path(struct search *s)
{
	unsigned int n = s->p->n_nfs;

	for (unsigned int i = 0; i < n; i++)
		fm_milp_add_row(&s->milp, !i, !i);
	for (unsigned int i = 0; i < s->all.n; i++) {
		const struct fm_candidate *c = &s->all.list[i];
		unsigned int col = fm_milp_add_col(&s->milp, 0);

		fm_milp_add_entry(&s->milp, c->first, col, 1);
		if (c->end < n)
			fm_milp_add_entry(&s->milp, c->end, col, -1);
	}
}

static void add_goals(struct search *s)
{
	for (enum goal goal = 0; goal < GOAL_MAX; goal++) {
		s->row[goal] = fm_milp_add_row(&s->milp, -INFINITY,
					       goal == GOAL_SEGMENTS ?
					       s->p->segments : INFINITY);
		for (unsigned int i = 0; i < s->all.n; i++)
			fm_milp_add_entry(&s->milp, s->row[goal], i,
					  measure(s, goal, i));
	}
}

static bool setup(struct search *s, const struct fm_problem *p,
		  const struct fm_way *ways)
{
	*s = (struct search){ .p = p };
	if (fm_candidate_list(p, ways, &s->all))
		return false;
	for (unsigned int i = 0; i < p->n_nfs; i++) {
		s->ns_scale += p->nf[i].measured_ns;
		s->ops_scale += p->nf[i].complexity;
	}
	add_path(s);
	add_goals(s);
	s->chosen = calloc(s->all.n + 1, sizeof(*s->chosen));
	return s->chosen && !s->milp.failed;
}

static void cleanup(struct search *s)
{
	free(s->all.list);
	free(s->chosen);
	fm_milp_cleanup(&s->milp);
}

static enum fm_milp_status pursue(struct search *s, enum goal goal,
				  struct fm_milp_result *result)
{
	for (unsigned int i = 0; i < s->all.n; i++)
		s->milp.cost[i] = measure(s, goal, i);
	return fm_milp_solve(&s->milp, s->p->limit_ms, s->chosen, result);
}

/* Candidates are sorted by their first NF, so the parts are in order. */
static void extract(const struct search *s, struct fm_split *split)
{
	*split = (struct fm_split){ 0 };
	for (unsigned int i = 0; i < s->all.n; i++) {
		if (!s->chosen[i] || split->n_parts == FM_SEGMENTS_MAX)
			continue;
		split->part[split->n_parts++] = s->all.list[i];
		split->cost += s->all.list[i].cost;
	}
}

/* Nothing that comes later may be worse than @value by this measure. */
static void hold(struct search *s, enum goal goal, double value)
{
	s->milp.rows[s->row[goal]].upper = value +
					   TOLERANCE * fmax(1, fabs(value));
}

static bool is_moot(const struct search *s, enum goal goal,
		    const struct fm_split *split)
{
	switch (goal) {
	case GOAL_SEGMENTS:
		return split->n_parts == 1;
	case GOAL_LOCAL_NS:
		return s->ns_scale <= 0;
	case GOAL_LOCAL_OPS:
		return s->ops_scale <= 0;
	default:
		return false;
	}
}

/* If one goal's proof takes too long, what was found before stays. */
static void settle(struct search *s, struct fm_splits *splits)
{
	struct fm_milp_result result;

	hold(s, GOAL_COST, splits->cheapest.cost * (1 + s->p->near));
	for (enum goal goal = GOAL_SEGMENTS; goal < GOAL_MAX; goal++) {
		if (is_moot(s, goal, &splits->best)) {
			if (goal == GOAL_SEGMENTS)
				hold(s, goal, 1);
			continue;
		}
		if (pursue(s, goal, &result) != FM_MILP_OPTIMAL)
			return;
		extract(s, &splits->best);
		hold(s, goal, result.objective);
	}
}

/**
 * fm_split_solve - cut the chain into segments and steer each
 * @p: the problem
 * @ways: of fm_way_list()
 * @splits: gets the cheapest plan, and the best of those that cost at most
 *          p->near more
 *
 * Best is: fewer segments; then more measured time local; then more static
 * operations local; then cheaper; then re-steering behind more NFs; then the
 * ways that candidates have been kept for.
 *
 * Return: splits->proof.status.
 */
enum fm_milp_status fm_split_solve(const struct fm_problem *p,
				   const struct fm_way *ways,
				   struct fm_splits *splits)
{
	struct search s;

	*splits = (struct fm_splits){ .proof.status = FM_MILP_FAILED };
	if (setup(&s, p, ways))
		pursue(&s, GOAL_COST, &splits->proof);
	if (splits->proof.status == FM_MILP_OPTIMAL ||
	    splits->proof.status == FM_MILP_FEASIBLE) {
		extract(&s, &splits->cheapest);
		splits->best = splits->cheapest;
		settle(&s, splits);
	}
	cleanup(&s);
	return splits->proof.status;
}

/**
 * fm_split_try - is there a plan?
 * @p: the problem
 *
 * Return: FM_MILP_INFEASIBLE if not, proven.
 */
enum fm_milp_status fm_split_try(const struct fm_problem *p)
{
	struct fm_way *ways = calloc(FM_WAYS, sizeof(*ways));
	struct fm_milp_result result = { .status = FM_MILP_FAILED };
	struct search s;

	if (!ways)
		return FM_MILP_FAILED;
	if (!fm_way_list(p, ways)) {
		if (setup(&s, p, ways))
			pursue(&s, GOAL_COST, &result);
		cleanup(&s);
	}
	free(ways);
	return result.status;
}
