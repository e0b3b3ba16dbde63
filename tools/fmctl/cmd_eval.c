// SPDX-License-Identifier: GPL-2.0-or-later
/* How right the analysis, models, and both together are. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "asking.h"
#include "fmctl.h"
#include "json.h"
#include "labels.h"
#include "tracking.h"

#define ROWS_MAX	64

struct eval_opts {
	const char *labels;
	const char *answers;
	struct fm_opt_strings trees;
	bool strict;
	struct fm_asking_opts ask;
};

struct row {
	char name[FM_RECORD_NAME * 2];
	struct fm_score score;
};

struct eval {
	struct fm_cli *cli;
	const struct eval_opts *o;
	struct fm_labels labels;
	struct fm_features *found;	/* of each label, by analysis */
	bool *known;
	struct row rows[ROWS_MAX];
	size_t nrows;
};

static const struct fm_column columns[] = {
	{ .key = "source", .title = "SOURCE" },
	{ .key = "statefulness", .title = "STATEFULNESS", .right = true },
	{ .key = "key", .title = "KEY", .right = true },
	{ .key = "intensity", .title = "INTENSITY", .right = true },
	{ .key = "pointer", .title = "POINTER", .right = true },
	{ .key = "missing", .title = "MISSING", .right = true },
	{ .key = "cost_usd", .title = "USD", .right = true },
	{ .key = "seconds", .title = "SECONDS", .right = true },
	{ .key = "slowest", .title = "SLOWEST", .right = true },
	{ 0 }
};

static const struct fm_column wrong_columns[] = {
	{ .key = "source", .title = "SOURCE" },
	{ .key = "nf", .title = "NF" },
	{ .key = "attribute", .title = "WRONG" },
	{ 0 }
};

static struct row *row_of(struct eval *e, const char *a, const char *b)
{
	char name[FM_RECORD_NAME * 2];
	struct row *row;

	snprintf(name, sizeof(name), "%.60s%.60s", a, b);
	for (size_t i = 0; i < e->nrows; i++)
		if (!strcmp(e->rows[i].name, name))
			return &e->rows[i];
	row = &e->rows[e->nrows < ROWS_MAX - 1 ? e->nrows++ : ROWS_MAX - 1];
	strcpy(row->name, name);
	row->score.cost_known = true;
	return row;
}

/* ---- what was wrong, for those who want to know */

static void add_wrong(struct json_object *list, const char *source,
		      const struct fm_label *label, const char *attribute)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "source", fm_json_string(source));
	json_object_object_add(obj, "nf", fm_json_string(label->nf));
	json_object_object_add(obj, "attribute", fm_json_string(attribute));
	json_object_array_add(list, obj);
}

static void score(struct eval *e, struct row *row, const struct fm_label *label,
		  const struct fm_features *answer, struct json_object *wrong)
{
	static const char *const names[] = {
		"statefulness", "key", "intensity", "pointer"
	};
	struct fm_score before = row->score;

	fm_score_add(&row->score, label, answer, e->o->strict);
	for (int i = 0; i < __FM_SCORE_MAX; i++)
		if (row->score.all[i] > before.all[i] &&
		    row->score.right[i] == before.right[i])
			add_wrong(wrong, row->name, label, answer ? names[i] :
				  "no answer");
}

/* ---- the analysis */

