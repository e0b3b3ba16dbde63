/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_PERCPU_COUNTER_H
#define USER_LINUX_PERCPU_COUNTER_H

#include <linux/percpu.h>

struct percpu_counter {
	s64 count;
	s32 *counters;
};

int percpu_counter_init(struct percpu_counter *counter, s64 amount, gfp_t gfp);
void percpu_counter_destroy(struct percpu_counter *counter);
void percpu_counter_add_batch(struct percpu_counter *counter, s64 amount,
			      s32 batch);
s64 percpu_counter_sum(struct percpu_counter *counter);

static inline s64 percpu_counter_read_positive(struct percpu_counter *counter)
{
	s64 count = __atomic_load_n(&counter->count, __ATOMIC_RELAXED);

	return count > 0 ? count : 0;
}

#endif
