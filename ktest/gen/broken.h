/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames that say they are IP and are not. */
#ifndef GEN_BROKEN_H
#define GEN_BROKEN_H

#include "frame.h"
#include "random.h"

/**
 * gen_broken_build - a malformed frame
 * @frame: filled in
 * @packet: what it would have been; changed
 * @kind: which way, any number
 */
void gen_broken_build(struct gen_frame *frame, struct gen_packet *packet,
		      unsigned int kind);

#endif
