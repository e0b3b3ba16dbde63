/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dumps as no well-behaved program would read them. */
#ifndef NLFUZZ_DUMP_H
#define NLFUZZ_DUMP_H

#include "message.h"
#include "world.h"

/* Send one dump, with @room for its request and others meanwhile. */
void dump_run(struct world *world, struct message *room);

#endif
