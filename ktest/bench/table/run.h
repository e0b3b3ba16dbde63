/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include "bench.h"

enum bench_op {
	BENCH_INSERT,		/* all keys into an empty table */
	BENCH_HIT,
	BENCH_MISS,
	BENCH_BULK_HIT,
	BENCH_DELETE,		/* a part of the keys, which come back untimed */
	BENCH_MIXED,		/* Zipf hits; one in 16 removes and adds a key */
	__BENCH_OP_MAX
};

/**
 * struct bench_run - a table being measured
 * @table: which
 * @handle: one, or if local one per thread
 * @threads: how many
 * @shared: all threads use the first handle
 * @entries: keys of all threads together
 * @ops: per thread and measurement
 * @bytes: of memory, resident, when all keys were there
 */
struct bench_run {
	const struct bench_table *table;
	void *handle[BENCH_THREADS];
	unsigned int threads;
	bool shared;
	uint64_t entries;
	uint64_t ops;
	uint64_t bytes;
};

void bench_key_make(struct bench_key *key, uint64_t n);
void bench_run_create(struct bench_run *run);
void bench_run_settle(struct bench_run *run);
void bench_run_destroy(struct bench_run *run);
double bench_run_op(struct bench_run *run, enum bench_op op);
void bench_latency(const struct bench_table *table, uint64_t entries,
		   uint64_t ns[4]);
uint64_t bench_resident(void);
void bench_pages_init(char **argv);

#endif
