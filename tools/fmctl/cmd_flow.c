// SPDX-License-Identifier: GPL-2.0-or-later
/* Entries of a chain's state tables, filtered by the kernel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "flowio.h"
#include "json.h"
#include "nl_json.h"

static const struct fm_column columns[] = {
	{ .key = "src", .title = "SRC" },
	{ .key = "src_port", .title = "PORT", .right = true },
	{ .key = "dst", .title = "DST" },
	{ .key = "dst_port", .title = "PORT", .right = true },
	{ .key = "protocol", .title = "PROTO", .right = true },
	{ .key = "mode", .title = "MODE", .stats = true },
	{ .key = "group", .title = "GROUP", .right = true, .stats = true },
	{ .key = "shard", .title = "SHARD", .right = true },
	{ .key = "slice", .title = "SLICE", .right = true, .stats = true },
	{ .key = "idle_ms", .title = "IDLE_MS", .right = true },
	{ .key = "text", .title = "STATE" },
	{ 0 }
};

struct list_opts {
	const char *chain;
	const char *nf;
	struct fm_opt_uint shard;
	struct fm_opt_prefix src;
	struct fm_opt_prefix dst;
	struct fm_opt_uint port;
	struct fm_opt_uint sport;
	struct fm_opt_uint dport;
	struct fm_opt_uint proto;
	struct fm_opt_uint limit;
};

struct file_opts {
	const char *chain;
	const char *file;
};

/**
 * struct listing - a list being printed
 * @list: where
 * @json: no columns for text are made
 * @family: only 4 or only 6, 0 = both; the kernel cannot filter this
 * @left: entries still wanted, when it is us who count
 * @counted: end when left is 0
 */
struct listing {
	struct fm_list *list;
	bool json;
	uint8_t family;
	uint64_t left;
	bool counted;
};

#define ENOUGH (-1)

static void filter_fill(struct fm_flow_filter *f, const struct list_opts *o,
			const struct listing *listing)
{
	memset(f, 0, sizeof(*f));
	if (o->nf)
		snprintf(f->inst, sizeof(f->inst), "%s", o->nf);
	f->has_shard = o->shard.set;
	f->shard = o->shard.value;
	memcpy(f->src, o->src.addr, sizeof(f->src));
	f->src_len = o->src.len;
	f->src_bits = o->src.bits;
	memcpy(f->dst, o->dst.addr, sizeof(f->dst));
	f->dst_len = o->dst.len;
	f->dst_bits = o->dst.bits;
	f->has_port = o->port.set;
	f->port = o->port.value;
	f->has_src_port = o->sport.set;
	f->src_port = o->sport.value;
	f->has_dst_port = o->dport.set;
	f->dst_port = o->dport.value;
	f->has_protocol = o->proto.set;
	f->protocol = o->proto.value;
	if (!listing->counted)
		f->limit = o->limit.value;
}

static void add_text(struct json_object *row)
{
	struct json_object *states = fm_json_get(row, "state");
	size_t i, n = json_object_array_length(states), len = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	for (i = 0; i < n; i++) {
		struct json_object *s = json_object_array_get_idx(states, i);
		struct json_object *pairs =
			fm_json_pairs(fm_json_get(s, "value"));

		fprintf(f, "%s%s: %s", i ? "; " : "",
			json_object_get_string(fm_json_get(s, "inst")),
			pairs ? json_object_get_string(pairs) : "-");
		json_object_put(pairs);
	}
	fclose(f);
	json_object_object_add(row, "text", text ? fm_json_string(text) : NULL);
	free(text);
}

static int list_one(const struct fm_flow *flow, void *arg)
{
	struct listing *listing = arg;
	struct json_object *row;

	if (listing->family && flow->family != listing->family)
		return 0;
	if (listing->counted && !listing->left)
		return ENOUGH;
	listing->left--;
	row = fm_flow_json(flow);
	if (!listing->json)
		add_text(row);
	fm_list_add(listing->list, row);
	return 0;
}

static int list(struct fm_cli *cli, const void *opts)
{
	const struct list_opts *o = opts;
	bool v4 = cli->global.ipv4, v6 = cli->global.ipv6;
	struct listing listing = { .json = cli->out.json };
	struct fm_flow_filter filter;
	int ret;

	if (v4 != v6)
		listing.family = v4 ? 4 : 6;
	listing.counted = listing.family && o->limit.value;
	listing.left = o->limit.value;
	filter_fill(&filter, o, &listing);
	if (!fm_cli_nl(cli))
		return cli->err.code;
	listing.list = fm_list_create(&cli->out, "flows", columns);
	if (!listing.list)
		return fm_error_errno(&cli->err, ENOMEM, "flow list");
	ret = fm_nl_flow_dump(cli->nl, o->chain, &filter, list_one, &listing,
			      &cli->err);
	if (ret == ENOUGH)
		ret = 0;
	fm_list_destroy(listing.list, !ret);
	return ret;
}

static const struct fm_column count_columns[] = {
	{ .key = "flushed", .title = "flushed" },
	{ .key = "flows", .title = "flows in the file" },
	{ .key = "states", .title = "states made" },
	{ 0 }
};

static void print_counts(struct fm_cli *cli, struct json_object *result)
{
	if (!fm_output_document(&cli->out, result))
		fm_output_fields(&cli->out, result, count_columns);
	json_object_put(result);
}

