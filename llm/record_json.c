// SPDX-License-Identifier: GPL-2.0-or-later
/* Feature records as JSON; Documentation/feature-record.rst is the schema. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "fieldset.h"
#include "record.h"

#define FIELDS		5
#define TEXT_MAX	(FM_RECORD_WHY - 1)

static const char *const statefulness_words[] = {
	"stateless", "stateful", NULL
};

static const char *const intensity_words[] = {
	"none", "per-flow", "per-packet", NULL
};

static const char *const agreement_words[] = {
	"agreed", "static-only", "llm-only", "conflict", NULL
};

static const char *const attribute_words[] = {
	"statefulness", "key", "bidirectional", "intensity", "pointer",
	"state_size", "complexity", NULL
};

/* ---- out */

static void add(struct json_object *obj, const char *key,
		struct json_object *value)
{
	json_object_object_add(obj, key, value);
}

static void add_string(struct json_object *obj, const char *key,
		       const char *text)
{
	add(obj, key, json_object_new_string(text));
}

static void add_uint(struct json_object *obj, const char *key, uint32_t n)
{
	add(obj, key, json_object_new_int64(n));
}

/**
 * fm_record_fill_fields - a field set as a list of names
 * @fields: FM_F_*
 */
struct json_object *fm_record_fill_fields(uint32_t fields)
{
	struct json_object *list = json_object_new_array();

	for (unsigned int i = 0; i < FIELDS; i++)
		if (fields & (1U << i))
			json_object_array_add(list, json_object_new_string(
				fm_fieldset_name(1U << i)));
	return list;
}

static void fill_features(struct json_object *obj,
			  const struct fm_features *f)
{
	add_string(obj, "statefulness", statefulness_words[f->stateful]);
	add(obj, "key", fm_record_fill_fields(f->key));
	add(obj, "bidirectional", json_object_new_boolean(f->bidirectional));
	add_string(obj, "intensity", fm_record_intensity(f->intensity));
	add(obj, "pointer", json_object_new_boolean(f->pointer));
	add_uint(obj, "state_size", f->state_size);
	add_uint(obj, "complexity", f->complexity);
}

static struct json_object *fill_file(const struct fm_record_file *file)
{
	struct json_object *obj = json_object_new_object();

	add_string(obj, "path", file->path);
	add_string(obj, "sha256", file->sha256);
	return obj;
}

static struct json_object *fill_evidence(const struct fm_evidence *e)
{
	struct json_object *obj = json_object_new_object();

	add_string(obj, "attribute", attribute_words[e->attribute]);
	add_string(obj, "file", e->file);
	add_uint(obj, "line", e->line);
	add_string(obj, "why", e->why);
	return obj;
}

static void fill_settings(struct json_object *obj,
			  const struct fm_static_source *s)
{
	struct json_object *list;

	if (!s->nsettings)
		return;
	list = json_object_new_array();
	for (size_t i = 0; i < s->nsettings; i++)
		json_object_array_add(list, fill_file(&s->settings[i]));
	add(obj, "settings", list);
}

static struct json_object *fill_static(const struct fm_static_source *s)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *unparsed = json_object_new_array();

	add_string(obj, "analyzer", s->analyzer);
	add_string(obj, "environment", s->environment);
	add(obj, "rules", fill_file(&s->rules));
	fill_settings(obj, s);
	fill_features(obj, &s->features);
	add(obj, "reads", fm_record_fill_fields(s->reads));
	for (size_t i = 0; i < s->unparsed.n; i++)
		json_object_array_add(unparsed,
				      json_object_new_string(s->unparsed.v[i]));
	add(obj, "unparsed", unparsed);
	return obj;
}

static struct json_object *fill_sources(const struct fm_record *record)
{
	struct json_object *obj = json_object_new_object();

	add(obj, "static", fill_static(&record->by_static));
	add(obj, "llm", fm_record_fill_llm(record));
	return obj;
}

