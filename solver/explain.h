/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for a solution: why it won. */
#ifndef FM_SOLVER_EXPLAIN_H
#define FM_SOLVER_EXPLAIN_H

#include "rss.h"

void fm_explain_winner(const struct fm_problem *p, struct fm_solution *sol);
void fm_explain_default(const struct fm_problem *p, struct fm_solution *sol);

#endif
