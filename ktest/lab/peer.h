/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FM_LAB_PEER_H
#define FM_LAB_PEER_H

#include <stddef.h>
#include <stdint.h>

/*
 * What peer and peerd say to each other, over one connection per command.
 * The request: its length, then strings that each end in NUL: the peer's
 * number, the working directory, the command and its arguments.  The answer:
 * frames, of which PEER_EXIT is the last.  Numbers are big-endian.
 */
#define PEER_REQUEST_MAX 65536u
#define PEER_FRAME_MAX 4096u

enum peer_frame_type {
	PEER_OUT = 1,	/* bytes of the command's stdout */
	PEER_ERR = 2,	/* bytes of its stderr */
	PEER_EXIT = 3,	/* one byte, its exit status */
};

struct peer_frame {
	uint8_t type;
	uint8_t reserved;
	uint16_t len;
};

int peer_write(int fd, const void *data, size_t len);
int peer_read(int fd, void *data, size_t len);

#endif
