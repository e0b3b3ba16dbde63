/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_ERROR_H
#define _FM_ERROR_H

#include <linux/compiler_attributes.h>

struct netlink_ext_ack;
struct nlattr;

__printf(3, 4)
void fm_error_set(struct netlink_ext_ack *extack, const struct nlattr *attr,
		  const char *format, ...);

#endif
