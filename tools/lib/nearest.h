/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name that was probably meant, for "did you mean" in error messages. */
#ifndef FM_TOOLS_NEAREST_H
#define FM_TOOLS_NEAREST_H

#include <stddef.h>

/* The i-th known name, NULL after the last. */
typedef const char *(*fm_nearest_name_fn)(const void *names, size_t i);

const char *fm_nearest_find(const char *word, fm_nearest_name_fn name,
			    const void *names);
const char *fm_nearest_find_list(const char *word, const char *const *names);

#endif
