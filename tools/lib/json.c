// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * json-c prints bytes as they come, so that a file name in another encoding
 * would break the document: strings are repaired here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "json.h"

static const char replacement[] = "\xef\xbf\xbd";	/* U+FFFD */

/* Bytes of the UTF-8 character at s, or 0 if there is none (RFC 3629). */
static size_t utf8_len(const unsigned char *s)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t len, i;

	if (*s < 0x80)
		return 1;
	if (*s < 0xc2 || *s > 0xf4)
		return 0;
	len = *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;
	if (*s == 0xe0)
		low = 0xa0;
	else if (*s == 0xed)
		high = 0x9f;
	else if (*s == 0xf0)
		low = 0x90;
	else if (*s == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (i = 2; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

/**
 * fm_json_string() - a string, with U+FFFD for every byte that is not UTF-8
 * @s: bytes ended by NUL
 */
struct json_object *fm_json_string(const char *s)
{
	const unsigned char *in = (const unsigned char *)s;
	struct json_object *obj;
	char *buf = malloc(3 * strlen(s) + 1);
	char *to = buf;
	size_t len;

	if (!buf)
		return NULL;
	while (*in) {
		len = utf8_len(in);
		if (len) {
			memcpy(to, in, len);
			to += len;
			in += len;
		} else {
			memcpy(to, replacement, 3);
			to += 3;
			in++;
		}
	}
	obj = json_object_new_string_len(buf, to - buf);
	free(buf);
	return obj;
}

/**
 * fm_json_uint() - a number
 * @value: all 64 bits are kept
 */
struct json_object *fm_json_uint(uint64_t value)
{
	return json_object_new_uint64(value);
}

/**
 * fm_json_hex() - bytes as lower case hex digits
 * @data: the bytes
 * @len: how many
 */
struct json_object *fm_json_hex(const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *in = data;
	struct json_object *obj;
	char *buf = malloc(2 * len + 1);
	size_t i;

	if (!buf)
		return NULL;
	for (i = 0; i < len; i++) {
		buf[2 * i] = digits[in[i] >> 4];
		buf[2 * i + 1] = digits[in[i] & 15];
	}
	obj = json_object_new_string_len(buf, 2 * len);
	free(buf);
	return obj;
}

/**
 * fm_json_enum() - the name of a value
 * @names: names by value
 * @n: how many
 * @value: one without a name, of a newer kernel, becomes its number
 */
struct json_object *fm_json_enum(const char *const *names, size_t n,
				 uint32_t value)
{
	if (value >= n)
		return fm_json_uint(value);
	return json_object_new_string(names[value]);
}

/**
 * fm_json_flags() - an array with the names of the bits that are set
 * @names: names by bit
 * @n: how many
 * @mask: bits
 */
struct json_object *fm_json_flags(const char *const *names, size_t n,
				  uint32_t mask)
{
	struct json_object *array = json_object_new_array();
	uint32_t bit;

	for (bit = 0; bit < 32; bit++)
		if (mask & (1U << bit))
			json_object_array_add(array,
					      fm_json_enum(names, n, bit));
	return array;
}

/**
 * fm_json_double() - a number that is written with so many decimals
 * @value: it
 * @decimals: how many, 0 to 9
 */
struct json_object *fm_json_double(double value, int decimals)
{
	char text[340];

	snprintf(text, sizeof(text), "%.*f", decimals, value);
	return json_object_new_double_s(value, text);
}

/**
 * fm_json_cost() - a number of the solver's
 * @cost: it
 */
struct json_object *fm_json_cost(double cost)
{
	return fm_json_double(cost, 2);
}

/**
 * fm_json_pairs() - the members of an object as words, for text
 * @obj: the object
 *
 * Return: a string such as "rate=10 burst=5", NULL if there are no members.
 */
struct json_object *fm_json_pairs(struct json_object *obj)
{
	struct json_object *result;
	char *text = NULL;
	size_t len = 0;
	FILE *f;

	if (!obj || !json_object_object_length(obj))
		return NULL;
	f = open_memstream(&text, &len);
	if (!f)
		return NULL;
	json_object_object_foreach(obj, key, value)
		fprintf(f, "%s%s=%s", ftell(f) ? " " : "", key,
			json_object_get_string(value));
	fclose(f);
	result = text ? json_object_new_string(text) : NULL;
	free(text);
	return result;
}

/**
 * fm_json_get() - a value inside of objects inside of an object
 * @obj: where to begin
 * @path: keys separated by dots
 *
 * Return: the value, not referenced; NULL if absent or null.
 */
struct json_object *fm_json_get(struct json_object *obj, const char *path)
{
	char key[128];
	size_t len;

	for (;;) {
		len = strcspn(path, ".");
		if (len >= sizeof(key))
			return NULL;
		memcpy(key, path, len);
		key[len] = 0;
		if (!json_object_is_type(obj, json_type_object) ||
		    !json_object_object_get_ex(obj, key, &obj))
			return NULL;
		if (!path[len])
			return obj;
		path += len + 1;
	}
}
