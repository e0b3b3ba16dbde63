// SPDX-License-Identifier: GPL-2.0-or-later
/* Packets that stay with the owner of their shard. */
#include <errno.h>
#include <stdlib.h>

#include "fmctl.h"
#include "json.h"
#include "nl_json.h"
#include "priority.h"

static const struct fm_column columns[] = {
	{ .key = "kind", .title = "KIND" },
	{ .key = "value", .title = "VALUE" },
	{ 0 }
};

static const struct fm_column done_columns[] = {
	{ .key = "chain_name", .title = "chain" },
	{ .key = "rules", .title = "rules" },
	{ 0 }
};

struct priority_opts {
	const char *chain;
	struct fm_opt_strings dscp;
	struct fm_opt_strings mark;
	struct fm_opt_strings src;
	struct fm_opt_strings dst;
};

static void add_text(struct json_object *row,
		     const struct fm_priority_rule *rule)
{
	const char *kind = rule->dscp ? "dscp" : rule->mark_mask ? "mark" :
			   rule->dst ? "dst" : "src";
	struct json_object *value = fm_json_get(row, kind);
	char text[32];

	if (rule->mark_mask) {
		snprintf(text, sizeof(text), "0x%x/0x%x", rule->mark,
			 rule->mark_mask);
		value = fm_json_string(text);
	} else {
		value = fm_json_string(json_object_get_string(value));
	}
	json_object_object_add(row, "kind", fm_json_string(kind));
	json_object_object_add(row, "value", value);
}

static int list(struct fm_cli *cli, const void *opts)
{
	const struct priority_opts *o = opts;
	struct fm_priority_rules rules;
	struct fm_nl *nl = fm_cli_nl(cli);
	struct json_object *row;
	struct fm_list *list;
	size_t i;

	if (!nl || fm_nl_priority_get(nl, o->chain, &rules, &cli->err))
		return cli->err.code;
	list = fm_list_create(&cli->out, "priority", columns);
	if (!list)
		return fm_error_errno(&cli->err, ENOMEM, "priority list");
	for (i = 0; i < rules.n; i++) {
		row = fm_priority_json(&rules.rules[i]);
		if (!cli->out.json)
			add_text(row, &rules.rules[i]);
		fm_list_add(list, row);
	}
	fm_list_destroy(list, true);
	return 0;
}

static int parse_words(const struct priority_opts *o,
		       struct fm_priority_rules *rules, struct fm_error *err)
{
	int ret = 0;
	size_t i;

	for (i = 0; !ret && i < o->dscp.n; i++)
		ret = fm_priority_add_dscp(rules, o->dscp.v[i], err);
	for (i = 0; !ret && i < o->mark.n; i++)
		ret = fm_priority_add_mark(rules, o->mark.v[i], err);
	for (i = 0; !ret && i < o->src.n; i++)
		ret = fm_priority_add_prefix(rules, o->src.v[i], false, err);
	for (i = 0; !ret && i < o->dst.n; i++)
		ret = fm_priority_add_prefix(rules, o->dst.v[i], true, err);
	return ret;
}

static int change(struct fm_cli *cli, const struct priority_opts *o,
		  const struct fm_priority_rules *rules)
{
	struct json_object *doc;
	struct fm_nl *nl = fm_cli_nl(cli);

	if (!nl || (!cli->global.dry_run &&
		    fm_nl_priority_set(nl, o->chain, rules, &cli->err)))
		return cli->err.code;
	doc = json_object_new_object();
	json_object_object_add(doc, "chain_name", fm_json_string(o->chain));
	json_object_object_add(doc, "rules", fm_json_uint(rules->n));
	json_object_object_add(doc, "dry_run",
		json_object_new_boolean(cli->global.dry_run));
	if (!fm_output_document(&cli->out, doc))
		fm_output_fields(&cli->out, doc, done_columns);
	json_object_put(doc);
	return 0;
}

static int set(struct fm_cli *cli, const void *opts)
{
	struct fm_priority_rules rules = { .n = 0 };

	if (parse_words(opts, &rules, &cli->err))
		return cli->err.code;
	if (!rules.n)
		return fm_error_set(&cli->err, FM_EXIT_USAGE, EINVAL,
				    "no rule; \"priority clear\" removes all");
	return change(cli, opts, &rules);
}

static int clear(struct fm_cli *cli, const void *opts)
{
	struct fm_priority_rules rules = { .n = 0 };

	return change(cli, opts, &rules);
}

#define AT(_member) offsetof(struct priority_opts, _member)

#define CHAIN_OPTION \
	{ "CHAIN", FM_OPT_NAME, AT(chain), \
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "chain", \
	  .help = "the chain" }

static const struct fm_option chain_options[] = {
	CHAIN_OPTION,
	{ 0 }
};

static const struct fm_option set_options[] = {
	CHAIN_OPTION,
	{ "dscp", FM_OPT_STRINGS, AT(dscp), .value = "LIST",
	  .help = "code points of the DS field, as ef,af41 or 46" },
	{ "mark", FM_OPT_STRINGS, AT(mark), .value = "MARK[/MASK]",
	  .help = "the mark that tc gave the packet" },
	{ "src", FM_OPT_STRINGS, AT(src), .value = "PREFIX",
	  .help = "source address or prefix, IPv4 or IPv6" },
	{ "dst", FM_OPT_STRINGS, AT(dst), .value = "PREFIX",
	  .help = "destination address or prefix" },
	{ 0 }
};

const struct fm_command cmd_priority_rows[] = {
	{
		.object = "priority", .verb = "list", .func = list,
		.options = chain_options,
		.opts_size = sizeof(struct priority_opts),
		.help = "List the rules for packets that are not offloaded",
		.examples = "fmctl priority list edge",
	},
	{
		.object = "priority", .verb = "set", .func = set,
		.options = set_options,
		.opts_size = sizeof(struct priority_opts),
		.help = "Say which packets stay with their shard's owner",
		.details = "Up to 16 rules, which replace those before; a "
			   "packet that fits any of them has priority. Flows "
			   "of its slice come back from an offload CPU, in "
			   "order, and stay until there has been none for a "
			   "second.",
		.examples = "fmctl priority set edge dscp ef,cs6 src 192.0.2.0/24\n"
			    "fmctl priority set edge mark 0x10/0xf0",
	},
	{
		.object = "priority", .verb = "clear", .func = clear,
		.options = chain_options,
		.opts_size = sizeof(struct priority_opts),
		.help = "Let no packet have priority",
		.examples = "fmctl priority clear edge",
	},
	{ 0 }
};
