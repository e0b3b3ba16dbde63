/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_KERNEL_STAT_H
#define USER_LINUX_KERNEL_STAT_H

#include <linux/kernel.h>

#define NET_RX_SOFTIRQ	3

extern unsigned int fm_user_softirqs[FM_USER_CPUS];

static inline unsigned int kstat_softirqs_cpu(unsigned int softirq, int cpu)
{
	(void)softirq;
	return fm_user_softirqs[cpu];
}

#endif
