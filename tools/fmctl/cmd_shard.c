// SPDX-License-Identifier: GPL-2.0-or-later
/* The shards of a chain and their owners. */
#include "fmctl.h"
#include "nl_json.h"

static const struct fm_column columns[] = {
	{ .key = "id", .title = "SHARD", .right = true },
	{ .key = "owner", .title = "CPU", .right = true },
	{ .key = "packets", .title = "PACKETS", .right = true },
	{ .key = "bytes", .title = "BYTES", .right = true },
	{ .key = "entries", .title = "ENTRIES", .right = true },
	{ 0 }
};

struct list_opts {
	const char *chain;
};

static int list_one(const struct fm_shard_info *shard, void *arg)
{
	fm_list_add(arg, fm_shard_json(shard));
	return 0;
}

static int list(struct fm_cli *cli, const void *opts)
{
	const struct list_opts *o = opts;
	struct fm_nl *nl = fm_cli_nl(cli);
	struct fm_list *shards;
	int ret;

	if (!nl)
		return cli->err.code;
	shards = fm_list_create(&cli->out, "shards", columns);
	if (!shards)
		return fm_error_set(&cli->err, FM_EXIT_ERROR, 0, "no memory");
	ret = fm_nl_shard_dump(nl, o->chain, list_one, shards, &cli->err);
	fm_list_destroy(shards, !ret);
	return ret;
}

static const struct fm_option list_options[] = {
	{ "CHAIN", FM_OPT_NAME, offsetof(struct list_opts, chain),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "chain",
	  .help = "the chain" },
	{ 0 }
};

const struct fm_command cmd_shard_rows[] = {
	{
		.object = "shard", .verb = "list", .func = list,
		.options = list_options,
		.opts_size = sizeof(struct list_opts),
		.help = "List a chain's shards with owner and load",
		.examples = "fmctl shard list edge",
	},
	{ 0 }
};
