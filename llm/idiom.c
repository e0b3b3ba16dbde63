// SPDX-License-Identifier: GPL-2.0-or-later
/* Idioms of a framework: reading them and looking them up. */
#define _GNU_SOURCE
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "fieldset.h"
#include "idiom.h"
#include "rules.h"

static const char *const roles[] = {
	"plain", "lookup", "insert", "update", "delete", "alloc", "element",
	"iterate", "write", "copy", "fields", "apply", NULL
};

static const char *const founds[] = {
	"pointer", "zero", "index", "true", "end", "always", NULL
};

/* ---- members that need not be there */

static bool has(struct json_object *obj, const char *key)
{
	return json_object_object_get_ex(obj, key, NULL);
}

static void opt_string(struct fm_doc *doc, struct json_object *obj,
		       const char *where, const char *key, char *buf)
{
	if (!doc->status && has(obj, key))
		fm_doc_string(doc, obj, where, key, buf, FM_IDIOM_PATTERN);
}

static bool opt_bool(struct fm_doc *doc, struct json_object *obj,
		     const char *where, const char *key)
{
	return !doc->status && has(obj, key) &&
	       fm_doc_bool(doc, obj, where, key);
}

static int opt_index(struct fm_doc *doc, struct json_object *obj,
		     const char *where, const char *key)
{
	if (doc->status || !has(obj, key))
		return FM_IDIOM_NOWHERE;
	return fm_doc_uint(doc, obj, where, key, 15);
}

static unsigned int opt_choice(struct fm_doc *doc, struct json_object *obj,
			       const char *where, const char *key,
			       const char *const *words)
{
	if (doc->status || !has(obj, key))
		return 0;
	return fm_doc_choice(doc, obj, where, key, words);
}

static void opt_strings(struct fm_doc *doc, struct json_object *obj,
			const char *key, struct fm_strings *list)
{
	if (!doc->status && has(obj, key))
		fm_doc_strings(doc, obj, "idiom", key, FM_IDIOM_STRINGS,
			       FM_RULES_STRING, list);
}

static uint32_t opt_fields(struct fm_doc *doc, struct json_object *obj,
			   const char *where)
{
	struct fm_strings names = { 0 };
	uint32_t fields = 0, one;

	if (doc->status || !has(obj, "fields"))
		return 0;
	fm_doc_strings(doc, obj, where, "fields", 5, FM_RECORD_NAME, &names);
	for (size_t i = 0; i < names.n; i++) {
		if (fm_fieldset_parse(names.v[i], &one) || !one)
			fm_doc_fail(doc, where, "fields",
				    "has '%s', which is no header field",
				    names.v[i]);
		else
			fields |= one;
	}
	fm_strings_cleanup(&names);
	return fields;
}

/* ---- lists of objects */

static void parse_entry(struct fm_doc *doc, struct json_object *obj,
			const char *where, struct fm_idiom_entry *e)
{
	static const char *const known[] = {
		"function", "class", "prefix", "hook", "member", "section",
		"calls", "unless", "state", "creates", "fields", "bidirectional", NULL
	};

	fm_doc_keys(doc, obj, where, known);
	opt_string(doc, obj, where, "function", e->function);
	opt_string(doc, obj, where, "class", e->owner);
	opt_string(doc, obj, where, "prefix", e->prefix);
	opt_string(doc, obj, where, "hook", e->hook);
	opt_string(doc, obj, where, "member", e->member);
	opt_string(doc, obj, where, "section", e->section);
	opt_string(doc, obj, where, "calls", e->calls);
	opt_string(doc, obj, where, "unless", e->unless);
	e->state = opt_index(doc, obj, where, "state");
	e->creates = opt_bool(doc, obj, where, "creates");
	e->fields = opt_fields(doc, obj, where);
	e->bidirectional = opt_bool(doc, obj, where, "bidirectional");
	if (!doc->status && !*e->function && !*e->prefix && !*e->hook &&
	    !*e->section && !*e->calls)
		fm_doc_fail(doc, where, NULL,
			    "needs function, prefix, hook, section or calls");
}

static void parse_base(struct fm_doc *doc, struct json_object *obj,
		       const char *where, struct fm_idiom_base *b)
{
	static const char *const known[] = {
		"class", "state", "key_function", "fields", "bidirectional",
		NULL
	};

	fm_doc_keys(doc, obj, where, known);
	fm_doc_string(doc, obj, where, "class", b->name, sizeof(b->name));
	b->state = opt_index(doc, obj, where, "state");
	opt_string(doc, obj, where, "key_function", b->key_function);
	b->fields = opt_fields(doc, obj, where);
	b->bidirectional = opt_bool(doc, obj, where, "bidirectional");
}

static void parse_field(struct fm_doc *doc, struct json_object *obj,
			const char *where, struct fm_idiom_field *f)
{
	static const char *const known[] = { "type", "member", "fields", NULL };

	fm_doc_keys(doc, obj, where, known);
	fm_doc_string(doc, obj, where, "type", f->type, sizeof(f->type));
	fm_doc_string(doc, obj, where, "member", f->member, sizeof(f->member));
	f->fields = opt_fields(doc, obj, where);
}

