/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chains that the module takes, as a rule. */
#ifndef NLFUZZ_PLAN_H
#define NLFUZZ_PLAN_H

#include "message.h"
#include "world.h"

/* Put the nest of a chain with a steering, NFs and devices. */
void plan_put(struct world *world, struct message *m, unsigned int chain);

#endif
