// SPDX-License-Identifier: GPL-2.0-or-later
/* Feature records that are stored, and what humans decide about them. */
#include <errno.h>
#include <string.h>

#include "fmctl.h"
#include "json.h"
#include "tracking.h"

struct features_opts {
	struct fm_opt_strings names;
	const char *framework;
};

struct confirm_opts {
	struct fm_opt_strings words;	/* the NF, then ATTRIBUTE=VALUE */
	const char *framework;
	const char *why;
};

static const struct fm_column columns[] = {
	{ .key = "nf", .title = "NF" },
	{ .key = "framework", .title = "FRAMEWORK" },
	{ .key = "statefulness", .title = "STATE" },
	{ .key = "key", .title = "KEY" },
	{ .key = "intensity", .title = "WRITES" },
	{ .key = "pointer", .title = "POINTERS" },
	{ .key = "state_size", .title = "BYTES", .right = true },
	{ .key = "complexity", .title = "COMPLEXITY", .right = true },
	{ .key = "agreement", .title = "SOURCES" },
	{ .key = "confidence", .title = "CONFIDENCE", .right = true },
	{ .key = "confirmed.why", .title = "CONFIRMED" },
	{ 0 }
};

static int features(struct fm_cli *cli, const void *opts)
{
	const struct features_opts *o = opts;
	struct fm_list *list = fm_list_create(&cli->out, "records", columns);
	struct json_object *records = json_object_new_array();
	int ret;

	if (!list) {
		json_object_put(records);
		return fm_error_errno(&cli->err, ENOMEM, "records");
	}
	ret = fm_tracking_stored(o->framework, o->names.v, o->names.n,
				 records, &cli->err);
	for (size_t i = 0; i < json_object_array_length(records); i++)
		fm_list_add(list, json_object_get(
				json_object_array_get_idx(records, i)));
	fm_list_destroy(list, !ret);
	json_object_put(records);
	return ret;
}

static int confirm(struct fm_cli *cli, const void *opts)
{
	const struct confirm_opts *o = opts;

	if (o->words.n < 2)
		return fm_error_set(&cli->err, FM_EXIT_USAGE, 0,
			"what is decided? Say ATTRIBUTE=VALUE, such as key=src_ip");
	return fm_tracking_confirm(o->framework, o->words.v[0],
				   o->words.v + 1, o->words.n - 1, o->why,
				   cli->global.dry_run, &cli->err);
}

static const struct fm_option features_options[] = {
	{ "NAME", FM_OPT_STRINGS, offsetof(struct features_opts, names),
	  FM_OPT_POSITIONAL, .complete = "nf",
	  .help = "the NF; all, if there is none" },
	{ "framework", FM_OPT_STRING, offsetof(struct features_opts, framework),
	  .value = "NAME", .help = "only NFs that are written for it" },
	{ 0 }
};

static const struct fm_option confirm_options[] = {
	{ "NAME", FM_OPT_STRINGS, offsetof(struct confirm_opts, words),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "nf",
	  .help = "the NF, and ATTRIBUTE=VALUE for each decision" },
	{ "framework", FM_OPT_STRING, offsetof(struct confirm_opts, framework),
	  .value = "NAME", .help = "what the NF is written for (default: flowmage)" },
	{ "why", FM_OPT_STRING, offsetof(struct confirm_opts, why),
	  FM_OPT_REQUIRED, .value = "TEXT",
	  .help = "the reason, for those who come after you" },
	{ 0 }
};

const struct fm_command cmd_features_rows[] = {
	{
		.object = "nf", .verb = "features", .func = features,
		.options = features_options,
		.opts_size = sizeof(struct features_opts),
		.help = "Show what the tracker has stored of NFs",
		.examples = "fmctl nf features psd",
	},
	{
		.object = "nf", .verb = "confirm", .func = confirm,
		.options = confirm_options,
		.opts_size = sizeof(struct confirm_opts),
		.help = "Decide what the sources of a record cannot",
		.details = "Attributes are statefulness, key, bidirectional, "
			   "intensity, pointer and state_size. A decision "
			   "stands above all sources until it is made anew.",
		.examples = "fmctl nf confirm psd key=src_ip --why \"the hash is symmetric\"",
	},
	{ 0 }
};
