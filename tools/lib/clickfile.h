/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of Click configurations. */
#ifndef FM_TOOLS_CLICKFILE_H
#define FM_TOOLS_CLICKFILE_H

#include <stddef.h>

#include "log.h"

char *fm_clickfile_read(const char *path, size_t *len, struct fm_error *err);

#endif
