/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of flows: a line of JSON that says what follows, then one per flow. */
#ifndef FM_TOOLS_FLOWFILE_H
#define FM_TOOLS_FLOWFILE_H

#include "log.h"
#include "nl_types.h"

#define FM_FLOWFILE_VERSION	1
#define FM_FLOWFILE_LINE_MAX	65536	/* bytes */

int fm_flowfile_parse_head(const char *name, const char *text, size_t len,
			   struct fm_error *err);
int fm_flowfile_parse_flow(const char *name, unsigned int line,
			   const char *text, size_t len, struct fm_flow *flow,
			   struct fm_error *err);

#endif
