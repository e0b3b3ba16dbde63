/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which code of the module this task has reached. */
#ifndef NLFUZZ_KCOV_H
#define NLFUZZ_KCOV_H

#include <stdbool.h>

/* Begin; false after words on stderr if this kernel does not tell. */
bool kcov_open(void);

/* Take what was reached since the last time. Does nothing if not opened. */
void kcov_collect(void);

/* How many places were reached up to now. */
unsigned long kcov_places(void);

/* Write them, one a line, as offsets from the begin of the module's .text. */
bool kcov_write(const char *path);

#endif
