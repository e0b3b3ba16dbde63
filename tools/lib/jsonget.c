// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading a document's tree: every value checked, every complaint placed. */
#include <inttypes.h>
#include <string.h>

#include "jsonc.h"
#include "nearest.h"

static const char *type_name(enum json_type type)
{
	switch (type) {
	case json_type_boolean:
		return "true or false";
	case json_type_int:
		return "a whole number";
	case json_type_double:
		return "a fraction";
	case json_type_object:
		return "an object {...}";
	case json_type_array:
		return "a list [...]";
	case json_type_string:
		return "a string";
	default:
		return "a value";
	}
}

static bool contains(const char *const *words, const char *word)
{
	for (; *words; words++)
		if (!strcmp(*words, word))
			return true;
	return false;
}

static void unknown_key(struct fm_jsonc *doc, struct json_object *value,
			const char *key, const char *const *known)
{
	const char *near = fm_nearest_find_list(key, known);

	if (near)
		fm_jsonc_error_key(doc, value, "unknown key \"%.64s\"; "
				   "did you mean \"%s\"?", key, near);
	else
		fm_jsonc_error_key(doc, value, "unknown key \"%.64s\"", key);
}

/**
 * fm_jsonc_is - check the type of a value
 * @doc: its document
 * @value: the value
 * @what: what a complaint calls it
 * @type: what it must be
 *
 * Return: true if it is.
 */
bool fm_jsonc_is(struct fm_jsonc *doc, struct json_object *value,
		 const char *what, enum json_type type)
{
	if (json_object_is_type(value, type))
		return true;
	fm_jsonc_error(doc, value, "%s must be %s, not %s", what,
		       type_name(type), type_name(json_object_get_type(value)));
	return false;
}

/**
 * fm_jsonc_keys - check that a value is an object, and which keys it has
 * @doc: its document
 * @obj: the value
 * @known: all keys it may have, NULL after the last
 * @required: those it must have, NULL after the last, or NULL
 *
 * Return: true if there was nothing to complain about.
 */
bool fm_jsonc_keys(struct fm_jsonc *doc, struct json_object *obj,
		   const char *const *known, const char *const *required)
{
	size_t before = doc->nerrors;

	if (!fm_jsonc_is(doc, obj, "this", json_type_object))
		return false;
	json_object_object_foreach(obj, key, value)
		if (!contains(known, key))
			unknown_key(doc, value, key, known);
	for (; required && *required; required++)
		if (!json_object_object_get_ex(obj, *required, NULL))
			fm_jsonc_error(doc, obj, "key \"%s\" is missing",
				       *required);
	return doc->nerrors == before;
}

/**
 * fm_jsonc_get - a member of an object
 * @doc: its document
 * @obj: the object
 * @key: of the member
 * @type: what it must be
 *
 * Return: the member; NULL if there is none or it is of another type, which is
 * an error.
 */
struct json_object *fm_jsonc_get(struct fm_jsonc *doc, struct json_object *obj,
				 const char *key, enum json_type type)
{
	struct json_object *value;

	if (!json_object_object_get_ex(obj, key, &value))
		return NULL;
	return fm_jsonc_is(doc, value, key, type) ? value : NULL;
}

/**
 * fm_jsonc_uint - read a number
 * @doc: its document
 * @value: the value
 * @what: what a complaint calls it
 * @min: smallest number allowed
 * @max: largest number allowed
 * @n: gets the number
 *
 * Return: true if it is a number in the range.
 */
bool fm_jsonc_uint(struct fm_jsonc *doc, struct json_object *value,
		   const char *what, uint64_t min, uint64_t max, uint64_t *n)
{
	uint64_t got;

	if (!fm_jsonc_is(doc, value, what, json_type_int))
		return false;
	got = json_object_get_uint64(value);
	if (json_object_get_int64(value) < 0 || got < min || got > max) {
		fm_jsonc_error(doc, value, "%s must be from %" PRIu64
			       " to %" PRIu64 ", not %s", what, min, max,
			       json_object_get_string(value));
		return false;
	}
	*n = got;
	return true;
}

