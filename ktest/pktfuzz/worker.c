// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>
#include "mutation.h"
#include "worker.h"

static void pin(unsigned int index)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(index % sysconf(_SC_NPROCESSORS_ONLN), &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
}

static const struct fuzz_mutation *choose(uint32_t allowed,
					  struct gen_random *random)
{
	uint32_t nth = gen_random_below(random, __builtin_popcount(allowed));

	while (nth--)
		allowed &= allowed - 1;
	return &fuzz_mutations[__builtin_ctz(allowed)];
}

static bool may(const struct fuzz_plan *plan, unsigned int mutation,
		const struct fuzz_frame *frame, struct gen_random *random)
{
	return plan->mutations & 1u << mutation && frame->len &&
	       !frame->segments && gen_random_percent(random, 10);
}

static void make(const struct fuzz_plan *plan, struct fuzz_frame *frame,
		 struct gen_random *random)
{
	const struct fuzz_mutation *mutation = choose(plan->mutations, random);

	fuzz_frame_make(frame, random);
	if (mutation->apply)
		mutation->apply(frame, random);
	if (may(plan, FUZZ_FLIP, frame, random))
		fuzz_mutations[FUZZ_FLIP].apply(frame, random);
	if (may(plan, FUZZ_CUT, frame, random))
		fuzz_mutations[FUZZ_CUT].apply(frame, random);
}

static void count(struct fuzz_counts *counts, const struct fuzz_frame *frame)
{
	if (frame->segments)
		counts->segments += frame->segments;
	else if (frame->vnet.gso_type != VIRTIO_NET_HDR_GSO_NONE)
		counts->gso++;
	else
		counts->fate[fuzz_fate_tell(frame)]++;
}

/* What a kernel may say of a frame; all else is an accident. */
static bool is_refusal(int err)
{
	return err == EINVAL || err == EMSGSIZE || err == ENOMEM ||
	       err == EFAULT;
}

static int inject(struct fuzz_worker *worker, struct fuzz_frame *frame)
{
	const struct fuzz_plan *plan = worker->plan;
	struct gen_random random = { plan->seed + worker->index };
	uint64_t share = plan->frames / plan->workers +
			 (worker->index < plan->frames % plan->workers);
	int err;

	/* Neighbouring seeds begin with unlike states. */
	random.state = gen_random_next(&random);
	for (uint64_t n = 0; n < share; n++) {
		make(plan, frame, &random);
		worker->counts.frames++;
		err = fuzz_tap_put(worker->fd, plan->way, frame, &random);
		if (!err)
			count(&worker->counts, frame);
		else if (is_refusal(err))
			worker->counts.refused++;
		else
			return err;
	}
	return 0;
}

void *fuzz_worker_run(void *ptr)
{
	struct fuzz_worker *worker = ptr;
	struct fuzz_frame *frame = calloc(1, sizeof(*frame));

	pin(worker->index);
	worker->err = frame ? inject(worker, frame) : ENOMEM;
	free(frame);
	return NULL;
}
