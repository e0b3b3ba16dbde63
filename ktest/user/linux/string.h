/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_STRING_H
#define USER_LINUX_STRING_H

#include <string.h>
#include <linux/types.h>

const void *memchr_inv(const void *start, int c, size_t bytes);
ssize_t strscpy(char *dest, const char *src, size_t size);

#endif
