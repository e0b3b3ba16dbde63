/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Header fields that are named by where they are: "12/0/ffffffff". */
#ifndef FM_LLM_OFFSET_H
#define FM_LLM_OFFSET_H

#include "outline.h"
#include "rules.h"

uint32_t fm_offset_parse(const struct fm_idiom *idiom, const char *text);
uint32_t fm_offset_fields(const struct fm_idiom *idiom,
			  const struct fm_outline *outline,
			  const struct fm_struct *class, uint32_t *token);

#endif
