/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The struct of a state, laid out without a compiler. */
#ifndef FM_LLM_SHAPE_H
#define FM_LLM_SHAPE_H

#include "outline.h"
#include "rules.h"

/**
 * struct fm_shape - how a state lies in memory
 * @size: in bytes, 0 if a member's size is not known
 * @align: in bytes
 * @pointer: token of a member that points to more memory, 0 if none does
 */
struct fm_shape {
	uint64_t size;
	uint32_t align;
	bool known;
	uint32_t pointer;
};

void fm_shape_read(const struct fm_outline *outline,
		   const struct fm_rules *rules, const struct fm_type *type,
		   struct fm_shape *shape);

#endif
