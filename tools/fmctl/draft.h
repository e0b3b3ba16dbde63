/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chain file on its way to a plan: what solve and deploy have in common. */
#ifndef FMCTL_DRAFT_H
#define FMCTL_DRAFT_H

#include "capture.h"
#include "fmctl.h"
#include "solving.h"

/**
 * struct fm_draft - what is gathered
 * @doc: the chain file
 * @file: what it says
 * @catalogue: the NFs there are
 * @tracked: per NF of the chain, what its source says
 * @ntracked: how many are filled
 * @devices: the NICs
 * @ndevices: how many
 * @cpus: CPUs that may own shards; none: all
 * @times: per NF of the chain, nanoseconds of a packet, 0: not known; or NULL
 * @costs: the cost model's constants
 * @measured: they are a machine's
 * @traffic: a sample; none: nothing is known of what will come
 * @solving: problem, solution and plan
 */
struct fm_draft {
	struct fm_jsonc *doc;
	struct fm_chainfile *file;
	struct fm_catalogue catalogue;
	struct fm_tracked *tracked;
	size_t ntracked;
	struct fm_device *devices;
	size_t ndevices;
	struct fm_cpulist cpus;
	double *times;
	struct fm_cost_model costs;
	bool measured;
	struct fm_traffic traffic;
	struct fm_solving *solving;
};

int fm_draft_complain(struct fm_cli *cli, const struct fm_jsonc *doc);
int fm_draft_catalogue(struct fm_cli *cli, struct fm_catalogue *catalogue);
int fm_draft_read(struct fm_draft *draft, struct fm_cli *cli,
		  const char *path, const char *cpus);
int fm_draft_pin(struct fm_draft *draft, struct fm_cli *cli,
		 const struct fm_opt_strings *names, enum fm_mode mode);
int fm_draft_track(struct fm_draft *draft, struct fm_cli *cli,
		   const char *tree);
int fm_draft_devices(struct fm_draft *draft, struct fm_cli *cli,
		     const struct fm_opt_strings *names);
int fm_draft_measure(struct fm_draft *draft, struct fm_cli *cli);
int fm_draft_costs(struct fm_draft *draft, struct fm_cli *cli,
		   const char *path);
int fm_draft_traffic(struct fm_draft *draft, struct fm_cli *cli,
		     struct fm_capture *capture);
int fm_draft_solve(struct fm_draft *draft, struct fm_cli *cli,
		   const struct fm_nicrule *rule, unsigned int cores,
		   bool no_hw);
void fm_draft_print(struct fm_cli *cli, struct json_object *plan,
		    bool explain);
void fm_draft_cleanup(struct fm_draft *draft);

#endif
