/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_SORT_H
#define USER_LINUX_SORT_H

#include <stdlib.h>

#define sort(base, n, size, compare, swap)	qsort(base, n, size, compare)

#endif
