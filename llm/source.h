/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that say what an NF does, found as its framework's rules tell. */
#ifndef FM_LLM_SOURCE_H
#define FM_LLM_SOURCE_H

#include "build.h"
#include "rules.h"

#define FM_SOURCE_FILE_MAX	(8U << 20)	/* bytes of a file */
#define FM_SOURCE_SEARCH_MAX	(256U << 20)	/* bytes looked through */
#define FM_SOURCE_TREE_MAX	200000		/* files of a tree */

/* A file, whole, with a NUL behind it. */
struct fm_source_file {
	char path[FM_RECORD_PATH];	/* relative to the tree if below it */
	char *text;
	size_t len;
};

/**
 * struct fm_source - the files of an NF
 * @tree: absolute path of the tree
 * @files: @nfiles of them, those of the NF itself first
 * @nown: how many of them are those
 * @missing: headers that are not there
 * @left_out: files that there was no room for
 * @build: how the first file is compiled
 */
struct fm_source {
	char *tree;
	struct fm_source_file files[FM_RECORD_FILES];
	size_t nfiles;
	size_t nown;
	struct fm_strings missing;
	size_t left_out;
	struct fm_build build;
};

int fm_source_find(const struct fm_rules *rules, const char *tree,
		   const char *nf, const char *const *files, size_t nfiles,
		   struct fm_source *source, char *err);
int fm_source_read(const char *tree, const struct fm_record *record,
		   struct fm_source *source, char *err);
char *fm_source_text(const char *path, size_t max, size_t *len);
void fm_source_cleanup(struct fm_source *source);

#endif
