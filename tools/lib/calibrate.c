// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each figure is the least of some rounds: whatever else the machine does makes
 * a round slower, never faster.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "calibrate.h"
#include "crossing.h"

#define ROUNDS		40
#define LINE		64	/* bytes of a cache line */
#define HIT_LINES	128	/* 8 KiB: in L1 */
#define NEAR_LINES	4096	/* 256 KiB: in L2 */
#define TABLE_LINES	65536	/* 4 MiB: buckets, and as much of entries */
#define CHAIN_STEPS	20000
#define LOCK_STEPS	20000
#define INPUT		36	/* bytes of the longest hash input */

/* A cache line with the number of the one that follows. */
struct line {
	uint32_t next;
	uint32_t value;
	uint8_t pad[LINE - 8];
};

struct bench {
	const struct fm_calibrate *how;
	struct line *lines;		/* 2 * TABLE_LINES */
	uint32_t (*part)[256];		/* INPUT, of a hash */
	uint32_t sink;			/* so that nothing is optimised away */
	double hit_ns;
};

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/* xorshift: the same order every time. */
static uint32_t draw(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* One cycle through the first @n lines, in an order that nothing foresees. */
static void link_lines(struct line *lines, uint32_t n)
{
	uint32_t seed = 1;

	for (uint32_t i = 0; i < n; i++)
		lines[i].next = i;
	for (uint32_t i = n - 1; i; i--) {
		uint32_t j = draw(&seed) % i, next = lines[i].next;

		lines[i].next = lines[j].next;
		lines[j].next = next;
	}
}

static double walk(struct bench *b, uint32_t n)
{
	double best = 1e18;

	link_lines(b->lines, n);
	for (int round = 0; round < ROUNDS; round++) {
		uint32_t at = 0;
		double begin = now_ns(), ns;

		for (int i = 0; i < CHAIN_STEPS; i++)
			at = b->lines[at].next;
		ns = (now_ns() - begin) / CHAIN_STEPS;
		b->sink += at;
		best = ns < best ? ns : best;
	}
	return best;
}

static double measure_hit(struct bench *b)
{
	return b->hit_ns = walk(b, HIT_LINES);
}

static double measure_chase(struct bench *b)
{
	return walk(b, NEAR_LINES);
}

/* Of the three, two wait for each other. */
static double measure_op(struct bench *b)
{
	double best = 1e18;

	for (int round = 0; round < ROUNDS; round++) {
		uint32_t x = b->sink | 1;
		double begin = now_ns(), ns;

		for (int i = 0; i < CHAIN_STEPS; i++) {
			x = (x + i) ^ (x >> 3);
			__asm__ volatile("" : "+r" (x));
		}
		ns = (now_ns() - begin) / (2.0 * CHAIN_STEPS);
		b->sink += x;
		best = ns < best ? ns : best;
	}
	return best;
}

/* Lines whose addresses are known, so that several are on their way. */
static double measure_line(struct bench *b)
{
	double best = 1e18;

	for (int round = 0; round < ROUNDS; round++) {
		uint32_t seed = 1 + round, sum = 0;
		double begin = now_ns(), ns;

		for (int i = 0; i < CHAIN_STEPS; i++)
			sum += b->lines[draw(&seed) % NEAR_LINES].value;
		ns = (now_ns() - begin) / CHAIN_STEPS;
		b->sink += sum;
		best = ns < best ? ns : best;
	}
	return best;
}

static uint32_t hash(const struct bench *b, const uint8_t *input, int len)
{
	uint32_t value = 0;

	for (int i = 0; i < len; i++)
		value ^= b->part[i][input[i]];
	return value;
}

static double measure_softhash(struct bench *b)
{
	uint8_t input[INPUT] = { 1, 2, 3 };
	double best = 1e18;

	for (int round = 0; round < ROUNDS; round++) {
		double begin = now_ns(), ns;

		for (int i = 0; i < CHAIN_STEPS / 10; i++) {
			b->sink += hash(b, input, INPUT);
			input[i % INPUT] += b->sink;
		}
		ns = (now_ns() - begin) / (CHAIN_STEPS / 10);
		best = ns < best ? ns : best;
	}
	return best;
}

/* As the state engine does: a key of 40 bytes, its hash, a bucket, an entry. */
static uint32_t look_up(const struct bench *b, uint32_t number)
{
	uint64_t key[5] = { number, number ^ 5, 0, 0, 6 }, value = 0;
	const struct line *entry;
	uint64_t found[5];
	uint32_t at;

	for (int i = 0; i < 5; i++) {
		value = (value ^ key[i]) * 0x9e3779b97f4a7c15;
		value ^= value >> 32;
	}
	at = (value + b->lines[value % TABLE_LINES].value) % TABLE_LINES;
	entry = &b->lines[TABLE_LINES + at];
	memcpy(found, entry->pad, sizeof(found));
	for (int i = 0; i < 5; i++)
		value += found[i] == key[i];
	return value;
}

/* Half of the packets are of frequent keys. */
static double measure_lookup(struct bench *b)
{
	double best = 1e18;

	for (int round = 0; round < ROUNDS; round++) {
		uint32_t seed = 1, sum = 0;
		double begin = now_ns(), ns;

		for (int i = 0; i < CHAIN_STEPS; i++)
			sum += look_up(b, draw(&seed) % (i & 1 ? NEAR_LINES :
							 TABLE_LINES));
		ns = (now_ns() - begin) / CHAIN_STEPS;
		b->sink += sum;
		best = ns < best ? ns : best;
	}
	return best;
}

static double measure_lock(struct bench *b)
{
	double best = 1e18;
	atomic_uint lock = 0;

	for (int round = 0; round < ROUNDS; round++) {
		double begin = now_ns(), ns;

		for (int i = 0; i < LOCK_STEPS; i++) {
			b->sink += atomic_exchange_explicit(&lock, 1,
						memory_order_acquire);
			atomic_store_explicit(&lock, 0, memory_order_release);
		}
		ns = (now_ns() - begin) / LOCK_STEPS;
		best = ns < best ? ns : best;
	}
	return best;
}

static double measure_transfer(struct bench *b)
{
	return fm_crossing_transfer(b->how->cpu);
}

/*
 * A place in the ring comes with its neighbours, but a packet's own lines do
 * not: its descriptor's and its headers'.
 */
static double measure_handoff(struct bench *b)
{
	return fm_crossing_pass(b->how->cpu) +
	       2 * fm_crossing_transfer(b->how->cpu);
}

struct figure {
	const char *name;
	size_t at;
	double (*measure)(struct bench *b);
	bool needs_two;
};

#define FIGURE(_name, _measure, _two) \
	{ #_name, offsetof(struct fm_cost_model, _name), _measure, _two }

static const struct figure figures[] = {
	FIGURE(unit_ns, measure_hit, false),
	FIGURE(op, measure_op, false),
	FIGURE(chase, measure_chase, false),
	FIGURE(line, measure_line, false),
	FIGURE(lookup, measure_lookup, false),
	FIGURE(softhash, measure_softhash, false),
	FIGURE(lock, measure_lock, false),
	FIGURE(transfer, measure_transfer, true),
	FIGURE(handoff, measure_handoff, true),
};

#define FIGURES	(sizeof(figures) / sizeof(*figures))

static double *member(struct fm_cost_model *model, const struct figure *f)
{
	return (double *)((char *)model + f->at);
}

static int measure_all(struct bench *b, struct fm_cost_model *model,
		       struct fm_error *err)
{
	const struct fm_calibrate *how = b->how;
	double usual = model->transfer;

	for (unsigned int i = 0; i < FIGURES; i++) {
		if (how->stop && how->stop())
			return fm_error_set(err, FM_EXIT_INTERRUPTED, EINTR,
					    "interrupted");
		if (how->progress)
			how->progress(i, FIGURES, figures[i].name);
		if (figures[i].needs_two && how->cpu[0] == how->cpu[1])
			continue;
		*member(model, &figures[i]) = figures[i].measure(b);
		if (i)
			*member(model, &figures[i]) /= b->hit_ns;
	}
	/* Waiting is for lines of others; how often nobody can measure alone. */
	model->contend *= model->transfer / usual;
	return 0;
}

/**
 * fm_calibrate_run - measure the constants
 * @how: where, and whom to tell
 * @model: with the defaults; gets what could be measured: not the shares, nor
 *	   max_lines, nor what needs two CPUs where there is one
 * @err: says what went wrong
 *
 * Takes about a second, on a machine that has nothing else to do.
 *
 * Return: 0 or an exit code.
 */
int fm_calibrate_run(const struct fm_calibrate *how,
		     struct fm_cost_model *model, struct fm_error *err)
{
	struct bench b = { .how = how };
	size_t size = 2 * TABLE_LINES * sizeof(*b.lines);
	uint32_t seed = 1;
	cpu_set_t before, set;
	int ret = -ENOMEM;

	b.lines = aligned_alloc(LINE, size);
	b.part = malloc(INPUT * sizeof(*b.part));
	if (b.lines && b.part) {
		memset(b.lines, 1, size);
		for (int i = 0; i < INPUT * 256; i++)
			b.part[i / 256][i % 256] = draw(&seed);
		CPU_ZERO(&set);
		CPU_SET(how->cpu[0], &set);
		sched_getaffinity(0, sizeof(before), &before);
		sched_setaffinity(0, sizeof(set), &set);
		ret = measure_all(&b, model, err);
		sched_setaffinity(0, sizeof(before), &before);
	} else {
		ret = fm_error_errno(err, ENOMEM, "calibration");
	}
	free(b.lines);
	free(b.part);
	if (!ret && !fm_cost_check(model))
		ret = fm_error_set(err, FM_EXIT_ERROR, 0,
				   "what was measured are no costs: the clock does not work");
	return ret;
}
