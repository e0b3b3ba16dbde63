/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_CACHE_H
#define USER_LINUX_CACHE_H

#include <linux/compiler_attributes.h>

#endif