/**
 * fm_record_fill - a record as JSON
 * @record: the record
 *
 * Return: the tree, to be put by json_object_put(), or NULL if memory is short.
 */
struct json_object *fm_record_fill(const struct fm_record *record)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *files = json_object_new_array();
	struct json_object *evidence = json_object_new_array();
	char confidence[16];

	add_uint(obj, "schema_version", FM_RECORD_VERSION);
	add_string(obj, "nf", record->nf);
	add_string(obj, "framework", record->framework);
	for (size_t i = 0; i < record->nfiles; i++)
		json_object_array_add(files, fill_file(&record->files[i]));
	add(obj, "files", files);
	fill_features(obj, &record->features);
	for (size_t i = 0; i < record->nevidence; i++)
		json_object_array_add(evidence,
				      fill_evidence(&record->evidence[i]));
	add(obj, "evidence", evidence);
	add(obj, "sources", fill_sources(record));
	if (record->confirmed.set)
		add(obj, "confirmed", fm_record_fill_confirmation(record));
	add_string(obj, "agreement", agreement_words[record->agreement]);
	snprintf(confidence, sizeof(confidence), "%.2f", record->confidence);
	add(obj, "confidence",
	    json_object_new_double_s(record->confidence, confidence));
	return obj;
}

/* ---- in */

static void parse_name(struct fm_doc *doc, struct json_object *obj,
		       const char *key, char *buf)
{
	fm_doc_string(doc, obj, "", key, buf, FM_RECORD_NAME);
	if (!doc->status && !fm_record_name_valid(buf))
		fm_doc_fail(doc, "", key, "is not a name");
}

/**
 * fm_record_parse_fields - a field set from a list of names
 * @doc: the document
 * @obj: the object
 * @where: its place in the document
 * @key: of the list
 *
 * Return: FM_F_*.
 */
uint32_t fm_record_parse_fields(struct fm_doc *doc, struct json_object *obj,
				const char *where, const char *key)
{
	struct json_object *list, *item;
	uint32_t fields = 0, bit;
	size_t n = fm_doc_list(doc, obj, where, key, FIELDS, &list);

	for (size_t i = 0; i < n; i++) {
		item = json_object_array_get_idx(list, i);
		for (bit = 1; bit & FM_F_ALL; bit <<= 1)
			if (json_object_is_type(item, json_type_string) &&
			    !strcmp(json_object_get_string(item),
				    fm_fieldset_name(bit)))
				break;
		if (!(bit & FM_F_ALL) || (fields & bit))
			fm_doc_fail(doc, where, key,
				    "must be a list of different field names");
		fields |= bit & FM_F_ALL;
	}
	return fields;
}

static void check_features(struct fm_doc *doc, const char *where,
			   const struct fm_features *f)
{
	if (!f->stateful && (f->key || f->bidirectional || f->pointer ||
			     f->intensity != FM_INTENSITY_NONE ||
			     f->state_size))
		fm_doc_fail(doc, where, "statefulness",
			    "is stateless, but other attributes tell of state");
	else if (f->stateful && f->intensity == FM_INTENSITY_NONE)
		fm_doc_fail(doc, where, "intensity",
			    "is none, but statefulness is stateful");
}

static void parse_features(struct fm_doc *doc, struct json_object *obj,
			   const char *where, struct fm_features *f)
{
	f->stateful = fm_doc_choice(doc, obj, where, "statefulness",
				    statefulness_words);
	f->key = fm_record_parse_fields(doc, obj, where, "key");
	f->bidirectional = fm_doc_bool(doc, obj, where, "bidirectional");
	f->intensity = fm_doc_choice(doc, obj, where, "intensity",
				     intensity_words);
	f->pointer = fm_doc_bool(doc, obj, where, "pointer");
	f->state_size = fm_doc_uint(doc, obj, where, "state_size",
				    FM_RECORD_STATE_MAX);
	f->complexity = fm_doc_uint(doc, obj, where, "complexity",
				    FM_RECORD_COMPLEXITY_MAX);
	check_features(doc, where, f);
}

