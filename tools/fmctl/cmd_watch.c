// SPDX-License-Identifier: GPL-2.0-or-later
/* Tracking NFs as their sources change, and comparing two of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "asking.h"
#include "fmctl.h"
#include "json.h"
#include "tracking.h"

#define DEBOUNCE_MS	300
#define CHANGES		(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | \
			 IN_DELETE | IN_CREATE)

struct watch_opts {
	struct fm_opt_strings dirs;
	struct fm_opt_strings nfs;
	const char *framework;
	struct fm_opt_uint debounce;
	bool once;
	struct fm_asking_opts ask;
};

struct watch {
	struct fm_cli *cli;
	const struct watch_opts *o;
	struct fm_asking asking;
	const char *dir;
	int fd;
	size_t tracked;
	size_t renewed;
	size_t failed;
};

/* ---- is a chain at work that uses it? */

struct users {
	const char *nf;
	struct json_object *chains;
};

static int find_user(const struct fm_chain *chain, void *arg)
{
	struct users *u = arg;

	for (size_t i = 0; i < chain->nnfs; i++)
		if (!strcmp(chain->nfs[i].type, u->nf)) {
			json_object_array_add(u->chains,
					      fm_json_string(chain->name));
			break;
		}
	return 0;
}

/* Without the module nothing is at work. */
static struct json_object *affected(struct watch *w, const char *nf)
{
	struct users u = { nf, json_object_new_array() };
	struct fm_nl *nl = fm_cli_nl(w->cli);

	if (nl)
		fm_nl_chain_dump(nl, find_user, &u, &w->cli->err);
	memset(&w->cli->err, 0, sizeof(w->cli->err));
	return u.chains;
}

/* ---- one NF */

static void report(struct watch *w, const char *nf,
		   const struct fm_tracked *tracked)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *chains = affected(w, nf);
	size_t n = json_object_array_length(chains);

	json_object_object_add(obj, "nf", fm_json_string(nf));
	json_object_object_add(obj, "changed",
			       json_object_new_boolean(tracked->changed));
	json_object_object_add(obj, "affected_chains", chains);
	json_object_object_add(obj, "record", fm_tracked_json(tracked));
	if (w->cli->out.json) {
		fm_output_line(&w->cli->out, obj);
	} else {
		struct json_object *r = fm_json_get(obj, "record");

		fprintf(w->cli->out.file, "%s: %s, key %s, written %s%s\n", nf,
			json_object_get_string(fm_json_get(r, "statefulness")),
			json_object_to_json_string_ext(fm_json_get(r, "key"),
						       FM_JSON_FLAGS),
			json_object_get_string(fm_json_get(r, "intensity")),
			tracked->changed ? " (changed)" : "");
		for (size_t i = 0; i < n && tracked->changed; i++)
			fprintf(w->cli->out.file,
				"  the plan of chain %s is affected; run fmctl deploy again\n",
				json_object_get_string(
				json_object_array_get_idx(chains, i)));
	}
	fflush(w->cli->out.file);
	json_object_put(obj);
}

static int track_nf(const char *nf, void *arg)
{
	struct watch *w = arg;
	struct fm_tracking tracking = {
		.framework = w->o->framework, .tree = w->dir,
		.store = !w->cli->global.dry_run,
		.consult = w->asking.consult, .only = w->asking.only,
	};
	struct fm_tracked tracked;

	if (fm_cli_interrupted())
		return fm_error_set(&w->cli->err, FM_EXIT_INTERRUPTED, EINTR,
				    "interrupted");
	w->tracked++;
	if (fm_tracking_run(&tracking, nf, &tracked, &w->cli->err)) {
		fm_log_print(FM_LOG_WARN, "%s: %s", nf, w->cli->err.message);
		memset(&w->cli->err, 0, sizeof(w->cli->err));
		w->failed++;
		return 0;
	}
	if (*tracked.note)
		fm_log_print(FM_LOG_WARN, "%s", tracked.note);
	if (!tracked.from_store) {
		w->renewed++;
		report(w, nf, &tracked);
	}
	fm_tracked_cleanup(&tracked);
	return 0;
}

