/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_OVERFLOW_H
#define USER_LINUX_OVERFLOW_H

#include <linux/types.h>

static inline size_t user_struct_size(size_t header, size_t element, size_t n)
{
	size_t size;

	if (__builtin_mul_overflow(element, n, &size) ||
	    __builtin_add_overflow(size, header, &size))
		return SIZE_MAX;
	return size;
}

static inline size_t array_size(size_t n, size_t each)
{
	return user_struct_size(0, each, n);
}

#define struct_size(ptr, member, n)	\
	user_struct_size(sizeof(*(ptr)), sizeof(*(ptr)->member), n)

#endif
