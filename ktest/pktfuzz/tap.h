/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ways into the receive path of a device. */
#ifndef FUZZ_TAP_H
#define FUZZ_TAP_H

#include "frame.h"

/**
 * enum fuzz_way - how the kernel makes a packet of a frame
 * @FUZZ_WAY_PAGE: one buffer, the page it was copied to
 * @FUZZ_WAY_COPY: hdr_len bytes in the buffer, of a long one the rest in pages
 * @FUZZ_WAY_FRAGS: as few bytes as can be in the buffer, the rest in pieces
 * @FUZZ_WAY_PACKET: sent by a packet socket, so that the other end gets it
 */
enum fuzz_way {
	FUZZ_WAY_PAGE,
	FUZZ_WAY_COPY,
	FUZZ_WAY_FRAGS,
	FUZZ_WAY_PACKET,
	FUZZ_WAYS
};

extern const char *const fuzz_way_names[FUZZ_WAYS];

/* A queue of its own on device @name, made if need be; -1 and errno. */
int fuzz_tap_open(const char *name, enum fuzz_way way);

/* 0 if the kernel took the frame, else an errno. */
int fuzz_tap_put(int fd, enum fuzz_way way, struct fuzz_frame *frame,
		 struct gen_random *random);

#endif