/* Those that are named, or all that have a record of a source in the tree. */
static int pass(struct watch *w)
{
	int ret = 0;

	w->tracked = w->renewed = w->failed = 0;
	for (size_t d = 0; d < w->o->dirs.n && !ret; d++) {
		w->dir = w->o->dirs.v[d];
		for (size_t i = 0; i < w->o->nfs.n && !ret; i++)
			ret = track_nf(w->o->nfs.v[i], w);
		if (!w->o->nfs.n)
			ret = fm_tracking_below(w->o->framework, w->dir,
						track_nf, w, &w->cli->err);
	}
	fm_log_print(FM_LOG_INFO, "%zu NFs looked at, %zu analysed again, %zu failed",
		     w->tracked, w->renewed, w->failed);
	return ret;
}

/* ---- waiting */

static int watched_fd;		/* nftw(3) has no argument for its function */

static int add_dir(const char *path, const struct stat *st, int type,
		   struct FTW *ftw)
{
	const char *name = path + ftw->base;

	(void)st;
	if (type != FTW_D)
		return 0;
	if (*name == '.' && name[1] && name[1] != '.' && ftw->level)
		return FTW_SKIP_SUBTREE;
	inotify_add_watch(watched_fd, path, CHANGES | IN_ONLYDIR);
	return 0;
}

static int watch_dirs(struct watch *w)
{
	w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->fd < 0)
		return fm_error_errno(&w->cli->err, errno, "inotify");
	watched_fd = w->fd;
	for (size_t i = 0; i < w->o->dirs.n; i++)
		if (nftw(w->o->dirs.v[i], add_dir, 32,
			 FTW_PHYS | FTW_ACTIONRETVAL))
			return fm_error_errno(&w->cli->err, errno ?: ENOENT,
					      "%s", w->o->dirs.v[i]);
	return 0;
}

/* Whether anything came within the time; all of it is taken. */
static bool wait_for_change(struct watch *w, int timeout_ms)
{
	struct pollfd pfd = { .fd = w->fd, .events = POLLIN };
	char events[4096] __attribute__((aligned(8)));
	bool any = false;

	if (poll(&pfd, 1, timeout_ms) <= 0)
		return false;
	while (read(w->fd, events, sizeof(events)) > 0)
		any = true;
	return any;
}

static int watch_loop(struct watch *w)
{
	int debounce = w->o->debounce.set ? (int)w->o->debounce.value :
					    DEBOUNCE_MS;
	int ret = 0;

	while (!ret && !fm_cli_interrupted()) {
		if (!wait_for_change(w, 500))
			continue;
		while (wait_for_change(w, debounce) && !fm_cli_interrupted())
			;
		for (size_t i = 0; i < w->o->dirs.n; i++)
			nftw(w->o->dirs.v[i], add_dir, 32,
			     FTW_PHYS | FTW_ACTIONRETVAL);
		ret = pass(w);
	}
	return ret ?: fm_error_set(&w->cli->err, FM_EXIT_INTERRUPTED, EINTR,
				   "interrupted");
}

static int watch(struct fm_cli *cli, const void *opts)
{
	struct watch w = { .cli = cli, .o = opts, .fd = -1 };
	int ret = fm_asking_setup(&w.asking, &w.o->ask, fm_cli_interrupted,
				  &cli->err);

	if (ret)
		return ret;
	for (size_t i = 0; i < w.o->dirs.n && !ret; i++)
		if (access(w.o->dirs.v[i], R_OK | X_OK))
			ret = fm_error_errno(&cli->err, errno, "%s",
					     w.o->dirs.v[i]);
	if (!ret && !w.o->once)
		ret = watch_dirs(&w);
	if (!ret)
		ret = pass(&w);
	if (!ret && !w.o->once)
		ret = watch_loop(&w);
	if (w.fd >= 0)
		close(w.fd);
	fm_asking_report(&w.asking);
	fm_asking_cleanup(&w.asking);
	return ret;
}

