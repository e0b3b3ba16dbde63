/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A source file, parsed with its headers in the best environment there is. */
#ifndef FM_LLM_UNIT_H
#define FM_LLM_UNIT_H

#include <stdbool.h>
#include <stddef.h>

#include "libclang.h"
#include "rules.h"

#define FM_UNIT_FILES_MAX	FM_RECORD_FILES
#define FM_UNIT_SOURCE_MAX	(8U << 20)	/* bytes of a source file */

/* A use of a macro in a file that is not a system header. */
struct fm_unit_macro {
	CXFile file;
	unsigned int start;	/* offsets in bytes, end is behind it */
	unsigned int end;
	bool system;		/* defined by the environment */
	bool function_like;
	char name[FM_RECORD_NAME];
};

/**
 * struct fm_unit - a parsed source file
 * @rules: what it was parsed by
 * @env: the environment it was parsed in
 * @tree: absolute path of the tree, symlinks resolved
 * @path: of the file, relative to @tree if below it
 * @index: libclang's
 * @tu: libclang's
 * @file: the source file itself
 * @macros: @nmacros, by file and start
 * @files: every file below @tree that was read, the source first
 * @problems: errors and missing headers as sentences, cut at
 *	FM_RECORD_UNPARSED
 * @nerrors: errors of the compiler
 */
struct fm_unit {
	const struct fm_rules *rules;
	const struct fm_rules_env *env;
	char *tree;
	char path[FM_RECORD_PATH];
	CXIndex index;
	CXTranslationUnit tu;
	CXFile file;
	struct fm_unit_macro *macros;
	size_t nmacros;
	struct fm_strings files;
	struct fm_strings problems;
	unsigned int nerrors;
};

int fm_unit_parse(const struct fm_rules *rules, const char *tree,
		  const char *file, const char *env, struct fm_unit **unit,
		  char *err);
void fm_unit_destroy(struct fm_unit *unit);
const struct fm_unit_macro *fm_unit_macro_at(const struct fm_unit *unit,
					     CXFile file, unsigned int start);
const struct fm_unit_macro *fm_unit_macro_around(const struct fm_unit *unit,
						 CXFile file,
						 unsigned int offset);
unsigned int fm_unit_place(const struct fm_unit *unit, CXCursor cursor,
			   char path[FM_RECORD_PATH]);

#endif
