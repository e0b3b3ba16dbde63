// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"
#include "fieldset.h"

__attribute__((format(printf, 2, 3)))
static void say(struct fm_solution *sol, const char *format, ...)
{
	size_t used = strlen(sol->why);
	va_list args;

	va_start(args, format);
	vsnprintf(sol->why + used, sizeof(sol->why) - used, format, args);
	va_end(args);
}

static uint64_t stateful(const struct fm_problem *p)
{
	uint64_t mask = 0;

	for (unsigned int i = 0; i < p->n_nfs; i++)
		if (p->nf[i].stateful)
			mask |= 1ULL << i;
	return mask;
}

/* "a", "a and b", "a, b and c" */
static void say_nfs(const struct fm_problem *p, struct fm_solution *sol,
		    uint64_t mask)
{
	unsigned int left = __builtin_popcountll(mask);

	for (unsigned int i = 0; i < p->n_nfs; i++) {
		if (!(mask >> i & 1))
			continue;
		left--;
		say(sol, "%s%s", p->nf[i].name,
		    left > 1 ? ", " : left == 1 ? " and " : "");
	}
}

static void say_steering(struct fm_solution *sol,
			 const struct fm_spread *steering, bool locked)
{
	char text[FM_FIELDSET_LEN];

	if (locked) {
		say(sol, "locked state");
		return;
	}
	fm_fieldset_format(steering->fields, text, sizeof(text));
	say(sol, "%s{%s}", steering->symmetric ? "symmetric " : "", text);
}

static void say_fields(struct fm_solution *sol,
		       const struct fm_alternative *a)
{
	struct fm_spread steering = { .fields = a->fields,
				      .symmetric = a->symmetric };

	say_steering(sol, &steering, a->v4 == FM_MEANS_LOCKED ||
		     a->v6 == FM_MEANS_LOCKED);
}

/* Of the NFs in @of. */
static void say_modes(const struct fm_problem *p, struct fm_solution *sol,
		      uint64_t local, uint64_t of)
{
	uint64_t shared = stateful(p) & ~local & of;

	local &= of;
	if (!local && !shared) {
		say(sol, " needs no state to be placed");
		return;
	}
	if (local) {
		say(sol, " keeps ");
		say_nfs(p, sol, local);
		say(sol, " local");
	}
	if (shared) {
		say(sol, "%s", local ? " and shares " : " shares ");
		say_nfs(p, sol, shared);
	}
}

static void say_means(struct fm_solution *sol, const struct fm_means_plan *plan)
{
	enum fm_means first = plan->v4 != FM_MEANS_NONE ? plan->v4 : plan->v6;

	say(sol, ", by %s", fm_means_name(first));
	if (plan->v4 != FM_MEANS_NONE && plan->v6 != FM_MEANS_NONE &&
	    plan->v4 != plan->v6)
		say(sol, " (IPv6 by %s)", fm_means_name(plan->v6));
}

static const char *tie_reason(const struct fm_alternative *a,
			      const struct fm_alternative *b)
{
	if (a->local_ns != b->local_ns)
		return "keeps NFs local that were measured to take longer";
	if (a->local_ops != b->local_ops)
		return "keeps NFs local that do more work";
	if (a->v4 != b->v4 || a->v6 != b->v6)
		return "has the preferred means";
	if (fm_fieldset_count(a->fields) != fm_fieldset_count(b->fields))
		return "spreads over more fields";
	if (a->symmetric != b->symmetric)
		return "constrains the key less";
	return "comes first";
}

static bool can_be_had(const struct fm_alternative *a)
{
	return !a->broken &&
	       (a->v4 != FM_MEANS_NONE || a->v6 != FM_MEANS_NONE);
}

static bool is_less(double cost, double than)
{
	return rint(cost * 1e6) < rint(than * 1e6);
}

static void say_runner_up(const struct fm_problem *p, struct fm_solution *sol)
{
	const struct fm_alternative *a = &sol->alt[0], *b = &sol->alt[1];

	if (!can_be_had(b)) {
		say(sol, " Nothing else can be had.");
		return;
	}
	say(sol, " The runner-up, ");
	say_fields(sol, b);
	say(sol, ",");
	say_modes(p, sol, b->local, ~0ULL);
	if (is_less(a->cost, b->cost))
		say(sol, " and costs %.2f more.", b->cost - a->cost);
	else if (is_less(b->cost, a->cost))
		say(sol, " and costs %.2f less, a near tie; the winner %s.",
		    a->cost - b->cost, tie_reason(a, b));
	else
		say(sol, " at the same cost; the winner %s.", tie_reason(a, b));
}

/* The winner has several segments. */
static void say_single(const struct fm_problem *p, struct fm_solution *sol)
{
	const struct fm_alternative *a = &sol->alt[0];

	if (!can_be_had(a)) {
		say(sol, " Without re-steering nothing can be had.");
		return;
	}
	say(sol, " Without re-steering, ");
	say_fields(sol, a);
	say_modes(p, sol, a->local, ~0ULL);
	say(sol, " and costs %.2f more.", a->cost - sol->cost);
}

