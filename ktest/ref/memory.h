/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is there, or the program ends with exit code 1. */
#ifndef REF_MEMORY_H
#define REF_MEMORY_H

#include <stddef.h>

void *ref_memory_zalloc(size_t size);
void *ref_memory_resize(void *ptr, size_t size);

#endif