static void parse_file(struct fm_doc *doc, struct json_object *obj,
		       const char *where, struct fm_record_file *file)
{
	static const char *const known[] = { "path", "sha256", NULL };

	fm_doc_keys(doc, obj, where, known);
	fm_doc_string(doc, obj, where, "path", file->path, FM_RECORD_PATH);
	fm_doc_string(doc, obj, where, "sha256", file->sha256,
		      FM_RECORD_SHA256);
	if (!doc->status && (strlen(file->sha256) != FM_RECORD_SHA256 - 1 ||
			     file->sha256[strspn(file->sha256,
						 "0123456789abcdef")]))
		fm_doc_fail(doc, where, "sha256",
			    "must be 64 lower-case hex digits");
}

static void parse_files(struct fm_doc *doc, struct json_object *root,
			struct fm_record *record)
{
	char where[FM_DOC_WHERE_LEN];
	struct json_object *list;
	size_t n = fm_doc_list(doc, root, "", "files", FM_RECORD_FILES, &list);

	for (size_t i = 0; i < n; i++)
		parse_file(doc, json_object_array_get_idx(list, i),
			   fm_doc_item(where, "files", i), &record->files[i]);
	record->nfiles = n;
	if (!doc->status && !n)
		fm_doc_fail(doc, "", "files", "is empty");
}

static void parse_evidence(struct fm_doc *doc, struct json_object *root,
			   struct fm_record *record)
{
	static const char *const known[] = {
		"attribute", "file", "line", "why", NULL
	};
	char where[FM_DOC_WHERE_LEN];
	struct json_object *list, *obj;
	size_t n = fm_doc_list(doc, root, "", "evidence", FM_RECORD_EVIDENCE,
			       &list);

	for (size_t i = 0; i < n; i++) {
		struct fm_evidence *e = &record->evidence[i];

		obj = json_object_array_get_idx(list, i);
		fm_doc_item(where, "evidence", i);
		fm_doc_keys(doc, obj, where, known);
		e->attribute = fm_doc_choice(doc, obj, where, "attribute",
					     attribute_words);
		fm_doc_string(doc, obj, where, "file", e->file,
			      sizeof(e->file));
		e->line = fm_doc_uint(doc, obj, where, "line",
				      FM_RECORD_LINE_MAX);
		fm_doc_string(doc, obj, where, "why", e->why, sizeof(e->why));
	}
	record->nevidence = n;
}

static void parse_settings(struct fm_doc *doc, struct json_object *obj,
			   struct fm_static_source *s)
{
	char where[FM_DOC_WHERE_LEN];
	struct json_object *list;
	size_t n;

	if (doc->status || !json_object_object_get_ex(obj, "settings", NULL))
		return;
	n = fm_doc_list(doc, obj, "sources.static", "settings",
			FM_RECORD_SETTINGS, &list);
	for (size_t i = 0; i < n; i++)
		parse_file(doc, json_object_array_get_idx(list, i),
			   fm_doc_item(where, "settings", i), &s->settings[i]);
	s->nsettings = n;
}

static void parse_static(struct fm_doc *doc, struct json_object *obj,
			 struct fm_static_source *s)
{
	static const char *const known[] = {
		"analyzer", "environment", "rules", "settings", "statefulness",
		"key", "bidirectional", "intensity", "pointer", "state_size",
		"complexity", "reads", "unparsed", NULL
	};
	static const char where[] = "sources.static";

	fm_doc_keys(doc, obj, where, known);
	fm_doc_string(doc, obj, where, "analyzer", s->analyzer,
		      sizeof(s->analyzer));
	fm_doc_string(doc, obj, where, "environment", s->environment,
		      sizeof(s->environment));
	parse_file(doc, fm_doc_get(doc, obj, where, "rules", json_type_object),
		   "sources.static.rules", &s->rules);
	parse_settings(doc, obj, s);
	parse_features(doc, obj, where, &s->features);
	s->reads = fm_record_parse_fields(doc, obj, where, "reads");
	fm_doc_strings(doc, obj, where, "unparsed", FM_RECORD_UNPARSED,
		       TEXT_MAX, &s->unparsed);
}

