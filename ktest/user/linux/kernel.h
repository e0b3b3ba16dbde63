/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_KERNEL_H
#define USER_LINUX_KERNEL_H

#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <linux/build_bug.h>
#include <linux/compiler_attributes.h>
#include <linux/types.h>
#include "user.h"

/* Fuzzers see one byte too far; unit tests see what other kernels do. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define IS_ENABLED_CONFIG_KASAN	1
#else
#define IS_ENABLED_CONFIG_KASAN	0
#endif
#define IS_ENABLED(option)	IS_ENABLED_##option

#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define READ_ONCE(x)		(*(const volatile typeof(x) *)&(x))
#define data_race(x)		(x)
#define WRITE_ONCE(x, value)	(*(volatile typeof(x) *)&(x) = (value))
#define smp_mb()		__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_mb__after_atomic()	smp_mb()
#define smp_wmb()		__atomic_thread_fence(__ATOMIC_RELEASE)
#define smp_rmb()		__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_load_acquire(ptr)	__atomic_load_n(ptr, __ATOMIC_ACQUIRE)
#define smp_store_release(ptr, value)	\
	__atomic_store_n(ptr, value, __ATOMIC_RELEASE)
#define be32_to_cpup(ptr)	be32toh(*(ptr))
#define be64_to_cpu(x)		be64toh(x)
#define cpu_to_le64(x)		htole64(x)
#define cpu_relax()		__builtin_ia32_pause()

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define BIT(n)			(1UL << (n))
#define BIT_ULL(n)		(1ULL << (n))
#define ALIGN(x, a)		(((x) + (a) - 1) & ~((typeof(x))(a) - 1))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define sizeof_field(type, member)	sizeof(((type *)0)->member)
#define container_of(ptr, type, member)	\
	((type *)((char *)(ptr) - offsetof(type, member)))

#define swap(a, b) do {		\
	typeof(a) __a = (a);	\
	(a) = (b);		\
	(b) = __a;		\
} while (0)

/* As in the kernel, operands of different types do not compile. */
#define __user_compare(x, y, op) ({		\
	typeof(x) __x = (x);			\
	typeof(y) __y = (y);			\
	(void)(&__x == &__y);			\
	__x op __y ? __x : __y;			\
})
#define min(x, y)		__user_compare(x, y, <)
#define max(x, y)		__user_compare(x, y, >)
#define min_t(type, x, y)	__user_compare((type)(x), (type)(y), <)
#define max_t(type, x, y)	__user_compare((type)(x), (type)(y), >)
#define max3(a, b, c)		max(max(a, b), c)

#define clamp_t(type, x, low, high)	\
	min_t(type, max_t(type, x, low), high)

#define WARN_ON_ONCE(condition) ({			\
	bool __warn = (condition);			\
	if (__warn)					\
		fm_user_warn(__FILE__, __LINE__);	\
	__warn;						\
})

__printf(3, 4) int scnprintf(char *buf, size_t size, const char *format, ...);
__printf(3, 0) int vscnprintf(char *buf, size_t size, const char *format,
			      va_list args);

#define pr_err(...)		\
	scnprintf(fm_user_log, sizeof(fm_user_log), __VA_ARGS__)
#define cond_resched()		((void)0)
#define lockdep_assert_held(lock)	fm_user_lock_assert(&(lock)->user)

#endif
