/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_KTIME_H
#define USER_LINUX_KTIME_H

#include <linux/types.h>

/* What the clock shows is the test's to say. */
extern u64 fm_user_now_ns;

static inline u64 ktime_get_ns(void)
{
	return fm_user_now_ns;
}

#endif
