// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include "memory.h"

static void *checked(void *ptr)
{
	if (!ptr) {
		fprintf(stderr, "ref: out of memory\n");
		exit(1);
	}
	return ptr;
}

void *ref_memory_zalloc(size_t size)
{
	return checked(calloc(1, size));
}

void *ref_memory_resize(void *ptr, size_t size)
{
	return checked(realloc(ptr, size));
}
