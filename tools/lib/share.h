/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data files that come with the programs: rules, sources of the NFs. */
#ifndef FM_TOOLS_SHARE_H
#define FM_TOOLS_SHARE_H

#include <stdbool.h>
#include <stddef.h>

bool fm_share_find(const char *name, char *path, size_t size);

#endif
