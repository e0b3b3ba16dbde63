/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plan is made from: ways to steer, and runs of NFs under one. */
#ifndef FM_SOLVER_CANDIDATE_H
#define FM_SOLVER_CANDIDATE_H

#include "load.h"

/* 31 subsets and 3 symmetric ones, by NIC and in software; locked state. */
#define FM_WAY_SETS	34
#define FM_WAYS		(2 * FM_WAY_SETS + 1)
#define FM_WAY_LOCKED	(FM_WAYS - 1)

/**
 * struct fm_way - a way to steer
 * @possible: it can be had; if not, @plan's steering and note are all there is
 * @plan: how
 * @load: what it makes of the traffic, if it is possible
 */
struct fm_way {
	bool possible;
	struct fm_means_plan plan;
	struct fm_load load;
};

/**
 * struct fm_candidate - NFs under one steering, each in its best mode
 * @first: the first NF
 * @end: the one after the last
 * @way: index
 * @cost: units per packet of the busiest core, steering included
 * @local: bit per NF of the chain whose state is local
 * @broken: bit per NF that is pinned local and cannot be
 * @local_ns: measured time of the local NFs
 * @local_ops: their static complexity
 */
struct fm_candidate {
	unsigned int first;
	unsigned int end;
	unsigned int way;
	double cost;
	uint64_t local;
	uint64_t broken;
	double local_ns;
	uint64_t local_ops;
};

/**
 * struct fm_candidates - all that can be part of a plan
 * @list: sorted by first and end
 * @n: how many
 */
struct fm_candidates {
	struct fm_candidate *list;
	unsigned int n;
};

int fm_way_list(const struct fm_problem *p, struct fm_way ways[FM_WAYS]);
bool fm_way_locked(const struct fm_way *way);
void fm_candidate_fill(const struct fm_problem *p, const struct fm_way *ways,
		       unsigned int way, unsigned int first, unsigned int end,
		       struct fm_candidate *candidate);
int fm_candidate_list(const struct fm_problem *p, const struct fm_way *ways,
		      struct fm_candidates *all);

#endif
