// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "share.h"
#include "source.h"
#include "track.h"
#include "tracking.h"

/* An installed tree has the NFs in nf/, a source tree in kmod/nf/. */
static const char *find_tree(const char *wish, char *path, size_t size)
{
	if (wish)
		return wish;
	if (!access("kmod/nf", R_OK) && !access("kmod/flowmage_nf.h", R_OK))
		return ".";
	if (!fm_share_find("kmod/nf", path, size) &&
	    !fm_share_find("nf", path, size))
		return NULL;
	if (strstr(path, "/kmod/nf"))
		*strstr(path, "/kmod/nf") = '\0';
	else
		*strrchr(path, '/') = '\0';
	return path;
}

static int find(struct fm_track_request *request, const char *tree,
		char *tree_path, char *rules_path, struct fm_error *err)
{
	if (request->nfiles && !tree)
		tree = ".";
	request->tree = find_tree(tree, tree_path, PATH_MAX);
	if (!request->tree)
		return fm_error_set(err, FM_EXIT_NOT_FOUND, ENOENT,
				    "there are no sources of NFs here; --tree says where they are");
	if (!fm_share_find("rules/frameworks", rules_path, PATH_MAX))
		return fm_error_set(err, FM_EXIT_NOT_FOUND, ENOENT,
				    "rules/frameworks is not installed");
	request->rules_dir = rules_path;
	return 0;
}

/**
 * fm_tracking_tree - where the sources are
 * @tracking: how to look
 * @tree: gets the directory
 * @size: its bytes
 * @err: says what went wrong
 *
 * Return: 0 or an exit code.
 */
int fm_tracking_tree(const struct fm_tracking *tracking, char *tree,
		     size_t size, struct fm_error *err)
{
	struct fm_track_request request = { .nfiles = tracking->nfiles };
	char path[PATH_MAX], rules[PATH_MAX];
	int ret = find(&request, tracking->tree, path, rules, err);

	if (!ret)
		snprintf(tree, size, "%s", request.tree);
	return ret;
}

static void take(struct fm_track_result *result, struct fm_tracked *tracked)
{
	const struct fm_features *features = &result->record->features;

	tracked->stateful = features->stateful;
	tracked->key = features->key;
	tracked->bidirectional = features->bidirectional;
	tracked->intensity = features->intensity;
	tracked->pointer = features->pointer;
	tracked->state_size = features->state_size;
	tracked->complexity = features->complexity;
	tracked->from_store = result->from_store;
	tracked->changed = result->changed;
	snprintf(tracked->note, sizeof(tracked->note), "%s", result->note);
	tracked->record = result->record;
	result->record = NULL;
}

/*
 * Whatever its rules say of state: does a source of the NF, headers aside, name
 * the call that changes addresses and ports? If that cannot be told it may.
 */
static bool may_rewrite(const char *tree, const struct fm_record *record)
{
	struct fm_source source = { 0 };
	bool found = fm_source_read(tree, record, &source, NULL);
	size_t i;

	for (i = 0; !found && i < source.nfiles; i++) {
		const char *path = source.files[i].path;
		size_t len = strlen(path);

		found = len > 2 && !strcmp(path + len - 2, ".c") &&
			strstr(source.files[i].text, "fm_pkt_rewrite(");
	}
	fm_source_cleanup(&source);
	return found;
}

/**
 * fm_tracking_run - find the source of an NF and read its features
 * @tracking: how to look
 * @type: the NF
 * @tracked: gets the features, to be cleaned up after success
 * @err: says what went wrong
 *
 * Return: 0 or an exit code.
 */
int fm_tracking_run(const struct fm_tracking *tracking, const char *type,
		    struct fm_tracked *tracked, struct fm_error *err)
{
	struct fm_track_request request = {
		.framework = tracking->framework ?: "flowmage",
		.nf = type,
		.files = tracking->files,
		.nfiles = tracking->nfiles,
		.force = tracking->force,
		.consult = tracking->consult,
		.only = tracking->only,
	};
	char tree[PATH_MAX], rules[PATH_MAX], text[FM_ERROR_LEN] = "";
	struct fm_track_result result = { 0 };
	int ret;

	memset(tracked, 0, sizeof(*tracked));
	snprintf(tracked->type, sizeof(tracked->type), "%s", type);
	ret = find(&request, tracking->tree, tree, rules, err);
	if (ret)
		return ret;
	if (tracking->store && fm_store_open(NULL, &request.store, text))
		request.store = NULL;
	ret = fm_track_nf(&request, &result, text);
	fm_store_close(request.store);
	if (ret)
		return fm_error_set(err, fm_error_code(-ret), -ret, "%s", text);
	take(&result, tracked);
	tracked->rewrites = may_rewrite(request.tree, tracked->record);
	fm_track_cleanup(&result);
	return 0;
}

/**
 * fm_tracked_cleanup - forget an NF
 * @tracked: the NF
 */
void fm_tracked_cleanup(struct fm_tracked *tracked)
{
	fm_record_destroy(tracked->record);
	tracked->record = NULL;
}

/**
 * fm_tracked_json - the feature record
 * @tracked: the NF
 *
 * Return: a new object.
 */
struct json_object *fm_tracked_json(const struct fm_tracked *tracked)
{
	return fm_record_fill(tracked->record);
}

/**
 * fm_tracked_compare - hold a record against what the module reports
 * @tracked: what the source says
 * @nf: what the module says
 * @err: gets all differences in one message
 *
 * Return: 0 if they agree, else FM_EXIT_CHECK.
 */
int fm_tracked_compare(const struct fm_tracked *tracked,
		       const struct fm_nf_info *nf, struct fm_error *err)
{
	const struct fm_features module = {
		.stateful = nf->stateful,
		.bidirectional = nf->bidirectional,
		.pointer = nf->pointer,
		.key = nf->key,
		.intensity = nf->intensity,
		.state_size = nf->state_size,
	};
	struct fm_strings list = { 0 };
	char text[sizeof(err->message)];
	size_t n = 0, i;
	int ret = 0;

	if (fm_record_compare(tracked->record, &module, &list))
		ret = fm_error_errno(err, ENOMEM, "comparing %s", nf->type);
	for (i = 0; i < list.n && n < sizeof(text); i++)
		n += snprintf(text + n, sizeof(text) - n, "%s%s",
			      i ? "; " : "", list.v[i]);
	if (!ret && list.n)
		ret = fm_error_set(err, FM_EXIT_CHECK, 0,
				   "source and module disagree: %.450s", text);
	fm_strings_cleanup(&list);
	return ret;
}