/* ---- comparing */

struct compare_opts {
	const char *a;
	const char *b;
	const char *framework;
	const char *tree;
	struct fm_asking_opts ask;
};

static int compare(struct fm_cli *cli, const void *opts)
{
	const struct compare_opts *o = opts;
	struct fm_tracking tracking = { .framework = o->framework,
					.tree = o->tree };
	struct fm_asking_opts ask = o->ask;
	struct json_object *doc;
	struct fm_asking asking;
	const char *nf;
	int costlier, ret;

	ask.llm = ask.llm ?: "only";
	ret = fm_asking_setup(&asking, &ask, fm_cli_interrupted, &cli->err);
	if (!ret && !asking.consult)
		ret = fm_error_set(&cli->err, FM_EXIT_USAGE, 0,
				   "a comparison needs a model; see --llm");
	if (!ret)
		ret = fm_asking_compare(&asking, &tracking, o->a, o->b,
					&costlier, &cli->err);
	fm_asking_report(&asking);
	fm_asking_cleanup(&asking);
	if (ret)
		return ret;
	nf = costlier > 0 ? o->a : costlier < 0 ? o->b : "ANY";
	doc = json_object_new_object();
	json_object_object_add(doc, "nf", fm_json_string(nf));
	if (!fm_output_document(&cli->out, doc))
		fprintf(cli->out.file, "%s\n", nf);
	json_object_put(doc);
	return 0;
}

static const struct fm_option watch_options[] = {
	{ "DIR", FM_OPT_STRINGS, offsetof(struct watch_opts, dirs),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "file",
	  .help = "a tree with sources of NFs" },
	{ "nf", FM_OPT_STRINGS, offsetof(struct watch_opts, nfs),
	  .value = "NAME", .complete = "nf",
	  .help = "an NF, with or without a record; may be repeated" },
	{ "framework", FM_OPT_STRING, offsetof(struct watch_opts, framework),
	  .value = "NAME", .help = "what the NFs are written for (default: flowmage)" },
	{ "debounce", FM_OPT_UINT, offsetof(struct watch_opts, debounce),
	  .min = 1, .max = 60000, .value = "MS",
	  .help = "milliseconds without a change before it looks (default: 300)" },
	{ "once", FM_OPT_FLAG, offsetof(struct watch_opts, once),
	  .help = "look once and end, as a make rule wants it" },
	FM_ASKING_OPTIONS(struct watch_opts, ask),
	{ 0 }
};

static const struct fm_option compare_options[] = {
	{ "A", FM_OPT_STRING, offsetof(struct compare_opts, a),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "nf",
	  .help = "one NF" },
	{ "B", FM_OPT_STRING, offsetof(struct compare_opts, b),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "nf",
	  .help = "the other NF" },
	{ "framework", FM_OPT_STRING, offsetof(struct compare_opts, framework),
	  .value = "NAME", .help = "what the NFs are written for (default: flowmage)" },
	{ "tree", FM_OPT_STRING, offsetof(struct compare_opts, tree),
	  .value = "DIR", .help = "where the sources of the NFs are" },
	FM_ASKING_OPTIONS(struct compare_opts, ask),
	{ 0 }
};

const struct fm_command cmd_watch_rows[] = {
	{
		.object = "track", .verb = "watch", .func = watch,
		.options = watch_options,
		.opts_size = sizeof(struct watch_opts),
		.help = "Track NFs again whenever their sources change",
		.details = "Only NFs of whose files one has another content "
			   "are analysed again. What changed is told, and "
			   "which chains of the module it affects.",
		.examples = "fmctl track watch . --once",
	},
	{
		.object = "track", .verb = "compare", .func = compare,
		.options = compare_options,
		.opts_size = sizeof(struct compare_opts),
		.help = "Ask a model which of two NFs needs more per packet",
		.details = "The answer is the name of an NF, or ANY if both "
			   "need about the same.",
		.examples = "fmctl track compare psd policer",
	},
	{ 0 }
};
