// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "candidate.h"
#include "fieldset.h"
#include "modes.h"

/* What cannot be had is worth what it would cost if it were free. */
static void deny(struct fm_way *way, uint32_t fields, bool symmetric)
{
	char note[FM_MEANS_NOTE];

	memcpy(note, way->plan.note, sizeof(note));
	way->plan = (struct fm_means_plan){
		.steering = { fields, symmetric, FM_L4_ALL },
	};
	memcpy(way->plan.note, note, sizeof(note));
}

static void find_both(const struct fm_problem *p, uint32_t fields,
		      bool symmetric, struct fm_way *nic)
{
	struct fm_way *software = nic + 1;

	nic->possible = fm_means_find_nic(p, fields, symmetric, &nic->plan);
	software->possible = fm_means_find_software(p, fields, symmetric,
						    &software->plan);
	if (!nic->possible) {
		deny(nic, fields, symmetric);
		if (software->possible)
			memcpy(software->plan.note, nic->plan.note,
			       sizeof(nic->plan.note));
	}
	if (!software->possible)
		deny(software, fields, symmetric);
}

static int measure_all(const struct fm_problem *p, struct fm_way *ways)
{
	int ret = 0;

	for (unsigned int i = 0; !ret && i < FM_WAYS; i++) {
		ways[i].load = (struct fm_load){ .before = 1, .after = 1 };
		if (ways[i].possible)
			ret = fm_load_measure(p, &ways[i].plan, &ways[i].load);
	}
	return ret;
}

/**
 * fm_way_list - go through all ways to steer
 * @p: the problem
 * @ways: of field set number k the NIC's at 2k and software's at 2k + 1;
 *        locked state is the last
 *
 * Return: 0 or -ENOMEM.
 */
int fm_way_list(const struct fm_problem *p, struct fm_way ways[FM_WAYS])
{
	struct fm_way *way = ways;

	memset(ways, 0, FM_WAYS * sizeof(*ways));
	for (uint32_t r = 1; r <= FM_F_ALL; r++) {
		find_both(p, r, false, way);
		way += 2;
		if (r & FM_F_PROTOCOL || fm_fieldset_mirror(r) != r)
			continue;
		find_both(p, r, true, way);
		way += 2;
	}
	way->possible = true;
	fm_means_find_locked(p, &way->plan);
	return measure_all(p, ways);
}

/**
 * fm_way_locked - does a way rely on no steering?
 * @way: the way
 *
 * Return: true if all state is locked under it.
 */
bool fm_way_locked(const struct fm_way *way)
{
	return way->plan.v4 == FM_MEANS_LOCKED ||
	       way->plan.v6 == FM_MEANS_LOCKED;
}

/**
 * fm_candidate_fill - put NFs under a steering
 * @p: the problem
 * @ways: of fm_way_list()
 * @way: index
 * @first: the first NF
 * @end: the one after the last
 * @candidate: the result
 */
void fm_candidate_fill(const struct fm_problem *p, const struct fm_way *ways,
		       unsigned int way, unsigned int first, unsigned int end,
		       struct fm_candidate *candidate)
{
	const struct fm_means_plan *plan = &ways[way].plan;
	struct fm_modes modes;

	fm_modes_choose(p, fm_way_locked(&ways[way]) ? NULL : &plan->steering,
			first, end, &modes);
	*candidate = (struct fm_candidate){
		.first = first, .end = end, .way = way,
		.cost = modes.cost * ways[way].load.after + plan->cost,
		.local = modes.local, .broken = modes.broken,
	};
	for (unsigned int i = first; i < end; i++) {
		if (!(modes.local >> i & 1))
			continue;
		candidate->local_ns += p->nf[i].measured_ns;
		candidate->local_ops += p->nf[i].complexity;
	}
}

