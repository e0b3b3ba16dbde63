/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of commands that may ask a language model. */
#ifndef FM_TOOLS_ASKING_H
#define FM_TOOLS_ASKING_H

#include <stdio.h>

#include "args.h"
#include "tracking.h"

struct fm_asking_opts {
	const char *llm;
	const char *profile;
	const char *config;
	const char *cache;
	const char *record;
	const char *replay;
	const char *max_cost;
	struct fm_opt_uint repetitions;
};

/**
 * struct fm_asking - whom to ask
 * @consult: the model, or NULL for nobody
 * @only: only its answers count
 * @dir: of its cache, owned
 */
struct fm_asking {
	struct fm_consult *consult;
	bool only;
	char *dir;
};

#define FM_ASKING_AT(_type, _member, _name) \
	offsetof(_type, _member) + offsetof(struct fm_asking_opts, _name)

/* Rows of an option table for a struct with a struct fm_asking_opts in it. */
#define FM_ASKING_OPTIONS(_type, _member) \
	{ "llm", FM_OPT_CHOICE, FM_ASKING_AT(_type, _member, llm), \
	  .choices = "off|auto|only", .value = "WHEN", \
	  .help = "ask a language model: off (default), auto or only" }, \
	{ "profile", FM_OPT_STRING, FM_ASKING_AT(_type, _member, profile), \
	  .value = "NAME", .help = "which model (default: the first)" }, \
	{ "config", FM_OPT_STRING, FM_ASKING_AT(_type, _member, config), \
	  .value = "FILE", .complete = "file", \
	  .help = "file of the profiles" }, \
	{ "max-cost", FM_OPT_STRING, FM_ASKING_AT(_type, _member, max_cost), \
	  .value = "USD", .help = "US dollars that all questions may cost" }, \
	{ "repetitions", FM_OPT_UINT, \
	  FM_ASKING_AT(_type, _member, repetitions), .min = 1, .max = 50, \
	  .value = "N", .help = "how often a question is asked" }, \
	{ "cache", FM_OPT_STRING, FM_ASKING_AT(_type, _member, cache), \
	  .value = "DIR", .complete = "file", \
	  .help = "directory of replies to use again (none: keep none)" }, \
	{ "record", FM_OPT_STRING, FM_ASKING_AT(_type, _member, record), \
	  .value = "DIR", .complete = "file", \
	  .help = "directory to record all replies in" }, \
	{ "replay", FM_OPT_STRING, FM_ASKING_AT(_type, _member, replay), \
	  .value = "DIR", .complete = "file", \
	  .help = "take recorded replies only, and ask no server" }

int fm_asking_setup(struct fm_asking *asking, const struct fm_asking_opts *o,
		    bool (*cancelled)(void), struct fm_error *err);
void fm_asking_cleanup(struct fm_asking *asking);
void fm_asking_report(const struct fm_asking *asking);
int fm_asking_print(FILE *out, const struct fm_asking *asking,
		    const struct fm_tracking *tracking, const char *nf,
		    struct fm_error *err);
int fm_asking_compare(const struct fm_asking *asking,
		      const struct fm_tracking *tracking, const char *a,
		      const char *b, int *costlier, struct fm_error *err);

#endif
