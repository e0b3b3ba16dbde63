// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "fieldset.h"
#include "nearest.h"
#include "share.h"

#define BUILTIN	"rules/nf/builtin.json"

static const char *const nf_keys[] = {
	"type", "description", "stateful", "key", "bidirectional", "intensity",
	"pointer", "state_size", "timeout_ms", "max_entries", "param",
	"reason", NULL
};

static const char *const param_keys[] = {
	"name", "type", "help", "min", "max_value", "default",
	"default_string", "choices", "required", NULL
};

static const char *const type_required[] = { "type", NULL };
static const char *const name_required[] = { "name", "type", NULL };

/**
 * fm_catalogue_add - add an NF; of the shape that fm_nl_nf_dump() calls
 * @nf: the NF
 * @catalogue: struct fm_catalogue
 *
 * Return: 0, or FM_EXIT_ERROR without memory.
 */
int fm_catalogue_add(const struct fm_nf_info *nf, void *catalogue)
{
	struct fm_catalogue *cat = catalogue;
	struct fm_nf_info *grown;

	grown = realloc(cat->nfs, (cat->n + 1) * sizeof(*grown));
	if (!grown)
		return FM_EXIT_ERROR;
	grown[cat->n++] = *nf;
	cat->nfs = grown;
	return 0;
}

static void parse_param(struct fm_jsonc *doc, struct json_object *obj,
			struct fm_param_info *param)
{
	static const char *const types[] = {
		[FM_PARAM_UINT] = "uint", [FM_PARAM_BOOL] = "bool",
		[FM_PARAM_ENUM] = "enum", [FM_PARAM_STRING] = "string",
		[FM_PARAM_MAC] = "mac", [FM_PARAM_PREFIXES] = "prefixes",
		[FM_PARAM_RULES] = "rules", [FM_PARAM_PATTERNS] = "patterns",
		[FM_PARAM_BACKENDS] = "backends", NULL
	};
	unsigned int type = FM_PARAM_UINT;

	if (!fm_jsonc_is(doc, obj, "a parameter", json_type_object) ||
	    !fm_jsonc_keys(doc, obj, param_keys, name_required))
		return;
	fm_jsonc_get_name(doc, obj, "name", param->name, sizeof(param->name));
	fm_jsonc_get_choice(doc, obj, "type", types, &type);
	param->type = type;
	param->max = UINT64_MAX;
	fm_jsonc_get_name(doc, obj, "help", param->help, sizeof(param->help));
	fm_jsonc_get_uint(doc, obj, "min", 0, UINT64_MAX, &param->min);
	fm_jsonc_get_uint(doc, obj, "max_value", 0, UINT64_MAX, &param->max);
	fm_jsonc_get_uint(doc, obj, "default", 0, UINT64_MAX, &param->def);
	fm_jsonc_get_name(doc, obj, "default_string", param->def_string,
			  sizeof(param->def_string));
	fm_jsonc_get_name(doc, obj, "choices", param->choices,
			  sizeof(param->choices));
	fm_jsonc_get_bool(doc, obj, "required", &param->required);
}

static void parse_params(struct fm_jsonc *doc, struct json_object *obj,
			 struct fm_nf_info *nf)
{
	struct json_object *list;
	size_t i;

	list = fm_jsonc_get(doc, obj, "param", json_type_array);
	for (i = 0; list && i < json_object_array_length(list); i++) {
		if (i == FM_PARAMS_MAX) {
			fm_jsonc_error(doc, list, "more than %u parameters",
				       FM_PARAMS_MAX);
			return;
		}
		parse_param(doc, json_object_array_get_idx(list, i),
			    &nf->params[nf->nparams++]);
	}
}

static void parse_key(struct fm_jsonc *doc, struct json_object *obj,
		      struct fm_nf_info *nf)
{
	struct json_object *list, *value;
	uint32_t field;
	size_t i;

	list = fm_jsonc_get(doc, obj, "key", json_type_array);
	for (i = 0; list && i < json_object_array_length(list); i++) {
		value = json_object_array_get_idx(list, i);
		if (!fm_jsonc_is(doc, value, "a field", json_type_string))
			return;
		if (fm_fieldset_parse(json_object_get_string(value), &field))
			fm_jsonc_error(doc, value, "no such field");
		else
			nf->key |= field;
	}
}

static void parse_nf(struct fm_jsonc *doc, struct json_object *obj,
		     struct fm_nf_info *nf)
{
	static const char *const intensities[] = {
		[FM_INTENSITY_NONE] = "none", [FM_INTENSITY_FLOW] = "flow",
		[FM_INTENSITY_PACKET] = "packet", NULL
	};
	unsigned int intensity = FM_INTENSITY_NONE;

