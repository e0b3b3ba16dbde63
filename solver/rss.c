// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a segment costs is known for every run of NFs under every steering
 * (candidate.c); which segments a chain has is found by an integer program
 * (split.c). The table of alternatives is about chains of one segment.
 */
#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "conflict.h"
#include "explain.h"
#include "fieldset.h"
#include "modes.h"
#include "rss.h"
#include "split.h"

static bool has_means(const struct fm_alternative *a)
{
	return a->v4 != FM_MEANS_NONE || a->v6 != FM_MEANS_NONE;
}

static enum fm_means first_means(const struct fm_alternative *a)
{
	return a->v4 != FM_MEANS_NONE ? a->v4 : a->v6;
}

static int compare(double a, double b)
{
	return (a > b) - (a < b);
}

/* Rounded, so that the order of additions does not break a tie. */
static double round_cost(double cost)
{
	return rint(cost * 1e6);
}

static int class_of(const struct fm_alternative *a)
{
	if (!has_means(a))
		return 2;
	return a->broken ? 1 : 0;
}

/*
 * Cost; then the NFs that need more work are local; then the means preferred,
 * the wider set, which spreads better and is nearer to what NICs do by default,
 * the set with fewer constraints on the key. The mask decides the rest. Where
 * costs are near but not equal the winner is found elsewhere (split.c).
 */
static int compare_alternatives(const void *pa, const void *pb)
{
	const struct fm_alternative *a = pa, *b = pb;
	int order = class_of(a) - class_of(b);

	if (!order)
		order = compare(round_cost(a->cost), round_cost(b->cost));
	if (!order)
		order = compare(b->local_ns, a->local_ns);
	if (!order)
		order = compare(b->local_ops, a->local_ops);
	if (!order)
		order = (int)first_means(a) - (int)first_means(b);
	if (!order)
		order = (int)fm_fieldset_count(b->fields) -
			(int)fm_fieldset_count(a->fields);
	if (!order)
		order = a->symmetric - b->symmetric;
	return order ? order : (int)a->fields - (int)b->fields;
}

static void fill_alternative(const struct fm_problem *p,
			     const struct fm_way *ways, unsigned int way,
			     struct fm_alternative *a)
{
	const struct fm_means_plan *plan = &ways[way].plan;
	struct fm_candidate candidate;

	fm_candidate_fill(p, ways, way, 0, p->n_nfs, &candidate);
	memset(a, 0, sizeof(*a));
	a->fields = plan->steering.fields;
	a->symmetric = plan->steering.symmetric;
	a->v4 = plan->v4;
	a->v6 = plan->v6;
	a->cost = candidate.cost;
	a->load = ways[way].load;
	a->steer_cost = plan->cost;
	a->local = candidate.local;
	a->broken = candidate.broken;
	a->local_ns = candidate.local_ns;
	a->local_ops = candidate.local_ops;
	snprintf(a->note, sizeof(a->note), "%s", plan->note);
}

/* The better of NIC and software, unless the plan has decided for one. */
static void fill_set(const struct fm_problem *p, const struct fm_way *ways,
		     unsigned int set, unsigned int winner,
		     struct fm_alternative *a)
{
	unsigned int nic = 2 * set, software = nic + 1;
	struct fm_alternative b;

	if (winner == software)
		nic = software;
	fill_alternative(p, ways, nic, a);
	if (winner == nic || !ways[software].possible)
		return;
	fill_alternative(p, ways, software, &b);
	if (compare_alternatives(&b, a) < 0)
		*a = b;
}

static void raise_winner(struct fm_solution *sol, const struct fm_way *way)
{
	struct fm_alternative *a = sol->alt, winner;

	while (a->fields != way->plan.steering.fields ||
	       a->symmetric != way->plan.steering.symmetric ||
	       a->v4 != way->plan.v4 || a->v6 != way->plan.v6)
		a++;
	winner = *a;
	memmove(sol->alt + 1, sol->alt, (a - sol->alt) * sizeof(*a));
	sol->alt[0] = winner;
}

/* @winner: way of the plan if it has one segment, else FM_WAYS */
static void list_alternatives(const struct fm_problem *p,
			      const struct fm_way *ways, unsigned int winner,
			      struct fm_solution *sol)
{
	unsigned int n = 0;

	for (unsigned int set = 0; set < FM_WAY_SETS; set++)
		fill_set(p, ways, set, winner, &sol->alt[n++]);
	fill_alternative(p, ways, FM_WAY_LOCKED, &sol->alt[n++]);
	qsort(sol->alt, n, sizeof(sol->alt[0]), compare_alternatives);
	if (winner < FM_WAYS)
		raise_winner(sol, &ways[winner]);
	for (unsigned int i = 0; i < n; i++)
		sol->alt[i].rank = i + 1;
	sol->n_alts = n;
}

static void fill_nf(const struct fm_problem *p, struct fm_solution *sol,
		    unsigned int segment, uint64_t local, unsigned int i)
{
	const struct fm_problem_nf *nf = &p->nf[i];
	struct fm_solution_nf *out = &sol->nf[i];
	unsigned int first = sol->seg[segment].first;

	out->segment = segment;
	out->own = fm_cost_own(&p->model, nf);
	if (!nf->stateful)
		return;
	out->mode = local >> i & 1 ? FM_MODE_LOCAL : FM_MODE_SHARED;
	if (out->mode == FM_MODE_SHARED)
		out->penalty = fm_cost_penalty(&p->model, nf, p->cores);
	while (!fm_modes_grouped(p, local, first, i))
		first++;
	out->group = first == i ? sol->n_groups++ : sol->nf[first].group;
	out->lookup = first == i ? p->model.lookup : 0;
}

