/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an NF costs per packet, alone and when cores share its state. */
#ifndef FM_SOLVER_COST_H
#define FM_SOLVER_COST_H

#include <stdbool.h>

#include "flowmage.h"

struct fm_problem_nf;

/**
 * struct fm_cost_model - the constants, per packet; 1 = a hit in the L1 cache
 * @op: one operation of the static complexity
 * @lookup: one table lookup of a state group: hash, bucket, key compare
 * @line: reading one cache line of state that is near
 * @chase: one access that waits for a pointer
 * @lock: taking and releasing a free lock
 * @transfer: fetching a cache line that another core has written
 * @contend: waiting for the lock, for every further core that writes
 * @write_share: share of the packets that write where state is per flow
 * @softhash: computing the hash in software
 * @handoff: handing a packet to another core and taking it there
 * @v6_share: IPv6's share of the packets where both families are wanted
 * @max_lines: lines of one state that a packet touches, at most
 * @unit_ns: nanoseconds of a unit, to take in measured costs
 */
struct fm_cost_model {
	double op;
	double lookup;
	double line;
	double chase;
	double lock;
	double transfer;
	double contend;
	double write_share;
	double softhash;
	double handoff;
	double v6_share;
	double max_lines;
	double unit_ns;
};

void fm_cost_setup(struct fm_cost_model *model);
bool fm_cost_check(const struct fm_cost_model *model);
double fm_cost_own(const struct fm_cost_model *model,
		   const struct fm_problem_nf *nf);
double fm_cost_penalty(const struct fm_cost_model *model,
		       const struct fm_problem_nf *nf, unsigned int cores);
double fm_cost_serial(const struct fm_cost_model *model,
		      const struct fm_problem_nf *nf);
double fm_cost_software(const struct fm_cost_model *model, unsigned int cores);

#endif
