// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Throughput fitted on up to four cores foretells six and eight, for every
 * configuration that was published; limits of the model; refusals.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "predict.h"

#define FITTED 3 /* 1, 2 and 4 cores */
#define POINTS 5
#define WITHIN 0.15

/*
 * Medians in Mpps on 1, 2, 4, 6 and 8 cores as published with FlowMage
 * (EuroMLSys 2024): 100 GbE, CAIDA traffic, FastClick.
 */
static const unsigned int cores[POINTS] = {1, 2, 4, 6, 8};
static const struct {
	const char *name;
	double mpps[POINTS];
} published[] = {
	{"policer, source counter: all shared",
	 {12.215, 21.515, 39.716, 54.464, 62.406}},
	{"policer, source counter: plan",
	 {12.247, 22.888, 43.965, 63.867, 79.777}},
	{"policer, flow counter, psd: all shared",
	 {6.165, 8.331, 10.455, 9.318, 9.343}},
	{"policer, flow counter, psd: plan without CCE",
	 {6.657, 12.113, 23.127, 33.989, 43.849}},
	{"policer, flow counter, psd: plan with CCE",
	 {6.661, 13.438, 27.217, 41.455, 54.391}},
};

static void test_published(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(published) / sizeof(*published); i++) {
		struct fm_predict_point points[FITTED];
		struct fm_predict model;

		for (j = 0; j < FITTED; j++)
			points[j] = (struct fm_predict_point){
				cores[j], published[i].mpps[j]};
		assert_int_equal(fm_predict_fit(&model, points, FITTED), 0);
		for (j = FITTED; j < POINTS; j++) {
			double mpps = fm_predict_mpps(&model, cores[j]);
			double off = mpps / published[i].mpps[j] - 1;

			printf("# %s, %u cores: %.2f Mpps, %+.1f %%\n",
			       published[i].name, cores[j], mpps, 100 * off);
			assert_true(fabs(off) <= WITHIN);
		}
	}
}

static void test_limits(void **state)
{
	const struct fm_predict alone = {.own_us = 0.1};
	const struct fm_predict both = {.own_us = 0.1, .serial_us = 0.2};

	(void)state;
	assert_true(fabs(fm_predict_mpps(&alone, 64) - 640) < 1e-6);
	assert_true(fabs(fm_predict_mpps(&both, 1) - 10) < 1e-9);
	/* two cores: 2 / (0.1 + 0.1 (1 + 1/2)), by hand */
	assert_true(fabs(fm_predict_mpps(&both, 2) - 8) < 1e-9);
	assert_true(fm_predict_mpps(&both, 64) <= 64 / (0.2 * 63) + 1e-9);
	assert_true(fm_predict_mpps(&both, 0) == 0);
	assert_true(fm_predict_mpps(&both, 65) == 0);
}

static void test_recovers(void **state)
{
	const struct fm_predict truth = {.own_us = 0.08, .serial_us = 0.03};
	struct fm_predict_point points[FITTED];
	struct fm_predict model;
	size_t i;

	(void)state;
	for (i = 0; i < FITTED; i++)
		points[i] = (struct fm_predict_point){
			cores[i], fm_predict_mpps(&truth, cores[i])};
	assert_int_equal(fm_predict_fit(&model, points, FITTED), 0);
	assert_true(fabs(model.own_us - truth.own_us) < 1e-9);
	assert_true(fabs(model.serial_us - truth.serial_us) < 1e-6);
}

static void test_refused(void **state)
{
	struct fm_predict_point points[] = {{1, 10}, {2, 18}};
	struct fm_predict model;

	(void)state;
	assert_int_equal(fm_predict_fit(&model, points, 1), -EINVAL);
	points[1].mpps = 0;
	assert_int_equal(fm_predict_fit(&model, points, 2), -EINVAL);
	points[1].mpps = NAN;
	assert_int_equal(fm_predict_fit(&model, points, 2), -EINVAL);
	points[1] = (struct fm_predict_point){65, 18};
	assert_int_equal(fm_predict_fit(&model, points, 2), -EINVAL);
	points[0].cores = 2;
	points[1].cores = 4;
	assert_int_equal(fm_predict_fit(&model, points, 2), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_recovers),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
