/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Throughput of a chain on more cores than it was measured on. */
#ifndef FM_SOLVER_PREDICT_H
#define FM_SOLVER_PREDICT_H

#include <stddef.h>

#define FM_PREDICT_MAX_CORES 64

/**
 * struct fm_predict - a chain as a closed queue
 * @own_us: what a packet costs a core that runs alone, in microseconds
 * @serial_us: what it adds where cores wait for each other's lines, if every
 *             packet finds them on another core; 0 if nothing is shared
 */
struct fm_predict {
	double own_us;
	double serial_us;
};

/**
 * struct fm_predict_point - a measurement
 * @cores: 1 to FM_PREDICT_MAX_CORES
 * @mpps: packets per microsecond, over all cores
 */
struct fm_predict_point {
	unsigned int cores;
	double mpps;
};

double fm_predict_mpps(const struct fm_predict *model, unsigned int cores);
int fm_predict_fit(struct fm_predict *model,
		   const struct fm_predict_point *points, size_t n);

#endif
