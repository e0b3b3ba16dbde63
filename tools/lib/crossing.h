/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cache lines take between two CPUs. */
#ifndef FM_TOOLS_CROSSING_H
#define FM_TOOLS_CROSSING_H

double fm_crossing_transfer(const unsigned int cpu[2]);
double fm_crossing_pass(const unsigned int cpu[2]);

#endif
