// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules of a framework: loading and looking up. */
#define _GNU_SOURCE
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "doc.h"
#include "fieldset.h"
#include "rules.h"

static const char *const roles[] = {
	"plain", "lookup", "insert", "delete", "alloc", "copy", "update", NULL
};

/* A list of strings that must be there. */
static void parse_strings(struct fm_doc *doc, struct json_object *obj,
			  const char *where, const char *key,
			  struct fm_strings *list)
{
	fm_doc_get(doc, obj, where, key, json_type_array);
	fm_doc_strings(doc, obj, where, key, FM_RULES_STRINGS, FM_RULES_STRING,
		       list);
}

static char *join_lines(const struct fm_strings *lines)
{
	size_t len = 1;
	char *text, *end;

	for (size_t i = 0; i < lines->n; i++)
		len += strlen(lines->v[i]) + 1;
	text = malloc(len);
	if (!text)
		return NULL;
	*text = '\0';
	end = text;
	for (size_t i = 0; i < lines->n; i++) {
		end = stpcpy(end, lines->v[i]);
		end = stpcpy(end, "\n");
	}
	return text;
}

static void parse_prelude(struct fm_doc *doc, struct json_object *obj,
			  const char *where, struct fm_rules_env *env)
{
	struct fm_strings lines = { 0 };

	if (doc->status || !json_object_object_get_ex(obj, "prelude", NULL))
		return;
	fm_doc_strings(doc, obj, where, "prelude", FM_RULES_STRINGS,
		       FM_RULES_STRING, &lines);
	if (!doc->status) {
		env->prelude = join_lines(&lines);
		if (!env->prelude)
			doc->status = fm_sentence_set(doc->err, -ENOMEM,
						   "%s: out of memory",
						   doc->name);
	}
	fm_strings_cleanup(&lines);
}

static void parse_envs(struct fm_doc *doc, struct json_object *root,
		       struct fm_rules *rules)
{
	static const char *const known[] = {
		"name", "roots", "needs", "flags", "prelude", NULL
	};
	char where[FM_DOC_WHERE_LEN];
	struct json_object *list, *obj;
	size_t n = fm_doc_list(doc, root, "", "environments", FM_RULES_ENVS,
			       &list);

	rules->nenvs = n;
	if (!doc->status && !n)
		fm_doc_fail(doc, "", "environments", "is empty");
	for (size_t i = 0; i < n; i++) {
		struct fm_rules_env *env = &rules->envs[i];

		obj = json_object_array_get_idx(list, i);
		fm_doc_item(where, "environments", i);
		fm_doc_keys(doc, obj, where, known);
		fm_doc_string(doc, obj, where, "name", env->name,
			      sizeof(env->name));
		fm_doc_strings(doc, obj, where, "roots", FM_RULES_STRINGS,
			       FM_RULES_STRING, &env->roots);
		fm_doc_strings(doc, obj, where, "needs", FM_RULES_STRINGS,
			       FM_RULES_STRING, &env->needs);
		parse_strings(doc, obj, where, "flags", &env->flags);
		parse_prelude(doc, obj, where, env);
	}
}

static void parse_declaration(struct fm_doc *doc, struct json_object *root,
			      struct fm_rules_declaration *d)
{
	static const char *const known[] = {
		"type", "name", "entry", "key", "bidirectional", NULL
	};
	static const char where[] = "declaration";
	struct json_object *obj =
		fm_doc_get(doc, root, "", where, json_type_object);

	fm_doc_keys(doc, obj, where, known);
	fm_doc_string(doc, obj, where, "type", d->type, sizeof(d->type));
	fm_doc_string(doc, obj, where, "name", d->name, sizeof(d->name));
	fm_doc_string(doc, obj, where, "entry", d->entry, sizeof(d->entry));
	fm_doc_string(doc, obj, where, "key", d->key, sizeof(d->key));
	fm_doc_string(doc, obj, where, "bidirectional", d->bidirectional,
		      sizeof(d->bidirectional));
}

static void parse_field(struct fm_doc *doc, struct json_object *obj,
			const char *where, struct fm_rules_field *field)
{
	static const char *const known[] = { "type", "member", "field", NULL };
	char name[FM_RECORD_NAME] = "";

	fm_doc_keys(doc, obj, where, known);
	fm_doc_string(doc, obj, where, "type", field->type,
		      sizeof(field->type));
	fm_doc_string(doc, obj, where, "member", field->member,
		      sizeof(field->member));
	fm_doc_string(doc, obj, where, "field", name, sizeof(name));
	if (!doc->status && (fm_fieldset_parse(name, &field->field) ||
			     !field->field))
		fm_doc_fail(doc, where, "field",
			    "is '%s', which is no header field", name);
}

