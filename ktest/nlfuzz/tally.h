/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many requests of each command there were, and how they ended. */
#ifndef NLFUZZ_TALLY_H
#define NLFUZZ_TALLY_H

#include <stdint.h>

#define TALLY_ROWS	64	/* a row per command and one for dumps of it */
#define TALLY_ERRNOS	134

struct tally {
	uint64_t messages;
	uint64_t sent[TALLY_ROWS];
	uint64_t error[TALLY_ROWS][TALLY_ERRNOS];
	uint64_t replies;
	uint64_t events;
	uint64_t lost;		/* receive buffers that ran over */
	uint64_t torn;		/* dumps marked as interrupted */
	uint64_t closed;	/* dumps that were not read to the end */
	uint64_t frames;	/* packets put into the tap device */
};

unsigned int tally_row(uint8_t cmd, uint16_t flags);
void tally_error(struct tally *tally, unsigned int row, int error);
void tally_print(const struct tally *tally);

#endif
