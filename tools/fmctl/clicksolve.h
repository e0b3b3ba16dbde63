/* SPDX-License-Identifier: GPL-2.0-or-later */
/* solve for a FastClick configuration. */
#ifndef FMCTL_CLICKSOLVE_H
#define FMCTL_CLICKSOLVE_H

#include "clickplan.h"
#include "fmctl.h"

/**
 * struct fm_clicksolve - what is asked
 * @in: the configuration, "-" for standard input
 * @out: where it goes with the plan in it, "-" for standard output, or NULL
 * @tree: directory of FastClick's sources, or NULL
 * @cores: that take part, 0: the CPUs here, but 2 at least
 * @explain: show all alternatives
 * @nic: what the NIC can do
 * @has_nic: @nic means something
 */
struct fm_clicksolve {
	const char *in;
	const char *out;
	const char *tree;
	unsigned int cores;
	bool explain;
	struct fm_nic_cap nic;
	bool has_nic;
};

int fm_clicksolve_run(const struct fm_clicksolve *solve, struct fm_cli *cli);
void fm_clicksolve_print(struct fm_cli *cli, const struct fm_clickplan *plan,
			 bool explain);
struct json_object *fm_clicksolve_json(const struct fm_clickplan *plan);

#endif
