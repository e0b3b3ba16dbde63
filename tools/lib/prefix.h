/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prefixes of addresses as text: 192.0.2.0/24, 2001:db8::/32, 192.0.2.1. */
#ifndef FM_TOOLS_PREFIX_H
#define FM_TOOLS_PREFIX_H

#include <stddef.h>
#include <stdint.h>
#include "flowmage.h"

#define FM_PREFIX_TEXT	64	/* bytes of a prefix as text, with the NUL */

const char *fm_prefix_parse(const char *text, struct fm_prefix *prefix);
void fm_prefix_format(const struct fm_prefix *prefix, char *text);
int fm_prefix_compare(const struct fm_prefix *a, const struct fm_prefix *b);

#endif
