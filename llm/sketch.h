/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Features of an NF, read from its source by its framework's idioms. */
#ifndef FM_LLM_SKETCH_H
#define FM_LLM_SKETCH_H

#include "source.h"

int fm_sketch_analyze(const struct fm_rules *rules,
		      const struct fm_source *source, const char *nf,
		      struct fm_record **record, char *err);

#endif
