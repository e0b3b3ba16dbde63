/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_IN_H
#define USER_LINUX_IN_H

/* The C library's, so that programs may include both. */
#include <netinet/in.h>

#endif
