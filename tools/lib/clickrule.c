// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "clickrule.h"
#include "fieldset.h"
#include "share.h"

#define FILE_NAME	"rules/nf/fastclick.json"
#define SIZE_MAX_BYTES	(1U << 24)

static const char *const keys[] = {
	"schema_version", "framework", "devices", "fields", "key", "sharing",
	"elements", "stateless", NULL
};

static const char *const required[] = {
	"schema_version", "devices", "fields", "key", "sharing", NULL
};

static const char *const element_keys[] = {
	"type", "key", "bidirectional", "intensity", "pointer", "state_size",
	"complexity", "rewrites", NULL
};

static bool take_word(struct fm_jsonc *doc, struct json_object *value,
		      const char *what, char *word)
{
	size_t len;

	if (!fm_jsonc_is(doc, value, what, json_type_string))
		return false;
	len = json_object_get_string_len(value);
	if (!len || len >= FM_CLICKRULE_WORD) {
		fm_jsonc_error(doc, value, "%s has 1 to %d bytes", what,
			       FM_CLICKRULE_WORD - 1);
		return false;
	}
	strcpy(word, json_object_get_string(value));
	return true;
}

static size_t take_words(struct fm_jsonc *doc, const char *key,
			 char (*words)[FM_CLICKRULE_WORD], size_t max)
{
	struct json_object *list = fm_jsonc_get(doc, doc->root, key,
						json_type_array);
	size_t i, n = list ? json_object_array_length(list) : 0;

	if (list && (!n || n > max)) {
		fm_jsonc_error(doc, list, "%s has 1 to %zu names", key, max);
		return 0;
	}
	for (i = 0; i < n; i++)
		if (!take_word(doc, json_object_array_get_idx(list, i), key,
			       words[i]))
			return i;
	return n;
}

static uint32_t take_fields(struct fm_jsonc *doc, struct json_object *obj,
			    const char *key)
{
	struct json_object *list = fm_jsonc_get(doc, obj, key, json_type_array);
	size_t i, n = list ? json_object_array_length(list) : 0;
	uint32_t fields = 0, field;

	for (i = 0; i < n; i++) {
		struct json_object *value = json_object_array_get_idx(list, i);

		if (!fm_jsonc_is(doc, value, key, json_type_string))
			break;
		if (fm_fieldset_parse(json_object_get_string(value), &field))
			fm_jsonc_error(doc, value, "this is no header field");
		else
			fields |= field;
	}
	return fields;
}

static void parse_element(struct fm_jsonc *doc, struct json_object *obj,
			  struct fm_click_feature *f)
{
	static const char *const words[] = {
		"none", "per-flow", "per-packet", NULL
	};
	unsigned int intensity = FM_INTENSITY_NONE;
	struct json_object *type;

	if (!fm_jsonc_is(doc, obj, "an element", json_type_object) ||
	    !fm_jsonc_keys(doc, obj, element_keys, NULL))
		return;
	type = fm_jsonc_get(doc, obj, "type", json_type_string);
	if (!type)
		fm_jsonc_error(doc, obj, "the element has no type");
	else
		take_word(doc, type, "type", f->type);
	f->key = take_fields(doc, obj, "key");
	f->rewrites = take_fields(doc, obj, "rewrites");
	f->stateful = f->key;
	fm_jsonc_get_bool(doc, obj, "bidirectional", &f->bidirectional);
	fm_jsonc_get_choice(doc, obj, "intensity", words, &intensity);
	f->intensity = intensity;
	fm_jsonc_get_bool(doc, obj, "pointer", &f->pointer);
	fm_jsonc_get_u32(doc, obj, "state_size", 0, SIZE_MAX_BYTES,
			 &f->state_size);
	fm_jsonc_get_u32(doc, obj, "complexity", 0, 1000000000,
			 &f->complexity);
}

