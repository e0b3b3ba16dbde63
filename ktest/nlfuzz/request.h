/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests as the specification has them. */
#ifndef NLFUZZ_REQUEST_H
#define NLFUZZ_REQUEST_H

#include "message.h"
#include "world.h"

/* One that only looks. */
void request_get(struct world *world, struct message *m);

/* One that changes something, valid as a rule. */
void request_write(struct world *world, struct message *m);

/* A dump; the result is the chain it is of, for request_change(). */
unsigned int request_dump(struct world *world, struct message *m);
void request_change(struct world *world, struct message *m,
		    unsigned int chain);

/* Of any command, with valid or random attributes. */
void request_any(struct world *world, struct message *m);

#endif
