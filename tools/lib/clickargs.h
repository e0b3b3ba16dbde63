/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keyword arguments in configurations of Click elements, and new ones. */
#ifndef FM_TOOLS_CLICKARGS_H
#define FM_TOOLS_CLICKARGS_H

#include "click.h"

#define FM_CLICK_VALUE		512	/* bytes of a value */

/**
 * struct fm_click_edit - a change of the text
 * @at: where
 * @cut: bytes that go
 * @text: what comes instead
 */
struct fm_click_edit {
	size_t at;
	size_t cut;
	char text[FM_CLICK_VALUE + 64];
};

/**
 * struct fm_click_edits - all changes of a text, to be made at once
 */
struct fm_click_edits {
	struct fm_click_edit *v;
	size_t n;
};

bool fm_click_arg_find(const struct fm_click *click,
		       const struct fm_click_site *site, const char *keyword,
		       struct fm_click_span *value);
int fm_click_arg_set(const struct fm_click *click,
		     const struct fm_click_site *site, const char *keyword,
		     const char *value, struct fm_click_edits *edits);
char *fm_click_edits_apply(const struct fm_click *click,
			   struct fm_click_edits *edits, size_t *len);
void fm_click_edits_cleanup(struct fm_click_edits *edits);

#endif
