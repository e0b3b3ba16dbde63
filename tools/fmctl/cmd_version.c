// SPDX-License-Identifier: GPL-2.0-or-later
/* Who speaks which ABI; works without the module. */
#include <string.h>
#include "fmctl.h"
#include "json.h"
#include "nl_json.h"

static const struct fm_column columns[] = {
	{ .key = "program.version", .title = "fmctl" },
	{ .key = "program.abi", .title = "ABI" },
	{ .key = "module.version", .title = "module" },
	{ .key = "module.abi", .title = "module ABI" },
	{ .key = "module.chains", .title = "chains", .stats = true },
	{ .key = "module.memory", .title = "memory", .stats = true },
	{ .key = "module.memory_max", .title = "memory max", .stats = true },
	{ 0 }
};

static struct json_object *program_json(void)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "version", fm_json_string(FM_VERSION));
	json_object_object_add(obj, "abi", fm_json_uint(FM_ABI_VERSION));
	return obj;
}

static void print(struct fm_cli *cli, const struct fm_info *info)
{
	struct json_object *doc = json_object_new_object();

	json_object_object_add(doc, "program", program_json());
	json_object_object_add(doc, "module", info ? fm_info_json(info) : NULL);
	if (!fm_output_document(&cli->out, doc)) {
		fm_output_fields(&cli->out, doc, columns);
		if (!info)
			fprintf(cli->out.file, "module: absent\n");
	}
	json_object_put(doc);
}

static int version(struct fm_cli *cli, const void *opts)
{
	struct fm_nl *nl = fm_cli_nl_any(cli);
	struct fm_info info;

	(void)opts;
	if (!nl && cli->err.code != FM_EXIT_MODULE)
		return cli->err.code;
	if (nl && fm_nl_info_get(nl, &info, &cli->err))
		return cli->err.code;
	memset(&cli->err, 0, sizeof(cli->err));
	print(cli, nl ? &info : NULL);
	if (!nl || info.abi == FM_ABI_VERSION)
		return 0;
	return fm_error_set(&cli->err, FM_EXIT_MODULE, 0,
			    "module and program speak different ABIs");
}

const struct fm_command cmd_version_rows[] = {
	{
		.object = "version",
		.func = version,
		.help = "Tell the versions of program and module",
		.details = "Without the module it says \"module: absent\", in "
			   "JSON null, and succeeds;\n"
			   "with a module of another ABI it exits with 5.",
		.examples = "fmctl version\nfmctl -j version",
	},
	{ 0 }
};
