/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scanner under jsonc: is this text strict JSON, and where is what. */
#ifndef FM_TOOLS_JSONSCAN_H
#define FM_TOOLS_JSONSCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "jsonc.h"

/**
 * struct fm_jsonscan - a scan and its outcome
 * @buf: the text, not necessarily with a NUL at its end
 * @len: its bytes
 * @plain: @len bytes that get the text with blanks instead of comments
 * @pos: offset of the next byte; of the error after a failure
 * @depth: arrays and objects around it
 * @places: of the values found, to be freed by the caller
 * @nplaces: how many
 * @space: room in @places
 * @error: one sentence, empty if the text is right
 */
struct fm_jsonscan {
	const char *buf;
	size_t len;
	char *plain;
	size_t pos;
	unsigned int depth;
	struct fm_jsonc_place *places;
	size_t nplaces;
	size_t space;
	char error[FM_JSONC_TEXT];
};

bool fm_jsonscan_run(struct fm_jsonscan *scan);

#endif
