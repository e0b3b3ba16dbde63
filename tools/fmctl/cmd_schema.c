// SPDX-License-Identifier: GPL-2.0-or-later
/* What programs that call fmctl need to know of it, as JSON. */
#include "command.h"
#include "json.h"

static const struct {
	int code;
	const char *meaning;
} exits[] = {
	{ FM_EXIT_OK, "ok" },
	{ FM_EXIT_ERROR, "error at run time or from the kernel" },
	{ FM_EXIT_USAGE, "usage" },
	{ FM_EXIT_NOT_FOUND, "not found" },
	{ FM_EXIT_PERMISSION, "permission" },
	{ FM_EXIT_MODULE, "module absent or of another ABI" },
	{ FM_EXIT_CONFLICT, "conflict or stale generation" },
	{ FM_EXIT_TIMEOUT, "timeout or unreachable" },
	{ FM_EXIT_CHECK, "check failed or difference found" },
	{ FM_EXIT_INTERRUPTED, "interrupted" },
};

static const char *type_name(const struct fm_option *opt)
{
	switch (opt->type) {
	case FM_OPT_FLAG:
		return "flag";
	case FM_OPT_NAME:
		return "name";
	case FM_OPT_CHOICE:
		return "choice";
	case FM_OPT_UINT:
		return "uint";
	case FM_OPT_PREFIX:
		return "prefix";
	case FM_OPT_PROTO:
		return "protocol";
	case FM_OPT_STRINGS:
		return "strings";
	default:
		return "string";
	}
}

static void add_string(struct json_object *obj, const char *key, const char *s)
{
	if (s)
		json_object_object_add(obj, key, fm_json_string(s));
}

static struct json_object *options_json(const struct fm_option *opt)
{
	struct json_object *array = json_object_new_array(), *row;

	for (; opt && opt->name; opt++) {
		row = json_object_new_object();
		add_string(row, "name", opt->name);
		add_string(row, "type", type_name(opt));
		json_object_object_add(row, "required", json_object_new_boolean(
				opt->flags & FM_OPT_REQUIRED));
		json_object_object_add(row, "positional",
			json_object_new_boolean(opt->flags &
						FM_OPT_POSITIONAL));
		add_string(row, "choices", opt->choices);
		add_string(row, "help", opt->help);
		json_object_array_add(array, row);
	}
	return array;
}

static struct json_object *commands_json(void)
{
	struct json_object *array = json_object_new_array(), *row;
	struct fm_command_list all;
	size_t i;

	fm_command_list_all(&all);
	for (i = 0; i < all.n; i++) {
		row = json_object_new_object();
		add_string(row, "object", all.rows[i]->object);
		add_string(row, "verb", all.rows[i]->verb);
		add_string(row, "help", all.rows[i]->help);
		json_object_object_add(row, "options",
				       options_json(all.rows[i]->options));
		json_object_array_add(array, row);
	}
	return array;
}

static struct json_object *exits_json(void)
{
	struct json_object *obj = json_object_new_object();
	char code[16];
	size_t i;

	for (i = 0; i < sizeof(exits) / sizeof(*exits); i++) {
		snprintf(code, sizeof(code), "%d", exits[i].code);
		add_string(obj, code, exits[i].meaning);
	}
	return obj;
}

static int schema(struct fm_cli *cli, const void *opts)
{
	struct json_object *doc = json_object_new_object();

	(void)opts;
	add_string(doc, "version", FM_VERSION);
	json_object_object_add(doc, "abi", fm_json_uint(FM_ABI_VERSION));
	add_string(doc, "family", FM_GENL_NAME);
	json_object_object_add(doc, "exit", exits_json());
	json_object_object_add(doc, "global", options_json(fm_global_options));
	json_object_object_add(doc, "commands", commands_json());
	cli->out.json = true;
	fm_output_document(&cli->out, doc);
	json_object_put(doc);
	return 0;
}

const struct fm_command cmd_schema_rows[] = {
	{
		.object = "schema", .func = schema,
		.help = "Print commands, options and exit codes as JSON",
		.details = "Results of commands have schema_version and the "
			   "names of the netlink spec,\n"
			   "Documentation/netlink/specs/flowmage.yaml, with "
			   "\"_\" for \"-\".",
		.examples = "fmctl -p schema",
	},
	{ 0 }
};