	memset(nf, 0, sizeof(*nf));
	if (!fm_jsonc_is(doc, obj, "an NF", json_type_object) ||
	    !fm_jsonc_keys(doc, obj, nf_keys, type_required))
		return;
	fm_jsonc_get_name(doc, obj, "type", nf->type, sizeof(nf->type));
	fm_jsonc_get_name(doc, obj, "description", nf->description,
			  sizeof(nf->description));
	fm_jsonc_get_bool(doc, obj, "stateful", &nf->stateful);
	fm_jsonc_get_bool(doc, obj, "bidirectional", &nf->bidirectional);
	fm_jsonc_get_choice(doc, obj, "intensity", intensities, &intensity);
	nf->intensity = intensity;
	fm_jsonc_get_bool(doc, obj, "pointer", &nf->pointer);
	fm_jsonc_get_u32(doc, obj, "state_size", 0, UINT32_MAX,
			 &nf->state_size);
	fm_jsonc_get_u32(doc, obj, "timeout_ms", 0, UINT32_MAX,
			 &nf->timeout_ms);
	fm_jsonc_get_u32(doc, obj, "max_entries", 0, FM_ENTRIES_MAX,
			 &nf->max_entries);
	parse_key(doc, obj, nf);
	parse_params(doc, obj, nf);
}

/**
 * fm_catalogue_parse - add the NFs of a file
 * @catalogue: the catalogue
 * @doc: the file; gets the errors
 *
 * Return: 0 or -EINVAL.
 */
int fm_catalogue_parse(struct fm_catalogue *catalogue, struct fm_jsonc *doc)
{
	static const char *const keys[] = { "schema_version", "nfs", NULL };
	struct fm_nf_info *nf = calloc(1, sizeof(*nf));
	struct json_object *list = NULL;
	size_t i;

	if (nf && doc->root &&
	    fm_jsonc_is(doc, doc->root, "a catalogue", json_type_object) &&
	    fm_jsonc_keys(doc, doc->root, keys, keys))
		list = fm_jsonc_get(doc, doc->root, "nfs", json_type_array);
	for (i = 0; list && i < json_object_array_length(list); i++) {
		parse_nf(doc, json_object_array_get_idx(list, i), nf);
		if (!doc->nerrors)
			fm_catalogue_add(nf, catalogue);
	}
	free(nf);
	return doc->nerrors || !list ? -EINVAL : 0;
}

/**
 * fm_catalogue_load - the NFs of the module that came with this program
 * @catalogue: gets them
 * @err: says what went wrong
 *
 * Return: 0 or an exit code.
 */
int fm_catalogue_load(struct fm_catalogue *catalogue, struct fm_error *err)
{
	struct fm_jsonc *doc;
	char path[PATH_MAX];
	int ret = 0;

	memset(catalogue, 0, sizeof(*catalogue));
	if (!fm_share_find(BUILTIN, path, sizeof(path)))
		return fm_error_set(err, FM_EXIT_NOT_FOUND, ENOENT,
				    "%s is not installed", BUILTIN);
	doc = fm_jsonc_read(path);
	if (!doc)
		return fm_error_errno(err, ENOMEM, "%s", path);
	if (fm_catalogue_parse(catalogue, doc))
		ret = fm_error_set(err, FM_EXIT_ERROR, 0, "%s:%u:%u: %s", path,
				   doc->errors[0].line, doc->errors[0].col,
				   doc->errors[0].text);
	fm_jsonc_destroy(doc);
	return ret;
}

/**
 * fm_catalogue_query - the NFs of the module that is loaded
 * @catalogue: gets them
 * @nl: to the module
 * @err: says what went wrong
 *
 * Return: 0 or an exit code.
 */
int fm_catalogue_query(struct fm_catalogue *catalogue, struct fm_nl *nl,
		       struct fm_error *err)
{
	memset(catalogue, 0, sizeof(*catalogue));
	catalogue->live = true;
	return fm_nl_nf_dump(nl, fm_catalogue_add, catalogue, err);
}

/**
 * fm_catalogue_cleanup - forget the NFs
 * @catalogue: the catalogue
 */
void fm_catalogue_cleanup(struct fm_catalogue *catalogue)
{
	free(catalogue->nfs);
	memset(catalogue, 0, sizeof(*catalogue));
}

/**
 * fm_catalogue_find - an NF by its type
 * @catalogue: the catalogue
 * @type: as chains name it
 *
 * Return: the NF or NULL.
 */
const struct fm_nf_info *fm_catalogue_find(const struct fm_catalogue *catalogue,
					   const char *type)
{
	size_t i;

	for (i = 0; i < catalogue->n; i++)
		if (!strcmp(catalogue->nfs[i].type, type))
			return &catalogue->nfs[i];
	return NULL;
}

static const char *type_at(const void *names, size_t i)
{
	const struct fm_catalogue *catalogue = names;

	return i < catalogue->n ? catalogue->nfs[i].type : NULL;
}

/**
 * fm_catalogue_nearest - the type that was probably meant
 * @catalogue: the catalogue
 * @type: what was written
 *
 * Return: a type or NULL.
 */
const char *fm_catalogue_nearest(const struct fm_catalogue *catalogue,
				 const char *type)
{
	return fm_nearest_find(type, type_at, catalogue);
}
