// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <math.h>

#include "predict.h"

#define STEPS 64 /* of the search, per round */
#define ROUNDS 8 /* each narrows it by STEPS / 2 */
#define MAX_SERIAL 8.0 /* times own_us */

/**
 * fm_predict_mpps - expected throughput
 * @model: the chain
 * @cores: 1 to FM_PREDICT_MAX_CORES
 *
 * Exact mean value analysis of a closed queueing network: each core has one
 * packet in hand, works on it alone for own_us, then queues for the shared
 * lines. These are on another core with probability (n-1)/n and move one at a
 * time, which takes serial_us (n-1)/n.
 *
 * Return: packets per microsecond; 0 if @cores is out of range.
 */
double fm_predict_mpps(const struct fm_predict *model, unsigned int cores)
{
	double serve, queued = 0, mpps = 0;
	unsigned int i;

	if (!cores || cores > FM_PREDICT_MAX_CORES)
		return 0;
	serve = model->serial_us * (cores - 1) / cores;
	for (i = 1; i <= cores; i++) {
		double wait = serve * (1 + queued);

		mpps = i / (model->own_us + wait);
		queued = mpps * wait;
	}
	return mpps;
}

static double misfit(const struct fm_predict *model,
		     const struct fm_predict_point *points, size_t n)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		double mpps = fm_predict_mpps(model, points[i].cores);

		sum += pow(mpps / points[i].mpps - 1, 2);
	}
	return sum;
}

/* Least squares of the relative errors, by a grid that closes in. */
static void search(struct fm_predict *model,
		   const struct fm_predict_point *points, size_t n)
{
	double low = 0, high = MAX_SERIAL * model->own_us, best = INFINITY;
	double serial = 0;
	int round, i;

	for (round = 0; round < ROUNDS; round++) {
		double step = (high - low) / STEPS;

		for (i = 0; i <= STEPS; i++) {
			double error;

			model->serial_us = low + i * step;
			error = misfit(model, points, n);
			if (error < best) {
				best = error;
				serial = model->serial_us;
			}
		}
		low = fmax(0, serial - step);
		high = serial + step;
	}
	model->serial_us = serial;
}

/**
 * fm_predict_fit - find the model that measurements speak for
 * @model: result
 * @points: measurements; the first is of one core
 * @n: their number
 *
 * Return: 0, or -EINVAL if there are fewer than two points, the first is not of
 * one core, or one is out of range.
 */
int fm_predict_fit(struct fm_predict *model,
		   const struct fm_predict_point *points, size_t n)
{
	size_t i;

	if (n < 2 || points[0].cores != 1)
		return -EINVAL;
	for (i = 0; i < n; i++) {
		if (!points[i].cores ||
		    points[i].cores > FM_PREDICT_MAX_CORES ||
		    !isfinite(points[i].mpps) || points[i].mpps <= 0)
			return -EINVAL;
	}
	model->own_us = 1 / points[0].mpps;
	search(model, points, n);
	return 0;
}
