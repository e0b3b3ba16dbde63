/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_SORT_H
#define USER_LINUX_SORT_H

#include <stdlib.h>
#include <linux/types.h>

#define sort(base, n, size, compare, swap)	qsort(base, n, size, compare)

void sort_r(void *base, size_t n, size_t size,
	    int (*compare)(const void *a, const void *b, const void *arg),
	    void (*swap)(void *a, void *b, int size, const void *arg),
	    const void *arg);

#endif
