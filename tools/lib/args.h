/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of a command line into typed structs, by tables. Nothing here talks to
 * the kernel. A word is taken whole or refused by name: "12abc" is no number.
 */
#ifndef FM_TOOLS_ARGS_H
#define FM_TOOLS_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "log.h"

#define FM_ARGS_MULTI	16		/* values of a repeated option */

/* The type of an option is the type of the member it is parsed into. */
enum fm_opt_type {
	FM_OPT_FLAG,			/* bool; no value */
	FM_OPT_STRING,			/* const char * into argv */
	FM_OPT_STRINGS,			/* struct fm_opt_strings; repeatable */
	FM_OPT_NAME,			/* const char *, 1..FM_NAME_MAX bytes */
	FM_OPT_CHOICE,			/* const char *, one of .choices */
	FM_OPT_UINT,			/* struct fm_opt_uint, .min...max */
	FM_OPT_PREFIX,			/* struct fm_opt_prefix */
	FM_OPT_PROTO,			/* struct fm_opt_uint: tcp or 0..255 */
};

struct fm_opt_uint {
	bool set;
	uint64_t value;
};

struct fm_opt_strings {
	size_t n;
	const char *v[FM_ARGS_MULTI];
};

/* An address and the length of its prefix in bits; len 4 or 16, 0 = not set. */
struct fm_opt_prefix {
	uint8_t addr[16];
	uint8_t len;
	uint8_t bits;
};

#define FM_OPT_POSITIONAL	(1U << 0) /* by place */
#define FM_OPT_REQUIRED		(1U << 1)
#define FM_OPT_DASHED		(1U << 2) /* "--name" or "-x", never "name" */

/**
 * struct fm_option - a row of an option table
 * @name: keyword ("limit", also taken as "--limit"), or a positional's name
 *	("CHAIN"); NULL ends the table
 * @type: see there
 * @offset: of the member in the command's struct
 * @flags: FM_OPT_POSITIONAL, FM_OPT_REQUIRED, FM_OPT_DASHED
 * @letter: 'j' for "-j", or 0
 * @min: FM_OPT_UINT: smallest value
 * @max: FM_OPT_UINT: largest value, 0 = UINT64_MAX
 * @choices: FM_OPT_CHOICE: "a|b|c"
 * @value: what help calls the value ("PREFIX"); NULL for a flag or positional
 * @complete: what a shell may offer: "chain", "nf", "dev", "file" or NULL
 * @help: one line, with the unit
 */
struct fm_option {
	const char *name;
	enum fm_opt_type type;
	size_t offset;
	unsigned int flags;
	char letter;
	uint64_t min;
	uint64_t max;
	const char *choices;
	const char *value;
	const char *complete;
	const char *help;
};

/**
 * struct fm_args - a table being filled
 * @table: its options, at most 64
 * @into: the struct that gets the values, zeroed by the caller
 * @seen: bits of the rows that were given; zeroed by the caller
 */
struct fm_args {
	const struct fm_option *table;
	void *into;
	uint64_t seen;
};

#define FM_ARGS_NONE		(-1)	/* of fm_args_match() */
#define FM_ARGS_AMBIGUOUS	(-2)

int fm_args_option(struct fm_args *sets, size_t nsets, int argc,
		   char *const *argv, int *i, struct fm_error *err);
int fm_args_parse(struct fm_args *sets, size_t nsets, int argc,
		  char *const *argv, struct fm_error *err);
bool fm_args_uint(const char *word, uint64_t min, uint64_t max,
		  uint64_t *value);
bool fm_args_prefix(const char *word, struct fm_opt_prefix *prefix);
int fm_args_match(const char *word, const char *const *names, size_t n);

#endif
