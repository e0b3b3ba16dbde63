// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "nicrule.h"
#include "share.h"

static const char *const keys[] = {
	"schema_version", "driver", "rss", "fields", "key", "key_len",
	"entries", "init_ones", "symmetric", "rxhash_off_stops", "disruptive",
	"irqs", "notes", NULL
};

static const char *const required[] = { "schema_version", "driver", NULL };

/* "sd", "sdfn": the letters of ethtool(8). */
static bool parse_letters(const char *text, uint32_t *fields)
{
	static const char letters[] = "sdfn";
	const char *p;

	*fields = 0;
	for (; *text; text++) {
		p = strchr(letters, *text);
		if (!p || *fields & (1U << (p - letters)))
			return false;
		*fields |= 1U << (p - letters);
	}
	return *fields;
}

static void parse_set(struct fm_jsonc *doc, struct json_object *value,
		      uint16_t *accepts)
{
	uint32_t fields;

	if (!fm_jsonc_is(doc, value, "a field set", json_type_string))
		return;
	if (!strcmp(json_object_get_string(value), "any"))
		*accepts |= 0xfffe;
	else if (parse_letters(json_object_get_string(value), &fields))
		*accepts |= (uint16_t)(1U << fields);
	else
		fm_jsonc_error(doc, value, "a field set is \"any\" or letters "
			       "of s, d, f and n");
}

static void parse_fields(struct fm_jsonc *doc, struct fm_nicrule *rule)
{
	struct json_object *fields, *list;
	size_t flow, i;

	fields = fm_jsonc_get(doc, doc->root, "fields", json_type_object);
	if (!fields ||
	    !fm_jsonc_keys(doc, fields, fm_ethtool_flow_names, NULL))
		return;
	for (flow = 0; flow < FM_ETHTOOL_FLOWS; flow++) {
		list = fm_jsonc_get(doc, fields, fm_ethtool_flow_names[flow],
				    json_type_array);
		for (i = 0; list && i < json_object_array_length(list); i++)
			parse_set(doc, json_object_array_get_idx(list, i),
				  &rule->accepts[flow]);
	}
}

/* A list of strings into @n rows of @size bytes each; returns rows used. */
static size_t parse_texts(struct fm_jsonc *doc, const char *key, char *rows,
			  size_t size, size_t n)
{
	struct json_object *list, *value;
	size_t i;

	list = fm_jsonc_get(doc, doc->root, key, json_type_array);
	if (!list)
		return 0;
	if (json_object_array_length(list) > n) {
		fm_jsonc_error(doc, list, "%s has more than %zu strings", key,
			       n);
		return 0;
	}
	for (i = 0; i < json_object_array_length(list); i++) {
		value = json_object_array_get_idx(list, i);
		if (!fm_jsonc_is(doc, value, key, json_type_string))
			return i;
		if ((size_t)json_object_get_string_len(value) >= size)
			fm_jsonc_error(doc, value, "longer than %zu bytes",
				       size - 1);
		else
			strcpy(rows + i * size, json_object_get_string(value));
	}
	return i;
}

/**
 * fm_nicrule_parse - read a rule
 * @doc: the file; gets the errors
 * @rule: gets the rule
 *
 * Return: 0 or -EINVAL.
 */
int fm_nicrule_parse(struct fm_jsonc *doc, struct fm_nicrule *rule)
{
	static const char *const access[] = { "none", "ro", "rw", NULL };
	unsigned int key = 0;
	uint32_t version = 1;

	memset(rule, 0, sizeof(*rule));
	rule->rss = true;
	if (doc->nerrors || !fm_jsonc_is(doc, doc->root, "a rule",
					 json_type_object))
		return -EINVAL;
	fm_jsonc_keys(doc, doc->root, keys, required);
	fm_jsonc_get_u32(doc, doc->root, "schema_version", 1, 1, &version);
	fm_jsonc_get_name(doc, doc->root, "driver", rule->driver,
			  sizeof(rule->driver));
	fm_jsonc_get_bool(doc, doc->root, "rss", &rule->rss);
	parse_fields(doc, rule);
	fm_jsonc_get_choice(doc, doc->root, "key", access, &key);
	rule->key_writable = key == 2;
	fm_jsonc_get_u32(doc, doc->root, "key_len", FM_KEY_MIN, FM_KEY_MAX,
			 &rule->key_len);
	fm_jsonc_get_u32(doc, doc->root, "entries", 1, FM_ETHTOOL_INDIR_MAX,
			 &rule->entries);
	fm_jsonc_get_bool(doc, doc->root, "init_ones", &rule->init_ones);
	fm_jsonc_get_bool(doc, doc->root, "symmetric", &rule->symmetric);
	fm_jsonc_get_bool(doc, doc->root, "rxhash_off_stops",
			  &rule->rxhash_off_stops);
	fm_jsonc_get_bool(doc, doc->root, "disruptive", &rule->disruptive);
	rule->nirqs = parse_texts(doc, "irqs", rule->irqs[0], FM_IRQ_PATTERN,
				  FM_IRQ_PATTERNS);
	rule->nnotes = parse_texts(doc, "notes", rule->notes[0],
				   FM_NICRULE_NOTE, FM_NICRULE_NOTES);
	return doc->nerrors ? -EINVAL : 0;
}

static bool plain_name(const char *name)
{
	if (!*name || strlen(name) >= FM_ETHTOOL_TEXT)
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("_-", *name))
			return false;
	return true;
}

/**
 * fm_nicrule_read - find and read the rule of a driver
 * @driver: its name
 * @rule: gets the rule; without a file, that of an unknown driver
 *
 * Return: the document, to be destroyed by the caller, whose nerrors is not 0
 * if the file is wrong; NULL if there is no file for this driver.
 */
struct fm_jsonc *fm_nicrule_read(const char *driver, struct fm_nicrule *rule)
{
	char name[FM_ETHTOOL_TEXT + 32], path[PATH_MAX];
	struct fm_jsonc *doc;

	fm_nicrule_unknown(driver, rule);
	if (!plain_name(driver))
		return NULL;
	snprintf(name, sizeof(name), "rules/nic/%s.json", driver);
	if (!fm_share_find(name, path, sizeof(path)))
		return NULL;
	doc = fm_jsonc_read(path);
	if (doc && fm_nicrule_parse(doc, rule))
		fm_nicrule_unknown(driver, rule);
	return doc;
}

/**
 * fm_nicrule_read_file - read a rule of one's own
 * @path: the file
 * @rule: gets the rule
 *
 * Return: the document, to be destroyed by the caller, whose nerrors is not 0
 * if the file is wrong; NULL without memory.
 */
struct fm_jsonc *fm_nicrule_read_file(const char *path, struct fm_nicrule *rule)
{
	struct fm_jsonc *doc = fm_jsonc_read(path);

	if (doc && fm_nicrule_parse(doc, rule))
		fm_nicrule_unknown("", rule);
	return doc;
}

/**
 * fm_nicrule_unknown - what may be hoped of a driver without a rule
 * @driver: its name
 * @rule: gets the rule: the fields stay as they are, the key may be tried
 */
void fm_nicrule_unknown(const char *driver, struct fm_nicrule *rule)
{
	memset(rule, 0, sizeof(*rule));
	snprintf(rule->driver, sizeof(rule->driver), "%s", driver);
	rule->rss = true;
	rule->key_writable = true;
	strcpy(rule->notes[0], "no rule for this driver: its fields are left "
	       "as they are, setting the key is tried");
	rule->nnotes = 1;
}
