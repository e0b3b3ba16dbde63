/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of the tools' JSON, made by json-c so that they always parse. */
#ifndef FM_TOOLS_JSON_H
#define FM_TOOLS_JSON_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#define FM_JSON_FLAGS	JSON_C_TO_STRING_NOSLASHESCAPE

struct json_object *fm_json_string(const char *s);
struct json_object *fm_json_uint(uint64_t value);
struct json_object *fm_json_hex(const void *data, size_t len);
struct json_object *fm_json_enum(const char *const *names, size_t n,
				 uint32_t value);
struct json_object *fm_json_flags(const char *const *names, size_t n,
				  uint32_t mask);
struct json_object *fm_json_double(double value, int decimals);
struct json_object *fm_json_cost(double cost);
struct json_object *fm_json_pairs(struct json_object *obj);
struct json_object *fm_json_get(struct json_object *obj, const char *path);

#endif
