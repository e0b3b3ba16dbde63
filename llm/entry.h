/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions of an NF that packets come to. */
#ifndef FM_LLM_ENTRY_H
#define FM_LLM_ENTRY_H

#include "trace.h"

/**
 * struct fm_entries - what was walked
 * @n: functions for packets
 * @first: token of the first of them
 * @guessed: no rule named one; functions that take a packet were taken
 */
struct fm_entries {
	size_t n;
	uint32_t first;
	bool guessed;
	uint64_t complexity;
};

void fm_entries_walk(struct fm_trace *trace, const char *nf,
		     struct fm_entries *entries);

#endif
