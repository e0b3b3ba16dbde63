/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists that parameters of NFs refer to: as a chain file has them, an array or
 * a file of their own, and as the module takes them, in order.
 */
#ifndef FM_TOOLS_ELEMENTS_H
#define FM_TOOLS_ELEMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "jsonc.h"
#include "nl_types.h"

#define FM_ELEMENTS_FILE_MAX	(64U << 20)	/* bytes of a file */
#define FM_ELEMENT_MAX		128		/* bytes of an element */
#define FM_ELEMENT_TEXT		256		/* of one as text, with the NUL */

/**
 * struct fm_fault - what is wrong with a text
 * @at: bytes of it before the place
 * @text: goes on a sentence that begins with the text
 */
struct fm_fault {
	size_t at;
	char text[160];
};

/**
 * struct fm_element_kind - what lists of a type are made of
 * @type: enum fm_param_type
 * @name: what they are called
 * @size: bytes of an element, at most FM_ELEMENT_MAX
 * @parse: reads one; false: @fault says why not
 * @format: the text that @parse reads, FM_ELEMENT_TEXT bytes at the most;
 *	NULL: mistakes are told without it
 * @hash: "#" is a byte like others, but at the beginning of a line
 * @as_given: the module has them in the order that the user gave
 * @compare: their order, else; none may be there twice; NULL: they may
 */
struct fm_element_kind {
	uint32_t type;
	const char *name;
	size_t size;
	bool (*parse)(const char *text, void *element, struct fm_fault *fault);
	void (*format)(const void *element, char *text);
	bool hash;
	bool as_given;
	int (*compare)(const void *a, const void *b);
};

/**
 * struct fm_elements - a list
 * @kind: what it is made of
 * @items: @n elements
 * @n: how many
 * @id: its number in the module, 0: it is not there
 */
struct fm_elements {
	const struct fm_element_kind *kind;
	void *items;
	size_t n;
	uint32_t id;
};

extern const struct fm_element_kind fm_prefix_kind;
extern const struct fm_element_kind fm_rule_kind;
extern const struct fm_element_kind fm_pattern_kind;
extern const struct fm_element_kind fm_backend_kind;

const struct fm_element_kind *fm_element_kind(uint32_t type);
__attribute__((format(printf, 3, 4)))
bool fm_fault_set(struct fm_fault *fault, size_t at, const char *format, ...);
struct fm_elements *fm_elements_read(struct fm_jsonc *doc,
				     struct json_object *value,
				     const struct fm_param_info *param);
void fm_elements_destroy(struct fm_elements *list);

#endif
