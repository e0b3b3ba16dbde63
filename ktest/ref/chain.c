// SPDX-License-Identifier: GPL-2.0-or-later
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "chain.h"

static const struct ref_nf_type *const types[] = {
	&ref_psd, &ref_policer, &ref_source_counter, &ref_flow_counter,
	&ref_rate_limiter,
};

static int __attribute__((format(printf, 1, 2))) fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("ref: chain: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	return -1;
}

static const struct ref_nf_type *type_lookup(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i]->name, name))
			return types[i];
	return NULL;
}

/* The place of a word in "one|two|three", or -1. */
static int choice_index(const char *choices, const char *word)
{
	size_t len = strlen(word);

	for (int i = 0; choices; i++) {
		if (!strncmp(choices, word, len) &&
		    (!choices[len] || choices[len] == '|'))
			return i;
		choices = strchr(choices, '|');
		choices += choices ? 1 : 0;
	}
	return -1;
}

static int param_value(const struct ref_param *param, struct json_object *value,
		       uint64_t *out)
{
	int64_t n;

	if (param->choices) {
		int i = choice_index(param->choices,
				     json_object_get_string(value));

		if (i < 0)
			return fail("%s: one of %s", param->name,
				    param->choices);
		*out = i;
		return 0;
	}
	n = json_object_get_int64(value);
	if (!json_object_is_type(value, json_type_int) || n < 0 ||
	    (uint64_t)n < param->min || (uint64_t)n > param->max)
		return fail("%s: a number from %llu to %llu", param->name,
			    (unsigned long long)param->min,
			    (unsigned long long)param->max);
	*out = n;
	return 0;
}

static int param_index(const struct ref_nf_type *type, const char *name)
{
	for (size_t i = 0; i < type->nparams; i++)
		if (!strcmp(type->params[i].name, name))
			return i;
	return -1;
}

static int parse_params(struct ref_inst *inst, struct json_object *params)
{
	const struct ref_nf_type *type = inst->type;
	uint32_t given = 0;

	for (size_t i = 0; i < type->nparams; i++)
		inst->param[i] = type->params[i].def;
	if (params) {
		json_object_object_foreach(params, name, value) {
			int i = param_index(type, name);

			if (i < 0)
				return fail("%s has no parameter %s",
					    type->name, name);
			if (param_value(&type->params[i], value,
					&inst->param[i]))
				return -1;
			given |= 1u << i;
		}
	}
	for (size_t i = 0; i < type->nparams; i++)
		if (type->params[i].required && !(given & 1u << i))
			return fail("%s needs %s", type->name,
				    type->params[i].name);
	return 0;
}

static const char *get_string(struct json_object *object, const char *key,
			      const char *otherwise)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return otherwise;
	return json_object_get_string(value);
}

static uint64_t get_uint(struct json_object *object, const char *key,
			 uint64_t otherwise)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value))
		return otherwise;
	return json_object_get_uint64(value);
}

static int parse_nf(struct ref_inst *inst, struct json_object *object)
{
	const char *type = get_string(object, "type", "");
	struct json_object *params = NULL;
	uint64_t timeout_ms;

	inst->type = type_lookup(type);
	if (!inst->type)
		return fail("\"%s\" is not an NF known here", type);
	snprintf(inst->name, sizeof(inst->name), "%s",
		 get_string(object, "name", type));
	json_object_object_get_ex(object, "params", &params);
	if (params && !json_object_is_type(params, json_type_object))
		return fail("params of %s is no object", inst->name);
	if (parse_params(inst, params))
		return -1;
	timeout_ms = inst->type->timeout ? inst->type->timeout(inst) :
					   inst->type->timeout_ms;
	timeout_ms = get_uint(object, "timeout_ms", timeout_ms);
	inst->timeout_ns = timeout_ms * REF_MSEC_NS;
	inst->max_entries = get_uint(object, "max_entries",
				     inst->type->max_entries);
	return 0;
}

static int parse_policy(struct json_object *root, const char *key,
			const char *otherwise, bool *drop)
{
	const char *policy = get_string(root, key, otherwise);

	*drop = !strcmp(policy, "drop");
	if (!*drop && strcmp(policy, "accept"))
		return fail("%s: one of drop|accept", key);
	return 0;
}

static int parse_chain(struct ref_chain *chain, struct json_object *root)
{
	struct json_object *nfs;

	if (!json_object_is_type(root, json_type_object) ||
	    !json_object_object_get_ex(root, "nfs", &nfs) ||
	    !json_object_is_type(nfs, json_type_array))
		return fail("no object with an array \"nfs\"");
	if (parse_policy(root, "frag_policy", "drop", &chain->frag_drop) ||
	    parse_policy(root, "other_policy", "accept", &chain->other_drop))
		return -1;
	if (json_object_array_length(nfs) > REF_NFS_MAX)
		return fail("more than %d NFs", REF_NFS_MAX);
	while (chain->nnfs < json_object_array_length(nfs)) {
		struct ref_inst *inst = &chain->nf[chain->nnfs];

		if (parse_nf(inst, json_object_array_get_idx(nfs,
							     chain->nnfs)))
			return -1;
		chain->nnfs++;
	}
	return 0;
}

int ref_chain_read(struct ref_chain *chain, const char *path, int64_t margin_ns)
{
	struct json_object *root = json_object_from_file(path);
	int ret;

	memset(chain, 0, sizeof(*chain));
	if (!root) {
		fprintf(stderr, "ref: %s\n", json_util_get_last_err());
		return -1;
	}
	ret = parse_chain(chain, root);
	for (size_t i = 0; i < chain->nnfs; i++)
		chain->nf[i].margin_ns = margin_ns;
	json_object_put(root);
	return ret;
}

void ref_chain_cleanup(struct ref_chain *chain)
{
	for (size_t i = 0; i < chain->nnfs; i++)
		ref_table_cleanup(&chain->nf[i].table,
				  chain->nf[i].type->release);
}
