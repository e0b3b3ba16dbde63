/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_PERCPU_H
#define USER_LINUX_PERCPU_H

#include <linux/cpumask.h>
#include <linux/slab.h>

/* An array with an element per CPU. */
#define alloc_percpu(type)	\
	((type *)kzalloc(FM_USER_CPUS * sizeof(type), GFP_KERNEL))
#define free_percpu(ptr)	kfree(ptr)
#define per_cpu_ptr(ptr, cpu)	(&(ptr)[cpu])
#define this_cpu_ptr(ptr)	per_cpu_ptr(ptr, smp_processor_id())

#endif
