/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The segments of a chain: which NFs, under which steering, at least cost. */
#ifndef FM_SOLVER_SPLIT_H
#define FM_SOLVER_SPLIT_H

#include "candidate.h"
#include "milp.h"

/**
 * struct fm_split - a chain in segments
 * @part: the segments, in order
 * @n_parts: how many
 * @cost: units per packet
 */
struct fm_split {
	struct fm_candidate part[FM_SEGMENTS_MAX];
	unsigned int n_parts;
	double cost;
};

/**
 * struct fm_splits - what was found
 * @cheapest: the plan of least cost, as far as @proof says
 * @best: the best one of those that are about as cheap
 * @proof: of @cheapest: status, bound and gap
 */
struct fm_splits {
	struct fm_split cheapest;
	struct fm_split best;
	struct fm_milp_result proof;
};

enum fm_milp_status fm_split_solve(const struct fm_problem *p,
				   const struct fm_way *ways,
				   struct fm_splits *splits);
enum fm_milp_status fm_split_try(const struct fm_problem *p);

#endif
