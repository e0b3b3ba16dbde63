// SPDX-License-Identifier: GPL-2.0-or-later
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include "user.h"

unsigned int fm_user_warnings;
unsigned int fm_user_online = (1U << FM_USER_CPUS) - 1;
_Thread_local unsigned int fm_user_cpu;

static unsigned int lock_threads;
static _Thread_local unsigned int lock_self;
static _Thread_local unsigned int lock_held;

/**
 * fm_user_bug - end the program
 * @what: that kernel code did and must not
 */
void fm_user_bug(const char *what)
{
	fprintf(stderr, "BUG: %s\n", what);
	abort();
}

/**
 * fm_user_warn - note that a WARN_ON_ONCE() hit
 * @file: where
 * @line: where
 */
void fm_user_warn(const char *file, int line)
{
	fprintf(stderr, "WARNING: %s:%d\n", file, line);
	fm_user_warnings++;
}

static unsigned int lock_me(void)
{
	if (!lock_self)
		lock_self = __atomic_add_fetch(&lock_threads, 1,
					       __ATOMIC_RELAXED);
	return lock_self;
}

/**
 * fm_user_lock - wait for a lock and take it
 * @lock: the lock, not this thread's already
 */
void fm_user_lock(struct fm_user_lock *lock)
{
	unsigned int me = lock_me(), owner;

	for (;;) {
		owner = 0;
		if (__atomic_compare_exchange_n(&lock->owner, &owner, me, false,
						__ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED))
			break;
		if (owner == me)
			fm_user_bug("a lock was taken twice");
		sched_yield();
	}
	lock_held++;
}

/**
 * fm_user_trylock - take a lock if nobody has it
 * @lock: the lock
 *
 * Return: false if somebody has.
 */
bool fm_user_trylock(struct fm_user_lock *lock)
{
	unsigned int owner = 0;

	if (!__atomic_compare_exchange_n(&lock->owner, &owner, lock_me(), false,
					 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return false;
	lock_held++;
	return true;
}

/**
 * fm_user_unlock - give a lock back
 * @lock: the lock, this thread's
 */
void fm_user_unlock(struct fm_user_lock *lock)
{
	fm_user_lock_assert(lock);
	lock_held--;
	__atomic_store_n(&lock->owner, 0, __ATOMIC_RELEASE);
}

/**
 * fm_user_lock_assert - end the program unless this thread has a lock
 * @lock: the lock
 */
void fm_user_lock_assert(const struct fm_user_lock *lock)
{
	if (__atomic_load_n(&lock->owner, __ATOMIC_RELAXED) != lock_me())
		fm_user_bug("a lock is not held");
}

/**
 * fm_user_locks_held - how many locks this thread has
 */
unsigned int fm_user_locks_held(void)
{
	return lock_held;
}
