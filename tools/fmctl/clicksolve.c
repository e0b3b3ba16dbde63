// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clickfile.h"
#include "clicksolve.h"
#include "cpulist.h"
#include "draft.h"
#include "record.h"
#include "replace.h"
#include "store.h"

#define NAMES_SHOWN	8	/* of elements that are not known */

/* ---- what is known of a class: stored records, sources, the rule */

struct finder {
	struct fm_cli *cli;
	const struct fm_clickrule *rule;
	const char *tree;
	struct fm_store *store;
	struct fm_click_feature *stored;
	size_t nstored;
};

static void take(struct fm_click_feature *to, const struct fm_features *from)
{
	to->stateful = from->stateful;
	to->key = from->key;
	to->bidirectional = from->bidirectional;
	to->intensity = from->intensity;
	to->pointer = from->pointer;
	to->state_size = from->state_size;
	to->complexity = from->complexity;
}

static int collect(struct fm_record *record, void *arg)
{
	struct finder *f = arg;
	struct fm_click_feature *more = f->stored;

	if (!(f->nstored & (f->nstored - 1)))
		more = realloc(f->stored, (f->nstored ? 2 * f->nstored : 1) *
			       sizeof(*more));
	if (!more)
		return -ENOMEM;
	f->stored = more;
	more += f->nstored++;
	memset(more, 0, sizeof(*more));
	memcpy(more->type, record->nf, sizeof(more->type) - 1);
	take(more, &record->features);
	return 0;
}

static int open_finder(struct finder *f)
{
	char text[FM_ERROR_LEN] = "";
	int ret = fm_store_open(NULL, &f->store, text);

	ret = ret ?: fm_store_each(f->store, "fastclick", collect, f, text);
	if (ret < 0)
		return fm_error_set(&f->cli->err, fm_error_code(-ret), -ret,
				    "%s", *text ? text : "feature store");
	return 0;
}

static int find_in_tree(struct finder *f, const char *class,
			struct fm_click_feature *feature)
{
	struct fm_tracking tracking = {
		.framework = "fastclick", .tree = f->tree,
		.store = !f->cli->global.dry_run,
	};
	struct fm_tracked tracked;
	struct fm_error err = { 0 };
	int ret;

	if (fm_cli_interrupted())
		return -fm_error_set(&f->cli->err, FM_EXIT_INTERRUPTED, EINTR,
				     "interrupted");
	ret = fm_tracking_run(&tracking, class, &tracked, &err);
	if (ret == FM_EXIT_NOT_FOUND)
		return 0;
	if (ret) {
		f->cli->err = err;
		return -ret;
	}
	if (*tracked.note)
		fm_log_print(FM_LOG_WARN, "%s", tracked.note);
	take(feature, &tracked.record->features);
	fm_tracked_cleanup(&tracked);
	return 1;
}

/* What a class changes in packets is always the rule's. */
static int find(void *arg, const char *class, struct fm_click_feature *feature)
{
	struct finder *f = arg;
	const struct fm_click_feature *rule = fm_clickrule_find(f->rule, class);
	bool device = fm_clickrule_device(f->rule, class);
	int ret = 0;
	size_t i;

	if (rule)
		*feature = *rule;
	if (f->tree && !device)
		ret = find_in_tree(f, class, feature);
	for (i = 0; !ret && i < f->nstored; i++)
		if (!strcmp(f->stored[i].type, class)) {
			*feature = f->stored[i];
			ret = 1;
		}
	if (rule && ret >= 0)
		feature->rewrites = rule->rewrites;
	return ret ?: rule || device;
}

/* ---- cores */

static unsigned int count_cores(const struct fm_clicksolve *solve)
{
	struct fm_cpulist online;

	if (solve->cores)
		return solve->cores;
	return fm_cpulist_online("", &online) || online.n < 2 ? 2 : online.n;
}

/* ---- running */

static int complain(struct fm_cli *cli, const char *path,
		    const struct fm_click_error *error, int ret)
{
	if (ret < 0 && cli->err.code)
		return cli->err.code;
	if (ret == -ENOMEM && !*error->text)
		return fm_error_errno(&cli->err, ENOMEM, "%s", path);
	if (!cli->out.json && error->line)
		fprintf(stderr, "%s:%u:%u: %s\n", path, error->line,
			error->col, error->text);
	else if (error->line)
		fm_error_set(&cli->err, FM_EXIT_CHECK, 0, "%s:%u:%u: %s", path,
			     error->line, error->col, error->text);
	else
		fm_error_set(&cli->err, FM_EXIT_CHECK, 0, "%s: %s", path,
			     error->text);
	return FM_EXIT_CHECK;
}