static const char *tree_of(const struct eval *e, const struct fm_label *label)
{
	size_t len = strlen(label->framework);

	for (size_t i = 0; i < e->o->trees.n; i++)
		if (!strncmp(e->o->trees.v[i], label->framework, len) &&
		    e->o->trees.v[i][len] == '=')
			return e->o->trees.v[i] + len + 1;
	return NULL;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static bool analyse(struct eval *e, const struct fm_asking *asking, size_t i,
		    struct fm_tracked *tracked, double *seconds)
{
	const struct fm_label *label = &e->labels.v[i];
	struct fm_tracking tracking = {
		.framework = label->framework, .tree = tree_of(e, label),
		.consult = asking ? asking->consult : NULL,
		.only = asking && asking->consult,
	};
	double begin = now();
	int ret;

	if (!tracking.tree)
		return false;
	ret = fm_tracking_run(&tracking, label->nf, tracked, &e->cli->err);
	*seconds += now() - begin;
	if (ret)
		fm_log_print(FM_LOG_WARN, "%s", e->cli->err.message);
	memset(&e->cli->err, 0, sizeof(e->cli->err));
	return !ret;
}

static void take_time(struct fm_score *score, double seconds)
{
	score->seconds += seconds;
	if (seconds > score->slowest)
		score->slowest = seconds;
}

static void eval_static(struct eval *e, struct json_object *wrong)
{
	for (size_t i = 0; i < e->labels.n; i++) {
		const struct fm_label *label = &e->labels.v[i];
		struct row *all, *own;
		struct fm_tracked tracked;
		double seconds = 0;

		if (!tree_of(e, label))
			continue;
		all = row_of(e, "analysis", "");
		own = row_of(e, "analysis of ", label->framework);
		e->known[i] = analyse(e, NULL, i, &tracked, &seconds);
		if (e->known[i]) {
			e->found[i] = tracked.record->features;
			fm_tracked_cleanup(&tracked);
		}
		score(e, all, label, e->known[i] ? &e->found[i] : NULL, wrong);
		fm_score_add(&own->score, label, e->known[i] ? &e->found[i] :
			     NULL, e->o->strict);
		take_time(&all->score, seconds);
		take_time(&own->score, seconds);
	}
}

/* ---- models */

/* The safe side of both, as a record has it. */
static void combine(const struct fm_features *analysis,
		    const struct fm_features *model, struct fm_features *both)
{
	struct fm_record *record = fm_record_create();

	*both = *analysis;
	if (!record)
		return;
	record->by_static.features = *analysis;
	record->by_llm[0].features = *model;
	record->by_llm[0].answers = 1;
	record->nllm = 1;
	fm_record_merge(record, false);
	*both = record->features;
	fm_record_destroy(record);
}

static void add_model(struct eval *e, const char *model, size_t i,
		      const struct fm_features *answer,
		      struct json_object *wrong)
{
	const struct fm_label *label = &e->labels.v[i];
	struct fm_features both;
	struct row *row;

	if (!e->known[i])
		return;
	row = row_of(e, "analysis + ", model);
	both = e->found[i];
	if (answer)
		combine(&e->found[i], answer, &both);
	score(e, row, label, &both, wrong);
}

static void eval_recorded(struct eval *e, struct json_object *models,
			  struct json_object *wrong)
{
	json_object_object_foreach(models, model, nfs) {
		struct row *row = row_of(e, model, "");

		for (size_t i = 0; i < e->labels.n; i++) {
			struct fm_features f;
			bool any = fm_answers_vote(nfs, e->labels.v[i].nf, &f,
						   &row->score);

			score(e, row, &e->labels.v[i], any ? &f : NULL, wrong);
			add_model(e, model, i, any ? &f : NULL, wrong);
		}
	}
}

static void eval_asked(struct eval *e, const struct fm_asking *asking,
		       const char *name, struct json_object *wrong)
{
	for (size_t i = 0; i < e->labels.n && !fm_cli_interrupted(); i++) {
		struct row *row = row_of(e, name, "");
		struct fm_features f = { 0 };
		struct fm_tracked tracked;
		double seconds = 0;
		bool any;

		if (!tree_of(e, &e->labels.v[i]))
			continue;
		any = analyse(e, asking, i, &tracked, &seconds);
		take_time(&row->score, seconds);
		if (any) {
			const struct fm_llm_source *s =
				&tracked.record->by_llm[0];

			f = s->features;
			row->score.cost_usd += s->cost_usd;
			row->score.cost_known &= s->cost_known;
			fm_tracked_cleanup(&tracked);
		}
		score(e, row, &e->labels.v[i], any ? &f : NULL, wrong);
		add_model(e, name, i, any ? &f : NULL, wrong);
	}
}

/* ---- printing */

static void add_seconds(struct json_object *obj, const char *key,
			double seconds)
{
	char text[32];

	snprintf(text, sizeof(text), "%.2f", seconds);
	if (seconds > 0)
		json_object_object_add(obj, key, json_object_new_double_s(
						 seconds, text));
}

static struct json_object *fill_row(const struct row *row)
{
	static const char *const names[] = {
		"statefulness", "key", "intensity", "pointer"
	};
	struct json_object *obj = json_object_new_object();
	char text[32];

	json_object_object_add(obj, "source", fm_json_string(row->name));
	for (int i = 0; i < __FM_SCORE_MAX; i++) {
		snprintf(text, sizeof(text), "%u/%u", row->score.right[i],
			 row->score.all[i]);
		json_object_object_add(obj, names[i], fm_json_string(text));
	}
	json_object_object_add(obj, "missing",
			       fm_json_uint(row->score.missing));
	snprintf(text, sizeof(text), "%.4f", row->score.cost_usd);
	if (row->score.cost_known && row->score.cost_usd > 0)
		json_object_object_add(obj, "cost_usd",
			json_object_new_double_s(row->score.cost_usd, text));
	add_seconds(obj, "seconds", row->score.seconds);
	add_seconds(obj, "slowest", row->score.slowest);
	return obj;
}

static void print(struct eval *e, struct json_object *wrong)
{
	struct json_object *doc = json_object_new_object();
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < e->nrows; i++)
		json_object_array_add(list, fill_row(&e->rows[i]));
	json_object_object_add(doc, "accuracy", list);
	json_object_object_add(doc, "wrong", json_object_get(wrong));
	if (!fm_output_document(&e->cli->out, doc)) {
		fm_output_table(&e->cli->out, list, columns);
		if (e->cli->global.verbose && json_object_array_length(wrong)) {
			fprintf(e->cli->out.file, "\n");
			fm_output_table(&e->cli->out, wrong, wrong_columns);
		}
	}
	json_object_put(doc);
}

