// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cost model says what a packet takes alone and what it takes of lines that
 * others have; the closed queue of predict.c says what cores make of that.
 */
#include <errno.h>
#include <stdlib.h>

#include "forecast.h"

#define NS_PER_US	1000

/* Units that move between cores, per packet, if all packets find them there. */
static double sum_serial(const struct fm_problem *p,
			 const struct fm_solution *sol)
{
	double units = 0;

	for (unsigned int i = 0; i < sol->n_nfs; i++)
		if (sol->nf[i].mode == FM_MODE_SHARED)
			units += fm_cost_serial(&p->model, &p->nf[i]);
	return units;
}

static double sum_steering(const struct fm_problem *p,
			   const struct fm_solution_seg *seg,
			   unsigned int cores)
{
	double at = fm_cost_software(&p->model, p->cores);

	return at > 0 ? seg->plan.cost / at *
			fm_cost_software(&p->model, cores) : 0;
}

/* What the NFs of a segment take of a core that has as much as the others. */
static double sum_own(const struct fm_solution *sol,
		      const struct fm_solution_seg *seg)
{
	double units = 0;

	for (unsigned int i = seg->first; i < seg->end; i++)
		units += sol->nf[i].own + sol->nf[i].lookup;
	return units;
}

static int count_entries(const struct fm_problem *p,
			 const struct fm_solution_seg *seg, uint64_t **entries)
{
	*entries = NULL;
	if (!p->traffic || !p->traffic->n)
		return 0;
	*entries = calloc(seg->plan.indir_size, sizeof(**entries));
	return *entries ? fm_load_entries(p, &seg->plan, *entries) : -ENOMEM;
}

/**
 * fm_forecast - expected throughput of a plan by number of cores
 * @p: the problem
 * @sol: solved
 * @mpps: gets packets per microsecond on 1 to FM_PREDICT_MAX_CORES cores, with
 *	  the same modes and segments; with a sample of traffic each number of
 *	  cores has its own moves of entries
 *
 * Return: 0 or -ENOMEM.
 */
int fm_forecast(const struct fm_problem *p, const struct fm_solution *sol,
		double mpps[FM_PREDICT_MAX_CORES])
{
	double us = p->model.unit_ns / NS_PER_US;
	double own[FM_PREDICT_MAX_CORES] = { 0 };
	struct fm_predict model;
	uint64_t *entries;
	int ret = 0;

	for (unsigned int s = 0; !ret && s < sol->n_segs; s++) {
		const struct fm_solution_seg *seg = &sol->seg[s];

		ret = count_entries(p, seg, &entries);
		for (unsigned int n = 1; !ret && n <= FM_PREDICT_MAX_CORES; n++)
			own[n - 1] += sum_own(sol, seg) *
				      fm_load_after(entries,
						    seg->plan.indir_size, n) +
				      sum_steering(p, seg, n);
		free(entries);
	}
	for (unsigned int n = 1; !ret && n <= FM_PREDICT_MAX_CORES; n++) {
		model = (struct fm_predict){
			.own_us = us * own[n - 1],
			.serial_us = us * sum_serial(p, sol),
		};
		mpps[n - 1] = model.own_us > 0 ? fm_predict_mpps(&model, n) : 0;
	}
	return ret;
}