/**
 * fm_jsonc_get_uint - read a number of an object
 * @doc: its document
 * @obj: the object
 * @key: of the member
 * @min: smallest number allowed
 * @max: largest number allowed
 * @n: gets the number; stays as it is if there is none
 *
 * Return: false on an error; a missing member is none.
 */
bool fm_jsonc_get_uint(struct fm_jsonc *doc, struct json_object *obj,
		       const char *key, uint64_t min, uint64_t max, uint64_t *n)
{
	struct json_object *value;

	if (!json_object_object_get_ex(obj, key, &value))
		return true;
	return fm_jsonc_uint(doc, value, key, min, max, n);
}

/**
 * fm_jsonc_get_u32 - fm_jsonc_get_uint() into 32 bits
 * @doc: its document
 * @obj: the object
 * @key: of the member
 * @min: smallest number allowed
 * @max: largest number allowed
 * @n: gets the number; stays as it is if there is none
 *
 * Return: false on an error.
 */
bool fm_jsonc_get_u32(struct fm_jsonc *doc, struct json_object *obj,
		      const char *key, uint32_t min, uint32_t max, uint32_t *n)
{
	uint64_t wide = *n;

	if (!fm_jsonc_get_uint(doc, obj, key, min, max, &wide))
		return false;
	*n = (uint32_t)wide;
	return true;
}

/**
 * fm_jsonc_get_bool - read true or false of an object
 * @doc: its document
 * @obj: the object
 * @key: of the member
 * @b: gets the value; stays as it is if there is none
 *
 * Return: false on an error.
 */
bool fm_jsonc_get_bool(struct fm_jsonc *doc, struct json_object *obj,
		       const char *key, bool *b)
{
	struct json_object *value;

	if (!json_object_object_get_ex(obj, key, &value))
		return true;
	if (!fm_jsonc_is(doc, value, key, json_type_boolean))
		return false;
	*b = json_object_get_boolean(value);
	return true;
}

/**
 * fm_jsonc_get_name - read a string of an object
 * @doc: its document
 * @obj: the object
 * @key: of the member
 * @buf: gets the string; stays as it is if there is none
 * @size: of @buf in bytes; the string must fit with its NUL
 *
 * Return: false on an error, also if the string is empty.
 */
bool fm_jsonc_get_name(struct fm_jsonc *doc, struct json_object *obj,
		       const char *key, char *buf, size_t size)
{
	struct json_object *value;
	int len;

	if (!json_object_object_get_ex(obj, key, &value))
		return true;
	if (!fm_jsonc_is(doc, value, key, json_type_string))
		return false;
	len = json_object_get_string_len(value);
	if (!len || (size_t)len >= size) {
		fm_jsonc_error(doc, value, "%s must have 1 to %zu bytes, not %d",
			       key, size - 1, len);
		return false;
	}
	memcpy(buf, json_object_get_string(value), len + 1);
	return true;
}

static void join(const char *const *words, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (; *words && n < size; words++)
		n += snprintf(buf + n, size - n, "%s%s", n ? ", " : "", *words);
}

/**
 * fm_jsonc_get_choice - read one word of several
 * @doc: its document
 * @obj: the object
 * @key: of the member
 * @words: the words, NULL after the last
 * @index: gets the word's index; stays as it is if there is no member
 *
 * Return: false on an error.
 */
bool fm_jsonc_get_choice(struct fm_jsonc *doc, struct json_object *obj,
			 const char *key, const char *const *words,
			 unsigned int *index)
{
	struct json_object *value;
	char list[128];
	const char *word;
	unsigned int i;

	if (!json_object_object_get_ex(obj, key, &value))
		return true;
	if (!fm_jsonc_is(doc, value, key, json_type_string))
		return false;
	word = json_object_get_string(value);
	for (i = 0; words[i]; i++)
		if (!strcmp(words[i], word)) {
			*index = i;
			return true;
		}
	join(words, list, sizeof(list));
	fm_jsonc_error(doc, value, "%s must be one of %s, not \"%.64s\"", key,
		       list, word);
	return false;
}
