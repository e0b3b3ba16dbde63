/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests made wrong. */
#ifndef NLFUZZ_MUTATE_H
#define NLFUZZ_MUTATE_H

#include "../gen/random.h"
#include "message.h"

/* Change attributes: their presence, order, place, length, value, type. */
void mutate_structure(struct gen_random *random, struct message *m);

/* Change bytes of a request, and put in some of @other. */
void mutate_bytes(struct gen_random *random, struct message *m,
		  const struct message *other);

#endif
