/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket of the family and its errors, for nl.c, nl_talk.c, nl_event.c. */
#ifndef FM_TOOLS_NL_TALK_H
#define FM_TOOLS_NL_TALK_H

#include <netlink/netlink.h>
#include <netlink/socket.h>
#include "nl.h"

/**
 * struct fm_nl - the family, opened
 * @sk: non-blocking
 * @family: its number
 * @config: as given to fm_nl_open()
 */
struct fm_nl {
	struct nl_sock *sk;
	int family;
	struct fm_nl_config config;
};

int fm_nl_socket_create(struct nl_sock **skp, struct fm_error *err);
int fm_nl_socket_reset(struct fm_nl *nl, struct fm_error *err);
int fm_nl_socket_wait(struct fm_nl *nl, struct nl_sock *sk,
		      unsigned int timeout_ms, struct fm_error *err);
int fm_nl_library_error(int ret, const char *what, struct fm_error *err);
int fm_nl_refusal(const struct nlmsghdr *request, const struct nlmsghdr *reply,
		  int sys, struct fm_error *err);

#endif
