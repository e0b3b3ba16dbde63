/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Measured throughput by number of cores, from a table in a text file. */
#ifndef FM_TOOLS_SERIES_H
#define FM_TOOLS_SERIES_H

#include <stdio.h>

#include "log.h"
#include "predict.h"

#define FM_SERIES_MAX	256	/* configurations in a file */
#define FM_SERIES_NAME	128	/* bytes of a configuration's name */

/**
 * struct fm_series - one configuration
 * @name: what the columns of words say, joined by "/"
 * @point: by number of cores, ascending
 * @n: how many
 */
struct fm_series {
	char name[FM_SERIES_NAME];
	struct fm_predict_point point[FM_PREDICT_MAX_CORES];
	size_t n;
};

/**
 * struct fm_serieses - a file
 * @list: configurations in the order of the file
 * @n: how many
 */
struct fm_serieses {
	struct fm_series *list;
	size_t n;
};

int fm_series_read(FILE *file, const char *path, struct fm_serieses *all,
		   struct fm_error *err);
void fm_series_cleanup(struct fm_serieses *all);

#endif
