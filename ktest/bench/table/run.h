/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include "bench.h"

enum bench_op {
	BENCH_INSERT,		/* all keys into an empty table */
	BENCH_HIT,
	BENCH_KNOWN_HIT,	/* the hash was computed before */
	BENCH_MISS,
	BENCH_BULK_HIT,
	BENCH_UPDATE,		/* a hit that writes, of a shared table */
	BENCH_MIXED,		/* Zipf hits; one in 16 removes and adds a key */
	BENCH_DELETE,		/* a part of the keys */
	BENCH_REFILL,		/* which come back: the table has its size */
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
 * @share: of the last operation's time in which the threads had their CPUs
 */
struct bench_run {
	const struct bench_table *table;
	void *handle[BENCH_THREADS];
	unsigned int threads;
	bool shared;
	uint64_t entries;
	uint64_t ops;
	double share;
};

void bench_run_create(struct bench_run *run);
void bench_run_settle(struct bench_run *run);
void bench_run_destroy(struct bench_run *run);
double bench_run_op(struct bench_run *run, enum bench_op op);
uint64_t bench_bytes(const struct bench_table *table);
void bench_latency(const struct bench_table *table, uint64_t entries,
		   uint64_t ns[4]);
double bench_hash_ns(uint64_t (*hash)(const struct bench_key *key));
void bench_pages_init(char **argv);

#endif
