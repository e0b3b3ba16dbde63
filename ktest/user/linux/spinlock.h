/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_SPINLOCK_H
#define USER_LINUX_SPINLOCK_H

#include <linux/kernel.h>

typedef struct {
	struct fm_user_lock user;
} spinlock_t;

#define DEFINE_SPINLOCK(name)	spinlock_t name

#define local_bh_disable()	((void)0)
#define local_bh_enable()	((void)0)

static inline void spin_lock_init(spinlock_t *lock)
{
	lock->user.owner = 0;
}

static inline void spin_lock(spinlock_t *lock)
{
	fm_user_lock(&lock->user);
}

static inline bool spin_trylock(spinlock_t *lock)
{
	return fm_user_trylock(&lock->user);
}

static inline void spin_unlock(spinlock_t *lock)
{
	fm_user_unlock(&lock->user);
}

#define spin_lock_bh(lock)	spin_lock(lock)
#define spin_unlock_bh(lock)	spin_unlock(lock)

#endif
