/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The best mode of every NF of a segment. */
#ifndef FM_SOLVER_MODES_H
#define FM_SOLVER_MODES_H

#include "problem.h"
#include "spread.h"

/**
 * struct fm_modes - modes and what they cost
 * @local: bit per NF whose state is local
 * @broken: bit per NF that is pinned local although its key does not fit; it
 *          is counted as shared
 * @cost: units per packet: own work, lookups and penalties
 */
struct fm_modes {
	uint64_t local;
	uint64_t broken;
	double cost;
};

void fm_modes_choose(const struct fm_problem *p,
		     const struct fm_spread *steering, unsigned int first,
		     unsigned int end, struct fm_modes *modes);
bool fm_modes_grouped(const struct fm_problem *p, uint64_t local,
		      unsigned int a, unsigned int b);

#endif