static void say_proof(const struct fm_problem *p, struct fm_solution *sol)
{
	if (sol->n_segs < sol->cheapest_segs)
		say(sol, " With %u segments it would cost %.2f less, a near tie; fewer segments win.",
		    sol->cheapest_segs, sol->cost - sol->cheapest);
	else if (sol->n_segs > 1 && is_less(sol->cheapest, sol->cost))
		say(sol, " Cut otherwise it would cost %.2f less, a near tie; the winner keeps NFs local that do more work.",
		    sol->cost - sol->cheapest);
	if (sol->proof.status != FM_MILP_OPTIMAL)
		say(sol, " The search ended after %u ms: other plans may cost up to %.2f less.",
		    p->limit_ms, sol->cheapest - sol->proof.bound);
}

/* What it would cost if all cores got as much. */
static double even_cost(const struct fm_alternative *a)
{
	return (a->cost - a->steer_cost) / a->load.after + a->steer_cost;
}

static const struct fm_alternative *find_narrow(const struct fm_solution *sol)
{
	const struct fm_alternative *best = NULL;

	for (unsigned int i = 0; i < sol->n_alts; i++) {
		const struct fm_alternative *a = &sol->alt[i];

		if (!can_be_had(a) || !is_less(sol->cost, a->cost))
			continue;
		if (!best || is_less(even_cost(a), even_cost(best)))
			best = a;
	}
	return best;
}

static void say_heavy(struct fm_solution *sol, uint32_t fields,
		      const struct fm_load *load)
{
	char text[FM_TRAFFIC_LEN];

	fm_traffic_format(&load->heavy, fields & FM_F_HASHABLE, text,
			  sizeof(text));
	say(sol, "%s has %.1f %% of the packets", text, 100 * load->share);
}

/* A set that is too narrow for the traffic and would have won otherwise. */
static void say_narrow(struct fm_solution *sol)
{
	const struct fm_solution_seg *seg = &sol->seg[0];
	const struct fm_alternative *a = find_narrow(sol);
	double even = (seg->cost - seg->plan.cost) / seg->load.after +
		      seg->plan.cost;

	if (!a || sol->n_segs > 1 || !is_less(even_cost(a), even))
		return;
	say(sol, " ");
	say_fields(sol, a);
	say(sol, " would cost %.2f if its cores got as much each, but the busiest gets %.2f times the mean: ",
	    even_cost(a), a->load.after);
	say_heavy(sol, a->fields, &a->load);
	say(sol, ".");
}

static void say_load(const struct fm_problem *p, struct fm_solution *sol)
{
	const struct fm_load *load = &sol->seg[0].load;

	if (!p->traffic || !p->traffic->n)
		return;
	say(sol, " Of the traffic the busiest core gets %.2f times the mean",
	    load->after);
	if (load->moves)
		say(sol, ", %.2f before %u entries move", load->before,
		    load->moves);
	say(sol, "; ");
	say_heavy(sol, sol->seg[0].plan.steering.fields, load);
	say(sol, ".");
	say_narrow(sol);
}

static uint64_t local_of(const struct fm_solution *sol)
{
	uint64_t local = 0;

	for (unsigned int i = 0; i < sol->n_nfs; i++)
		local |= (uint64_t)(sol->nf[i].mode == FM_MODE_LOCAL) << i;
	return local;
}

/* The NFs from @first to before @end. */
static uint64_t members(unsigned int first, unsigned int end)
{
	return (~0ULL >> (FM_PROBLEM_NFS - end)) & (~0ULL << first);
}

static void say_segments(const struct fm_problem *p, struct fm_solution *sol)
{
	for (unsigned int i = 0; i < sol->n_segs; i++) {
		const struct fm_solution_seg *seg = &sol->seg[i];

		say(sol, "%s", i ? ", then " : "");
		say_steering(sol, &seg->plan.steering,
			     seg->plan.v4 == FM_MEANS_LOCKED ||
			     seg->plan.v6 == FM_MEANS_LOCKED);
		say_modes(p, sol, local_of(sol), members(seg->first, seg->end));
		say_means(sol, &seg->plan);
	}
	say(sol, ": %.2f units per packet.", sol->cost);
}

/**
 * fm_explain_winner - say why a plan won
 * @p: the problem
 * @sol: solved; gets @sol->why
 */
void fm_explain_winner(const struct fm_problem *p, struct fm_solution *sol)
{
	sol->why[0] = 0;
	say_segments(p, sol);
	if (sol->seg[0].plan.note[0])
		say(sol, " Note: %s.", sol->seg[0].plan.note);
	if (sol->n_segs > 1)
		say_single(p, sol);
	else
		say_runner_up(p, sol);
	say_load(p, sol);
	say_proof(p, sol);
}

/**
 * fm_explain_default - say what plain RSS does
 * @p: the problem
 * @sol: solved; gets @sol->why
 */
void fm_explain_default(const struct fm_problem *p, struct fm_solution *sol)
{
	sol->why[0] = 0;
	say(sol, "Without a plan, ");
	say_segments(p, sol);
}
