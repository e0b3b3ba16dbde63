/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists that parameters of NFs refer to: as a chain file has them, an array or
 * a file of their own, and as the module takes them.
 */
#ifndef FM_TOOLS_ELEMENTS_H
#define FM_TOOLS_ELEMENTS_H

#include "jsonc.h"
#include "nl_types.h"
#include "prefix.h"
#include "rule.h"

#define FM_ELEMENTS_FILE_MAX	(64U << 20)	/* bytes of a file */

/**
 * struct fm_elements - a list
 * @type: what it is a list of
 * @data: the elements
 * @prefixes: in order, each once
 * @rules: in the order that was given
 * @n: how many
 * @id: its number in the module, 0: it is not there
 */
struct fm_elements {
	enum fm_param_type type;
	union {
		void *data;
		struct fm_prefix *prefixes;
		struct fm_rule *rules;
	};
	size_t n;
	uint32_t id;
};

size_t fm_elements_size(enum fm_param_type type);
struct fm_elements *fm_elements_read(struct fm_jsonc *doc,
				     struct json_object *value,
				     const struct fm_param_info *param);
void fm_elements_destroy(struct fm_elements *list);

#endif
