// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "chainfile.h"
#include "elements.h"
#include "nearest.h"

static const char *const chain_keys[] = {
	"schema_version", "name", "frag_policy", "other_policy",
	"sample_shift", "cpus", "nfs", "wishes", NULL
};

static const char *const chain_required[] = {
	"schema_version", "name", "nfs", NULL
};

static const char *const nf_keys[] = {
	"type", "name", "params", "max_entries", "timeout_ms", "full_policy",
	"pin", NULL
};

static const char *const nf_required[] = { "type", NULL };
static const char *const wish_keys[] = {
	"families", "software", "segments", NULL
};

static const char *const frag_words[] = {
	[FM_FRAG_DROP] = "drop", [FM_FRAG_ACCEPT] = "accept",
	[FM_FRAG_DEFRAG] = "defrag", NULL
};

static const char *const other_words[] = {
	[FM_OTHER_ACCEPT] = "accept", [FM_OTHER_DROP] = "drop", NULL
};

static const char *const full_words[] = {
	[FM_FULL_REFUSE] = "refuse", [FM_FULL_LRU] = "lru", NULL
};

/* A name that needs no quotes in a shell and looks like no option. */
static void get_name(struct fm_jsonc *doc, struct json_object *obj,
		     const char *key, char *name, size_t size)
{
	struct json_object *value;
	const char *p;

	name[0] = '\0';
	if (!fm_jsonc_get_name(doc, obj, key, name, size) || !*name)
		return;
	json_object_object_get_ex(obj, key, &value);
	for (p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("_.-", *p))
			break;
	if (*p || *name == '-' || *name == '.')
		fm_jsonc_error(doc, value, "%s \"%s\" has other than letters, "
			       "digits, '_', '-' and '.', or begins with the "
			       "latter two", key, name);
}

static const char *param_at(const void *names, size_t i)
{
	const struct fm_nf_info *nf = names;

	return i < nf->nparams ? nf->params[i].name : NULL;
}

static const struct fm_param_info *find_param(struct fm_jsonc *doc,
					      const struct fm_nf_info *nf,
					      const char *name,
					      struct json_object *value)
{
	const char *near;
	size_t i;

	for (i = 0; i < nf->nparams; i++)
		if (!strcmp(nf->params[i].name, name))
			return &nf->params[i];
	near = fm_nearest_find(name, param_at, nf);
	if (near)
		fm_jsonc_error_key(doc, value, "NF %s has no parameter "
				   "\"%.64s\"; did you mean \"%s\"?", nf->type,
				   name, near);
	else
		fm_jsonc_error_key(doc, value, "NF %s has no parameter "
				   "\"%.64s\"", nf->type, name);
	return NULL;
}

static bool is_choice(const char *choices, const char *word)
{
	size_t len = strlen(word);

	while (len) {
		size_t n = strcspn(choices, "|");

		if (n == len && !memcmp(choices, word, n))
			return true;
		if (!choices[n])
			break;
		choices += n + 1;
	}
	return false;
}

/* Six numbers of two digits. */
static bool is_mac(const char *text)
{
	size_t i;

	for (i = 0; text[i]; i++)
		if (i % 3 == 2 ? text[i] != ':' :
				 !isxdigit((unsigned char)text[i]))
			return false;
	return i == 17;
}

static void get_string(struct fm_jsonc *doc, struct json_object *value,
		       const struct fm_param_info *param, struct fm_value *out)
{
	uint64_t max = param->type == FM_PARAM_STRING &&
		       param->max < FM_STRING_MAX ? param->max : FM_STRING_MAX;
	const char *text = json_object_get_string(value);

	if (!fm_jsonc_is(doc, value, param->name, json_type_string))
		return;
	if ((uint64_t)json_object_get_string_len(value) > max)
		fm_jsonc_error(doc, value, "%s has more than %" PRIu64
			       " bytes", param->name, max);
	else if (param->type == FM_PARAM_ENUM &&
		 !is_choice(param->choices, text))
		fm_jsonc_error(doc, value, "%s must be one of %s, not "
			       "\"%.64s\"", param->name, param->choices, text);
	else if (param->type == FM_PARAM_MAC && !is_mac(text))
		fm_jsonc_error(doc, value, "%s must be an Ethernet address as "
			       "02:00:5e:10:00:01, not \"%.64s\"", param->name,
			       text);
	else
		strcpy(out->string, text);
	out->is_string = true;
}

