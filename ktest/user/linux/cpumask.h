/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_CPUMASK_H
#define USER_LINUX_CPUMASK_H

#include "user.h"

#define nr_cpu_ids		FM_USER_CPUS
#define cpu_online_mask		(fm_user_online)
#define cpu_online(cpu)		(cpu_online_mask >> (cpu) & 1)
#define cpumask_any(mask)	((unsigned int)__builtin_ctz(mask))
#define smp_processor_id()	(fm_user_cpu)
#define for_each_online_cpu(cpu)	\
	for_each_possible_cpu(cpu) if (!cpu_online(cpu)) {} else
#define for_each_possible_cpu(cpu)	\
	for ((cpu) = 0; (cpu) < FM_USER_CPUS; (cpu)++)

#endif
