// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <string.h>

#include "nearest.h"

#define NEAREST_LEN	63	/* longer words have no neighbours */

static size_t min3(size_t a, size_t b, size_t c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

/* Insertions, deletions, replacements and swaps of neighbours, case ignored. */
static size_t distance(const char *a, const char *b)
{
	size_t row[3][NEAREST_LEN + 1];
	size_t *old = row[0], *last = row[1], *now = row[2], *tmp;
	size_t la = strlen(a), lb = strlen(b), i, j;

	for (j = 0; j <= lb; j++)
		last[j] = j;
	for (i = 1; i <= la; i++) {
		now[0] = i;
		for (j = 1; j <= lb; j++) {
			int ca = tolower((unsigned char)a[i - 1]);
			int cb = tolower((unsigned char)b[j - 1]);

			now[j] = min3(last[j] + 1, now[j - 1] + 1,
				      last[j - 1] + (ca != cb));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && old[j - 2] + 1 < now[j])
				now[j] = old[j - 2] + 1;
		}
		tmp = old;
		old = last;
		last = now;
		now = tmp;
	}
	return last[lb];
}

/**
 * fm_nearest_find - the known name that a word was probably meant to be
 * @word: what was written
 * @name: enumerates the known names
 * @names: what @name enumerates
 *
 * Return: the name that is at most a third of its letters away, the first of
 * equally near ones, or NULL.
 */
const char *fm_nearest_find(const char *word, fm_nearest_name_fn name,
			    const void *names)
{
	size_t best = NEAREST_LEN, d, i;
	const char *found = NULL, *s;

	if (strlen(word) > NEAREST_LEN)
		return NULL;
	for (i = 0; (s = name(names, i)); i++) {
		if (strlen(s) > NEAREST_LEN)
			continue;
		d = distance(word, s);
		if (d < best && d <= (strlen(s) + 2) / 3) {
			best = d;
			found = s;
		}
	}
	return found;
}

static const char *list_name(const void *names, size_t i)
{
	return ((const char *const *)names)[i];
}

/**
 * fm_nearest_find_list - fm_nearest_find() among an array
 * @word: what was written
 * @names: the known names, NULL after the last
 *
 * Return: as fm_nearest_find().
 */
const char *fm_nearest_find_list(const char *word, const char *const *names)
{
	return fm_nearest_find(word, list_name, names);
}
