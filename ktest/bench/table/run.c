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
#include "run.h"
#include "user.h"

#define ZIPF_SAMPLES	(1U << 18)
#define QUIET_EVERY	1024

/* A key of which the hash is known. */
struct known {
	uint64_t n;
	uint64_t hash;
};

struct worker {
	struct bench_run *run;
	enum bench_op op;
	unsigned int number;
	pthread_t thread;
	pthread_barrier_t *start;
	double seconds;
	double share;		/* of the time that it had its CPU */
	uint64_t done;
	uint64_t random;
	void *handle;
	uint64_t (*hash)(const struct bench_key *key);
	uint64_t first;		/* of its own keys */
	uint64_t own;		/* how many */
	struct known *known;	/* all of them, in no order, if need be */
	uint64_t sink;
};

#define fast	static inline __attribute__((always_inline))

static uint32_t *zipf;
static uint64_t zipf_entries;

static double seconds(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

/* Few instructions: it is those of the tables that are to count. */
static uint64_t draw_below(struct worker *w, uint64_t n)
{
	w->random = w->random * 0xd1342543de82ef95 + 1;
	return (w->random >> 32) * n >> 32;
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
		rank = exp(draw_below(&w, UINT32_MAX) * 0x1p-32 * log(entries));
		zipf[i] = rank * 2654435761u % entries;
	}
}

/* An NF with private state writes it, one that shares it reads it. */
fast void touch(struct worker *w, struct bench_state *state)
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

fast void look(struct worker *w, uint64_t n)
{
	struct bench_key key;

	bench_key_make(&key, n);
	touch(w, w->run->table->lookup(w->handle, &key, w->hash(&key)));
}

fast void update(struct worker *w, uint64_t n)
{
	const struct bench_table *table = w->run->table;
	struct bench_state *state;
	struct bench_key key;

	bench_key_make(&key, n);
	if (table->update) {
		table->update(w->handle, &key, w->hash(&key));
		return;
	}
	state = table->lookup(w->handle, &key, w->hash(&key));
	bench_count(&state->packets, 1);
	bench_count(&state->bytes, 64);
}

fast void look_known(struct worker *w, uint64_t i)
{
	const struct known *known = &w->known[i < w->own ? i : i % w->own];
	struct bench_key key;

	bench_key_make(&key, known->n);
	touch(w, w->run->table->lookup(w->handle, &key, known->hash));
}

/* The same order each time: what is removed in it comes back in it. */
static void know(struct worker *w)
{
	struct worker dice = { .random = w->number };
	struct bench_key key;
	struct known known;
	uint64_t i, n;

	w->known = malloc(w->own * sizeof(*w->known));
	for (i = 0; i < w->own; i++) {
		n = draw_below(&dice, i + 1);
		known.n = w->first + i;
		bench_key_make(&key, known.n);
		known.hash = w->hash(&key);
		w->known[i] = w->known[n];
		w->known[n] = known;
	}
}

static void put(struct worker *w, uint64_t n)
{
	struct bench_key key;

	bench_key_make(&key, n);
	if (!w->run->table->insert(w->handle, &key, w->hash(&key))) {
		fprintf(stderr, "%s has no room for key %lu\n",
			w->run->table->name, n);
		exit(1);
	}
}

static void drop(struct worker *w, uint64_t n)
{
	struct bench_key key;

	bench_key_make(&key, n);
	w->run->table->remove(w->handle, &key, w->hash(&key));
}

static void look_bulk(struct worker *w)
{
	struct bench_state *state[BENCH_BULK];
	struct bench_key key[BENCH_BULK];
	uint64_t hash[BENCH_BULK];
	unsigned int i;

	for (i = 0; i < BENCH_BULK; i++) {
		bench_key_make(&key[i], w->first + draw_below(w, w->own));
		hash[i] = w->hash(&key[i]);
	}
	w->run->table->bulk(w->handle, key, hash, state);
	for (i = 0; i < BENCH_BULK; i++)
		touch(w, state[i]);
}