static void get_value(struct fm_jsonc *doc, struct json_object *value,
		      const struct fm_param_info *param, struct fm_value *out)
{
	switch (param->type) {
	case FM_PARAM_UINT:
		fm_jsonc_uint(doc, value, param->name, param->min, param->max,
			      &out->uint);
		break;
	case FM_PARAM_BOOL:
		if (fm_jsonc_is(doc, value, param->name, json_type_boolean))
			out->uint = json_object_get_boolean(value);
		break;
	case FM_PARAM_PREFIXES:
	case FM_PARAM_RULES:
	case FM_PARAM_PATTERNS:
	case FM_PARAM_BACKENDS:
		out->is_list = true;
		out->list = fm_elements_read(doc, value, param);
		break;
	default:
		get_string(doc, value, param, out);
	}
}

/* Without the NF's table the value decides what it is. */
static struct fm_param_info guess_param(const char *name,
					struct json_object *value)
{
	struct fm_param_info param = { .max = UINT64_MAX };

	snprintf(param.name, sizeof(param.name), "%s", name);
	param.type = json_object_is_type(value, json_type_array) ||
		     json_object_is_type(value, json_type_object) ?
		     FM_PARAM_PREFIXES :
		     json_object_is_type(value, json_type_string) ?
		     FM_PARAM_STRING :
		     json_object_is_type(value, json_type_boolean) ?
		     FM_PARAM_BOOL : FM_PARAM_UINT;
	if (param.type == FM_PARAM_PREFIXES)
		param.max = FM_LIST_MAX;
	return param;
}

static void get_param(struct fm_jsonc *doc, const struct fm_nf_info *nf,
		      const char *name, struct json_object *value,
		      struct fm_chain_inst *inst)
{
	struct fm_param_info guess = guess_param(name, value);
	const struct fm_param_info *param = &guess;

	if (nf)
		param = find_param(doc, nf, name, value);
	if (!param)
		return;
	if (strlen(name) > FM_NAME_MAX) {
		fm_jsonc_error_key(doc, value, "a parameter's name has at most "
				   "%u bytes", FM_NAME_MAX);
		return;
	}
	if (inst->nparams == FM_PARAMS_MAX) {
		fm_jsonc_error_key(doc, value, "more than %u parameters",
				   FM_PARAMS_MAX);
		return;
	}
	strcpy(inst->params[inst->nparams].name, name);
	get_value(doc, value, param, &inst->params[inst->nparams++]);
}

static void get_params(struct fm_jsonc *doc, struct json_object *obj,
		       const struct fm_nf_info *nf, struct fm_chain_inst *inst)
{
	struct json_object *params;
	size_t i;

	params = fm_jsonc_get(doc, obj, "params", json_type_object);
	if (params) {
		json_object_object_foreach(params, name, value)
			get_param(doc, nf, name, value, inst);
	}
	for (i = 0; nf && i < nf->nparams; i++)
		if (nf->params[i].required &&
		    !json_object_object_get_ex(params, nf->params[i].name,
					       NULL))
			fm_jsonc_error(doc, params ? params : obj,
				       "NF %s needs the parameter \"%s\": %s",
				       nf->type, nf->params[i].name,
				       nf->params[i].help);
}

static const struct fm_nf_info *find_nf(struct fm_jsonc *doc,
					struct json_object *obj,
					const struct fm_catalogue *catalogue,
					const char *type)
{
	const struct fm_nf_info *nf;
	struct json_object *value;
	const char *near;

	if (!catalogue || !*type)
		return NULL;
	nf = fm_catalogue_find(catalogue, type);
	if (nf)
		return nf;
	json_object_object_get_ex(obj, "type", &value);
	near = fm_catalogue_nearest(catalogue, type);
	if (near)
		fm_jsonc_error(doc, value, "there is no NF \"%s\"; did you "
			       "mean \"%s\"?", type, near);
	else
		fm_jsonc_error(doc, value, "there is no NF \"%s\"", type);
	return NULL;
}

