/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of strings that it owns. */
#ifndef FM_LLM_STRINGS_H
#define FM_LLM_STRINGS_H

#include <stdbool.h>
#include <stddef.h>

struct fm_strings {
	char **v;	/* n of them */
	size_t n;
};

bool fm_strings_add(struct fm_strings *list, const char *text);
bool fm_strings_addf(struct fm_strings *list, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool fm_strings_has(const struct fm_strings *list, const char *text);
void fm_strings_cleanup(struct fm_strings *list);

#endif
