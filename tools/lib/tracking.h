/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tracker finds in the sources, as far as deployment needs it. */
#ifndef FM_TOOLS_TRACKING_H
#define FM_TOOLS_TRACKING_H

#include "log.h"
#include "nl_types.h"

#define FM_TRACKING_NOTE	512	/* bytes of a sentence */
#define FM_TRACKING_NAME	64	/* bytes of an NF's name */

struct fm_consult;
struct fm_record;
struct json_object;

/**
 * struct fm_tracking - how to look
 * @framework: of the NFs, NULL: FlowMage's own
 * @tree: directory of the sources, NULL: where these programs came from
 * @files: @nfiles sources of the NF, instead of looking for them
 * @store: keep records, and take those that are not stale
 * @force: analyse also what has not changed
 * @consult: a model to ask too, or NULL
 * @only: only the model's answers count
 */
struct fm_tracking {
	const char *framework;
	const char *tree;
	const char *const *files;
	size_t nfiles;
	bool store;
	bool force;
	struct fm_consult *consult;
	bool only;
};

/**
 * struct fm_tracked - an NF as its source says
 * @type: the NF
 * @stateful: what follows up to @state_size means something
 * @key: FM_F_*
 * @bidirectional: one state for both directions
 * @intensity: when the state is written
 * @pointer: the state points to more memory
 * @state_size: bytes
 * @complexity: weighted operations per packet
 * @rewrites: it may change addresses or ports
 * @from_store: nothing had changed since it was analysed
 * @changed: its features are others than those that were stored
 * @note: what was wrong with a stored record or a model, or ""
 * @record: the record
 */
struct fm_tracked {
	char type[FM_TRACKING_NAME];
	bool stateful;
	uint32_t key;
	bool bidirectional;
	enum fm_intensity intensity;
	bool pointer;
	uint32_t state_size;
	uint32_t complexity;
	bool rewrites;
	bool from_store;
	bool changed;
	char note[FM_TRACKING_NOTE];
	struct fm_record *record;
};

int fm_tracking_run(const struct fm_tracking *tracking, const char *type,
		    struct fm_tracked *tracked, struct fm_error *err);
int fm_tracking_tree(const struct fm_tracking *tracking, char *tree,
		     size_t size, struct fm_error *err);
int fm_tracking_stored(const char *framework, const char *const *names,
		       size_t n, struct json_object *records,
		       struct fm_error *err);
int fm_tracking_confirm(const char *framework, const char *nf,
			const char *const *decisions, size_t n,
			const char *why, bool dry_run, struct fm_error *err);
int fm_tracking_below(const char *framework, const char *dir,
		      int (*each)(const char *nf, void *arg), void *arg,
		      struct fm_error *err);
void fm_tracked_cleanup(struct fm_tracked *tracked);
struct json_object *fm_tracked_json(const struct fm_tracked *tracked);
int fm_tracked_compare(const struct fm_tracked *tracked,
		       const struct fm_nf_info *nf, struct fm_error *err);

#endif
