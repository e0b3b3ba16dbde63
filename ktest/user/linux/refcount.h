/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_REFCOUNT_H
#define USER_LINUX_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/kernel.h>

typedef struct {
	atomic_t refs;
} refcount_t;

static inline void refcount_set(refcount_t *ref, int n)
{
	atomic_set(&ref->refs, n);
}

static inline void refcount_inc(refcount_t *ref)
{
	if (__atomic_fetch_add(&ref->refs.counter, 1, __ATOMIC_RELAXED) <= 0)
		fm_user_bug("reference to what is being freed");
}

static inline bool refcount_dec_and_test(refcount_t *ref)
{
	int old = __atomic_fetch_sub(&ref->refs.counter, 1, __ATOMIC_ACQ_REL);

	if (old <= 0)
		fm_user_bug("one reference too many was dropped");
	return old == 1;
}

#endif
