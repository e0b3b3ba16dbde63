/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the analysis has to know of a framework: data, one file for each
 * framework. Documentation/tracker.rst describes the format.
 */
#ifndef FM_LLM_RULES_H
#define FM_LLM_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "idiom.h"
#include "record.h"
#include "strings.h"

#define FM_RULES_VERSION	1
#define FM_RULES_SIZE_MAX	(1U << 20)	/* bytes of the file */
#define FM_RULES_ENVS		8
#define FM_RULES_CALLS		1024
#define FM_RULES_FIELDS		256
#define FM_RULES_STRINGS	256		/* of any list of strings */
#define FM_RULES_STRING		512		/* bytes of one of them */
#define FM_RULES_WEIGHT_MAX	100000

enum fm_role {
	FM_ROLE_PLAIN,	/* nothing but its weight is known */
	FM_ROLE_LOOKUP,	/* returns the state of the key, or NULL */
	FM_ROLE_INSERT,	/* creates it */
	FM_ROLE_DELETE,	/* ends it */
	FM_ROLE_ALLOC,	/* returns memory for a state to point to */
	FM_ROLE_COPY,	/* copies it to what the last argument points to */
	FM_ROLE_UPDATE,	/* changes it, too */
};

/**
 * struct fm_rules_env - a way to give the source its headers
 * @name: as records name it
 * @roots: directories to try; the first that has all of @needs is {root};
 *	may have '*' in it. None: the environment is always there.
 * @needs: files below the root
 * @flags: compiler flags
 * @prelude: what the source sees instead of headers, NULL if nothing; headers
 *	that are still missing are empty then
 */
struct fm_rules_env {
	char name[FM_RECORD_NAME];
	struct fm_strings roots;
	struct fm_strings needs;
	struct fm_strings flags;
	char *prelude;
};

/* A member of a struct that holds a header field. */
struct fm_rules_field {
	char type[FM_RECORD_NAME];
	char member[FM_RECORD_NAME];
	uint32_t field;
};

/* A function or a macro with arguments; the name may be a pattern. */
struct fm_rules_call {
	char name[FM_RECORD_NAME];
	enum fm_role role;
	uint32_t weight;
};

/* Members of the variable that makes an NF known to its framework. */
struct fm_rules_declaration {
	char type[FM_RECORD_NAME];
	char name[FM_RECORD_NAME];
	char entry[FM_RECORD_NAME];
	char key[FM_RECORD_NAME];
	char bidirectional[FM_RECORD_NAME];
};

struct fm_rules_weights {
	uint32_t operation;	/* arithmetic, comparison, assignment */
	uint32_t division;
	uint32_t memory;	/* access through a pointer or an index */
	uint32_t branch;
	uint32_t call;		/* of what has no weight and no source */
	uint32_t loop;		/* rounds, where they cannot be counted */
};

/**
 * struct fm_rules - all of it
 * @framework: its name
 * @file: where the rules came from, and their hash
 * @sources: where an NF's file may be, relative to the tree; {nf} is its name
 * @include_dirs: relative to the tree
 * @flags: compiler flags for every environment
 * @envs: in order of preference
 * @fields: which struct members are which header field
 * @calls: the first that matches counts
 * @links: types that point to more memory, though they may be unknown
 * @opaque: types whose own pointers do not count
 * @idiom: how its NFs are read without their headers; NULL if they make
 *	themselves known by a declaration
 */
struct fm_rules {
	char framework[FM_RECORD_NAME];
	struct fm_record_file file;
	struct fm_strings sources;
	struct fm_strings include_dirs;
	struct fm_strings flags;
	struct fm_rules_env envs[FM_RULES_ENVS];
	size_t nenvs;
	struct fm_rules_declaration declaration;
	struct fm_rules_field fields[FM_RULES_FIELDS];
	size_t nfields;
	struct fm_rules_call calls[FM_RULES_CALLS];
	size_t ncalls;
	struct fm_strings links;
	struct fm_strings opaque;
	struct fm_rules_weights weights;
	struct fm_idiom *idiom;
};

int fm_rules_load(const char *dir, const char *framework,
		  struct fm_rules **rules, char *err);
int fm_rules_parse(const char *name, const char *text, size_t len,
		   const char *framework, struct fm_rules **rules, char *err);
void fm_rules_destroy(struct fm_rules *rules);
const struct fm_rules_call *fm_rules_call(const struct fm_rules *rules,
					  const char *name);
uint32_t fm_rules_field(const struct fm_rules *rules, const char *type,
			const char *member);

#endif
