// SPDX-License-Identifier: GPL-2.0-or-later
/* The chains of a network namespace. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include "fmctl.h"
#include "json.h"
#include "nicstate.h"
#include "nl_json.h"

static const struct fm_column list_columns[] = {
	{ .key = "chain_name", .title = "CHAIN" },
	{ .key = "generation", .title = "GENERATION", .right = true },
	{ .key = "chain.dev", .title = "DEVICES" },
	{ .key = "nfs", .title = "NFS" },
	{ 0 }
};

static const struct fm_column columns[] = {
	{ .key = "chain_name", .title = "chain" },
	{ .key = "generation", .title = "generation" },
	{ .key = "chain.dev", .title = "devices" },
	{ .key = "chain.frag_policy", .title = "fragments" },
	{ .key = "chain.other_policy", .title = "other packets" },
	{ .key = "chain.sample_shift", .title = "sample shift", .stats = true },
	{ 0 }
};

static const struct fm_column inst_columns[] = {
	{ .key = "name", .title = "NAME" },
	{ .key = "type", .title = "NF" },
	{ .key = "mode", .title = "MODE" },
	{ .key = "max_entries", .title = "ENTRIES", .right = true },
	{ .key = "timeout_ms", .title = "TIMEOUT_MS", .right = true },
	{ .key = "full_policy", .title = "WHEN_FULL" },
	{ .key = "text", .title = "PARAMETERS" },
	{ 0 }
};

/* Large, and always the same three: what is shown, and where. */
struct show {
	struct fm_cli *cli;
	struct fm_list *list;
	struct fm_chain *chain;
};

static struct json_object *chain_head(const struct fm_chain *chain)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "chain_name", fm_json_string(chain->name));
	json_object_object_add(obj, "generation",
			       fm_json_uint(chain->generation));
	return obj;
}

static struct json_object *nfs_text(const struct fm_chain *chain)
{
	struct json_object *names = json_object_new_array();
	size_t i;

	for (i = 0; i < chain->nnfs; i++)
		json_object_array_add(names,
				      fm_json_string(chain->nfs[i].name));
	return names;
}

static int list_one(const struct fm_chain *chain, void *arg)
{
	struct json_object *row = chain_head(chain);
	struct json_object *body = fm_chain_json(chain);
	struct show *show = arg;

	json_object_object_del(body, "steer");
	json_object_object_add(row, "chain", body);
	if (!show->cli->out.json)
		json_object_object_add(row, "nfs", nfs_text(chain));
	fm_list_add(show->list, row);
	return 0;
}

static int list(struct fm_cli *cli, const void *opts)
{
	struct show show = { .cli = cli };
	struct fm_nl *nl = fm_cli_nl(cli);
	int ret;

	(void)opts;
	if (!nl)
		return cli->err.code;
	show.list = fm_list_create(&cli->out, "chains", list_columns);
	if (!show.list)
		return fm_error_errno(&cli->err, ENOMEM, "chain list");
	ret = fm_nl_chain_dump(nl, list_one, &show, &cli->err);
	fm_list_destroy(show.list, !ret);
	return ret;
}

static void add_inst_text(struct json_object *insts)
{
	size_t i, n = json_object_array_length(insts);

	for (i = 0; i < n; i++) {
		struct json_object *inst = json_object_array_get_idx(insts, i);

		json_object_object_add(inst, "text",
			fm_json_pairs(fm_json_get(inst, "param")));
	}
}

