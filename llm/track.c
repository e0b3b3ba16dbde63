// SPDX-License-Identifier: GPL-2.0-or-later
/* The tracker: finds an NF's source, the stored record or a new one. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "prompt.h"
#include "rules.h"
#include "sketch.h"
#include "static.h"
#include "track.h"

/* ---- the source */

static char *fill_template(const char *template, const char *tree,
			   const char *nf)
{
	const char *hole = strstr(template, "{nf}");
	char *path;
	int len;

	if (hole)
		len = asprintf(&path, "%s/%.*s%s%s", tree,
			       (int)(hole - template), template, nf, hole + 4);
	else
		len = asprintf(&path, "%s/%s", tree, template);
	return len < 0 ? NULL : path;
}

static int find_source(const struct fm_track_request *request,
		       const struct fm_rules *rules, struct fm_strings *files,
		       char *err)
{
	char *path;

	for (size_t i = 0; i < rules->sources.n && !files->n; i++) {
		path = fill_template(rules->sources.v[i], request->tree,
				     request->nf);
		if (path && !access(path, F_OK))
			fm_strings_add(files, path);
		free(path);
	}
	if (files->n)
		return 0;
	return fm_sentence_set(err, -ENOENT,
			    "%s: no source of the NF '%s' here, looked for %s%s",
			    request->tree, request->nf,
			    rules->sources.n ? rules->sources.v[0] : "nothing",
			    rules->sources.n > 1 ? " and others" : "");
}

static int list_files(const struct fm_track_request *request,
		      const struct fm_rules *rules, struct fm_strings *files,
		      char *err)
{
	if (!request->nfiles)
		return find_source(request, rules, files, err);
	for (size_t i = 0; i < request->nfiles; i++)
		if (!fm_strings_add(files, request->files[i]))
			return fm_sentence_set(err, -ENOMEM, "%s: out of memory",
					    request->nf);
	return 0;
}

/* Where NFs do not declare themselves: by the framework's idioms. */
static int sketch(const struct fm_track_request *request,
		  const struct fm_rules *rules, struct fm_record **record,
		  char *err)
{
	struct fm_source source;
	int ret;

	ret = fm_source_find(rules, request->tree, request->nf, request->files,
			     request->nfiles, &source, err);
	if (!ret)
		ret = fm_sketch_analyze(rules, &source, request->nf, record,
					err);
	fm_source_cleanup(&source);
	return ret;
}

/* The first file that declares the NF counts. */
static int analyze(const struct fm_track_request *request,
		   const struct fm_rules *rules, struct fm_record **record,
		   char *err)
{
	struct fm_static_request one = {
		.rules = rules,
		.tree = request->tree,
		.nf = request->nf,
		.env = request->env,
	};
	struct fm_strings files = { 0 };
	int ret;

	if (rules->idiom)
		return sketch(request, rules, record, err);
	ret = list_files(request, rules, &files, err);
	for (size_t i = 0; i < files.n && (!i || ret == -ENOENT); i++) {
		one.file = files.v[i];
		ret = fm_static_analyze(&one, record, err);
	}
	fm_strings_cleanup(&files);
	return ret;
}

/* ---- the stored record */

static bool is_of_file(const struct fm_track_request *request,
		       const struct fm_record *record, const char *file)
{
	char *path = realpath(file, NULL), *full = NULL, *known = NULL;
	bool same = false;

	if (asprintf(&full, "%s%s%s", *record->files[0].path == '/' ? "" :
		     request->tree, *record->files[0].path == '/' ? "" : "/",
		     record->files[0].path) < 0)
		full = NULL;
	if (full)
		known = realpath(full, NULL);
	if (path && known)
		same = !strcmp(path, known);
	free(known);
	free(full);
	free(path);
	return same;
}

static bool is_of_request(const struct fm_track_request *request,
			  const struct fm_rules *rules,
			  const struct fm_record *record)
{
	bool same = !request->nfiles;

	for (size_t i = 0; i < request->nfiles && !same; i++)
		same = is_of_file(request, record, request->files[i]);
	if (request->env && strcmp(request->env, record->by_static.environment))
		same = false;
	return same && !strcmp(record->by_static.rules.sha256,
			       rules->file.sha256);
}

/* What was stored, stale or not. */
static void take_before(const struct fm_record *stored,
			struct fm_track_result *result)
{
	result->before = stored->features;
	result->changed = true;	/* until it turns out that it is not */
}

