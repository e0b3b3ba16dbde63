// SPDX-License-Identifier: GPL-2.0-or-later
/* The network functions that chains can use. */
#include "fmctl.h"
#include "json.h"
#include "nl_json.h"

static const struct fm_column list_columns[] = {
	{ .key = "type", .title = "NF" },
	{ .key = "key", .title = "KEY" },
	{ .key = "intensity", .title = "WRITES" },
	{ .key = "state_size", .title = "STATE", .right = true },
	{ .key = "max_entries", .title = "ENTRIES", .right = true,
	  .stats = true },
	{ .key = "timeout_ms", .title = "TIMEOUT_MS", .right = true,
	  .stats = true },
	{ .key = "description", .title = "DESCRIPTION" },
	{ 0 }
};

static const struct fm_column columns[] = {
	{ .key = "type", .title = "NF" },
	{ .key = "description", .title = "description" },
	{ .key = "stateful", .title = "stateful" },
	{ .key = "key", .title = "key" },
	{ .key = "bidirectional", .title = "bidirectional" },
	{ .key = "intensity", .title = "writes state per" },
	{ .key = "pointer", .title = "follows pointers" },
	{ .key = "state_size", .title = "state bytes" },
	{ .key = "max_entries", .title = "max entries" },
	{ .key = "timeout_ms", .title = "timeout ms" },
	{ .key = "reason", .title = "drops for" },
	{ 0 }
};

static const struct fm_column param_columns[] = {
	{ .key = "name", .title = "PARAMETER" },
	{ .key = "type", .title = "TYPE" },
	{ .key = "default_text", .title = "DEFAULT" },
	{ .key = "range", .title = "VALUES" },
	{ .key = "help", .title = "MEANING" },
	{ 0 }
};

static int list_one(const struct fm_nf_info *nf, void *arg)
{
	fm_list_add(arg, fm_nf_json(nf));
	return 0;
}

static int list(struct fm_cli *cli, const void *opts)
{
	struct fm_nl *nl = fm_cli_nl(cli);
	struct fm_list *nfs;
	int ret;

	(void)opts;
	if (!nl)
		return cli->err.code;
	nfs = fm_list_create(&cli->out, "nfs", list_columns);
	if (!nfs)
		return fm_error_set(&cli->err, FM_EXIT_ERROR, 0, "no memory");
	ret = fm_nl_nf_dump(nl, list_one, nfs, &cli->err);
	fm_list_destroy(nfs, !ret);
	return ret;
}

static const char *text_of(struct json_object *param, const char *key)
{
	return json_object_get_string(fm_json_get(param, key));
}

/* Two columns that the JSON has in several members. */
static void add_param_text(struct json_object *param)
{
	const char *value = text_of(param, "default");
	char range[64];

	if (!value)
		value = text_of(param, "default_string");
	if (!value)
		value = json_object_get_boolean(fm_json_get(param,
				"required")) ? "required" : "none";
	json_object_object_add(param, "default_text", fm_json_string(value));
	if (text_of(param, "choices")) {
		json_object_object_add(param, "range",
				fm_json_string(text_of(param, "choices")));
		return;
	}
	if (text_of(param, "max_value"))
		snprintf(range, sizeof(range), "%s..%s",
			 text_of(param, "min"), text_of(param, "max_value"));
	else
		snprintf(range, sizeof(range), "%s", text_of(param, "type"));
	json_object_object_add(param, "range", fm_json_string(range));
}

static void print(struct fm_cli *cli, const struct fm_nf_info *nf)
{
	struct json_object *doc = json_object_new_object();
	struct json_object *obj = fm_nf_json(nf), *params;
	size_t i;

	json_object_object_add(doc, "nf", obj);
	if (!fm_output_document(&cli->out, doc)) {
		fm_output_fields(&cli->out, obj, columns);
		params = fm_json_get(obj, "param");
		for (i = 0; i < nf->nparams; i++)
			add_param_text(json_object_array_get_idx(params, i));
		if (nf->nparams)
			fprintf(cli->out.file, "\n");
		fm_output_table(&cli->out, params, param_columns);
	}
	json_object_put(doc);
}

struct show_opts {
	const char *name;
};

static int show(struct fm_cli *cli, const void *opts)
{
	const struct show_opts *o = opts;
	struct fm_nl *nl = fm_cli_nl(cli);
	struct fm_nf_info nf;

	if (!nl || fm_nl_nf_get(nl, o->name, &nf, &cli->err))
		return cli->err.code;
	print(cli, &nf);
	return 0;
}

static const struct fm_option show_options[] = {
	{ "NAME", FM_OPT_NAME, offsetof(struct show_opts, name),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "nf",
	  .help = "the NF" },
	{ 0 }
};

const struct fm_command cmd_nf_rows[] = {
	{
		.object = "nf", .verb = "list", .func = list,
		.help = "List the NFs that the module knows",
		.examples = "fmctl nf list",
	},
	{
		.object = "nf", .verb = "show", .func = show,
		.options = show_options,
		.opts_size = sizeof(struct show_opts),
		.help = "Show an NF's key, state and parameters",
		.examples = "fmctl nf show psd",
	},
	{ 0 }
};
