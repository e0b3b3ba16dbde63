/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_SMP_H
#define USER_LINUX_SMP_H

#include <linux/cpumask.h>
#include <linux/kernel.h>

/* A call that is due on a CPU until whoever plays that takes it. */
typedef struct {
	void (*func)(void *info);
	void *info;
	int pending;
} call_single_data_t;

#define INIT_CSD(csd, function, argument) do {	\
	(csd)->func = (function);		\
	(csd)->info = (argument);		\
} while (0)

static inline int smp_call_function_single_async(int cpu,
						 call_single_data_t *csd)
{
	if (!cpu_online(cpu))
		return -ENXIO;
	return __atomic_exchange_n(&csd->pending, 1, __ATOMIC_SEQ_CST) ?
	       -EBUSY : 0;
}

#endif
