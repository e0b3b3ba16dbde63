// SPDX-License-Identifier: GPL-2.0-or-later
/* A list of strings. An all-zero list is empty. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "strings.h"

static bool push(struct fm_strings *list, char *text)
{
	char **v = text ? reallocarray(list->v, list->n + 1, sizeof(*v)) : NULL;

	if (!v) {
		free(text);
		return false;
	}
	list->v = v;
	list->v[list->n++] = text;
	return true;
}

/**
 * fm_strings_add - append a copy
 * @list: the list
 * @text: the string
 *
 * Return: false if memory is short; the list is unchanged then.
 */
bool fm_strings_add(struct fm_strings *list, const char *text)
{
	return push(list, strdup(text));
}

/**
 * fm_strings_addf - append a formatted string
 * @list: the list
 * @format: as of printf(3)
 *
 * Return: false if memory is short; the list is unchanged then.
 */
bool fm_strings_addf(struct fm_strings *list, const char *format, ...)
{
	char *text;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	return push(list, len < 0 ? NULL : text);
}

/**
 * fm_strings_has - is a string in the list?
 * @list: the list
 * @text: the string
 */
bool fm_strings_has(const struct fm_strings *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->v[i], text))
			return true;
	return false;
}

/**
 * fm_strings_cleanup - free the strings; the list is empty after it
 * @list: the list
 */
void fm_strings_cleanup(struct fm_strings *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
	*list = (struct fm_strings){ 0 };
}
