// SPDX-License-Identifier: GPL-2.0-or-later
/* One operation on one table by one or two threads, each on a CPU of its own. */
#define _GNU_SOURCE
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>
#include "run.h"
#include "user.h"

#define ZIPF_SAMPLES	(1U << 18)
#define QUIET_EVERY	1024

struct worker {
	struct bench_run *run;
	enum bench_op op;
	unsigned int number;
	pthread_t thread;
	pthread_barrier_t *start;
	double seconds;
	uint64_t done;
	uint64_t random;
	void *handle;
	uint64_t first;		/* of its own keys */
	uint64_t own;		/* how many */
	uint64_t sink;
};

static uint32_t *zipf;
static uint64_t zipf_entries;

static double seconds(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

static uint64_t draw(struct worker *w)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return w->random;
}

static uint64_t draw_below(struct worker *w, uint64_t n)
{
	return (unsigned __int128)draw(w) * n >> 64;
}

/* Ranks by Zipf's law with exponent 1, spread over the keys. */
static void zipf_setup(uint64_t entries)
{
	struct worker w = { .random = 88172645463325252 };
	uint64_t rank;
	unsigned int i;

	if (zipf_entries == entries)
		return;
	free(zipf);
	zipf = malloc(ZIPF_SAMPLES * sizeof(*zipf));
	zipf_entries = entries;
	for (i = 0; i < ZIPF_SAMPLES; i++) {
		rank = exp((draw(&w) >> 11) * 0x1p-53 * log(entries));
		zipf[i] = rank * 2654435761u % entries;
	}
}

/* An NF with private state writes it, one that shares it reads it. */
static void touch(struct worker *w, struct bench_state *state)
{
	if (!state)
		return;
	if (w->run->shared) {
		w->sink += state->packets;
		return;
	}
	state->packets++;
	state->bytes += 64;
}

static void look(struct worker *w, uint64_t n)
{
	struct bench_key key;

	bench_key_make(&key, n);
	touch(w, w->run->table->lookup(w->handle, &key, bench_hash(&key)));
}

static void put(struct worker *w, uint64_t n)
{
	struct bench_key key;

	bench_key_make(&key, n);
	if (!w->run->table->insert(w->handle, &key, bench_hash(&key))) {
		fprintf(stderr, "%s has no room for key %lu\n",
			w->run->table->name, n);
		exit(1);
	}
}

static void drop(struct worker *w, uint64_t n)
{
	struct bench_key key;

	bench_key_make(&key, n);
	w->run->table->remove(w->handle, &key, bench_hash(&key));
}

static void look_bulk(struct worker *w)
{
	struct bench_state *state[BENCH_BULK];
	struct bench_key key[BENCH_BULK];
	uint64_t hash[BENCH_BULK];
	unsigned int i;

	for (i = 0; i < BENCH_BULK; i++) {
		bench_key_make(&key[i], w->first + draw_below(w, w->own));
		hash[i] = bench_hash(&key[i]);
	}
	w->run->table->bulk(w->handle, key, hash, state);
	for (i = 0; i < BENCH_BULK; i++)
		touch(w, state[i]);
}

static void step(struct worker *w, uint64_t i)
{
	uint64_t n;

	switch (w->op) {
	case BENCH_INSERT:
		put(w, w->first + i);
		break;
	case BENCH_HIT:
		look(w, w->first + draw_below(w, w->own));
		break;
	case BENCH_MISS:
		look(w, w->run->entries + draw_below(w, w->own));
		break;
	case BENCH_BULK_HIT:
		look_bulk(w);
		break;
	case BENCH_DELETE:
		drop(w, w->first + i);
		break;
	case BENCH_MIXED:
		n = zipf[(i + w->number * 77777) % ZIPF_SAMPLES] % w->own;
		if (i % 16) {
			look(w, w->first + n);
			break;
		}
		n = w->first + draw_below(w, w->own);
		drop(w, n);
		put(w, n);
		break;
	default:
		break;
	}
}

