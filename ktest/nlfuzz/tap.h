/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device whose packets this task itself takes through the receive path, so
 * that what they do is seen by kcov.
 */
#ifndef NLFUZZ_TAP_H
#define NLFUZZ_TAP_H

#include <stdbool.h>
#include "../gen/random.h"

/* Make a device named fztap; false if that cannot be. */
bool tap_open(void);

/* Receive some packets of one source; returns how many. */
unsigned int tap_receive(struct gen_random *random);

#endif
