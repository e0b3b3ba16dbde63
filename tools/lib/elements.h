/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists that parameters of NFs refer to: as a chain file has them, an array or
 * a file of their own, and as the module takes them, in order.
 */
#ifndef FM_TOOLS_ELEMENTS_H
#define FM_TOOLS_ELEMENTS_H

#include "jsonc.h"
#include "prefix.h"

#define FM_ELEMENTS_FILE_MAX	(64U << 20)	/* bytes of a file */

/**
 * struct fm_elements - a list
 * @prefixes: in order, each once
 * @n: how many
 * @id: its number in the module, 0: it is not there
 */
struct fm_elements {
	struct fm_prefix *prefixes;
	size_t n;
	uint32_t id;
};

struct fm_elements *fm_elements_read(struct fm_jsonc *doc, struct json_object *value,
			     const char *what, uint64_t min, uint64_t max);
void fm_elements_destroy(struct fm_elements *list);

#endif
