/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The variable by which an NF makes itself known to its framework. */
#ifndef FM_LLM_DECLARATION_H
#define FM_LLM_DECLARATION_H

#include "unit.h"

/**
 * struct fm_declaration - what the variable's initialiser says
 * @variable: its declaration
 * @entry: definition of the function that gets the packets
 * @entry_at: where the initialiser names it
 * @key: FM_F_*
 * @key_at: where the initialiser says so; null if it does not
 * @key_known: @key is a constant, or absent and 0
 * @bidirectional: both directions share one state
 * @bidirectional_at: where the initialiser says so; null if it does not
 * @bidirectional_known: as @key_known
 */
struct fm_declaration {
	CXCursor variable;
	CXCursor entry;
	CXCursor entry_at;
	uint32_t key;
	CXCursor key_at;
	bool key_known;
	bool bidirectional;
	CXCursor bidirectional_at;
	bool bidirectional_known;
};

int fm_declaration_find(const struct fm_unit *unit, const char *nf,
			struct fm_declaration *declaration, char *err);

#endif