static int flush(struct fm_cli *cli, const void *opts)
{
	const struct list_opts *o = opts;
	struct listing listing = { .counted = true };
	struct fm_flow_filter filter;
	struct json_object *result;
	uint64_t count;
	int ret;

	filter_fill(&filter, o, &listing);
	if (!fm_cli_nl(cli))
		return cli->err.code;
	ret = fm_nl_flow_flush(cli->nl, o->chain, &filter, &count, &cli->err);
	if (ret)
		return ret;
	result = json_object_new_object();
	json_object_object_add(result, "flushed", fm_json_uint(count));
	print_counts(cli, result);
	return 0;
}

static int export(struct fm_cli *cli, const void *opts)
{
	const struct file_opts *o = opts;

	return fm_cli_nl(cli) ? flowio_export(cli, o->chain, o->file) :
	       cli->err.code;
}

static int import(struct fm_cli *cli, const void *opts)
{
	const struct file_opts *o = opts;
	struct json_object *result;
	uint64_t flows, states;
	int ret;

	if (!fm_cli_nl(cli))
		return cli->err.code;
	ret = flowio_import(cli, o->chain, o->file, &flows, &states);
	if (ret)
		return ret;
	result = json_object_new_object();
	json_object_object_add(result, "flows", fm_json_uint(flows));
	json_object_object_add(result, "states", fm_json_uint(states));
	print_counts(cli, result);
	return 0;
}

#define AT(_member) offsetof(struct list_opts, _member)

#define CHAIN_OPTION \
	{ "CHAIN", FM_OPT_NAME, AT(chain), \
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "chain", \
	  .help = "the chain" }

#define FILTER_OPTIONS \
	{ "nf", FM_OPT_NAME, AT(nf), .value = "NAME", \
	  .help = "flows that this NF of the chain remembers" }, \
	{ "shard", FM_OPT_UINT, AT(shard), .max = FM_SHARDS_MAX - 1, \
	  .value = "N", .help = "flows of this shard" }, \
	{ "src", FM_OPT_PREFIX, AT(src), .value = "PREFIX", \
	  .help = "source address or prefix" }, \
	{ "dst", FM_OPT_PREFIX, AT(dst), .value = "PREFIX", \
	  .help = "destination address or prefix" }, \
	{ "port", FM_OPT_UINT, AT(port), .max = 65535, .value = "N", \
	  .help = "source or destination port" }, \
	{ "sport", FM_OPT_UINT, AT(sport), .max = 65535, .value = "N", \
	  .help = "source port" }, \
	{ "dport", FM_OPT_UINT, AT(dport), .max = 65535, .value = "N", \
	  .help = "destination port" }, \
	{ "proto", FM_OPT_PROTO, AT(proto), .value = "PROTO", \
	  .help = "tcp, udp, sctp, icmp, icmpv6 or a number" }

static const struct fm_option list_options[] = {
	CHAIN_OPTION,
	FILTER_OPTIONS,
	{ "limit", FM_OPT_UINT, AT(limit), .max = UINT32_MAX, .value = "N",
	  .help = "show that many flows, 0 = all" },
	{ 0 }
};

static const struct fm_option filter_options[] = {
	CHAIN_OPTION,
	FILTER_OPTIONS,
	{ 0 }
};

#define FILE_AT(_member) offsetof(struct file_opts, _member)

static const struct fm_option file_options[] = {
	{ "CHAIN", FM_OPT_NAME, FILE_AT(chain),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "chain",
	  .help = "the chain" },
	{ "FILE", FM_OPT_STRING, FILE_AT(file),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "file",
	  .help = "lines of JSON; - is standard input or output" },
	{ 0 }
};

const struct fm_command cmd_flow_rows[] = {
	{
		.object = "flow", .verb = "list", .func = list,
		.options = list_options,
		.opts_size = sizeof(struct list_opts),
		.help = "List flows and what the NFs remember of them",
		.details = "The kernel filters, and nothing is collected: a "
			   "table of any size can be listed.\n"
			   "A flow whose key lacks a field does not match a "
			   "filter on that field.",
		.examples = "fmctl flow list edge nf psd limit 10\n"
			    "fmctl flow list edge src 2001:db8::/32 proto tcp "
			    "port 443\n"
			    "fmctl -4 -j flow list edge",
	},
	{
		.object = "flow", .verb = "show", .func = list,
		.options = filter_options,
		.opts_size = sizeof(struct list_opts),
		.help = "Show the flow of a key, by all its fields",
		.details = "As flow list: a field that is left out matches all.",
		.examples = "fmctl flow show edge src 192.0.2.1 dst 192.0.2.9 "
			    "sport 40000 dport 443 proto tcp",
	},
	{
		.object = "flow", .verb = "flush", .func = flush,
		.options = filter_options,
		.opts_size = sizeof(struct list_opts),
		.help = "Forget flows, all or those of a filter",
		.details = "The owner of each flow forgets it between two "
			   "packets.\nWith nf, only this NF does.",
		.examples = "fmctl flow flush edge src 192.0.2.0/24\n"
			    "fmctl flow flush edge nf psd",
	},
	{
		.object = "flow", .verb = "export", .func = export,
		.options = file_options,
		.opts_size = sizeof(struct file_opts),
		.help = "Write all flows of a chain to a file",
		.details = "The first line names the version of the format; "
			   "the others are flows as flow list -j has them.",
		.examples = "fmctl flow export edge flows.jsonl",
	},
	{
		.object = "flow", .verb = "import", .func = import,
		.options = file_options,
		.opts_size = sizeof(struct file_opts),
		.help = "Bring flows from a file into a chain",
		.details = "What the chain knows already stays as it is.\n"
			   "It must have the NFs of the file, with their keys; "
			   "shards and modes may differ.\n"
			   "A port-scan detection does not learn which ports "
			   "were tried: its windows begin anew.",
		.examples = "fmctl flow import edge flows.jsonl",
	},
	{ 0 }
};
