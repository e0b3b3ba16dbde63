/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests about states. */
#ifndef NLFUZZ_FLOWS_H
#define NLFUZZ_FLOWS_H

#include "message.h"
#include "world.h"

/* Put a filter that fits the chain, as a rule. */
void flows_filter(struct world *world, struct message *m, unsigned int chain);

/* Put flows with states of the chain's first NF, or of another. */
void flows_put(struct world *world, struct message *m, unsigned int chain);

#endif
