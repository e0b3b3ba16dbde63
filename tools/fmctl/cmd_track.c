// SPDX-License-Identifier: GPL-2.0-or-later
/* What an NF's source says of its state, with evidence. */
#include <errno.h>
#include <unistd.h>

#include "asking.h"
#include "fmctl.h"
#include "json.h"
#include "tracking.h"

struct track_opts {
	struct fm_opt_strings words;	/* NFs, or the files of one */
	const char *framework;
	const char *nf;
	const char *tree;
	bool force;
	bool print_prompt;
	struct fm_asking_opts ask;
};

static const struct fm_column columns[] = {
	{ .key = "nf", .title = "NF" },
	{ .key = "statefulness", .title = "state" },
	{ .key = "key", .title = "key" },
	{ .key = "bidirectional", .title = "bidirectional" },
	{ .key = "intensity", .title = "writes" },
	{ .key = "pointer", .title = "follows pointers" },
	{ .key = "state_size", .title = "state bytes" },
	{ .key = "complexity", .title = "complexity" },
	{ .key = "agreement", .title = "sources" },
	{ .key = "confidence", .title = "confidence" },
	{ 0 }
};

static void print_evidence(struct fm_cli *cli, struct json_object *record)
{
	struct json_object *list = fm_json_get(record, "evidence"), *e;
	size_t i, n = list ? json_object_array_length(list) : 0;

	for (i = 0; i < n; i++) {
		e = json_object_array_get_idx(list, i);
		fprintf(cli->out.file, "  %s:%s: %s: %s\n",
			json_object_get_string(fm_json_get(e, "file")),
			json_object_get_string(fm_json_get(e, "line")),
			json_object_get_string(fm_json_get(e, "attribute")),
			json_object_get_string(fm_json_get(e, "why")));
	}
}

static void print(struct fm_cli *cli, struct json_object *records)
{
	struct json_object *record;
	size_t i;

	for (i = 0; i < json_object_array_length(records); i++) {
		record = json_object_array_get_idx(records, i);
		if (i)
			fprintf(cli->out.file, "\n");
		fm_output_fields(&cli->out, record, columns);
		fprintf(cli->out.file, "evidence\n");
		print_evidence(cli, record);
	}
}

static int track_one(struct fm_cli *cli, const struct track_opts *o,
		     const struct fm_asking *asking, const char *type,
		     struct json_object *records)
{
	struct fm_tracking tracking = {
		.framework = o->framework,
		.tree = o->tree,
		.files = o->nf ? o->words.v : NULL,
		.nfiles = o->nf ? o->words.n : 0,
		.store = !cli->global.dry_run,
		.force = o->force,
		.consult = asking->consult,
		.only = asking->only,
	};
	struct fm_tracked tracked;
	int ret;

	ret = fm_tracking_run(&tracking, type, &tracked, &cli->err);
	if (ret)
		return ret;
	if (*tracked.note)
		fm_log_print(FM_LOG_WARN, "%s", tracked.note);
	if (tracked.changed)
		fm_log_print(FM_LOG_INFO, "%s: its features have changed",
			     type);
	json_object_array_add(records, fm_tracked_json(&tracked));
	fm_tracked_cleanup(&tracked);
	return 0;
}

/* On stderr, if somebody watches and it takes long enough to be of use. */
static void show_progress(const struct fm_cli *cli, size_t done, size_t all,
			  const char *nf)
{
	if (cli->global.quiet || cli->global.json || all < 2 ||
	    !isatty(STDERR_FILENO))
		return;
	if (done < all)
		fprintf(stderr, "\r\033[K[%zu/%zu] %s", done + 1, all, nf);
	else
		fprintf(stderr, "\r\033[K");
	fflush(stderr);
}

static int track_all(struct fm_cli *cli, const struct track_opts *o,
		     const struct fm_asking *asking,
		     struct json_object *records)
{
	size_t n = o->nf ? 1 : o->words.n, i;
	int ret = 0;

	if (!n)
		ret = fm_error_set(&cli->err, FM_EXIT_USAGE, 0,
				   "which NF? Its name is missing");
	for (i = 0; !ret && i < n; i++) {
		const char *nf = o->nf ?: o->words.v[i];

		show_progress(cli, i, n, nf);
		ret = fm_cli_interrupted() ?
		      fm_error_set(&cli->err, FM_EXIT_INTERRUPTED, EINTR,
				   "interrupted") :
		      track_one(cli, o, asking, nf, records);
	}
	show_progress(cli, n, n, "");
	return ret;
}

static int print_prompts(struct fm_cli *cli, const struct track_opts *o,
			 const struct fm_asking *asking)
{
	struct fm_tracking tracking = {
		.framework = o->framework, .tree = o->tree,
		.files = o->nf ? o->words.v : NULL,
		.nfiles = o->nf ? o->words.n : 0,
	};
	size_t n = o->nf ? 1 : o->words.n, i;
	int ret = 0;

	for (i = 0; !ret && i < n; i++)
		ret = fm_asking_print(cli->out.file, asking, &tracking,
				      o->nf ?: o->words.v[i], &cli->err);
	return ret;
}

static int track(struct fm_cli *cli, const void *opts)
{
	const struct track_opts *o = opts;
	struct json_object *doc, *records;
	struct fm_asking asking;
	int ret;

	ret = fm_asking_setup(&asking, &o->ask, fm_cli_interrupted, &cli->err);
	if (ret)
		return ret;
	if (o->print_prompt) {
		ret = print_prompts(cli, o, &asking);
		fm_asking_cleanup(&asking);
		return ret;
	}
	doc = json_object_new_object();
	records = json_object_new_array();
	json_object_object_add(doc, "records", records);
	ret = track_all(cli, o, &asking, records);
	if (!ret && !fm_output_document(&cli->out, doc))
		print(cli, records);
	fm_asking_report(&asking);
	fm_asking_cleanup(&asking);
	json_object_put(doc);
	return ret;
}

static const struct fm_option options[] = {
	{ "NF", FM_OPT_STRINGS, offsetof(struct track_opts, words),
	  FM_OPT_POSITIONAL, .complete = "nf",
	  .help = "the NF; with --nf: a file of its source" },
	{ "framework", FM_OPT_STRING, offsetof(struct track_opts, framework),
	  .value = "NAME", .help = "what the NF is written for (default: flowmage)" },
	{ "nf", FM_OPT_STRING, offsetof(struct track_opts, nf),
	  .value = "NAME", .complete = "nf", .help = "the NF whose files follow, if any do" },
	{ "tree", FM_OPT_STRING, offsetof(struct track_opts, tree),
	  .value = "DIR", .help = "where the sources of the NFs are" },
	{ "force", FM_OPT_FLAG, offsetof(struct track_opts, force),
	  .help = "analyse also what has not changed" },
	{ "print-prompt", FM_OPT_FLAG, offsetof(struct track_opts, print_prompt),
	  .help = "print what a model would be asked, and ask nobody" },
	FM_ASKING_OPTIONS(struct track_opts, ask),
	{ 0 }
};

const struct fm_command cmd_track_rows[] = {
	{
		.object = "track", .func = track, .options = options,
		.opts_size = sizeof(struct track_opts),
		.help = "Read from an NF's source what state it keeps",
		.details = "Every answer comes with the lines it was read "
			   "from. Records are kept and used again while the "
			   "source stays the same.",
		.examples = "fmctl track psd policer",
	},
	{ 0 }
};
