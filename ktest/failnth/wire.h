/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request and its answer, with nothing in between that allocates. */
#ifndef FAILNTH_WIRE_H
#define FAILNTH_WIRE_H

#include <netlink/netlink.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct answer - what came back
 * @error: errno of the kernel's or of a system call, or 0
 * @told: the kernel itself has answered
 * @failed: an allocation has failed
 * @bytes: of the replies
 */
struct answer {
	int error;
	bool told;
	bool failed;
	size_t bytes;
};

/**
 * wire_ask() - send a request, let an allocation fail, read all replies
 * @msg: the request; it stays the caller's
 * @n: which allocation, of sending and receiving together; 0 for none
 * @answer: filled
 *
 * Return: 0 or an errno if it could not even begin.
 */
int wire_ask(struct nl_msg *msg, unsigned int n, struct answer *answer);

#endif
