/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the virtio header of a frame claims of segments and checksums. */
#ifndef FUZZ_GSO_H
#define FUZZ_GSO_H

#include "frame.h"

/* A TCP packet of @frame->segments segments. */
void fuzz_gso_honest(struct fuzz_frame *frame, struct gen_random *random);

/* Any type, size, header length and checksum place, for any packet. */
void fuzz_gso_lie(struct fuzz_frame *frame, struct gen_random *random);

#endif
