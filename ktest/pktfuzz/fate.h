/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a chain must make of a frame, told from its bytes by the rules that
 * Documentation/module.rst states, not by the module's code.
 */
#ifndef FUZZ_FATE_H
#define FUZZ_FATE_H

#include "frame.h"

/**
 * enum fuzz_fate - what becomes of a frame
 * @FUZZ_UNTAGGED: cut inside its first VLAN tag: no hook sees it
 * @FUZZ_NOT_IP: no IP behind up to four tags more
 * @FUZZ_MALFORMED: headers that are cut short or disagree with the length
 * @FUZZ_FRAGMENT: good, without ports
 * @FUZZ_GOOD: the rest
 */
enum fuzz_fate {
	FUZZ_UNTAGGED,
	FUZZ_NOT_IP,
	FUZZ_MALFORMED,
	FUZZ_FRAGMENT,
	FUZZ_GOOD,
	FUZZ_FATES
};

extern const char *const fuzz_fate_names[FUZZ_FATES];

/* Of a frame whose length is what its virtio header makes of it: no GSO. */
enum fuzz_fate fuzz_fate_tell(const struct fuzz_frame *frame);

#endif
