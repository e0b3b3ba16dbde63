// SPDX-License-Identifier: GPL-2.0-or-later
/* Two threads on two CPUs, and what cache lines between them take. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crossing.h"

#define LINE		64	/* bytes of a cache line */
#define ROUNDS		40
#define ENOUGH_NS	5e8	/* then there is no further round */
#define STEPS		2000
#define RING		64	/* places of the queue between them */

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

struct item {
	uint32_t value;
	uint8_t pad[LINE - 4];
};

/* What two threads share; each member on a line of its own. */
struct shared {
	_Alignas(LINE) atomic_uint turn;
	_Alignas(LINE) atomic_uint head;
	_Alignas(LINE) atomic_uint tail;
	_Alignas(LINE) uint32_t counter;
	struct item item[RING];
};

struct side {
	const unsigned int *cpu;
	struct shared *shared;
	void (*work)(struct shared *s, unsigned int me);
	pthread_barrier_t *barrier;
	unsigned int me;
	double ns;
};

static void *run_side(void *arg)
{
	struct side *side = arg;
	cpu_set_t set;
	double begin;

	CPU_ZERO(&set);
	CPU_SET(side->cpu[side->me], &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
	pthread_barrier_wait(side->barrier);
	begin = now_ns();
	side->work(side->shared, side->me);
	side->ns = now_ns() - begin;
	return NULL;
}

/* Return: nanoseconds of the slower one, per step; 0 if there are no threads. */
static double run_both(const unsigned int cpu[2],
		       void (*work)(struct shared *s, unsigned int me))
{
	struct shared *shared = aligned_alloc(LINE, sizeof(*shared));
	pthread_barrier_t barrier;
	struct side side[2];
	pthread_t other;
	double best = 1e18;
	double begin = now_ns();
	int round;

	if (!shared)
		return 0;
	for (round = 0; round < ROUNDS; round++) {
		if (round && now_ns() - begin > ENOUGH_NS)
			break;
		memset(shared, 0, sizeof(*shared));
		pthread_barrier_init(&barrier, NULL, 2);
		for (unsigned int i = 0; i < 2; i++)
			side[i] = (struct side){
				.cpu = cpu, .shared = shared, .work = work,
				.barrier = &barrier, .me = i,
			};
		if (pthread_create(&other, NULL, run_side, &side[1])) {
			best = 0;
			break;
		}
		run_side(&side[0]);
		pthread_join(other, NULL);
		pthread_barrier_destroy(&barrier);
		if (side[side[1].ns > side[0].ns].ns < best)
			best = side[side[1].ns > side[0].ns].ns;
	}
	free(shared);
	return best / STEPS;
}

/* A turn goes there and back: two transfers a step. */
static void toss(struct shared *s, unsigned int me)
{
	for (unsigned int i = 0; i < STEPS; i++) {
		while (atomic_load_explicit(&s->turn, memory_order_acquire) !=
		       2 * i + me)
			;
		atomic_store_explicit(&s->turn, 2 * i + me + 1,
				      memory_order_release);
	}
}

static void pass(struct shared *s, unsigned int me)
{
	for (unsigned int i = 0; i < STEPS; i++) {
		if (!me) {
			while (i - atomic_load_explicit(&s->tail,
					memory_order_acquire) >= RING)
				;
			s->item[i % RING].value = i;
			atomic_store_explicit(&s->head, i + 1,
					      memory_order_release);
			continue;
		}
		while (atomic_load_explicit(&s->head,
					    memory_order_acquire) <= i)
			;
		s->counter += s->item[i % RING].value;
		atomic_store_explicit(&s->tail, i + 1, memory_order_release);
	}
}

/**
 * fm_crossing_transfer - fetch a line that the other CPU has written
 * @cpu: two CPUs
 *
 * Return: nanoseconds, 0 if there can be no threads.
 */
double fm_crossing_transfer(const unsigned int cpu[2])
{
	return run_both(cpu, toss) / 2;
}

/**
 * fm_crossing_pass - give a line to the other CPU through a ring
 * @cpu: two CPUs
 *
 * Return: nanoseconds per line of a stream of them.
 */
double fm_crossing_pass(const unsigned int cpu[2])
{
	return run_both(cpu, pass);
}
