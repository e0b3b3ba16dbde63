/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The struct that a state is: its size, and whether it points to more. */
#ifndef FM_LLM_LAYOUT_H
#define FM_LLM_LAYOUT_H

#include "unit.h"

#define FM_LAYOUT_DEPTH	8	/* structs inside structs */

/**
 * struct fm_layout - a struct as it lies in memory
 * @name: of the struct
 * @size: in bytes, 0 if the compiler does not know
 * @pointer: the member that points to more memory, null if none does
 * @decl: where the struct is declared
 */
struct fm_layout {
	char name[FM_RECORD_NAME];
	uint32_t size;
	CXCursor pointer;
	CXCursor decl;
};

void fm_layout_read(const struct fm_rules *rules, CXType type,
		    struct fm_layout *layout);

#endif
