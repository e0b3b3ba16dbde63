/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests about lists, which parameters of chains refer to. */
#ifndef NLFUZZ_LISTS_H
#define NLFUZZ_LISTS_H

#include "message.h"
#include "world.h"

/* The id of a list that the first requests have made, mostly. */
uint32_t lists_pick(struct world *world);

/* A list of prefixes, complete or to be gone on with; or elements for one. */
void lists_put(struct world *world, struct message *m);

/* Which one is to be told. */
void lists_put_id(struct world *world, struct message *m);

#endif
