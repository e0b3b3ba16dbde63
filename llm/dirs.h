/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories that files of ours go into. */
#ifndef FM_LLM_DIRS_H
#define FM_LLM_DIRS_H

#include <sys/types.h>

int fm_dirs_make(const char *dir, mode_t mode);
char *fm_dirs_place(const char *env, const char *name);

#endif
