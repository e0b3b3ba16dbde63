/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A word into the member of a struct that its option names. */
#ifndef FM_TOOLS_ARGS_VALUE_H
#define FM_TOOLS_ARGS_VALUE_H

#include "args.h"

int fm_args_value(const struct fm_option *opt, const char *word, void *into,
		  struct fm_error *err);

#endif
