/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that are kept once: equal words have equal addresses. */
#ifndef FM_LLM_INTERN_H
#define FM_LLM_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FM_INTERN_MAX	(1U << 21)	/* words */

struct fm_intern_word;

/**
 * struct fm_intern - a set of words
 * @slots: @nslots hash slots, a power of two
 * @n: words in it
 * @lost: a word found no memory; it became ""
 */
struct fm_intern {
	struct fm_intern_word **slots;
	size_t nslots;
	size_t n;
	bool lost;
};

const char *fm_intern(struct fm_intern *set, const char *text, size_t len);
const char *fm_intern_string(struct fm_intern *set, const char *text);
const char *fm_intern_find(const struct fm_intern *set, const char *text);
void fm_intern_cleanup(struct fm_intern *set);

#endif
