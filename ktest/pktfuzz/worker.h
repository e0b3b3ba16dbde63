/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thread that makes frames and injects them. */
#ifndef FUZZ_WORKER_H
#define FUZZ_WORKER_H

#include <stdbool.h>
#include "fate.h"
#include "tap.h"

/**
 * struct fuzz_plan - what is asked for
 * @device: of the frames
 * @way: into it
 * @seed: of all choices
 * @frames: of all workers together
 * @workers: how many
 * @mutations: bit set of indices into fuzz_mutations
 */
struct fuzz_plan {
	const char *device;
	enum fuzz_way way;
	uint64_t seed;
	uint64_t frames;
	unsigned int workers;
	uint32_t mutations;
};

/**
 * struct fuzz_counts - what became of the frames
 * @frames: made
 * @refused: by the kernel, at once
 * @gso: accepted ones that may count as several packets
 * @segments: of accepted ones whose GSO fields tell the truth
 * @fate: of the other accepted ones
 */
struct fuzz_counts {
	uint64_t frames;
	uint64_t refused;
	uint64_t gso;
	uint64_t segments;
	uint64_t fate[FUZZ_FATES];
};

/**
 * struct fuzz_worker - a thread
 * @plan: what is asked for
 * @index: of the worker, and the CPU that it keeps to, modulo their number
 * @fd: its queue
 * @counts: its part, when it has ended
 * @err: errno why it ended early, or 0
 */
struct fuzz_worker {
	const struct fuzz_plan *plan;
	unsigned int index;
	int fd;
	struct fuzz_counts counts;
	int err;
};

void *fuzz_worker_run(void *worker);

#endif