static void print(struct fm_cli *cli, const struct fm_chain *chain)
{
	struct json_object *doc = chain_head(chain);
	struct json_object *body = fm_chain_json(chain);

	json_object_object_add(doc, "chain", body);
	if (!fm_output_document(&cli->out, doc)) {
		add_inst_text(fm_json_get(body, "inst"));
		fm_output_fields(&cli->out, doc, columns);
		fprintf(cli->out.file, "\n");
		fm_output_table(&cli->out, fm_json_get(body, "inst"),
				inst_columns);
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
	struct fm_chain *chain;
	int ret;

	if (!nl)
		return cli->err.code;
	chain = malloc(sizeof(*chain));
	if (!chain)
		return fm_error_errno(&cli->err, ENOMEM, "chain");
	ret = fm_nl_chain_get(nl, o->name, chain, &cli->err);
	if (!ret)
		print(cli, chain);
	free(chain);
	return ret;
}

struct del_opts {
	const char *name;
	struct fm_opt_uint generation;
};

/* The chain is gone by now: a NIC that resists is a warning per device. */
static int restore_nics(struct fm_cli *cli, const struct fm_chain *chain)
{
	char why[256] = "", dev[IF_NAMESIZE];
	int ret = 0;
	size_t i;

	for (i = 0; i < chain->ndevs; i++) {
		if (!if_indextoname(chain->ifindex[i], dev) ||
		    !fm_nicstate_restore(dev, why, sizeof(why)))
			continue;
		ret = fm_error_set(&cli->err, FM_EXIT_ERROR, 0,
				   "the chain is deleted, but %s does not have "
				   "its former settings: %s", dev, why);
		fm_error_hint(&cli->err, "fmctl rollback tries again");
	}
	return ret;
}

static int del_chain(struct fm_cli *cli, struct fm_nl *nl,
		     const struct del_opts *o, struct fm_chain *chain)
{
	uint32_t generation = o->generation.value;
	int ret = fm_nl_chain_get(nl, o->name, chain, &cli->err);

	if (ret)
		return ret;
	if (o->generation.set && generation != chain->generation)
		return fm_error_set(&cli->err, FM_EXIT_CONFLICT, ESTALE,
				    "chain %s has generation %u, not %u",
				    o->name, chain->generation, generation);
	if (cli->global.dry_run) {
		fm_log_print(FM_LOG_INFO, "would delete chain %s, generation "
			     "%u, of %zu device%s", o->name, chain->generation,
			     chain->ndevs, chain->ndevs == 1 ? "" : "s");
		return 0;
	}
	ret = fm_nl_chain_del(nl, o->name, generation, &cli->err);
	return ret ?: restore_nics(cli, chain);
}

static int del(struct fm_cli *cli, const void *opts)
{
	struct fm_nl *nl = fm_cli_nl(cli);
	struct fm_chain *chain;
	int ret;

	if (!nl)
		return cli->err.code;
	chain = malloc(sizeof(*chain));
	if (!chain)
		return fm_error_errno(&cli->err, ENOMEM, "chain");
	ret = del_chain(cli, nl, opts, chain);
	free(chain);
	return ret;
}

static const struct fm_option show_options[] = {
	{ "NAME", FM_OPT_NAME, offsetof(struct show_opts, name),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "chain",
	  .help = "the chain" },
	{ 0 }
};

static const struct fm_option del_options[] = {
	{ "NAME", FM_OPT_NAME, offsetof(struct del_opts, name),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "chain",
	  .help = "the chain" },
	{ "generation", FM_OPT_UINT, offsetof(struct del_opts, generation),
	  .min = 1, .max = UINT32_MAX, .value = "N",
	  .help = "delete only if the chain still has this generation" },
	{ 0 }
};

const struct fm_command cmd_chain_rows[] = {
	{
		.object = "chain", .verb = "list", .func = list,
		.help = "List the chains",
		.examples = "fmctl chain list",
	},
	{
		.object = "chain", .verb = "show", .func = show,
		.options = show_options,
		.opts_size = sizeof(struct show_opts),
		.help = "Show a chain's devices, policies and NFs",
		.details = "How packets are spread is told by \"plan show\".",
		.examples = "fmctl chain show edge",
	},
	{
		.object = "chain", .verb = "del", .func = del,
		.options = del_options,
		.opts_size = sizeof(struct del_opts),
		.help = "Delete a chain and give its NICs their settings back",
		.details = "Its state is lost. A stale generation exits with "
			   "6 and deletes nothing.",
		.examples = "fmctl chain del edge\n"
			    "fmctl chain del edge generation 7",
	},
	{ 0 }
};
