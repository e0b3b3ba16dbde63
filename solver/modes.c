// SPDX-License-Identifier: GPL-2.0-or-later
#include "modes.h"

/* NFs with equal keys fit or do not fit together. */
struct keygroup {
	uint64_t members;
	uint64_t free;		/* no pin */
	uint64_t wants_local;	/* pinned */
	uint64_t wants_shared;	/* pinned */
};

static uint64_t bit(unsigned int i)
{
	return 1ULL << i;
}

static bool same_key(const struct fm_problem_nf *a,
		     const struct fm_problem_nf *b)
{
	return a->stateful && b->stateful && a->key == b->key &&
	       a->bidirectional == b->bidirectional;
}

/**
 * fm_modes_grouped - are two NFs of a segment in one state group?
 * @p: the problem
 * @local: bit per NF whose state is local
 * @a: index of one NF
 * @b: index of the other
 *
 * Return: true if both keep state under one key and in one mode.
 */
bool fm_modes_grouped(const struct fm_problem *p, uint64_t local,
		      unsigned int a, unsigned int b)
{
	return same_key(&p->nf[a], &p->nf[b]) &&
	       !(local & bit(a)) == !(local & bit(b));
}

static void collect(const struct fm_problem *p, unsigned int first,
		    unsigned int end, struct keygroup *g)
{
	*g = (struct keygroup){ 0 };
	for (unsigned int i = first; i < end; i++) {
		if (!same_key(&p->nf[first], &p->nf[i]))
			continue;
		g->members |= bit(i);
		if (p->nf[i].pin == FM_PIN_NONE)
			g->free |= bit(i);
		else if (p->nf[i].pin == FM_PIN_LOCAL)
			g->wants_local |= bit(i);
		else
			g->wants_shared |= bit(i);
	}
}

static double sum_penalties(const struct fm_problem *p, uint64_t shared)
{
	double sum = 0;

	for (unsigned int i = 0; i < p->n_nfs; i++)
		if (shared & bit(i))
			sum += fm_cost_penalty(&p->model, &p->nf[i], p->cores);
	return sum;
}

/*
 * Penalties are never negative, so the free NFs of a key that fits are all
 * local, with one exception: where another NF of the key is pinned shared and
 * none is pinned local, being local takes a lookup of its own, which may cost
 * more than sharing. A mixture pays both.
 */
static uint64_t choose_local(const struct fm_problem *p,
			     const struct keygroup *g)
{
	if (!g->wants_local && g->wants_shared &&
	    sum_penalties(p, g->free) < p->model.lookup)
		return 0;
	return g->wants_local | g->free;
}

static double sum_lookups(const struct fm_problem *p, const struct keygroup *g,
			  uint64_t local)
{
	unsigned int tables = 0;

	tables += !!(g->members & local);
	tables += !!(g->members & ~local);
	return tables * p->model.lookup;
}

static bool is_first(const struct fm_problem *p, unsigned int first,
		     unsigned int i)
{
	for (unsigned int j = first; j < i; j++)
		if (same_key(&p->nf[j], &p->nf[i]))
			return false;
	return p->nf[i].stateful;
}

/**
 * fm_modes_choose - pick the modes of least cost
 * @p: the problem
 * @steering: what picks the shards, NULL if no steering is relied upon
 * @first: the segment's first NF
 * @end: the one after its last
 * @modes: the result
 */
void fm_modes_choose(const struct fm_problem *p,
		     const struct fm_spread *steering, unsigned int first,
		     unsigned int end, struct fm_modes *modes)
{
	*modes = (struct fm_modes){ 0 };
	for (unsigned int i = first; i < end; i++) {
		const struct fm_problem_nf *nf = &p->nf[i];
		uint64_t local = 0;
		struct keygroup g;

		modes->cost += fm_cost_own(&p->model, nf);
		if (!is_first(p, first, i))
			continue;
		collect(p, i, end, &g);
		if (steering && fm_spread_fits(steering, nf->key,
						 nf->bidirectional))
			local = choose_local(p, &g);
		else
			modes->broken |= g.wants_local;
		modes->local |= local;
		modes->cost += sum_lookups(p, &g, local) +
			       sum_penalties(p, g.members & ~local);
	}
}
