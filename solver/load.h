/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a way to steer makes of a sample of traffic: who gets how much. */
#ifndef FM_SOLVER_LOAD_H
#define FM_SOLVER_LOAD_H

#include "means.h"
#include "traffic.h"

/**
 * struct fm_load - the busiest core, and why it is
 * @before: its packets, in means of all cores, with fm_load_owner() of all
 *	    entries; 1 without a sample
 * @after: the same after @moves
 * @moves: entries that went to another core
 * @heavy: what the packets of the busiest entry that are most frequent agree
 *	   in: the fields that are hashed, the others zero
 * @share: their part of all packets, 0 without a sample
 */
struct fm_load {
	double before;
	double after;
	unsigned int moves;
	struct fm_traffic_tuple heavy;
	double share;
};

uint32_t fm_load_owner(uint32_t entry, uint32_t entries, uint32_t cores);
int fm_load_measure(const struct fm_problem *p,
		    const struct fm_means_plan *plan, struct fm_load *load);
int fm_load_entries(const struct fm_problem *p,
		    const struct fm_means_plan *plan, uint64_t *entries);
double fm_load_after(const uint64_t *entries, unsigned int n,
		     unsigned int cores);
unsigned int fm_load_move(const uint64_t *entries, unsigned int n,
			  unsigned int cores, uint32_t *owners);

#endif
