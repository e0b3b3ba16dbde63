/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which wishes exclude each other. */
#ifndef FM_SOLVER_CONFLICT_H
#define FM_SOLVER_CONFLICT_H

#include "problem.h"

void fm_conflict_explain(const struct fm_problem *p, char *why, size_t len);

#endif