/* Elements of which nothing is known are taken to keep no state: say so. */
static void warn_unknown(const struct fm_clickplan *plan)
{
	char names[512] = "";
	size_t i, n = 0, len = 0;

	for (i = 0; i < plan->click->nclasses; i++) {
		struct fm_click_span name = plan->click->classes[i].name;

		if (plan->known[i] || n++ >= NAMES_SHOWN)
			continue;
		len += snprintf(names + len, sizeof(names) - len, "%s%.*s",
				len ? ", " : "",
				(int)(name.len < 48 ? name.len : 48),
				plan->click->text + name.at);
	}
	if (n > NAMES_SHOWN)
		snprintf(names + len, sizeof(names) - len, " and %zu more",
			 n - NAMES_SHOWN);
	if (n)
		fm_log_print(FM_LOG_WARN,
			     "nothing is known of %s: taken to keep no state; \"fmctl track --framework fastclick\" reads sources",
			     names);
}

static int write_out(const struct fm_clicksolve *solve, struct fm_cli *cli,
		     struct fm_clickplan *plan)
{
	size_t len;
	char *text = fm_click_edits_apply(plan->click, &plan->edits, &len);
	int ret = 0;

	if (!text)
		return fm_error_errno(&cli->err, ENOMEM, "%s", solve->in);
	if (!strcmp(solve->out, "-"))
		fwrite(text, 1, len, cli->out.file);
	else if (!cli->global.dry_run)
		ret = fm_replace_file(solve->out, text, len, &cli->err);
	free(text);
	return ret;
}

static int solve_parsed(const struct fm_clicksolve *solve, struct fm_cli *cli,
			const struct fm_clickrule *rule,
			const struct fm_click *click)
{
	struct finder finder = { .cli = cli, .rule = rule,
				 .tree = solve->tree };
	struct fm_clickplan plan = {
		.click = click, .rule = rule, .find = find, .arg = &finder,
		.nic = solve->has_nic ? &solve->nic : NULL,
		.cores = count_cores(solve),
	};
	int ret = open_finder(&finder);

	if (!ret) {
		ret = fm_clickplan_make(&plan);
		if (ret)
			ret = complain(cli, solve->in, &plan.error, ret);
		else
			warn_unknown(&plan);
	}
	if (!ret && solve->out)
		ret = write_out(solve, cli, &plan);
	if (!ret && (!solve->out || strcmp(solve->out, "-")))
		fm_clicksolve_print(cli, &plan, solve->explain);
	fm_clickplan_cleanup(&plan);
	fm_store_close(finder.store);
	free(finder.stored);
	return ret;
}

static int solve_text(const struct fm_clicksolve *solve, struct fm_cli *cli,
		      const struct fm_clickrule *rule)
{
	struct fm_click click;
	size_t len;
	char *text = fm_clickfile_read(solve->in, &len, &cli->err);
	int ret;

	if (!text)
		return cli->err.code;
	ret = fm_click_parse(&click, text, len);
	ret = ret ? complain(cli, solve->in, &click.error, ret) :
		    solve_parsed(solve, cli, rule, &click);
	fm_click_cleanup(&click);
	free(text);
	return ret;
}

/**
 * fm_clicksolve_run - read a configuration, find its plan, write and show it
 * @solve: what is asked
 * @cli: the run
 *
 * Return: an exit code.
 */
int fm_clicksolve_run(const struct fm_clicksolve *solve, struct fm_cli *cli)
{
	struct fm_clickrule rule;
	struct fm_jsonc *doc = fm_clickrule_read(&rule);
	int ret;

	if (!doc)
		return fm_error_set(&cli->err, FM_EXIT_NOT_FOUND, ENOENT,
				    "rules/nf/fastclick.json is not installed");
	ret = fm_draft_complain(cli, doc);
	if (!ret)
		ret = solve_text(solve, cli, &rule);
	fm_clickrule_cleanup(&rule);
	fm_jsonc_destroy(doc);
	return ret;
}
