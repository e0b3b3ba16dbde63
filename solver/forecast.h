/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plan would do on other numbers of cores than it was made for. */
#ifndef FM_SOLVER_FORECAST_H
#define FM_SOLVER_FORECAST_H

#include "predict.h"
#include "rss.h"

int fm_forecast(const struct fm_problem *p, const struct fm_solution *sol,
		double mpps[FM_PREDICT_MAX_CORES]);

#endif
