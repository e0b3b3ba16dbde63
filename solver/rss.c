// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * With one steering per chain there are 35 alternatives, and the best modes
 * under each are known (modes.c): going through all of them is exact.
 */
#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"
#include "fieldset.h"
#include "modes.h"
#include "rss.h"

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
 * the set with fewer constraints on the key. The mask decides the rest.
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

static void evaluate(const struct fm_problem *p,
		     const struct fm_means_plan *plan, bool pins,
		     struct fm_alternative *a)
{
	bool locked = plan->v4 == FM_MEANS_LOCKED ||
		      plan->v6 == FM_MEANS_LOCKED;
	struct fm_modes modes;

	fm_modes_choose(p, locked ? NULL : &plan->steering, pins, &modes);
	memset(a, 0, sizeof(*a));
	a->fields = plan->steering.fields;
	a->symmetric = plan->steering.symmetric;
	a->v4 = plan->v4;
	a->v6 = plan->v6;
	a->cost = modes.cost + plan->cost;
	a->steer_cost = plan->cost;
	a->local = modes.local;
	a->broken = modes.broken;
	snprintf(a->note, sizeof(a->note), "%s", plan->note);
	for (unsigned int i = 0; i < p->n_nfs; i++) {
		if (!(modes.local >> i & 1))
			continue;
		a->local_ns += p->nf[i].measured_ns;
		a->local_ops += p->nf[i].complexity;
	}
}

/* What the set would be worth if something could steer by it. */
static void evaluate_unreachable(const struct fm_problem *p, uint32_t fields,
				 bool symmetric, const char *note,
				 struct fm_alternative *a)
{
	struct fm_means_plan plan = {
		.steering = { fields, symmetric, FM_L4_ALL },
	};

	evaluate(p, &plan, true, a);
	snprintf(a->note, sizeof(a->note), "%s", note);
}

/* The better of NIC and software; false if neither can. */
static bool find_best(const struct fm_problem *p, uint32_t fields,
		      bool symmetric, struct fm_means_plan *plan,
		      struct fm_alternative *a)
{
	struct fm_means_plan software;
	struct fm_alternative b;
	bool nic = fm_means_find_nic(p, fields, symmetric, plan);
	char note[FM_MEANS_NOTE];

	memcpy(note, plan->note, sizeof(note));
	if (nic)
		evaluate(p, plan, true, a);
	else
		evaluate_unreachable(p, fields, symmetric, note, a);
	if (!fm_means_find_software(p, fields, symmetric, &software))
		return nic;
	if (!nic)
		memcpy(software.note, note, sizeof(note));
	evaluate(p, &software, true, &b);
	if (compare_alternatives(&b, a) >= 0)
		return nic;
	*plan = software;
	*a = b;
	return true;
}

static void find_locked(const struct fm_problem *p, struct fm_means_plan *plan,
			struct fm_alternative *a)
{
	fm_means_find_locked(p, plan);
	evaluate(p, plan, true, a);
}

static void list_alternatives(const struct fm_problem *p,
			      struct fm_solution *sol)
{
	struct fm_means_plan plan;
	unsigned int n = 0;

	for (uint32_t r = 1; r <= FM_F_ALL; r++) {
		find_best(p, r, false, &plan, &sol->alt[n++]);
		if (!(r & FM_F_PROTOCOL) && fm_fieldset_mirror(r) == r)
			find_best(p, r, true, &plan, &sol->alt[n++]);
	}
	find_locked(p, &plan, &sol->alt[n++]);
	qsort(sol->alt, n, sizeof(sol->alt[0]), compare_alternatives);
	for (unsigned int i = 0; i < n; i++)
		sol->alt[i].rank = i + 1;
	sol->n_alts = n;
}

static void fill_nf(const struct fm_problem *p, struct fm_solution *sol,
		    uint64_t local, unsigned int i)
{
	const struct fm_problem_nf *nf = &p->nf[i];
	struct fm_solution_nf *out = &sol->nf[i];
	unsigned int first = 0;

	out->own = fm_cost_own(&p->model, nf);
	sol->cost += out->own;
	if (!nf->stateful)
		return;
	out->mode = local >> i & 1 ? FM_MODE_LOCAL : FM_MODE_SHARED;
	if (out->mode == FM_MODE_SHARED)
		out->penalty = fm_cost_penalty(&p->model, nf, p->cores);
	while (!fm_modes_grouped(p, local, first, i))
		first++;
	out->group = first == i ? sol->n_groups++ : sol->nf[first].group;
	out->lookup = first == i ? p->model.lookup : 0;
	sol->cost += out->lookup + out->penalty;
}

static void fill_solution(const struct fm_problem *p, struct fm_solution *sol,
			  const struct fm_alternative *a)
{
	sol->status = FM_RSS_OK;
	sol->means = first_means(a);
	sol->n_nfs = p->n_nfs;
	sol->cost = sol->plan.cost;
	for (unsigned int i = 0; i < p->n_nfs; i++)
		fill_nf(p, sol, a->local, i);
}

static void rebuild_plan(const struct fm_problem *p, struct fm_solution *sol)
{
	struct fm_alternative best = sol->alt[0], same;

	if (first_means(&best) == FM_MEANS_LOCKED)
		find_locked(p, &sol->plan, &same);
	else
		find_best(p, best.fields, best.symmetric, &sol->plan, &same);
}

/**
 * fm_rss_solve - find the plan of least cost
 * @p: the problem
 * @sol: the plan, the table of all alternatives and the explanation
 *
 * Exact: every field set, symmetric or not where both exist, by the NIC and in
 * software, and locked state, each with its best modes. Deterministic.
 *
 * Return: sol->status.
 */
enum fm_rss_status fm_rss_solve(const struct fm_problem *p,
				struct fm_solution *sol)
{
	memset(sol, 0, sizeof(*sol));
	if (!fm_problem_check(p, sol->why, sizeof(sol->why)))
		return sol->status = FM_RSS_INVALID;
	list_alternatives(p, sol);
	if (class_of(&sol->alt[0])) {
		fm_explain_conflict(p, sol);
		return sol->status = FM_RSS_INFEASIBLE;
	}
	rebuild_plan(p, sol);
	fill_solution(p, sol, &sol->alt[0]);
	fm_explain_winner(p, sol);
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
	memset(sol, 0, sizeof(*sol));
	if (!fm_problem_check(p, sol->why, sizeof(sol->why)))
		return sol->status = FM_RSS_INVALID;
	if (!fm_means_find_nic(p, FM_F_HASHABLE, p->nic.symmetric_hardwired,
			       &sol->plan))
		fm_means_find_locked(p, &sol->plan);
	evaluate(p, &sol->plan, false, &sol->alt[0]);
	sol->alt[0].rank = 1;
	sol->n_alts = 1;
	fill_solution(p, sol, &sol->alt[0]);
	fm_explain_default(p, sol);
	return sol->status;
}