static void parse_sources(struct fm_doc *doc, struct json_object *root,
			  struct fm_record *record)
{
	static const char *const known[] = { "static", "llm", NULL };
	struct json_object *obj;

	obj = fm_doc_get(doc, root, "", "sources", json_type_object);
	if (!obj)
		return;
	fm_doc_keys(doc, obj, "sources", known);
	parse_static(doc, fm_doc_get(doc, obj, "sources", "static",
				     json_type_object), &record->by_static);
	fm_record_parse_llm(doc, obj, record);
}

static void parse_confidence(struct fm_doc *doc, struct json_object *root,
			     struct fm_record *record)
{
	struct json_object *value;

	value = fm_doc_get(doc, root, "", "confidence", json_type_double);
	record->confidence = json_object_get_double(value);
	if (value && !(record->confidence >= 0 && record->confidence <= 1))
		fm_doc_fail(doc, "", "confidence", "must be from 0.0 to 1.0");
}

static void parse_record(struct fm_doc *doc, struct json_object *root,
			 struct fm_record *record)
{
	static const char *const known[] = {
		"schema_version", "nf", "framework", "files", "statefulness",
		"key", "bidirectional", "intensity", "pointer", "state_size",
		"complexity", "evidence", "sources", "confirmed", "agreement",
		"confidence", NULL
	};

	fm_doc_keys(doc, root, "", known);
	if (fm_doc_uint(doc, root, "", "schema_version", UINT32_MAX) !=
	    FM_RECORD_VERSION)
		fm_doc_fail(doc, "", "schema_version", "must be %d",
			    FM_RECORD_VERSION);
	parse_name(doc, root, "nf", record->nf);
	parse_name(doc, root, "framework", record->framework);
	parse_files(doc, root, record);
	parse_features(doc, root, "", &record->features);
	parse_evidence(doc, root, record);
	parse_sources(doc, root, record);
	fm_record_parse_confirmation(doc, root, record);
	record->agreement = fm_doc_choice(doc, root, "", "agreement",
					  agreement_words);
	parse_confidence(doc, root, record);
}

static int parse_tree(struct fm_doc *doc, struct json_object *root,
		      struct fm_record **out)
{
	struct fm_record *record;

	if (!root)
		return doc->status;
	record = fm_record_create();
	if (record)
		parse_record(doc, root, record);
	else
		doc->status = fm_sentence_set(doc->err, -ENOMEM,
					   "%s: out of memory", doc->name);
	json_object_put(root);
	if (!doc->status)
		*out = record;
	else
		fm_record_destroy(record);
	return doc->status;
}

/**
 * fm_record_parse - a record from JSON that nobody vouches for
 * @name: what to call the text in sentences
 * @text: the JSON
 * @len: bytes of it
 * @record: the record, to be destroyed; untouched on error
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, -EINVAL if anything differs from the schema, -ENOMEM.
 */
int fm_record_parse(const char *name, const char *text, size_t len,
		    struct fm_record **record, char *err)
{
	struct fm_doc doc = { .name = name, .err = err };

	if (len > FM_RECORD_SIZE_MAX)
		return fm_sentence_set(err, -EINVAL, "%s: is longer than %u bytes",
				    name, FM_RECORD_SIZE_MAX);
	return parse_tree(&doc, fm_doc_parse(&doc, text, len), record);
}

/**
 * fm_record_read - a record from a file
 * @path: of the file
 * @record: as fm_record_parse()
 * @err: as fm_record_parse()
 *
 * Return: as fm_record_parse(), or the negative errno of open(2) or read(2).
 */
int fm_record_read(const char *path, struct fm_record **record, char *err)
{
	struct fm_doc doc = { .name = path, .err = err };

	return parse_tree(&doc, fm_doc_read(&doc, path, FM_RECORD_SIZE_MAX),
			  record);
}
