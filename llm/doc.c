// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading JSON that nobody vouches for. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "error.h"

/**
 * fm_doc_fail - keep an error, if it is the first
 * @doc: the document
 * @where: the object that is wrong, "" for the document itself
 * @key: the key in it that is wrong, or NULL
 * @format: what is wrong with it
 */
void fm_doc_fail(struct fm_doc *doc, const char *where, const char *key,
		 const char *format, ...)
{
	char text[FM_ERROR_LEN / 2];
	va_list args;

	if (doc->status)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	doc->status = fm_sentence_set(doc->err, -EINVAL, "%s: %s%s%s%s%s",
				   doc->name, where, key && *where ? "." : "",
				   key ? key : "", key || *where ? " " : "",
				   text);
}

/**
 * fm_doc_item - name an item of a list
 * @buf: FM_DOC_WHERE_LEN bytes
 * @list: name of the list
 * @index: from 0
 *
 * Return: @buf.
 */
const char *fm_doc_item(char *buf, const char *list, size_t index)
{
	snprintf(buf, FM_DOC_WHERE_LEN, "%s[%zu]", list, index);
	return buf;
}

static unsigned int line_of(const char *text, size_t offset)
{
	unsigned int line = 1;

	for (size_t i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

/**
 * fm_doc_parse - make a tree of a text
 * @doc: the document
 * @text: JSON, nothing before or after one object
 * @len: bytes of @text, at most INT_MAX
 *
 * Return: the tree, to be put by json_object_put(), or NULL and an error.
 */
struct json_object *fm_doc_parse(struct fm_doc *doc, const char *text,
				 size_t len)
{
	struct json_tokener *tok = json_tokener_new_ex(FM_DOC_DEPTH_MAX);
	struct json_object *root;
	size_t end;

	if (!tok) {
		doc->status = fm_sentence_set(doc->err, -ENOMEM,
					   "%s: out of memory", doc->name);
		return NULL;
	}
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT |
			       JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tok, text, len);
	end = json_tokener_get_parse_end(tok);
	if (json_tokener_get_error(tok) == json_tokener_continue)
		fm_doc_fail(doc, "", NULL, "ends too early, in line %u",
			    line_of(text, len));
	else if (!root)
		fm_doc_fail(doc, "", NULL, "line %u is not JSON: %s",
			    line_of(text, end), json_tokener_error_desc(
				    json_tokener_get_error(tok)));
	else if (end < len)
		fm_doc_fail(doc, "", NULL, "has a NUL in line %u",
			    line_of(text, end));
	else if (!json_object_is_type(root, json_type_object))
		fm_doc_fail(doc, "", NULL, "must be a JSON object");
	json_tokener_free(tok);
	if (!doc->status)
		return root;
	json_object_put(root);
	return NULL;
}

/**
 * fm_doc_read - make a tree of a file
 * @doc: the document
 * @path: of the file
 * @max_bytes: longer files are refused
 *
 * Return: as fm_doc_parse().
 */
struct json_object *fm_doc_read(struct fm_doc *doc, const char *path,
				size_t max_bytes)
{
	char *text = malloc(max_bytes + 1);
	FILE *file = fopen(path, "re");
	struct json_object *root = NULL;
	size_t len;

	if (!text || !file) {
		doc->status = fm_sentence_set(doc->err, -errno, "%s: %s",
					   doc->name, strerror(errno));
		goto out;
	}
	len = fread(text, 1, max_bytes + 1, file);
	if (ferror(file))
		doc->status = fm_sentence_set(doc->err, -EIO,
					   "%s: cannot be read", doc->name);
	else if (len > max_bytes)
		fm_doc_fail(doc, "", NULL, "is longer than %zu bytes",
			    max_bytes);
	else
		root = fm_doc_parse(doc, text, len);
out:
	if (file)
		fclose(file);
	free(text);
	return root;
}

static bool is_known(const char *key, const char *const *known)
{
	for (; *known; known++)
		if (!strcmp(*known, key))
			return true;
	return false;
}

/**
 * fm_doc_keys - refuse keys that nobody knows
 * @doc: the document
 * @obj: what should be an object
 * @where: its place
 * @known: the keys, closed by NULL
 */
void fm_doc_keys(struct fm_doc *doc, struct json_object *obj,
		 const char *where, const char *const *known)
{
	if (doc->status)
		return;
	if (!json_object_is_type(obj, json_type_object)) {
		fm_doc_fail(doc, where, NULL, "must be an object");
		return;
	}
	json_object_object_foreach(obj, key, value) {
		(void)value;
		if (!is_known(key, known))
			fm_doc_fail(doc, where, NULL,
				    "has the unknown key '%.64s'", key);
	}
}

/**
 * fm_doc_get - a value that must be there
 * @doc: the document
 * @obj: the object it is in
 * @where: place of the object
 * @key: of the value
 * @type: what it must be
 *
 * Return: the value, or NULL and an error.
 */
struct json_object *fm_doc_get(struct fm_doc *doc, struct json_object *obj,
			       const char *where, const char *key,
			       enum json_type type)
{
	struct json_object *value;

	if (doc->status)
		return NULL;
	if (!json_object_object_get_ex(obj, key, &value)) {
		fm_doc_fail(doc, where, key, "is missing");
		return NULL;
	}
	if (json_object_is_type(value, type))
		return value;
	fm_doc_fail(doc, where, key, "must be of type %s, not %s",
		    json_type_to_name(type),
		    json_type_to_name(json_object_get_type(value)));
	return NULL;
}

/**
 * fm_doc_list - a list that must be there
 * @doc: the document
 * @obj: the object it is in
 * @where: place of the object
 * @key: of the list
 * @max: items it may have
 * @list: the list
 *
 * Return: its length; 0 on error.
 */
size_t fm_doc_list(struct fm_doc *doc, struct json_object *obj,
		   const char *where, const char *key, size_t max,
		   struct json_object **list)
{
	*list = fm_doc_get(doc, obj, where, key, json_type_array);
	if (!*list)
		return 0;
	if (json_object_array_length(*list) <= max)
		return json_object_array_length(*list);
	fm_doc_fail(doc, where, key, "has more than %zu items", max);
	return 0;
}

static bool is_text(struct fm_doc *doc, struct json_object *value,
		    const char *where, const char *key, size_t max_len)
{
	const char *text = json_object_get_string(value);
	size_t len = json_object_get_string_len(value);

	if (strlen(text) != len)
		fm_doc_fail(doc, where, key, "has a NUL in it");
	else if (len > max_len)
		fm_doc_fail(doc, where, key, "is longer than %zu bytes",
			    max_len);
	return !doc->status;
}

/**
 * fm_doc_string - copy a string that must be there
 * @doc: the document
 * @obj: the object it is in
 * @where: place of the object
 * @key: of the string
 * @buf: for the copy; untouched on error
 * @size: bytes of @buf; longer strings are refused
 */
void fm_doc_string(struct fm_doc *doc, struct json_object *obj,
		   const char *where, const char *key, char *buf, size_t size)
{
	struct json_object *value =
		fm_doc_get(doc, obj, where, key, json_type_string);

	if (value && is_text(doc, value, where, key, size - 1))
		strcpy(buf, json_object_get_string(value));
}

/**
 * fm_doc_strings - copy a list of strings; no list is an empty one
 * @doc: the document
 * @obj: the object it is in
 * @where: place of the object
 * @key: of the list
 * @max: items it may have
 * @max_len: bytes that each may have
 * @list: gets the copies; to be cleaned up also on error
 */
void fm_doc_strings(struct fm_doc *doc, struct json_object *obj,
		    const char *where, const char *key, size_t max,
		    size_t max_len, struct fm_strings *list)
{
	struct json_object *array, *value;
	size_t n;

	if (doc->status || !json_object_object_get_ex(obj, key, NULL))
		return;
	n = fm_doc_list(doc, obj, where, key, max, &array);
	for (size_t i = 0; i < n && !doc->status; i++) {
		value = json_object_array_get_idx(array, i);
		if (!json_object_is_type(value, json_type_string))
			fm_doc_fail(doc, where, key,
				    "must be a list of strings");
		else if (is_text(doc, value, where, key, max_len) &&
			 !fm_strings_add(list, json_object_get_string(value)))
			doc->status = fm_sentence_set(doc->err, -ENOMEM,
						   "%s: out of memory",
						   doc->name);
	}
}

/**
 * fm_doc_uint - a number that must be there
 * @doc: the document
 * @obj: the object it is in
 * @where: place of the object
 * @key: of the number
 * @max: largest value
 *
 * Return: the number; 0 on error.
 */
uint64_t fm_doc_uint(struct fm_doc *doc, struct json_object *obj,
		     const char *where, const char *key, uint64_t max)
{
	struct json_object *value =
		fm_doc_get(doc, obj, where, key, json_type_int);

	if (!value)
		return 0;
	if (json_object_get_int64(value) >= 0 &&
	    json_object_get_uint64(value) <= max)
		return json_object_get_uint64(value);
	fm_doc_fail(doc, where, key, "must be between 0 and %llu",
		    (unsigned long long)max);
	return 0;
}

/**
 * fm_doc_bool - true or false, which must be there
 * @doc: the document
 * @obj: the object it is in
 * @where: place of the object
 * @key: of the value
 *
 * Return: the value; false on error.
 */
bool fm_doc_bool(struct fm_doc *doc, struct json_object *obj,
		 const char *where, const char *key)
{
	return json_object_get_boolean(fm_doc_get(doc, obj, where, key,
						  json_type_boolean));
}

/**
 * fm_doc_choice - one word of several, which must be there
 * @doc: the document
 * @obj: the object it is in
 * @where: place of the object
 * @key: of the word
 * @words: the choices, closed by NULL
 *
 * Return: its index in @words; 0 on error.
 */
unsigned int fm_doc_choice(struct fm_doc *doc, struct json_object *obj,
			   const char *where, const char *key,
			   const char *const *words)
{
	struct json_object *value =
		fm_doc_get(doc, obj, where, key, json_type_string);
	char all[128] = "";

	if (!value)
		return 0;
	for (unsigned int i = 0; words[i]; i++) {
		size_t len = strlen(all);

		if (!strcmp(words[i], json_object_get_string(value)))
			return i;
		snprintf(all + len, sizeof(all) - len, "%s%s", i ? ", " : "",
			 words[i]);
	}
	fm_doc_fail(doc, where, key, "is '%.32s', but must be one of: %s",
		    json_object_get_string(value), all);
	return 0;
}
