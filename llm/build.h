/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a tree that was built compiles an NF: where headers are looked for, and
 * which macros are defined before its first line.
 */
#ifndef FM_LLM_BUILD_H
#define FM_LLM_BUILD_H

#include "idiom.h"
#include "intern.h"

#define FM_BUILD_FILE_MAX	(32U << 20)	/* bytes of what tells it */
#define FM_BUILD_WORDS		4096		/* of a command */

/**
 * struct fm_build - what is known of it; all zero if that is nothing
 * @rules: which names a configuration decides on
 * @defined: macros that are
 * @undefined: macros that are not
 * @parts: macros that are, by the name of what is built apart
 * @configured: all macros that @rules name are known
 * @dirs: where headers are
 * @files: what told it, relative to the tree
 */
struct fm_build {
	const struct fm_idiom_build *rules;
	struct fm_intern defined;
	struct fm_intern undefined;
	struct fm_intern parts;
	bool configured;
	struct fm_strings dirs;
	struct fm_strings files;
};

enum fm_build_macro {
	FM_BUILD_UNKNOWN,
	FM_BUILD_DEFINED,
	FM_BUILD_UNDEFINED,
};

void fm_build_read(const struct fm_idiom_build *rules, const char *tree,
		   const char *file, struct fm_build *build);
enum fm_build_macro fm_build_macro(const struct fm_build *build,
				   const char *name, bool tested);
void fm_build_cleanup(struct fm_build *build);

#endif