fast void step(struct worker *w, enum bench_op op, uint64_t i)
{
	uint64_t n;

	switch (op) {
	case BENCH_INSERT:
		put(w, w->first + i);
		break;
	case BENCH_HIT:
		look(w, w->first + draw_below(w, w->own));
		break;
	case BENCH_KNOWN_HIT:
		look_known(w, i);
		break;
	case BENCH_MISS:
		look(w, w->run->entries + draw_below(w, w->own));
		break;
	case BENCH_BULK_HIT:
		look_bulk(w);
		break;
	case BENCH_UPDATE:
		update(w, w->first + draw_below(w, w->own));
		break;
	case BENCH_DELETE:
		drop(w, w->known[i].n);
		break;
	case BENCH_REFILL:
		put(w, w->known[i].n);
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

/* A loop of its own for each operation. */
fast void loop(struct worker *w, enum bench_op op, uint64_t n)
{
	void (*quiet)(void) = w->run->table->quiet;
	uint64_t i;

	for (i = 0; i < n; i++) {
		step(w, op, i);
		if (quiet && i % QUIET_EVERY == 0)
			quiet();
	}
}

static void repeat(struct worker *w, uint64_t n)
{
	switch (w->op) {
	case BENCH_HIT:
		return loop(w, BENCH_HIT, n);
	case BENCH_KNOWN_HIT:
		return loop(w, BENCH_KNOWN_HIT, n);
	case BENCH_MISS:
		return loop(w, BENCH_MISS, n);
	case BENCH_BULK_HIT:
		return loop(w, BENCH_BULK_HIT, n);
	case BENCH_UPDATE:
		return loop(w, BENCH_UPDATE, n);
	default:
		return loop(w, w->op, n);
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
	case BENCH_REFILL:
		return w->own / 8;
	default:
		return w->run->ops;
	}
}

/* Such a one cannot be tried out before. */
static bool op_changes(enum bench_op op)
{
	return op == BENCH_INSERT || op == BENCH_DELETE || op == BENCH_REFILL;
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
	uint64_t n = steps(w);
	double begin, began;

	pin(w->number);
	bench_thread = w->number;
	fm_user_cpu = w->number;
	if (table->enter)
		table->enter();
	if (w->op == BENCH_KNOWN_HIT || w->op == BENCH_DELETE ||
	    w->op == BENCH_REFILL)
		know(w);
	if (!op_changes(w->op))
		repeat(w, n / 8);
	pthread_barrier_wait(w->start);
	/* Of the thread: what else runs on the machine does not count. */
	began = seconds(CLOCK_MONOTONIC);
	begin = seconds(CLOCK_THREAD_CPUTIME_ID);
	repeat(w, n);
	w->seconds = seconds(CLOCK_THREAD_CPUTIME_ID) - begin;
	w->share = w->seconds / (seconds(CLOCK_MONOTONIC) - began);
	free(w->known);
	w->done = n * (w->op == BENCH_BULK_HIT ? BENCH_BULK : 1);
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

	run->share = 1;
	zipf_setup(run->entries / run->threads);
	pthread_barrier_init(&start, NULL, run->threads);
	for (i = 0; i < run->threads; i++) {
		w[i].run = run;
		w[i].op = op;
		w[i].number = i;
		w[i].start = &start;
		w[i].random = seed += 0x9e3779b97f4a7c16;
		w[i].handle = run->handle[run->shared ? 0 : i];
		w[i].hash = run->table->hash ? run->table->hash : bench_hash;
		w[i].own = run->entries / run->threads;
		w[i].first = i * w[i].own;
		pthread_create(&w[i].thread, NULL, work, &w[i]);
	}
	for (i = 0; i < run->threads; i++) {
		pthread_join(w[i].thread, NULL);
		rate += w[i].done / w[i].seconds / 1e6;
		run->share = fmin(run->share, w[i].share);
	}
	pthread_barrier_destroy(&start);
	return rate;
}

static uint64_t resident(void)
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
 * bench_bytes - memory that tables of a kind have, and whatever is beside them
 * @table: the kind
 */
uint64_t bench_bytes(const struct bench_table *table)
{
	return table->bytes ? table->bytes() : resident();
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