static void parse_fields(struct fm_doc *doc, struct json_object *root,
			 struct fm_rules *rules)
{
	char where[FM_DOC_WHERE_LEN];
	struct json_object *list;
	size_t n = fm_doc_list(doc, root, "", "fields", FM_RULES_FIELDS, &list);

	rules->nfields = n;
	for (size_t i = 0; i < n; i++)
		parse_field(doc, json_object_array_get_idx(list, i),
			    fm_doc_item(where, "fields", i), &rules->fields[i]);
}

static void parse_calls(struct fm_doc *doc, struct json_object *root,
			struct fm_rules *rules)
{
	static const char *const known[] = { "name", "role", "weight", NULL };
	char where[FM_DOC_WHERE_LEN];
	struct json_object *list, *obj;
	size_t n = fm_doc_list(doc, root, "", "calls", FM_RULES_CALLS, &list);

	rules->ncalls = n;
	for (size_t i = 0; i < n; i++) {
		struct fm_rules_call *call = &rules->calls[i];

		obj = json_object_array_get_idx(list, i);
		fm_doc_item(where, "calls", i);
		fm_doc_keys(doc, obj, where, known);
		fm_doc_string(doc, obj, where, "name", call->name,
			      sizeof(call->name));
		if (!doc->status && json_object_object_get_ex(obj, "role", NULL))
			call->role = fm_doc_choice(doc, obj, where, "role",
						   roles);
		call->weight = fm_doc_uint(doc, obj, where, "weight",
					   FM_RULES_WEIGHT_MAX);
	}
}

static void parse_weights(struct fm_doc *doc, struct json_object *root,
			  struct fm_rules_weights *w)
{
	static const char *const known[] = {
		"operation", "division", "memory", "branch", "call", "loop",
		NULL
	};
	uint32_t *const values[] = {
		&w->operation, &w->division, &w->memory, &w->branch, &w->call,
		&w->loop
	};
	struct json_object *obj =
		fm_doc_get(doc, root, "", "weights", json_type_object);

	fm_doc_keys(doc, obj, "weights", known);
	for (size_t i = 0; known[i]; i++)
		*values[i] = fm_doc_uint(doc, obj, "weights", known[i],
					 FM_RULES_WEIGHT_MAX);
}

/* What is needed where libclang reads the source with its headers. */
static void parse_compiled(struct fm_doc *doc, struct json_object *root,
			   struct fm_rules *rules)
{
	parse_strings(doc, root, "", "flags", &rules->flags);
	parse_envs(doc, root, rules);
	parse_declaration(doc, root, &rules->declaration);
	parse_fields(doc, root, rules);
	parse_calls(doc, root, rules);
}

static void parse_idiom(struct fm_doc *doc, struct json_object *root,
			struct fm_rules *rules)
{
	struct json_object *obj =
		fm_doc_get(doc, root, "", "idiom", json_type_object);

	rules->idiom = calloc(1, sizeof(*rules->idiom));
	if (!rules->idiom)
		doc->status = fm_sentence_set(doc->err, -ENOMEM,
					      "%s: out of memory", doc->name);
	else if (obj)
		fm_idiom_parse(doc, obj, rules->idiom);
}

static void parse_rules(struct fm_doc *doc, struct json_object *root,
			const char *framework, struct fm_rules *rules)
{
	static const char *const known[] = {
		"schema_version", "framework", "sources", "include_dirs",
		"flags", "environments", "declaration", "fields", "calls",
		"links", "opaque", "weights", "idiom", NULL
	};

	fm_doc_keys(doc, root, "", known);
	if (fm_doc_uint(doc, root, "", "schema_version", UINT32_MAX) !=
	    FM_RULES_VERSION)
		fm_doc_fail(doc, "", "schema_version", "must be %d",
			    FM_RULES_VERSION);
	fm_doc_string(doc, root, "", "framework", rules->framework,
		      sizeof(rules->framework));
	if (!doc->status && strcmp(rules->framework, framework))
		fm_doc_fail(doc, "", "framework", "is '%s', not '%s'",
			    rules->framework, framework);
	parse_strings(doc, root, "", "sources", &rules->sources);
	parse_strings(doc, root, "", "include_dirs", &rules->include_dirs);
	if (json_object_object_get_ex(root, "idiom", NULL))
		parse_idiom(doc, root, rules);
	else
		parse_compiled(doc, root, rules);
	parse_strings(doc, root, "", "links", &rules->links);
	parse_strings(doc, root, "", "opaque", &rules->opaque);
	parse_weights(doc, root, &rules->weights);
}