static void parse_call(struct fm_doc *doc, struct json_object *obj,
		       const char *where, struct fm_idiom_call *c)
{
	static const char *const known[] = {
		"name", "on", "role", "table", "key", "out", "value", "found",
		"fields", "bidirectional", "keeps", "state", "creates",
		"weight", NULL
	};

	fm_doc_keys(doc, obj, where, known);
	fm_doc_string(doc, obj, where, "name", c->name, sizeof(c->name));
	opt_string(doc, obj, where, "on", c->on);
	c->role = opt_choice(doc, obj, where, "role", roles);
	c->table = opt_index(doc, obj, where, "table");
	c->key = opt_index(doc, obj, where, "key");
	c->out = opt_index(doc, obj, where, "out");
	c->value = opt_index(doc, obj, where, "value");
	c->found = opt_choice(doc, obj, where, "found", founds);
	c->fields = opt_fields(doc, obj, where);
	c->bidirectional = opt_bool(doc, obj, where, "bidirectional");
	c->keeps = opt_bool(doc, obj, where, "keeps");
	opt_string(doc, obj, where, "state", c->state);
	opt_string(doc, obj, where, "creates", c->creates);
	c->weight = !doc->status && has(obj, "weight") ?
		fm_doc_uint(doc, obj, where, "weight", FM_RULES_WEIGHT_MAX) : 5;
}

static void parse_type(struct fm_doc *doc, struct json_object *obj,
		       const char *where, struct fm_idiom_type *t)
{
	static const char *const known[] = { "name", "size", "pointer", NULL };

	fm_doc_keys(doc, obj, where, known);
	fm_doc_string(doc, obj, where, "name", t->name, sizeof(t->name));
	t->size = fm_doc_uint(doc, obj, where, "size", FM_RECORD_STATE_MAX);
	t->pointer = opt_bool(doc, obj, where, "pointer");
}

static void parse_offset(struct fm_doc *doc, struct json_object *obj,
			 const char *where, struct fm_idiom_offset *o)
{
	static const char *const known[] = { "at", "size", "fields", NULL };

	fm_doc_keys(doc, obj, where, known);
	o->at = fm_doc_uint(doc, obj, where, "at", UINT16_MAX);
	o->size = fm_doc_uint(doc, obj, where, "size", 16);
	o->fields = opt_fields(doc, obj, where);
}