/* Means preferred, the wider set, fewer constraints on the key. */
static bool nicer(const struct fm_way *a, const struct fm_way *b)
{
	enum fm_means ma = a->plan.v4 ? a->plan.v4 : a->plan.v6;
	enum fm_means mb = b->plan.v4 ? b->plan.v4 : b->plan.v6;
	int wider = (int)fm_fieldset_count(a->plan.steering.fields) -
		    (int)fm_fieldset_count(b->plan.steering.fields);

	if (ma != mb)
		return ma < mb;
	if (wider)
		return wider > 0;
	if (a->plan.steering.symmetric != b->plan.steering.symmetric)
		return b->plan.steering.symmetric;
	return a->plan.steering.fields < b->plan.steering.fields;
}

/*
 * Can a take b's place in every plan? Then no optimum and no tie needs b. Both
 * are about the same NFs.
 */
static bool dominates(const struct fm_way *ways, const struct fm_candidate *a,
		      const struct fm_candidate *b)
{
	double x = rint(a->cost * 1e6), y = rint(b->cost * 1e6);

	if (x > y || a->local_ns < b->local_ns || a->local_ops < b->local_ops)
		return false;
	return x < y || a->local_ns > b->local_ns ||
	       a->local_ops > b->local_ops ||
	       nicer(&ways[a->way], &ways[b->way]);
}

/* Adds one to those of the same NFs, which begin at @begin, or does not. */
static int add(struct fm_candidates *all, unsigned int begin,
	       const struct fm_way *ways, const struct fm_candidate *candidate)
{
	struct fm_candidate *more = all->list;
	unsigned int kept = begin;

	for (unsigned int i = begin; i < all->n; i++) {
		if (dominates(ways, &all->list[i], candidate))
			return 0;
		if (!dominates(ways, candidate, &all->list[i]))
			all->list[kept++] = all->list[i];
	}
	all->n = kept;
	if (!(all->n & (all->n - 1)))
		more = reallocarray(all->list, all->n ? 2 * all->n : 1,
				    sizeof(*more));
	if (!more)
		return -ENOMEM;
	all->list = more;
	all->list[all->n++] = *candidate;
	return 0;
}

/*
 * Packets come to a later segment from a core, so only software can steer
 * there, and does so for nothing if no state is local.
 */
static bool is_useful(const struct fm_candidate *candidate)
{
	if (candidate->broken)
		return false;
	if (!candidate->first)
		return true;
	return candidate->way % 2 && candidate->local;
}

static int list_run(const struct fm_problem *p, const struct fm_way *ways,
		    unsigned int first, unsigned int end,
		    struct fm_candidates *all)
{
	unsigned int begin = all->n;
	struct fm_candidate candidate;
	int ret = 0;

	for (unsigned int way = 0; !ret && way < FM_WAYS; way++) {
		if (!ways[way].possible || (first && !(way % 2)))
			continue;
		fm_candidate_fill(p, ways, way, first, end, &candidate);
		if (is_useful(&candidate))
			ret = add(all, begin, ways, &candidate);
	}
	return ret;
}

/*
 * State is found by what the packet was when it came to the segment. So NFs
 * behind one that rewrites packets would see others than in its segment.
 */
static unsigned int last_start(const struct fm_problem *p)
{
	unsigned int i = 0;

	if (p->segments < 2)
		return 0;
	while (i < p->n_nfs - 1 && !p->nf[i].rewrites)
		i++;
	return i;
}

/**
 * fm_candidate_list - all runs of NFs under all steerings
 * @p: the problem
 * @ways: of fm_way_list()
 * @all: gets those that keep to the pins and that no other one beats, to be
 *       freed by the caller whatever is returned
 *
 * Return: 0 or -ENOMEM.
 */
int fm_candidate_list(const struct fm_problem *p, const struct fm_way *ways,
		      struct fm_candidates *all)
{
	unsigned int last = last_start(p);
	int ret = 0;

	*all = (struct fm_candidates){ 0 };
	for (unsigned int first = 0; first <= last; first++) {
		for (unsigned int end = first + 1; !ret && end <= last; end++)
			ret = list_run(p, ways, first, end, all);
		if (!ret)
			ret = list_run(p, ways, first, p->n_nfs, all);
	}
	return ret;
}
