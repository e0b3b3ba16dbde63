/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The solver: segments, field sets, means and modes of least cost. */
#ifndef FM_SOLVER_RSS_H
#define FM_SOLVER_RSS_H

#include "load.h"
#include "milp.h"
#include "problem.h"

#define FM_ALTERNATIVES	35	/* 31 subsets, 3 symmetric ones, locked state */
#define FM_RSS_WHY	2048	/* bytes of the explanation */

enum fm_rss_status {
	FM_RSS_OK,
	FM_RSS_INFEASIBLE,	/* wishes exclude each other; why names them */
	FM_RSS_INVALID,		/* the problem is malformed; why says how */
	FM_RSS_FAILED,		/* time or memory ran out; why says which */
};

/**
 * struct fm_alternative - one row of the table of alternatives, which have one
 *			   segment each
 * @rank: 1 = the winner, if it has one segment; rows that cannot be had come
 *        last
 * @fields: field set r
 * @symmetric: both directions in one shard
 * @v4: means for IPv4
 * @v6: means for IPv6; NONE in both: the set cannot be had, note says why
 * @cost: units per packet, of the whole chain; if it cannot be had, what it
 *        would cost if it were free
 * @steer_cost: the part of @cost that the means takes
 * @local: bit per NF whose state is local
 * @broken: bit per NF that is pinned local and cannot be
 * @local_ns: measured cost of the local NFs, breaks ties
 * @local_ops: static complexity of the local NFs, breaks further ties
 * @load: what becomes of the traffic
 * @note: a sentence, may be empty
 */
struct fm_alternative {
	unsigned int rank;
	uint32_t fields;
	bool symmetric;
	enum fm_means v4;
	enum fm_means v6;
	double cost;
	double steer_cost;
	uint64_t local;
	uint64_t broken;
	double local_ns;
	uint64_t local_ops;
	struct fm_load load;
	char note[FM_MEANS_NOTE];
};

/**
 * struct fm_solution_nf - an NF in the plan
 * @mode: local, shared, or none if it keeps no state
 * @segment: index of the segment that it is in
 * @group: state group, counted from 0; NFs of one group share one lookup
 * @own: its own work, units per packet
 * @lookup: what it pays for its group, the first of a group pays
 * @penalty: what sharing adds
 */
struct fm_solution_nf {
	enum fm_mode mode;
	unsigned int segment;
	unsigned int group;
	double own;
	double lookup;
	double penalty;
};

/**
 * struct fm_solution_seg - a segment of the plan
 * @plan: means per family, steering and keys; NIC settings in the first one
 * @first: its first NF
 * @end: the one after its last
 * @cost: units per packet of the busiest core, of NFs and steering
 * @load: what becomes of the traffic
 */
struct fm_solution_seg {
	struct fm_means_plan plan;
	unsigned int first;
	unsigned int end;
	double cost;
	struct fm_load load;
};

/**
 * struct fm_solution - the plan and its reasons
 * @status: as returned; nothing but @why means anything unless it is OK,
 *          and @alt too when it is INFEASIBLE
 * @means: of the first family that is wanted, in the first segment
 * @seg: the segments, in order
 * @n_segs: how many, 1 to the problem's bound
 * @nf: per NF of the problem
 * @n_nfs: how many
 * @n_groups: state groups
 * @cost: units per packet, the sum of the segments'
 * @cheapest: what the cheapest plan costs; less than @cost if that one is
 *            better by other measures and about as cheap
 * @cheapest_segs: segments of the cheapest plan
 * @proof: of @cheapest: proven optimal or not, bound and gap
 * @alt: all alternatives of one segment, best first
 * @n_alts: how many
 * @why: sentences: what the winner keeps local and what that saves
 */
struct fm_solution {
	enum fm_rss_status status;
	enum fm_means means;
	struct fm_solution_seg seg[FM_SEGMENTS_MAX];
	unsigned int n_segs;
	struct fm_solution_nf nf[FM_PROBLEM_NFS];
	unsigned int n_nfs;
	unsigned int n_groups;
	double cost;
	double cheapest;
	unsigned int cheapest_segs;
	struct fm_milp_result proof;
	struct fm_alternative alt[FM_ALTERNATIVES];
	unsigned int n_alts;
	char why[FM_RSS_WHY];
};

enum fm_rss_status fm_rss_solve(const struct fm_problem *p,
				struct fm_solution *sol);
enum fm_rss_status fm_rss_solve_default(const struct fm_problem *p,
					struct fm_solution *sol);

#endif