static uint64_t steps(const struct worker *w)
{
	switch (w->op) {
	case BENCH_INSERT:
		return w->own;
	case BENCH_BULK_HIT:
		return w->run->ops / BENCH_BULK;
	case BENCH_DELETE:
		return w->own / 8;
	default:
		return w->run->ops;
	}
}

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	const struct bench_table *table = w->run->table;
	uint64_t n = steps(w), i;
	double begin;

	pin(w->number);
	bench_thread = w->number;
	fm_user_cpu = w->number;
	if (table->enter)
		table->enter();
	pthread_barrier_wait(w->start);
	/* Of the thread: what else runs on the machine does not count. */
	begin = seconds(CLOCK_THREAD_CPUTIME_ID);
	for (i = 0; i < n; i++) {
		step(w, i);
		if (table->quiet && i % QUIET_EVERY == 0)
			table->quiet();
	}
	w->seconds = seconds(CLOCK_THREAD_CPUTIME_ID) - begin;
	w->done = n * (w->op == BENCH_BULK_HIT ? BENCH_BULK : 1);
	for (i = 0; w->op == BENCH_DELETE && i < n; i++)
		put(w, w->first + i);
	if (table->leave)
		table->leave();
	return NULL;
}

/**
 * bench_run_op - measure an operation
 * @run: the table, with all keys in it unless they are inserted now
 * @op: the operation
 *
 * Return: millions of operations per second, of all threads together.
 */
double bench_run_op(struct bench_run *run, enum bench_op op)
{
	static uint64_t seed = 0x9e3779b97f4a7c15;
	struct worker w[BENCH_THREADS] = { 0 };
	pthread_barrier_t start;
	double rate = 0;
	unsigned int i;

	zipf_setup(run->entries / run->threads);
	pthread_barrier_init(&start, NULL, run->threads);
	for (i = 0; i < run->threads; i++) {
		w[i].run = run;
		w[i].op = op;
		w[i].number = i;
		w[i].start = &start;
		w[i].random = seed += 0x9e3779b97f4a7c16;
		w[i].handle = run->handle[run->shared ? 0 : i];
		w[i].own = run->entries / run->threads;
		w[i].first = i * w[i].own;
		pthread_create(&w[i].thread, NULL, work, &w[i]);
	}
	for (i = 0; i < run->threads; i++) {
		pthread_join(w[i].thread, NULL);
		rate += w[i].done / w[i].seconds / 1e6;
	}
	pthread_barrier_destroy(&start);
	return rate;
}

/**
 * bench_resident - bytes of memory that this program has
 */
uint64_t bench_resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (!f || fscanf(f, "%*u %lu", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

/**
 * bench_run_create - make the tables of a run, empty
 * @run: the run
 */
void bench_run_create(struct bench_run *run)
{
	unsigned int n = run->shared ? 1 : run->threads, i;

	for (i = 0; i < n; i++)
		run->handle[i] = run->table->create(run->entries / n,
						    run->shared);
}

void bench_run_settle(struct bench_run *run)
{
	if (run->table->settle)
		run->table->settle(run->handle[0]);
}

void bench_run_destroy(struct bench_run *run)
{
	unsigned int i;

	for (i = 0; i < (run->shared ? 1 : run->threads); i++)
		run->table->destroy(run->handle[i]);
}

static int order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static double cycles_per_ns(void)
{
	double begin = seconds(CLOCK_MONOTONIC);
	uint64_t tsc = __rdtsc();

	while (seconds(CLOCK_MONOTONIC) - begin < 0.05)
		;
	return (__rdtsc() - tsc) / ((seconds(CLOCK_MONOTONIC) - begin) * 1e9);
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
	struct bench_run run = { .table = table, .threads = 1,
				 .entries = entries };
	struct worker w = { .run = &run, .own = entries };
	uint32_t *took = malloc(entries * sizeof(*took));
	double scale = cycles_per_ns();
	uint64_t i, tsc;

	if (table->enter)
		table->enter();
	run.handle[0] = table->create(table->grows ? 1 : entries, false);
	w.handle = run.handle[0];
	for (i = 0; i < entries; i++) {
		tsc = __rdtsc();
		put(&w, i);
		took[i] = __rdtsc() - tsc;
		if (table->quiet && i % QUIET_EVERY == 0)
			table->quiet();
	}
	if (table->leave)
		table->leave();
	bench_run_destroy(&run);
	qsort(took, entries, sizeof(*took), order);
	ns[0] = took[entries / 2] / scale;
	ns[1] = took[entries - entries / 100] / scale;
	ns[2] = took[entries - entries / 1000] / scale;
	ns[3] = took[entries - 1] / scale;
	free(took);
}
