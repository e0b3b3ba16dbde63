/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strict JSON with comments whose values know where they stand in the file.
 *
 * A scanner of our own checks the text and notes the position of every value,
 * json-c makes the tree. Errors, of the syntax and of whoever reads the tree,
 * gather in the document in the order they were found.
 */
#ifndef FM_TOOLS_JSONC_H
#define FM_TOOLS_JSONC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <json-c/json.h>

#define FM_JSONC_SIZE_MAX	(1U << 20)	/* bytes of a file */
#define FM_JSONC_DEPTH_MAX	16		/* values inside values */
#define FM_JSONC_KEYS_MAX	256		/* keys of one object */
#define FM_JSONC_ERRORS_MAX	16		/* errors kept */
#define FM_JSONC_TEXT		320		/* bytes of a sentence */

/* line is 0 if the file as a whole is meant; col counts characters from 1. */
struct fm_jsonc_error {
	unsigned int line;
	unsigned int col;
	char text[FM_JSONC_TEXT];
};

/* Offsets of a value and of its key, in bytes; equal if it has no key. */
struct fm_jsonc_place {
	size_t key;
	size_t value;
};

/**
 * struct fm_jsonc - a parsed document
 * @root: the tree, NULL if the syntax is wrong
 * @name: of the file, for messages
 * @text: the file as it is, with a NUL at its end
 * @len: bytes of @text without the NUL
 * @places: of the values, in the order of the text
 * @nplaces: how many
 * @errors: the first FM_JSONC_ERRORS_MAX
 * @nerrors: how many were found, kept or not
 * @code: 0, or the errno of the first: of open(2), read(2) or EINVAL
 */
struct fm_jsonc {
	struct json_object *root;
	char *name;
	char *text;
	size_t len;
	struct fm_jsonc_place *places;
	size_t nplaces;
	struct fm_jsonc_error errors[FM_JSONC_ERRORS_MAX];
	size_t nerrors;
	int code;
};

struct fm_jsonc *fm_jsonc_parse(const char *name, const char *buf, size_t len);
struct fm_jsonc *fm_jsonc_read(const char *path);
void fm_jsonc_destroy(struct fm_jsonc *doc);
void fm_jsonc_print(const struct fm_jsonc *doc, FILE *out);

void fm_jsonc_error(struct fm_jsonc *doc, struct json_object *value,
		    const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void fm_jsonc_error_key(struct fm_jsonc *doc, struct json_object *value,
			const char *format, ...)
	__attribute__((format(printf, 3, 4)));

bool fm_jsonc_keys(struct fm_jsonc *doc, struct json_object *obj,
		   const char *const *known, const char *const *required);
bool fm_jsonc_is(struct fm_jsonc *doc, struct json_object *value,
		 const char *what, enum json_type type);
struct json_object *fm_jsonc_get(struct fm_jsonc *doc, struct json_object *obj,
				 const char *key, enum json_type type);
bool fm_jsonc_uint(struct fm_jsonc *doc, struct json_object *value,
		   const char *what, uint64_t min, uint64_t max, uint64_t *n);
bool fm_jsonc_get_uint(struct fm_jsonc *doc, struct json_object *obj,
		       const char *key, uint64_t min, uint64_t max,
		       uint64_t *n);
bool fm_jsonc_get_u32(struct fm_jsonc *doc, struct json_object *obj,
		      const char *key, uint32_t min, uint32_t max,
		      uint32_t *n);
bool fm_jsonc_get_bool(struct fm_jsonc *doc, struct json_object *obj,
		       const char *key, bool *b);
bool fm_jsonc_get_name(struct fm_jsonc *doc, struct json_object *obj,
		       const char *key, char *buf, size_t size);
bool fm_jsonc_get_choice(struct fm_jsonc *doc, struct json_object *obj,
			 const char *key, const char *const *words,
			 unsigned int *index);

#endif
