/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_COMPILER_ATTRIBUTES_H
#define USER_LINUX_COMPILER_ATTRIBUTES_H

#define __aligned(n)		__attribute__((__aligned__(n)))
#define __printf(format, args)	\
	__attribute__((__format__(__printf__, format, args)))
#define noinline		__attribute__((__noinline__))
#define __force
#define __rcu
#define __percpu
#define __init
#define __exit
#define __acquire(lock)		((void)0)
#define __release(lock)		((void)0)

#define SMP_CACHE_BYTES		64
#define ____cacheline_aligned_in_smp	__aligned(SMP_CACHE_BYTES)

#endif
