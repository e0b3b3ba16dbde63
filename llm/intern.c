// SPDX-License-Identifier: GPL-2.0-or-later
/* Words that are kept once. */
#include <stdlib.h>
#include <string.h>

#include "intern.h"

#define SLOTS_MIN	4096

struct fm_intern_word {
	struct fm_intern_word *next;
	uint32_t hash;
	char text[];
};

/* FNV-1a */
static uint32_t hash_of(const char *text, size_t len)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619U;
	return hash;
}

static bool grow(struct fm_intern *set)
{
	size_t n = set->nslots ? set->nslots * 2 : SLOTS_MIN;
	struct fm_intern_word **slots = calloc(n, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i < set->nslots; i++) {
		struct fm_intern_word *w = set->slots[i], *next;

		for (; w; w = next) {
			next = w->next;
			w->next = slots[w->hash & (n - 1)];
			slots[w->hash & (n - 1)] = w;
		}
	}
	free(set->slots);
	set->slots = slots;
	set->nslots = n;
	return true;
}

static struct fm_intern_word *find(const struct fm_intern *set,
				   const char *text, size_t len, uint32_t hash)
{
	struct fm_intern_word *w;

	if (!set->nslots)
		return NULL;
	for (w = set->slots[hash & (set->nslots - 1)]; w; w = w->next)
		if (w->hash == hash && !strncmp(w->text, text, len) &&
		    !w->text[len])
			return w;
	return NULL;
}

static const char *add(struct fm_intern *set, const char *text, size_t len,
		       uint32_t hash)
{
	struct fm_intern_word *w;

	if (set->n >= FM_INTERN_MAX || (set->n >= set->nslots && !grow(set)))
		return NULL;
	w = malloc(sizeof(*w) + len + 1);
	if (!w)
		return NULL;
	memcpy(w->text, text, len);
	w->text[len] = '\0';
	w->hash = hash;
	w->next = set->slots[hash & (set->nslots - 1)];
	set->slots[hash & (set->nslots - 1)] = w;
	set->n++;
	return w->text;
}

/**
 * fm_intern - the one copy of a word
 * @set: the words
 * @text: the word, without NUL in it
 * @len: its bytes
 *
 * Return: the copy, which lives as long as @set; "" if memory is short.
 */
const char *fm_intern(struct fm_intern *set, const char *text, size_t len)
{
	uint32_t hash = hash_of(text, len);
	struct fm_intern_word *w = find(set, text, len, hash);
	const char *copy = w ? w->text : add(set, text, len, hash);

	if (copy)
		return copy;
	set->lost = true;
	return "";
}

/**
 * fm_intern_string - fm_intern() of a string
 * @set: the words
 * @text: the word
 */
const char *fm_intern_string(struct fm_intern *set, const char *text)
{
	return fm_intern(set, text, strlen(text));
}

/**
 * fm_intern_find - the copy of a word that may be there
 * @set: the words
 * @text: the word
 *
 * Return: the copy, or NULL.
 */
const char *fm_intern_find(const struct fm_intern *set, const char *text)
{
	size_t len = strlen(text);
	struct fm_intern_word *w = find(set, text, len, hash_of(text, len));

	return w ? w->text : NULL;
}

/**
 * fm_intern_cleanup - forget all words
 * @set: the words
 */
void fm_intern_cleanup(struct fm_intern *set)
{
	for (size_t i = 0; i < set->nslots; i++) {
		struct fm_intern_word *w = set->slots[i], *next;

		for (; w; w = next) {
			next = w->next;
			free(w);
		}
	}
	free(set->slots);
	*set = (struct fm_intern){ 0 };
}