static void get_pin(struct fm_jsonc *doc, struct json_object *obj,
		    const struct fm_nf_info *nf, struct fm_chain_inst *inst)
{
	static const char *const words[] = { "local", "shared", NULL };
	static const enum fm_mode modes[] = { FM_MODE_LOCAL, FM_MODE_SHARED };
	struct json_object *value;
	unsigned int i = 0;

	if (!json_object_object_get_ex(obj, "pin", &value) ||
	    !fm_jsonc_get_choice(doc, obj, "pin", words, &i))
		return;
	inst->pin = modes[i];
	if (nf && !nf->stateful)
		fm_jsonc_error(doc, value, "NF %s keeps no state: there is "
			       "nothing to pin", nf->type);
}

static void get_nf(struct fm_jsonc *doc, struct json_object *obj,
		   const struct fm_catalogue *catalogue,
		   struct fm_chain_inst *inst)
{
	const struct fm_nf_info *nf;
	unsigned int full = FM_FULL_REFUSE;

	if (!fm_jsonc_is(doc, obj, "an NF", json_type_object))
		return;
	fm_jsonc_keys(doc, obj, nf_keys, nf_required);
	get_name(doc, obj, "type", inst->type, sizeof(inst->type));
	get_name(doc, obj, "name", inst->name, sizeof(inst->name));
	if (!*inst->name)
		strcpy(inst->name, inst->type);
	nf = find_nf(doc, obj, catalogue, inst->type);
	get_params(doc, obj, nf, inst);
	fm_jsonc_get_u32(doc, obj, "max_entries", 1, FM_ENTRIES_MAX,
			 &inst->max_entries);
	fm_jsonc_get_u32(doc, obj, "timeout_ms", 1, UINT32_MAX,
			 &inst->timeout_ms);
	fm_jsonc_get_choice(doc, obj, "full_policy", full_words, &full);
	inst->full_policy = full;
	get_pin(doc, obj, nf, inst);
}

static void check_name(struct fm_jsonc *doc, struct json_object *obj,
		       const struct fm_chain *chain, size_t n)
{
	const char *name = chain->nfs[n].name;
	struct json_object *value = obj;
	size_t i;

	for (i = 0; *name && i < n; i++) {
		if (strcmp(chain->nfs[i].name, name))
			continue;
		if (!json_object_object_get_ex(obj, "name", &value))
			json_object_object_get_ex(obj, "type", &value);
		fm_jsonc_error(doc, value, "NFs %zu and %zu are both named "
			       "\"%s\"; give one a \"name\" of its own", i + 1,
			       n + 1, name);
		return;
	}
}

static void get_nfs(struct fm_jsonc *doc, const struct fm_catalogue *catalogue,
		    struct fm_chain *chain)
{
	struct json_object *list, *obj;
	size_t i, n;

	list = fm_jsonc_get(doc, doc->root, "nfs", json_type_array);
	if (!list)
		return;
	n = json_object_array_length(list);
	if (!n || n > FM_NFS_MAX) {
		fm_jsonc_error(doc, list, "a chain has 1 to %u NFs, not %zu",
			       FM_NFS_MAX, n);
		return;
	}
	for (i = 0; i < n; i++) {
		obj = json_object_array_get_idx(list, i);
		get_nf(doc, obj, catalogue, &chain->nfs[i]);
		check_name(doc, obj, chain, i);
		chain->nnfs++;
	}
}

static void get_cpus(struct fm_jsonc *doc, struct fm_cpulist *cpus)
{
	struct json_object *list, *value;
	uint64_t cpu;
	size_t i;

	list = fm_jsonc_get(doc, doc->root, "cpus", json_type_array);
	if (list && !json_object_array_length(list))
		fm_jsonc_error(doc, list, "a chain needs a CPU");
	for (i = 0; list && i < json_object_array_length(list); i++) {
		value = json_object_array_get_idx(list, i);
		if (!fm_jsonc_uint(doc, value, "a CPU", 0, UINT16_MAX, &cpu))
			continue;
		if (fm_cpulist_contains(cpus, cpu))
			fm_jsonc_error(doc, value, "CPU %" PRIu64 " stands here"
				       " for the second time", cpu);
		else if (fm_cpulist_add(cpus, cpu))
			fm_jsonc_error(doc, value, "more than %u CPUs",
				       FM_CPULIST_MAX);
	}
}