static bool has_answer(const struct fm_track_request *request,
		       const struct fm_record *record)
{
	for (size_t i = 0; request->consult && i < record->nllm; i++)
		if (!strcmp(record->by_llm[i].profile,
			    request->consult->profile.name) &&
		    !strcmp(record->by_llm[i].prompt_version,
			    FM_PROMPT_VERSION) && record->by_llm[i].answers)
			return true;
	return !request->consult;
}

static bool get_stored(const struct fm_track_request *request,
		       const struct fm_rules *rules,
		       struct fm_track_result *result)
{
	bool stale;
	int ret;

	if (!request->store)
		return false;
	ret = fm_store_get(request->store, request->tree, request->framework,
			   request->nf, &result->record, &stale, result->note);
	if (ret == -ENOENT)
		*result->note = '\0';
	if (ret)
		return false;
	take_before(result->record, result);
	if (!stale && !request->force && has_answer(request, result->record) &&
	    is_of_request(request, rules, result->record))
		return true;
	fm_record_destroy(result->record);
	result->record = NULL;
	return false;
}

/* ---- the model */

static int ask(const struct fm_track_request *request,
	       struct fm_track_result *result, char *err)
{
	struct fm_record *record = result->record;
	char why[FM_ERROR_LEN] = "";
	struct fm_source source;
	int ret;

	ret = fm_source_read(request->tree, record, &source, why);
	if (!ret)
		ret = fm_consult_features(request->consult, &source, record,
					  why);
	fm_source_cleanup(&source);
	if (!ret && !record->by_llm[record->nllm - 1].answers) {
		ret = -ENODATA;
		fm_sentence_set(why, ret, "%.60s gave no answer: %.200s",
				record->by_llm[record->nllm - 1].model,
				record->by_llm[record->nllm - 1].failure);
	}
	if (ret && request->only)
		return fm_sentence_set(err, ret, "%s: %.400s", record->nf, why);
	if (ret)
		snprintf(result->note, sizeof(result->note),
			 "%.60s: only analysed: %.400s", record->nf, why);
	return 0;
}

static int renew(const struct fm_track_request *request,
		 const struct fm_rules *rules, struct fm_track_result *result,
		 char *err)
{
	int ret = analyze(request, rules, &result->record, err);

	if (!ret && request->consult)
		ret = ask(request, result, err);
	return ret;
}

/*
 * What others have written since the stored record was read is not lost: it is
 * read again while nobody writes.
 */
static void adopt(struct fm_record *record, const struct fm_record *old,
		  void *arg)
{
	const struct fm_track_request *request = arg;

	if (old)
		fm_record_adopt(record, old, FM_PROMPT_VERSION,
				request->force && request->consult ?
				request->consult->profile.name : NULL);
	fm_record_merge(record, request->only);
}

static int put(const struct fm_track_request *request,
	       struct fm_record *record, char *err)
{
	if (request->store)
		return fm_store_renew(request->store, record, adopt,
				      (void *)request, err);
	adopt(record, NULL, (void *)request);
	return 0;
}

static int track(const struct fm_track_request *request,
		 const struct fm_rules *rules, struct fm_track_result *result,
		 char *err)
{
	int ret;

	result->from_store = get_stored(request, rules, result);
	if (!result->from_store) {
		ret = renew(request, rules, result, err);
		if (!ret)
			ret = put(request, result->record, err);
		if (ret)
			goto out;
	}
	result->changed &= !fm_record_same(&result->before,
					   &result->record->features);
	return 0;
out:
	fm_track_cleanup(result);
	return ret;
}

/**
 * fm_track_nf - the feature record of an NF
 * @request: which NF
 * @result: the record; to be cleaned up unless an error is returned
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * A stored record is used if neither the rules nor any file it was made of has
 * changed. A stored record that cannot be read is replaced, and @result->note
 * says why.
 *
 * Return: 0, -ENOENT if there is no source, else as fm_rules_load(),
 * fm_static_analyze() and fm_store_renew().
 */
int fm_track_nf(const struct fm_track_request *request,
		struct fm_track_result *result, char *err)
{
	struct fm_rules *rules;
	int ret;

	*result = (struct fm_track_result){ 0 };
	if (!fm_record_name_valid(request->nf))
		return fm_sentence_set(err, -EINVAL, "'%.64s' is not an NF's name",
				    request->nf);
	ret = fm_rules_load(request->rules_dir, request->framework, &rules,
			    err);
	if (ret)
		return ret;
	ret = track(request, rules, result, err);
	fm_rules_destroy(rules);
	return ret;
}

/**
 * fm_track_cleanup - free what the tracker found
 * @result: it
 */
void fm_track_cleanup(struct fm_track_result *result)
{
	fm_record_destroy(result->record);
	result->record = NULL;
}
