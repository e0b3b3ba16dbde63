/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_GFP_H
#define USER_LINUX_GFP_H

#include <linux/slab.h>

#endif
