/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Good packets and what is done to them. */
#ifndef FUZZ_MUTATION_H
#define FUZZ_MUTATION_H

#include "frame.h"

/**
 * struct fuzz_mutation - a way to spoil a frame
 * @name: of the command line
 * @help: one line
 * @apply: to a good frame; NULL leaves it
 */
struct fuzz_mutation {
	const char *name;
	const char *help;
	void (*apply)(struct fuzz_frame *frame, struct gen_random *random);
};

/* Those that can be done to any frame, spoiled before or not. */
enum {
	FUZZ_CUT = 1,
	FUZZ_FLIP = 2,
};

extern const struct fuzz_mutation fuzz_mutations[];	/* ends with name NULL */
extern const unsigned int fuzz_nmutations;

/* A frame whose headers all tell the truth. */
void fuzz_frame_make(struct fuzz_frame *frame, struct gen_random *random);

#endif
