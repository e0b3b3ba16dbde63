// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "asking.h"
#include "consult.h"
#include "prompt.h"
#include "record.h"

/* ---- where replies are kept */

static char *default_cache(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *dir = NULL;
	int n;

	if (cache && *cache == '/')
		n = asprintf(&dir, "%s/flowmage/llm", cache);
	else
		n = asprintf(&dir, "%s/.cache/flowmage/llm", home ? home : "");
	return n < 0 ? NULL : dir;
}

static void set_cache(struct fm_asking *asking, const struct fm_asking_opts *o)
{
	struct fm_client *client = &asking->consult->client;

	if (o->replay || o->record)
		asking->dir = strdup(o->replay ?: o->record);
	else if (!o->cache)
		asking->dir = default_cache();
	else if (strcmp(o->cache, "none"))
		asking->dir = strdup(o->cache);
	client->cache = asking->dir;
	client->replay = o->replay;
	client->record = o->record;
}

static int set_cost(struct fm_asking *asking, const char *text,
		    struct fm_error *err)
{
	char *end;

	asking->consult->max_cost = -1;
	if (!text)
		return 0;
	asking->consult->max_cost = strtod(text, &end);
	if (end != text && !*end && asking->consult->max_cost >= 0 &&
	    asking->consult->max_cost < 1e9)
		return 0;
	return fm_error_set(err, FM_EXIT_USAGE, 0,
			    "max-cost \"%s\" is no amount of US dollars",
			    text);
}

/**
 * fm_asking_setup - find out whom to ask
 * @asking: gets it; to be cleaned up after success
 * @o: what the user wants
 * @cancelled: says whether the user wants no more, or NULL
 * @err: says what went wrong
 *
 * Return: 0 or an exit code. With "auto" a missing profile is no error.
 */
int fm_asking_setup(struct fm_asking *asking, const struct fm_asking_opts *o,
		    bool (*cancelled)(void), struct fm_error *err)
{
	bool wanted = o->llm ? strcmp(o->llm, "off") : o->replay || o->record;
	char text[FM_ERROR_LEN] = "";
	int ret;

	*asking = (struct fm_asking){ 0 };
	if (!wanted)
		return 0;
	asking->consult = calloc(1, sizeof(*asking->consult));
	if (!asking->consult)
		return fm_error_errno(err, ENOMEM, "profiles");
	asking->only = o->llm && !strcmp(o->llm, "only");
	ret = fm_profile_load(o->config, o->profile, &asking->consult->profile,
			      text);
	if (ret == -ENOENT && !asking->only && !o->profile && !o->config) {
		fm_log_print(FM_LOG_INFO, "%s; sources are analysed only",
			     text);
		fm_asking_cleanup(asking);
		return 0;
	}
	if (ret)
		ret = fm_error_set(err, fm_error_code(-ret), -ret, "%s", text);
	else
		ret = set_cost(asking, o->max_cost, err);
	if (ret) {
		fm_asking_cleanup(asking);
		return ret;
	}
	if (o->repetitions.set)
		asking->consult->profile.repetitions = o->repetitions.value;
	asking->consult->client.cancelled = cancelled;
	set_cache(asking, o);
	return 0;
}

/**
 * fm_asking_cleanup - forget whom to ask
 * @asking: it
 */
void fm_asking_cleanup(struct fm_asking *asking)
{
	free(asking->consult);
	free(asking->dir);
	*asking = (struct fm_asking){ 0 };
}

/**
 * fm_asking_report - say what the questions cost
 * @asking: who was asked
 */
void fm_asking_report(const struct fm_asking *asking)
{
	const struct fm_consult *c = asking->consult;

	if (c && c->client.unkept)
		fm_log_print(FM_LOG_WARN,
			     "%s: replies could not be kept; they would be asked for again",
			     asking->dir);
	if (!c || (!c->spent && !c->unknown))
		return;
	fm_log_print(FM_LOG_INFO, "%s cost $%.6f%s", c->profile.model,
		     c->spent, c->unknown ? ", without the replies that do not tell their tokens" : "");
}

/* ---- questions */

static int find_source(const struct fm_tracking *tracking, const char *nf,
		       struct fm_tracked *tracked, struct fm_source *source,
		       struct fm_error *err)
{
	struct fm_tracking look = *tracking;
	char text[FM_ERROR_LEN] = "", tree[4096];
	int ret;

	look.store = false;
	look.consult = NULL;
	ret = fm_tracking_run(&look, nf, tracked, err);
	if (ret)
		return ret;
	ret = fm_tracking_tree(&look, tree, sizeof(tree), err);
	if (!ret && fm_source_read(tree, tracked->record, source, text)) {
		ret = fm_error_set(err, FM_EXIT_ERROR, 0, "%s", text);
		fm_source_cleanup(source);
	}
	if (ret)
		fm_tracked_cleanup(tracked);
	return ret;
}

/**
 * fm_asking_print - print the question for an NF's features
 * @out: where to
 * @asking: who would be asked
 * @tracking: where its source is
 * @nf: the NF
 * @err: says what went wrong
 *
 * Return: 0 or an exit code.
 */
int fm_asking_print(FILE *out, const struct fm_asking *asking,
		    const struct fm_tracking *tracking, const char *nf,
		    struct fm_error *err)
{
	uint32_t tokens = asking->consult ?
		asking->consult->profile.context_tokens : 32000;
	struct fm_prompt prompt = { 0 };
	struct fm_tracked tracked;
	struct fm_source source;
	int ret = find_source(tracking, nf, &tracked, &source, err);

	if (ret)
		return ret;
	if (fm_prompt_features(nf, &source, tracked.record, tokens, &prompt)) {
		ret = fm_error_errno(err, ENOMEM, "%s", nf);
	} else {
		fprintf(out, "prompt version %s\n\n[system]\n%s\n[user]\n%s",
			FM_PROMPT_VERSION, prompt.system, prompt.user);
		for (size_t i = 0; i < prompt.left_out.n; i++)
			fm_log_print(FM_LOG_WARN, "%s", prompt.left_out.v[i]);
	}
	fm_prompt_cleanup(&prompt);
	fm_source_cleanup(&source);
	fm_tracked_cleanup(&tracked);
	return ret;
}

/**
 * fm_asking_compare - ask which of two NFs costs more per packet
 * @asking: whom
 * @tracking: where their sources are
 * @a: one
 * @b: the other
 * @costlier: 1 for @a, -1 for @b, 0 if both cost about the same
 * @err: says what went wrong
 *
 * Return: 0 or an exit code.
 */
int fm_asking_compare(const struct fm_asking *asking,
		      const struct fm_tracking *tracking, const char *a,
		      const char *b, int *costlier, struct fm_error *err)
{
	char text[FM_ERROR_LEN] = "";
	struct fm_tracked ta, tb;
	struct fm_source sa, sb;
	int ret = find_source(tracking, a, &ta, &sa, err);

	if (ret)
		return ret;
	ret = find_source(tracking, b, &tb, &sb, err);
	if (!ret) {
		int sys = fm_consult_compare(asking->consult, a, &sa, b, &sb,
					     costlier, text);

		if (sys)
			ret = fm_error_set(err, fm_error_code(-sys), -sys,
					   "%s", text);
		fm_source_cleanup(&sb);
		fm_tracked_cleanup(&tb);
	}
	fm_source_cleanup(&sa);
	fm_tracked_cleanup(&ta);
	return ret;
}
