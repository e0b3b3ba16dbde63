/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_PERCPU_H
#define USER_LINUX_PERCPU_H

#include <linux/cpumask.h>
#include <linux/slab.h>

#define FM_USER_CPU_STRIDE	1024

/* An array with an element per CPU; of bytes that nobody knows the size of. */
#define alloc_percpu(type)	\
	((type *)kzalloc(FM_USER_CPUS * sizeof(type), GFP_KERNEL))
#define __alloc_percpu(size, align)	\
	kzalloc(FM_USER_CPUS * FM_USER_CPU_STRIDE, GFP_KERNEL)
#define free_percpu(ptr)	kfree(ptr)
#define per_cpu_ptr(ptr, cpu)						\
	((typeof(ptr))((char *)(ptr) + (cpu) * (sizeof(*(ptr)) == 1 ?	\
			FM_USER_CPU_STRIDE : sizeof(*(ptr)))))
#define this_cpu_ptr(ptr)	per_cpu_ptr(ptr, smp_processor_id())

#endif
