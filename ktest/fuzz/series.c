// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Measurements for fmctl predict: what is read is in order and in range, and
 * what can be fitted predicts numbers.
 * fuzz: -max_len=4096
 */
#include <math.h>
#include "input.h"
#include "series.h"

static void check_series(const struct fm_series *s)
{
	struct fm_predict model;

	for (size_t i = 0; i < s->n; i++) {
		fuzz_expect(s->point[i].cores >= 1 && s->point[i].mpps > 0 &&
			    s->point[i].cores <= FM_PREDICT_MAX_CORES);
		fuzz_expect(!i || s->point[i - 1].cores < s->point[i].cores);
	}
	if (!fm_predict_fit(&model, s->point, s->n))
		fuzz_expect(!isnan(fm_predict_mpps(&model, 64)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *file = size ? fmemopen((void *)data, size, "r") : NULL;
	struct fm_serieses all = { 0 };
	struct fm_error err = { 0 };
	int ret;

	if (!file)
		return 0;
	ret = fm_series_read(file, "f", &all, &err);
	fuzz_expect(!ret == !err.code && (ret || all.n));
	for (size_t i = 0; !ret && i < all.n && i < 4; i++)
		check_series(&all.list[i]);
	fm_series_cleanup(&all);
	fclose(file);
	return 0;
}