static int parse_elements(struct fm_jsonc *doc, struct fm_clickrule *rule)
{
	struct json_object *list, *names;
	size_t i, n, m;

	list = fm_jsonc_get(doc, doc->root, "elements", json_type_array);
	names = fm_jsonc_get(doc, doc->root, "stateless", json_type_array);
	n = list ? json_object_array_length(list) : 0;
	m = names ? json_object_array_length(names) : 0;
	if (n > FM_CLICKRULE_ELEMENTS || m > FM_CLICKRULE_ELEMENTS) {
		fm_jsonc_error(doc, n > m ? list : names,
			       "more than %d elements", FM_CLICKRULE_ELEMENTS);
		return 0;
	}
	rule->elements = calloc(n + m + 1, sizeof(*rule->elements));
	if (!rule->elements)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		parse_element(doc, json_object_array_get_idx(list, i),
			      &rule->elements[i]);
	for (i = 0; i < m; i++)
		take_word(doc, json_object_array_get_idx(names, i),
			  "stateless", rule->elements[n + i].type);
	rule->nelements = n + m;
	return 0;
}

/**
 * fm_clickrule_parse - read the rule
 * @doc: the file; gets the errors
 * @rule: gets the rule, to be cleaned up whatever is returned
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int fm_clickrule_parse(struct fm_jsonc *doc, struct fm_clickrule *rule)
{
	struct json_object *value;
	uint32_t version = 1;

	memset(rule, 0, sizeof(*rule));
	if (doc->nerrors ||
	    !fm_jsonc_is(doc, doc->root, "a rule", json_type_object))
		return -EINVAL;
	fm_jsonc_keys(doc, doc->root, keys, required);
	fm_jsonc_get_u32(doc, doc->root, "schema_version", 1, 1, &version);
	rule->ndevices = take_words(doc, "devices", rule->devices,
				    FM_CLICKRULE_DEVICES);
	rule->nfields = take_words(doc, "fields", rule->fields,
				   FM_CLICKRULE_KEYWORDS);
	value = fm_jsonc_get(doc, doc->root, "key", json_type_string);
	if (value)
		take_word(doc, value, "key", rule->key);
	value = fm_jsonc_get(doc, doc->root, "sharing", json_type_string);
	if (value)
		take_word(doc, value, "sharing", rule->sharing);
	if (parse_elements(doc, rule))
		return -ENOMEM;
	return doc->nerrors ? -EINVAL : 0;
}

/**
 * fm_clickrule_read - find and read the rule
 * @rule: gets the rule, to be cleaned up
 *
 * Return: the document, to be destroyed by the caller, whose nerrors is not 0
 * if the file is wrong; NULL if there is none.
 */
struct fm_jsonc *fm_clickrule_read(struct fm_clickrule *rule)
{
	struct fm_jsonc *doc;
	char path[PATH_MAX];

	memset(rule, 0, sizeof(*rule));
	if (!fm_share_find(FILE_NAME, path, sizeof(path)))
		return NULL;
	doc = fm_jsonc_read(path);
	if (doc && fm_clickrule_parse(doc, rule) == -ENOMEM) {
		fm_jsonc_destroy(doc);
		return NULL;
	}
	return doc;
}

/**
 * fm_clickrule_device - are these packets spread by a NIC?
 * @rule: the rule
 * @class: of an element
 */
bool fm_clickrule_device(const struct fm_clickrule *rule, const char *class)
{
	size_t i;

	for (i = 0; i < rule->ndevices; i++)
		if (!strcmp(rule->devices[i], class))
			return true;
	return false;
}

/**
 * fm_clickrule_find - what is known of a class
 * @rule: the rule
 * @class: its name
 *
 * Return: NULL if nothing is known.
 */
const struct fm_click_feature *
fm_clickrule_find(const struct fm_clickrule *rule, const char *class)
{
	size_t i;

	for (i = 0; i < rule->nelements; i++)
		if (!strcmp(rule->elements[i].type, class))
			return &rule->elements[i];
	return NULL;
}

/**
 * fm_clickrule_cleanup - forget a rule
 * @rule: the rule
 */
void fm_clickrule_cleanup(struct fm_clickrule *rule)
{
	free(rule->elements);
}
