/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_PREFETCH_H
#define USER_LINUX_PREFETCH_H

#define prefetch(ptr)	__builtin_prefetch(ptr)

#endif
