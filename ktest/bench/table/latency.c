// SPDX-License-Identifier: GPL-2.0-or-later
/* How long single operations take, by the clock of the CPU. */
#include <stdlib.h>
#include <time.h>
#include <x86intrin.h>
#include "run.h"

#define HASHES		(1U << 22)
#define QUIET_EVERY	1024

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/* Nothing of what is between two of these is done before or after. */
static uint64_t stamp(void)
{
	uint64_t tsc;

	_mm_lfence();
	tsc = __rdtsc();
	_mm_lfence();
	return tsc;
}

static double cycles_per_ns(void)
{
	double begin = now();
	uint64_t tsc = __rdtsc();

	while (now() - begin < 5e7)
		;
	return (__rdtsc() - tsc) / (now() - begin);
}

static int order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void insert_all(const struct bench_table *table, void *handle,
		       uint32_t *took, uint64_t entries)
{
	struct bench_key key;
	uint64_t i, tsc, hash;

	for (i = 0; i < entries; i++) {
		tsc = stamp();
		bench_key_make(&key, i);
		hash = table->hash ? table->hash(&key) : bench_hash(&key);
		if (!table->insert(handle, &key, hash))
			abort();
		took[i] = stamp() - tsc;
		if (table->quiet && i % QUIET_EVERY == 0)
			table->quiet();
	}
}

/**
 * bench_latency - how long single inserts take while a table grows
 * @table: the table
 * @entries: keys, into an empty table
 * @ns: median, 99th percentile, 99.9th, longest
 */
void bench_latency(const struct bench_table *table, uint64_t entries,
		   uint64_t ns[4])
{
	uint32_t *took = calloc(entries, sizeof(*took));
	double scale = cycles_per_ns();
	void *handle;

	if (table->enter)
		table->enter();
	handle = table->create(table->grows ? 1 : entries, false);
	insert_all(table, handle, took, entries);
	if (table->leave)
		table->leave();
	table->destroy(handle);
	qsort(took, entries, sizeof(*took), order);
	ns[0] = took[entries / 2] / scale;
	ns[1] = took[entries - entries / 100 - 1] / scale;
	ns[2] = took[entries - entries / 1000 - 1] / scale;
	ns[3] = took[entries - 1] / scale;
	free(took);
}

/**
 * bench_hash_ns - what a hash costs that has to be there before the next
 * @hash: the hash
 *
 * Return: ns per key.
 */
double bench_hash_ns(uint64_t (*hash)(const struct bench_key *key))
{
	struct bench_key key;
	uint64_t last = 0;
	double begin;
	unsigned int i;

	bench_key_make(&key, 1);
	begin = now();
	for (i = 0; i < HASHES; i++) {
		key.dst[0] = (uint32_t)last;
		last = hash(&key);
	}
	return (now() - begin) / HASHES;
}
