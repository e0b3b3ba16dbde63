/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_SCHED_H
#define USER_LINUX_SCHED_H

#include <linux/kernel.h>

#endif
