/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading JSON that nobody vouches for: rules, records, replies.
 *
 * The first error is kept, later ones are not looked for; a reader takes all
 * values it wants and checks the status once at the end.
 */
#ifndef FM_LLM_DOC_H
#define FM_LLM_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <json-c/json.h>

#include "strings.h"

#define FM_DOC_DEPTH_MAX	8	/* values inside values */
#define FM_DOC_WHERE_LEN	96	/* bytes of a place in a document */

/**
 * struct fm_doc - a document that is being read
 * @name: of the file, for sentences
 * @err: FM_ERROR_LEN bytes for the first error, or NULL
 * @status: 0, or the negative errno of the first error
 */
struct fm_doc {
	const char *name;
	char *err;
	int status;
};

struct json_object *fm_doc_parse(struct fm_doc *doc, const char *text,
				 size_t len);
struct json_object *fm_doc_read(struct fm_doc *doc, const char *path,
				size_t max_bytes);
void fm_doc_fail(struct fm_doc *doc, const char *where, const char *key,
		 const char *format, ...)
	__attribute__((format(printf, 4, 5)));
const char *fm_doc_item(char *buf, const char *list, size_t index);

void fm_doc_keys(struct fm_doc *doc, struct json_object *obj,
		 const char *where, const char *const *known);
struct json_object *fm_doc_get(struct fm_doc *doc, struct json_object *obj,
			       const char *where, const char *key,
			       enum json_type type);
size_t fm_doc_list(struct fm_doc *doc, struct json_object *obj,
		   const char *where, const char *key, size_t max,
		   struct json_object **list);
void fm_doc_string(struct fm_doc *doc, struct json_object *obj,
		   const char *where, const char *key, char *buf, size_t size);
void fm_doc_strings(struct fm_doc *doc, struct json_object *obj,
		    const char *where, const char *key, size_t max,
		    size_t max_len, struct fm_strings *list);
uint64_t fm_doc_uint(struct fm_doc *doc, struct json_object *obj,
		     const char *where, const char *key, uint64_t max);
bool fm_doc_bool(struct fm_doc *doc, struct json_object *obj,
		 const char *where, const char *key);
unsigned int fm_doc_choice(struct fm_doc *doc, struct json_object *obj,
			   const char *where, const char *key,
			   const char *const *words);

#endif
