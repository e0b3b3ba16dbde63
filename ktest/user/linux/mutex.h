/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_MUTEX_H
#define USER_LINUX_MUTEX_H

#include <linux/kernel.h>

struct mutex {
	struct fm_user_lock user;
};

#define DEFINE_MUTEX(name)	struct mutex name

static inline void mutex_lock(struct mutex *mutex)
{
	fm_user_lock(&mutex->user);
}

static inline void mutex_unlock(struct mutex *mutex)
{
	fm_user_unlock(&mutex->user);
}

#endif
