/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Patterns as text: bytes as they are, others as |0d 0a|; or the same in double
 * quotes, followed by nocase, offset=N and depth=N.
 */
#ifndef FM_TOOLS_PATTERN_H
#define FM_TOOLS_PATTERN_H

#include <stddef.h>
#include <stdint.h>
#include "flowmage.h"

const char *fm_pattern_parse(const char *text, struct fm_pattern *pattern,
			     size_t *at);

#endif
