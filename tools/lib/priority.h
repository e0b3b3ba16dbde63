/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules for packets with priority, as people write them. */
#ifndef FM_TOOLS_PRIORITY_H
#define FM_TOOLS_PRIORITY_H

#include "log.h"
#include "nl_types.h"

int fm_priority_add_dscp(struct fm_priority_rules *rules, const char *text,
			 struct fm_error *err);
int fm_priority_add_mark(struct fm_priority_rules *rules, const char *text,
			 struct fm_error *err);
int fm_priority_add_prefix(struct fm_priority_rules *rules, const char *text,
			   bool dst, struct fm_error *err);

#endif
