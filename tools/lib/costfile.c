// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "costfile.h"
#include "dirs.h"
#include "json.h"
#include "replace.h"

static const struct constant {
	const char *name;
	size_t at;
} constants[] = {
#define CONSTANT(_name) { #_name, offsetof(struct fm_cost_model, _name) }
	CONSTANT(op), CONSTANT(lookup), CONSTANT(line), CONSTANT(chase),
	CONSTANT(lock), CONSTANT(transfer), CONSTANT(contend),
	CONSTANT(write_share), CONSTANT(softhash), CONSTANT(handoff),
	CONSTANT(v6_share), CONSTANT(max_lines), CONSTANT(unit_ns),
};

#define CONSTANTS	(sizeof(constants) / sizeof(*constants))

static double *member(struct fm_cost_model *model, size_t i)
{
	return (double *)((char *)model + constants[i].at);
}

/**
 * fm_costfile_cpu - what processor is this?
 * @cpu: gets the name that the kernel tells, "unknown" if it tells none
 */
void fm_costfile_cpu(char cpu[FM_COSTFILE_CPU])
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[512], *name = NULL;

	snprintf(cpu, FM_COSTFILE_CPU, "unknown");
	while (file && !name && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "model name", 10))
			continue;
		name = strchr(line, ':');
		if (!name)
			break;
		name += 1 + strspn(name + 1, " \t");
		name[strcspn(name, "\n")] = '\0';
		snprintf(cpu, FM_COSTFILE_CPU, "%.*s", FM_COSTFILE_CPU - 1,
			 name);
	}
	if (file)
		fclose(file);
}

/**
 * fm_costfile_json - write constants
 * @model: the constants
 *
 * Return: the document; schema_version, cpu, costs.
 */
struct json_object *fm_costfile_json(const struct fm_cost_model *model)
{
	struct fm_cost_model copy = *model;
	struct json_object *obj = json_object_new_object();
	struct json_object *costs = json_object_new_object();
	char cpu[FM_COSTFILE_CPU];
	size_t i;

	fm_costfile_cpu(cpu);
	json_object_object_add(obj, "schema_version", fm_json_uint(1));
	json_object_object_add(obj, "cpu", fm_json_string(cpu));
	for (i = 0; i < CONSTANTS; i++)
		json_object_object_add(costs, constants[i].name,
				       fm_json_double(*member(&copy, i), 4));
	json_object_object_add(obj, "costs", costs);
	return obj;
}

static void parse_constant(struct fm_jsonc *doc, struct json_object *costs,
			   size_t i, struct fm_cost_model *model)
{
	struct json_object *value;

	if (!json_object_object_get_ex(costs, constants[i].name, &value))
		return;
	if (json_object_is_type(value, json_type_int) ||
	    json_object_is_type(value, json_type_double))
		*member(model, i) = json_object_get_double(value);
	else
		fm_jsonc_error(doc, value, "%s must be a number",
			       constants[i].name);
}

/**
 * fm_costfile_parse - read constants
 * @doc: the document; gets the errors
 * @model: with the defaults, which stay where the document has nothing
 * @cpu: gets the processor that they are of
 */
void fm_costfile_parse(struct fm_jsonc *doc, struct fm_cost_model *model,
		       char cpu[FM_COSTFILE_CPU])
{
	static const char *const keys[] = {
		"schema_version", "cpu", "costs", NULL
	};
	const char *names[CONSTANTS + 1] = { NULL };
	struct json_object *costs;
	size_t i;

	*cpu = '\0';
	if (doc->nerrors || !fm_jsonc_keys(doc, doc->root, keys, keys))
		return;
	for (i = 0; i < CONSTANTS; i++)
		names[i] = constants[i].name;
	fm_jsonc_get_name(doc, doc->root, "cpu", cpu, FM_COSTFILE_CPU);
	costs = fm_jsonc_get(doc, doc->root, "costs", json_type_object);
	if (!costs || !fm_jsonc_keys(doc, costs, names, NULL))
		return;
	for (i = 0; i < CONSTANTS; i++)
		parse_constant(doc, costs, i, model);
	if (!doc->nerrors && !fm_cost_check(model))
		fm_jsonc_error(doc, costs, "these are no costs: none is negative, shares are at most 1, max_lines at least 1 and unit_ns above 0");
}

/**
 * fm_costfile_write - store constants
 * @path: the file; directories that it needs are made
 * @obj: of fm_costfile_json()
 * @err: says what went wrong
 *
 * Return: 0 or an exit code.
 */
int fm_costfile_write(const char *path, struct json_object *obj,
		      struct fm_error *err)
{
	char *dir = strdup(path), *slash = dir ? strrchr(dir, '/') : NULL;
	const char *text = json_object_to_json_string_ext(obj,
					JSON_C_TO_STRING_PRETTY);
	int ret = dir && text ? 0 : -ENOMEM;

	if (slash && slash != dir) {
		*slash = '\0';
		ret = fm_dirs_make(dir, 0755);
	}
	free(dir);
	if (ret)
		return fm_error_errno(err, -ret, "%s", path);
	return fm_replace_file(path, text, strlen(text), err);
}
