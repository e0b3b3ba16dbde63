/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a chain file, feature records and a device to the plan, and back. */
#ifndef FM_TOOLS_SOLVING_H
#define FM_TOOLS_SOLVING_H

#include "chainfile.h"
#include "device.h"
#include "planfile.h"
#include "rss.h"
#include "tracking.h"

/**
 * struct fm_solving - a problem, its solution and the plan
 * @file: the chain
 * @tracked: the records of its NFs, in its order
 * @device: the NIC, or NULL
 * @rule: a driver's rule where there is no @device, or NULL
 * @cores: how many CPUs take part, 0: what the device has
 * @cpus: CPUs that may own shards; none: all
 * @no_hw: leave the NIC alone
 * @times: per NF, nanoseconds that a packet was measured to take, the lookup
 *	   included; 0: not known; or NULL
 * @costs: the cost model's constants, or NULL for the defaults
 * @traffic: a sample of what the chain will get, or NULL
 * @problem: made of the above
 * @best: the solution
 * @usual: what 5-tuple RSS with locked state would cost
 * @plan: of @best
 */
struct fm_solving {
	const struct fm_chainfile *file;
	const struct fm_tracked *tracked;
	const struct fm_device *device;
	const struct fm_nicrule *rule;
	unsigned int cores;
	const struct fm_cpulist *cpus;
	bool no_hw;
	const double *times;
	const struct fm_cost_model *costs;
	const struct fm_traffic *traffic;
	struct fm_problem problem;
	struct fm_solution best;
	struct fm_solution usual;
	struct fm_plan plan;
};

void fm_solving_nic(const struct fm_device *device,
		    const struct fm_nicrule *rule, struct fm_nic_cap *nic);
void fm_solving_proof(const struct fm_solution *best, struct json_object *obj);
int fm_solving_run(struct fm_solving *solving, struct fm_error *err);
struct json_object *fm_solving_json(const struct fm_solving *solving);

#endif