static int load(struct fm_rules *rules, const char *framework, char *err)
{
	struct fm_doc doc = { .name = rules->file.path, .err = err };
	struct json_object *root;

	if (fm_digest_file(rules->file.path, rules->file.sha256))
		return fm_sentence_set(err, -errno, "%s: %s", rules->file.path,
				    strerror(errno));
	root = fm_doc_read(&doc, rules->file.path, FM_RULES_SIZE_MAX);
	if (root)
		parse_rules(&doc, root, framework, rules);
	json_object_put(root);
	return doc.status;
}

/**
 * fm_rules_parse - rules from JSON that nobody vouches for
 * @name: what to call the text in sentences
 * @text: the JSON
 * @len: bytes of it
 * @framework: whose rules they must be
 * @rules: the rules, to be destroyed; untouched on error
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, -EINVAL if anything differs from the format, -ENOMEM.
 */
int fm_rules_parse(const char *name, const char *text, size_t len,
		   const char *framework, struct fm_rules **rules, char *err)
{
	struct fm_doc doc = { .name = name, .err = err };
	struct fm_rules *r = calloc(1, sizeof(*r));
	struct json_object *root = NULL;

	if (!r)
		doc.status = fm_sentence_set(err, -ENOMEM, "%s: out of memory",
					     name);
	else if (len > FM_RULES_SIZE_MAX)
		fm_doc_fail(&doc, "", NULL, "is longer than %u bytes",
			    FM_RULES_SIZE_MAX);
	else
		root = fm_doc_parse(&doc, text, len);
	if (root)
		parse_rules(&doc, root, framework, r);
	json_object_put(root);
	if (!doc.status)
		*rules = r;
	else
		fm_rules_destroy(r);
	return doc.status;
}

/**
 * fm_rules_load - read the rules of a framework
 * @dir: directory of the rules; the file is <framework>.json in it
 * @framework: its name
 * @rules: the rules, to be destroyed; untouched on error
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, -EINVAL if the file is not valid, -ENAMETOOLONG, -ENOMEM, or the
 * negative errno of open(2) or read(2).
 */
int fm_rules_load(const char *dir, const char *framework,
		  struct fm_rules **rules, char *err)
{
	struct fm_rules *r;
	int ret;

	if (!fm_record_name_valid(framework))
		return fm_sentence_set(err, -EINVAL,
				    "'%.64s' is not a framework's name",
				    framework);
	r = calloc(1, sizeof(*r));
	if (!r)
		return fm_sentence_set(err, -ENOMEM, "%s: out of memory",
				    framework);
	if (snprintf(r->file.path, sizeof(r->file.path), "%s/%s.json", dir,
		     framework) >= (int)sizeof(r->file.path))
		ret = fm_sentence_set(err, -ENAMETOOLONG,
				   "%.64s...: name of the rules is too long",
				   dir);
	else
		ret = load(r, framework, err);
	if (!ret)
		*rules = r;
	else
		fm_rules_destroy(r);
	return ret;
}

/**
 * fm_rules_destroy - free rules
 * @rules: the rules, or NULL
 */
void fm_rules_destroy(struct fm_rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < FM_RULES_ENVS; i++) {
		fm_strings_cleanup(&rules->envs[i].roots);
		fm_strings_cleanup(&rules->envs[i].needs);
		fm_strings_cleanup(&rules->envs[i].flags);
		free(rules->envs[i].prelude);
	}
	fm_strings_cleanup(&rules->sources);
	fm_strings_cleanup(&rules->include_dirs);
	fm_strings_cleanup(&rules->flags);
	fm_strings_cleanup(&rules->links);
	fm_strings_cleanup(&rules->opaque);
	fm_idiom_destroy(rules->idiom);
	free(rules);
}

/**
 * fm_rules_call - what the rules say of a function or macro
 * @rules: the rules
 * @name: its name
 *
 * Return: the rule, or NULL.
 */
const struct fm_rules_call *fm_rules_call(const struct fm_rules *rules,
					  const char *name)
{
	for (size_t i = 0; i < rules->ncalls; i++)
		if (!fnmatch(rules->calls[i].name, name, 0))
			return &rules->calls[i];
	return NULL;
}

/**
 * fm_rules_field - which header field is a member?
 * @rules: the rules
 * @type: name of the struct
 * @member: name of the member
 *
 * Return: FM_F_*, or 0.
 */
uint32_t fm_rules_field(const struct fm_rules *rules, const char *type,
			const char *member)
{
	for (size_t i = 0; i < rules->nfields; i++)
		if (!strcmp(rules->fields[i].type, type) &&
		    !strcmp(rules->fields[i].member, member))
			return rules->fields[i].field;
	return 0;
}
