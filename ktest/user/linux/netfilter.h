/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_NETFILTER_H
#define USER_LINUX_NETFILTER_H

/* For structures that hold one; nothing here has hooks. */
struct nf_hook_ops {
	void *priv;
};

#endif