static int evaluate(struct eval *e, const struct fm_asking *asking)
{
	struct json_object *wrong = json_object_new_array(), *models;
	char text[FM_ERROR_LEN] = "";
	int ret = 0;

	eval_static(e, wrong);
	if (e->o->answers) {
		models = fm_answers_read(e->o->answers, text);
		if (models)
			eval_recorded(e, models, wrong);
		else
			ret = fm_error_set(&e->cli->err, FM_EXIT_CHECK, 0,
					   "%s", text);
		json_object_put(models);
	}
	if (!ret && asking->consult)
		eval_asked(e, asking, e->o->ask.profile ?: "model", wrong);
	if (!ret)
		print(e, wrong);
	json_object_put(wrong);
	return ret;
}

static int eval(struct fm_cli *cli, const void *opts)
{
	struct eval *e = calloc(1, sizeof(*e));
	char text[FM_ERROR_LEN] = "";
	struct fm_asking asking;
	int ret;

	if (!e)
		return fm_error_errno(&cli->err, ENOMEM, "labels");
	e->cli = cli;
	e->o = opts;
	ret = fm_asking_setup(&asking, &e->o->ask, fm_cli_interrupted,
			      &cli->err);
	if (!ret) {
		ret = fm_labels_read(e->o->labels, &e->labels, text);
		if (ret)
			ret = fm_error_set(&cli->err, ret == -ENOENT ?
					   FM_EXIT_NOT_FOUND : FM_EXIT_CHECK,
					   0, "%s", text);
		e->found = calloc(e->labels.n + 1, sizeof(*e->found));
		e->known = calloc(e->labels.n + 1, sizeof(*e->known));
		if (!ret && e->found && e->known)
			ret = evaluate(e, &asking);
		fm_asking_cleanup(&asking);
	}
	fm_labels_cleanup(&e->labels);
	free(e->found);
	free(e->known);
	free(e);
	return ret;
}

static const struct fm_option options[] = {
	{ "labels", FM_OPT_STRING, offsetof(struct eval_opts, labels),
	  FM_OPT_REQUIRED, .value = "FILE", .complete = "file",
	  .help = "NFs whose features are known" },
	{ "answers", FM_OPT_STRING, offsetof(struct eval_opts, answers),
	  .value = "FILE", .complete = "file",
	  .help = "recorded answers of models" },
	{ "tree", FM_OPT_STRINGS, offsetof(struct eval_opts, trees),
	  .value = "FRAMEWORK=DIR",
	  .help = "where the NFs of a framework are; may be repeated" },
	{ "strict", FM_OPT_FLAG, offsetof(struct eval_opts, strict),
	  .help = "answers that can be defended too are wrong" },
	FM_ASKING_OPTIONS(struct eval_opts, ask),
	{ 0 }
};

const struct fm_command cmd_eval_rows[] = {
	{
		.object = "track", .verb = "eval", .func = eval,
		.options = options, .opts_size = sizeof(struct eval_opts),
		.help = "Measure how right answers about known NFs are",
		.details = "The analysis needs the trees of the NFs. There is "
			   "a row for each framework, whose rules are used "
			   "for no other one. The last column has the seconds "
			   "of the NF that took longest. -v lists the wrong "
			   "answers.",
		.examples = "fmctl track eval labels nfs.json answers llm.json",
	},
	{ 0 }
};
