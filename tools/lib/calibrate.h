/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cost model's constants, as this machine has them. */
#ifndef FM_TOOLS_CALIBRATE_H
#define FM_TOOLS_CALIBRATE_H

#include "cost.h"
#include "log.h"

/**
 * struct fm_calibrate - how to measure
 * @cpu: two CPUs that may run it; equal if there is one only
 * @stop: asked between two figures: end here? Or NULL
 * @progress: called before each figure with its number and name, or NULL
 */
struct fm_calibrate {
	unsigned int cpu[2];
	bool (*stop)(void);
	void (*progress)(unsigned int i, unsigned int n, const char *name);
};

int fm_calibrate_run(const struct fm_calibrate *how,
		     struct fm_cost_model *model, struct fm_error *err);

#endif
