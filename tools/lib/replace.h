/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are there whole or not at all. */
#ifndef FM_TOOLS_REPLACE_H
#define FM_TOOLS_REPLACE_H

#include "log.h"

int fm_replace_file(const char *path, const char *text, size_t len,
		    struct fm_error *err);

#endif