#define PARSE_LIST(doc, obj, idiom, list, max, parse)			\
do {									\
	char where_[FM_DOC_WHERE_LEN];					\
	struct json_object *list_;					\
	size_t n_ = !(doc)->status && has(obj, #list) ?			\
		fm_doc_list(doc, obj, "idiom", #list, max, &list_) : 0;	\
									\
	(idiom)->n##list = n_;						\
	for (size_t i_ = 0; i_ < n_; i_++)				\
		parse(doc, json_object_array_get_idx(list_, i_),	\
		      fm_doc_item(where_, "idiom." #list, i_),		\
		      &(idiom)->list[i_]);				\
} while (0)

static void parse_build(struct fm_doc *doc, struct json_object *idiom,
			struct fm_idiom_build *b)
{
	static const char *const known[] = {
		"commands", "config", "names", "apart", NULL
	};
	static const char where[] = "idiom.build";
	struct json_object *obj;

	if (doc->status || !has(idiom, "build"))
		return;
	obj = fm_doc_get(doc, idiom, "idiom", "build", json_type_object);
	fm_doc_keys(doc, obj, where, known);
	fm_doc_strings(doc, obj, where, "commands", FM_IDIOM_STRINGS,
		       FM_RULES_STRING, &b->commands);
	opt_string(doc, obj, where, "config", b->config);
	opt_string(doc, obj, where, "apart", b->apart);
	if (!doc->status && has(obj, "names"))
		fm_doc_strings(doc, obj, where, "names", FM_IDIOM_STRINGS,
			       FM_RULES_STRING, &b->names);
}

/**
 * fm_idiom_parse - read the member "idiom" of rules
 * @doc: the rules
 * @obj: the member
 * @idiom: gets it, zeroed
 */
void fm_idiom_parse(struct fm_doc *doc, struct json_object *obj,
		    struct fm_idiom *idiom)
{
	static const char *const known[] = {
		"suffixes", "texts", "folders", "skip", "follow", "ignore",
		"undefined", "packets", "plain_tables", "hidden", "readers",
		"entries", "bases", "fields", "calls", "types", "build",
		"offset_strings", "offsets", NULL
	};

	fm_doc_keys(doc, obj, "idiom", known);
	opt_strings(doc, obj, "suffixes", &idiom->suffixes);
	opt_strings(doc, obj, "texts", &idiom->texts);
	opt_strings(doc, obj, "folders", &idiom->folders);
	opt_strings(doc, obj, "skip", &idiom->skip);
	opt_strings(doc, obj, "follow", &idiom->follow);
	opt_strings(doc, obj, "ignore", &idiom->ignore);
	opt_strings(doc, obj, "undefined", &idiom->undefined);
	opt_strings(doc, obj, "packets", &idiom->packets);
	opt_strings(doc, obj, "plain_tables", &idiom->plain_tables);
	opt_strings(doc, obj, "hidden", &idiom->hidden);
	opt_strings(doc, obj, "readers", &idiom->readers);
	parse_build(doc, obj, &idiom->build);
	PARSE_LIST(doc, obj, idiom, entries, FM_IDIOM_ENTRIES, parse_entry);
	PARSE_LIST(doc, obj, idiom, bases, FM_IDIOM_BASES, parse_base);
	PARSE_LIST(doc, obj, idiom, fields, FM_IDIOM_FIELDS, parse_field);
	PARSE_LIST(doc, obj, idiom, calls, FM_IDIOM_CALLS, parse_call);
	PARSE_LIST(doc, obj, idiom, types, FM_IDIOM_TYPES, parse_type);
	opt_string(doc, obj, "idiom", "offset_strings",
		   idiom->offset_strings);
	PARSE_LIST(doc, obj, idiom, offsets, FM_IDIOM_OFFSETS, parse_offset);
}

/**
 * fm_idiom_destroy - free idioms
 * @idiom: the idioms, or NULL
 */
void fm_idiom_destroy(struct fm_idiom *idiom)
{
	if (!idiom)
		return;
	fm_strings_cleanup(&idiom->suffixes);
	fm_strings_cleanup(&idiom->texts);
	fm_strings_cleanup(&idiom->folders);
	fm_strings_cleanup(&idiom->skip);
	fm_strings_cleanup(&idiom->follow);
	fm_strings_cleanup(&idiom->ignore);
	fm_strings_cleanup(&idiom->undefined);
	fm_strings_cleanup(&idiom->packets);
	fm_strings_cleanup(&idiom->plain_tables);
	fm_strings_cleanup(&idiom->hidden);
	fm_strings_cleanup(&idiom->readers);
	fm_strings_cleanup(&idiom->build.commands);
	fm_strings_cleanup(&idiom->build.names);
	free(idiom);
}

/* ---- looking up */

/* fnmatch(3), for what cannot be told without it */
static bool matches(const char *pattern, const char *text)
{
	if (!strpbrk(pattern, "*?[@!+\\"))
		return !strcmp(pattern, text);
	if (!strchr("*?[@!+\\", *pattern) && pattern[1] != '(' &&
	    *pattern != *text)
		return false;
	return !fnmatch(pattern, text, FM_IDIOM_MATCH);
}

/**
 * fm_idiom_lists - is a text one of a list of patterns?
 * @patterns: the list
 * @text: the text
 */
bool fm_idiom_lists(const struct fm_strings *patterns, const char *text)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (matches(patterns->v[i], text))
			return true;
	return false;
}

/**
 * fm_idiom_call - what a function, macro or method does
 * @idiom: the idioms
 * @on: type whose method it is, "" if that is not known, NULL for a function
 * @name: its name
 *
 * Return: the first rule that fits, or NULL.
 */
const struct fm_idiom_call *fm_idiom_call(const struct fm_idiom *idiom,
					  const char *on, const char *name)
{
	for (size_t i = 0; i < idiom->ncalls; i++) {
		const struct fm_idiom_call *c = &idiom->calls[i];

		if (!!*c->on != !!on || !matches(c->name, name))
			continue;
		if (!on || matches(c->on, on))
			return c;
	}
	return NULL;
}

/**
 * fm_idiom_field - which header fields is a member?
 * @idiom: the idioms
 * @type: of the object, NULL if it is not known
 * @member: name of the member
 *
 * Return: FM_F_*, or 0.
 */
uint32_t fm_idiom_field(const struct fm_idiom *idiom, const char *type,
			const char *member)
{
	for (size_t i = 0; i < idiom->nfields; i++) {
		const struct fm_idiom_field *f = &idiom->fields[i];

		if (matches(f->member, member) &&
		    (type ? matches(f->type, type) :
			    !strcmp(f->type, "*")))
			return f->fields;
	}
	return 0;
}

/**
 * fm_idiom_base - what a base class does for those below it
 * @idiom: the idioms
 * @name: of the class, may be NULL
 *
 * Return: the rule, or NULL.
 */
const struct fm_idiom_base *fm_idiom_base(const struct fm_idiom *idiom,
					  const char *name)
{
	for (size_t i = 0; name && i < idiom->nbases; i++)
		if (!strcmp(idiom->bases[i].name, name))
			return &idiom->bases[i];
	return NULL;
}

/**
 * fm_idiom_type - what is known of a type without its source
 * @idiom: the idioms
 * @name: of the type, may be NULL
 *
 * Return: the rule, or NULL.
 */
const struct fm_idiom_type *fm_idiom_type(const struct fm_idiom *idiom,
					  const char *name)
{
	for (size_t i = 0; name && i < idiom->ntypes; i++)
		if (matches(idiom->types[i].name, name))
			return &idiom->types[i];
	return NULL;
}
