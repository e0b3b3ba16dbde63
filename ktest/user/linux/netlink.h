/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_NETLINK_H
#define USER_LINUX_NETLINK_H

#include_next <linux/netlink.h>

struct netlink_ext_ack {
	const char *_msg;
	const struct nlattr *bad_attr;
};

#define NL_SET_ERR_MSG(extack, text) do {			\
	if (extack)						\
		(extack)->_msg = (text);			\
} while (0)

#endif