static void get_wishes(struct fm_jsonc *doc, struct fm_chainfile *file)
{
	static const char *const words[] = { "both", "ipv4", "ipv6", NULL };
	struct json_object *wishes;
	unsigned int families = 0;

	wishes = fm_jsonc_get(doc, doc->root, "wishes", json_type_object);
	if (!wishes)
		return;
	fm_jsonc_keys(doc, wishes, wish_keys, NULL);
	fm_jsonc_get_choice(doc, wishes, "families", words, &families);
	file->ipv4 = families != 2;
	file->ipv6 = families != 1;
	fm_jsonc_get_bool(doc, wishes, "software", &file->software);
	fm_jsonc_get_u32(doc, wishes, "segments", 1, FM_SEGMENTS_MAX,
			 &file->segments);
}

/**
 * fm_chainfile_parse - read a chain
 * @doc: the file; gets the errors, at most one for each mistake
 * @catalogue: the NFs there are; NULL: types and parameters are not checked
 * @file: gets the chain
 *
 * Return: 0 or -EINVAL.
 */
int fm_chainfile_parse(struct fm_jsonc *doc,
		       const struct fm_catalogue *catalogue,
		       struct fm_chainfile *file)
{
	unsigned int frag = FM_FRAG_DROP, other = FM_OTHER_ACCEPT;
	uint32_t version;

	memset(file, 0, sizeof(*file));
	file->ipv4 = true;
	file->ipv6 = true;
	file->software = true;
	file->segments = FM_SEGMENTS_MAX;
	if (doc->nerrors ||
	    !fm_jsonc_is(doc, doc->root, "a chain", json_type_object))
		return -EINVAL;
	fm_jsonc_keys(doc, doc->root, chain_keys, chain_required);
	fm_jsonc_get_u32(doc, doc->root, "schema_version", 1, 1, &version);
	get_name(doc, doc->root, "name", file->chain.name,
		 sizeof(file->chain.name));
	fm_jsonc_get_choice(doc, doc->root, "frag_policy", frag_words, &frag);
	fm_jsonc_get_choice(doc, doc->root, "other_policy", other_words,
			    &other);
	file->chain.frag_policy = frag;
	file->chain.other_policy = other;
	fm_jsonc_get_u32(doc, doc->root, "sample_shift", 0,
			 FM_CHAINFILE_SHIFT_MAX, &file->chain.sample_shift);
	get_cpus(doc, &file->cpus);
	get_nfs(doc, catalogue, &file->chain);
	get_wishes(doc, file);
	return doc->nerrors ? -EINVAL : 0;
}

/**
 * fm_chainfile_cleanup - forget the lists of a chain
 * @file: from fm_chainfile_parse(), whatever that returned
 */
void fm_chainfile_cleanup(struct fm_chainfile *file)
{
	size_t i, j;

	for (i = 0; i < file->chain.nnfs; i++)
		for (j = 0; j < file->chain.nfs[i].nparams; j++) {
			fm_elements_destroy(file->chain.nfs[i].params[j].list);
			file->chain.nfs[i].params[j].list = NULL;
		}
}

/**
 * fm_chainfile_fuzz - parse any bytes and forget them
 * @buf: the bytes
 * @len: how many
 *
 * Return: 0 if they are a chain file, -EINVAL if not, -ENOMEM.
 */
int fm_chainfile_fuzz(const char *buf, size_t len)
{
	struct fm_jsonc *doc = fm_jsonc_parse("fuzz", buf, len);
	struct fm_chainfile *file = calloc(1, sizeof(*file));
	int ret = -ENOMEM;

	if (doc && file)
		ret = fm_chainfile_parse(doc, NULL, file);
	fm_jsonc_destroy(doc);
	if (file)
		fm_chainfile_cleanup(file);
	free(file);
	return ret;
}
