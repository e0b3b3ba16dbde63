/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_DELAY_H
#define USER_LINUX_DELAY_H

#include <sched.h>

#define usleep_range(min, max)	((void)sched_yield())

#endif