static void fill_seg(const struct fm_problem *p, const struct fm_way *ways,
		     const struct fm_candidate *part, struct fm_solution *sol)
{
	unsigned int segment = sol->n_segs++;
	struct fm_solution_seg *seg = &sol->seg[segment];

	seg->plan = ways[part->way].plan;
	seg->first = part->first;
	seg->end = part->end;
	seg->cost = part->cost;
	seg->load = ways[part->way].load;
	/* What the NIC cannot do matters where packets come from it. */
	if (segment)
		seg->plan.note[0] = 0;
	sol->cost += seg->cost;
	for (unsigned int i = part->first; i < part->end; i++)
		fill_nf(p, sol, segment, part->local, i);
}

static void fill_solution(const struct fm_problem *p, const struct fm_way *ways,
			  const struct fm_split *split, struct fm_solution *sol)
{
	const struct fm_means_plan *plan = &sol->seg[0].plan;

	sol->status = FM_RSS_OK;
	sol->n_nfs = p->n_nfs;
	for (unsigned int i = 0; i < split->n_parts; i++)
		fill_seg(p, ways, &split->part[i], sol);
	sol->means = plan->v4 != FM_MEANS_NONE ? plan->v4 : plan->v6;
}

static enum fm_rss_status fail(struct fm_solution *sol)
{
	snprintf(sol->why, sizeof(sol->why), "%s",
		 sol->proof.status == FM_MILP_UNKNOWN ?
		 "no plan was found in time" : "out of memory");
	return sol->status = FM_RSS_FAILED;
}

static enum fm_rss_status solve(const struct fm_problem *p,
				struct fm_way *ways, struct fm_solution *sol)
{
	struct fm_splits splits;

	if (fm_way_list(p, ways))
		return fail(sol);
	fm_split_solve(p, ways, &splits);
	sol->proof = splits.proof;
	if (sol->proof.status == FM_MILP_INFEASIBLE) {
		list_alternatives(p, ways, FM_WAYS, sol);
		fm_conflict_explain(p, sol->why, sizeof(sol->why));
		return sol->status = FM_RSS_INFEASIBLE;
	}
	if (!splits.best.n_parts)
		return fail(sol);
	sol->cheapest = splits.cheapest.cost;
	sol->cheapest_segs = splits.cheapest.n_parts;
	list_alternatives(p, ways, splits.best.n_parts > 1 ? FM_WAYS :
			  splits.best.part[0].way, sol);
	fill_solution(p, ways, &splits.best, sol);
	fm_explain_winner(p, sol);
	return sol->status;
}

/**
 * fm_rss_solve - find the plan of least cost
 * @p: the problem
 * @sol: the plan, the table of all alternatives and the explanation
 *
 * Exact: every field set, symmetric or not where both exist, by the NIC and in
 * software, and locked state, in up to p->segments segments, each with its best
 * modes. Deterministic, unless p->limit_ms is exceeded.
 *
 * Return: sol->status.
 */
enum fm_rss_status fm_rss_solve(const struct fm_problem *p,
				struct fm_solution *sol)
{
	struct fm_way *ways;

	memset(sol, 0, sizeof(*sol));
	if (!fm_problem_check(p, sol->why, sizeof(sol->why)))
		return sol->status = FM_RSS_INVALID;
	sol->proof.status = FM_MILP_FAILED;
	ways = calloc(FM_WAYS, sizeof(*ways));
	if (!ways)
		return fail(sol);
	solve(p, ways, sol);
	free(ways);
	return sol->status;
}

/**
 * fm_rss_solve_default - what one gets without a solver
 * @p: the problem; pins are ignored
 * @sol: plain RSS over addresses and ports, state local where it fits that and
 *       shared elsewhere; locked state where the NIC has no such RSS
 *
 * Return: sol->status, never FM_RSS_INFEASIBLE.
 */
enum fm_rss_status fm_rss_solve_default(const struct fm_problem *p,
					struct fm_solution *sol)
{
	struct fm_split split = { .n_parts = 1 };
	struct fm_problem free_of_pins = *p;
	struct fm_way way = { .possible = true };

	memset(sol, 0, sizeof(*sol));
	if (!fm_problem_check(p, sol->why, sizeof(sol->why)))
		return sol->status = FM_RSS_INVALID;
	if (!fm_means_find_nic(p, FM_F_HASHABLE, p->nic.symmetric_hardwired,
			       &way.plan))
		fm_means_find_locked(p, &way.plan);
	if (fm_load_measure(p, &way.plan, &way.load))
		return fail(sol);
	for (unsigned int i = 0; i < p->n_nfs; i++)
		free_of_pins.nf[i].pin = FM_PIN_NONE;
	fill_alternative(&free_of_pins, &way, 0, &sol->alt[0]);
	fm_candidate_fill(&free_of_pins, &way, 0, 0, p->n_nfs, split.part);
	sol->alt[0].rank = 1;
	sol->n_alts = 1;
	fill_solution(p, &way, &split, sol);
	sol->cheapest = sol->cost;
	sol->cheapest_segs = 1;
	fm_explain_default(p, sol);
	return sol->status;
}
