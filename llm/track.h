/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tracker: the feature record of an NF, analysed when it has changed. */
#ifndef FM_LLM_TRACK_H
#define FM_LLM_TRACK_H

#include "consult.h"
#include "record.h"
#include "store.h"

/**
 * struct fm_track_request - which NF
 * @framework: its framework
 * @nf: its name
 * @tree: directory of its source
 * @rules_dir: directory of the frameworks' rules
 * @files: @nfiles sources to look for it in, instead of where the rules say;
 *	absolute or relative to the working directory
 * @env: environment of the rules to parse it in, NULL for the best
 * @store: where records are kept, NULL for nowhere
 * @force: analyse also what has not changed
 * @consult: a model to ask too, or NULL
 * @only: only the model's answers count
 */
struct fm_track_request {
	const char *framework;
	const char *nf;
	const char *tree;
	const char *rules_dir;
	const char *const *files;
	size_t nfiles;
	const char *env;
	struct fm_store *store;
	bool force;
	struct fm_consult *consult;
	bool only;
};

/**
 * struct fm_track_result - what is known of it
 * @record: to be destroyed by fm_track_cleanup()
 * @from_store: nothing had changed since the record was stored
 * @before: the features that were stored, if @changed
 * @changed: something was stored, and its features are others now
 * @note: what was wrong with the stored record or with the model, "" if nothing
 */
struct fm_track_result {
	struct fm_record *record;
	bool from_store;
	bool changed;
	struct fm_features before;
	char note[FM_ERROR_LEN];
};

int fm_track_nf(const struct fm_track_request *request,
		struct fm_track_result *result, char *err);
void fm_track_cleanup(struct fm_track_result *result);

#endif
