/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "run.h"

#define BENCH_ROUNDS_MAX	51

/**
 * struct bench_rates - what the rounds of a measurement said
 * @n: how many
 * @mops: million operations a second
 * @share: struct bench_run.share
 */
struct bench_rates {
	unsigned int n;
	double mops[BENCH_ROUNDS_MAX];
	double share[BENCH_ROUNDS_MAX];
};

extern const char *const bench_op_names[__BENCH_OP_MAX];

void bench_report_init(void);
void bench_report_rates(const struct bench_run *run, enum bench_op op,
			struct bench_rates *rates);
void bench_report_memory(const struct bench_run *run, uint64_t bytes);
void bench_report_growing(const struct bench_table *table, uint64_t entries,
			  const uint64_t ns[4]);
void bench_report_hash(const char *name, double ns);
void bench_report_print(void);

#endif
