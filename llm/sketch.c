// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Features of an NF from its tokens. Of the tables that its packet functions
 * use, those count as state that a header field leads to and that these
 * functions write; of several keys the coarsest counts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "entry.h"
#include "fieldset.h"
#include "shape.h"
#include "sketch.h"

#define ANALYZER	"flowmage sketch 1"
#define ENVIRONMENT	"tokens"
#define ENVIRONMENT_BUILT	"tokens as built"

/* As in static.c: an order, not a probability. */
#define CONFIDENCE		0.95
#define CONFIDENCE_GUESSED	0.70	/* no rule names a packet function */
#define CONFIDENCE_NONE		0.30	/* there is none at all */
#define CONFIDENCE_MISSING	0.97	/* a header is not there */
#define CONFIDENCE_PROBLEM	0.93
#define CONFIDENCE_MIN		0.05

struct draft {
	const struct fm_rules *rules;
	const struct fm_source *source;
	struct fm_tokens tokens;
	struct fm_outline outline;
	struct fm_trace trace;
	struct fm_entries entries;
	struct fm_record *record;
	struct fm_features *features;
	const struct fm_trace_table *table;	/* whose key counts */
};

static void explain(struct draft *d, enum fm_attribute attribute,
		    uint32_t token, const char *why)
{
	const struct fm_token *t;

	if (token >= d->tokens.n)
		return;
	t = &d->tokens.v[token];
	fm_record_explain(d->record, attribute, d->source->files[t->file].path,
			  t->line, "%s", why);
}

static void problem(struct draft *d, const char *text)
{
	struct fm_strings *list = &d->record->by_static.unparsed;

	if (list->n < FM_RECORD_UNPARSED && !fm_strings_has(list, text))
		fm_strings_add(list, text);
}

/* ---- which table counts */

static bool is_state(const struct fm_trace_table *t)
{
	if (t->plain || !(t->key & ~FM_F_PROTOCOL))
		return false;
	return t->nlines[FM_TRACE_WRITE] || t->nlines[FM_TRACE_CREATE] ||
	       t->nlines[FM_TRACE_INSERT] ||
	       (t->keeps && t->nlines[FM_TRACE_LOOKUP]);
}

static int popcount(uint32_t fields)
{
	return __builtin_popcount(fields);
}

/* Is it more than a note that a key was seen? */
static bool is_told(const struct fm_trace_table *t)
{
	return t->type.name || t->nlines[FM_TRACE_WRITE] || t->given;
}

/*
 * Tables that are only looked in where another has nothing come last, those
 * for whose entries no key holds before them; of two with as many fields, that
 * which packets write to counts.
 */
static bool is_better(const struct fm_trace_table *a,
		      const struct fm_trace_table *b)
{
	if (a->first != b->first)
		return a->first;
	if (a->split != b->split)
		return b->split;
	if (is_told(a) != is_told(b))
		return is_told(a);
	if (popcount(a->key) != popcount(b->key))
		return popcount(a->key) < popcount(b->key);
	return a->nlines[FM_TRACE_WRITE] && !b->nlines[FM_TRACE_WRITE];
}

static void choose(struct draft *d)
{
	for (size_t i = 0; i < d->trace.ntables; i++) {
		const struct fm_trace_table *t = &d->trace.tables[i];

		if (is_state(t) && (!d->table || is_better(t, d->table)))
			d->table = t;
	}
}

/* ---- attributes */

static void set_statefulness(struct draft *d)
{
	char why[FM_RECORD_WHY];
	const struct fm_trace_table *t = d->table;

	d->features->stateful = t;
	if (!t) {
		explain(d, FM_ATTRIBUTE_STATEFULNESS, d->entries.first,
			"no packet reaches state that a header field leads to and that packets write");
		return;
	}
	for (int what = FM_TRACE_LOOKUP; what < __FM_TRACE_WHAT; what++)
		if (t->nlines[what]) {
			snprintf(why, sizeof(why),
				 "packets use the state in %.100s", t->name);
			explain(d, FM_ATTRIBUTE_STATEFULNESS,
				t->lines[what][0].token, why);
			return;
		}
}

/* Told whichever table counts: steering cannot make such state local. */
static void tell_split(struct draft *d)
{
	char why[FM_RECORD_WHY];

	for (size_t i = 0; i < d->trace.ntables; i++) {
		const struct fm_trace_table *t = &d->trace.tables[i];

		if (!is_state(t) || !t->split)
			continue;
		snprintf(why, sizeof(why),
			 "a packet is looked up in %.60s by its source and by its destination: no key holds for that state",
			 t->name);
		problem(d, why);
	}
}

static void set_key(struct draft *d)
{
	const struct fm_trace_table *t = d->table;
	char key[FM_FIELDSET_LEN] = "", why[FM_RECORD_WHY];

	if (!t)
		return;
	d->features->key = t->key;
	fm_fieldset_format(t->key, key, sizeof(key));
	snprintf(why, sizeof(why), "%s %s to the state in %.100s", key,
		 popcount(t->key) == 1 ? "leads" : "lead", t->name);
	explain(d, FM_ATTRIBUTE_KEY, t->key_at, why);
	d->features->bidirectional = t->bidirectional ||
		(d->trace.compares &&
		 (t->key & FM_F_IPS) == FM_F_IPS && !t->given);
	if (d->features->bidirectional)
		explain(d, FM_ATTRIBUTE_BIDIRECTIONAL, t->key_at,
			"both directions lead to the same state");
}

static void set_intensity(struct draft *d)
{
	bool per_packet = false;
	char why[FM_RECORD_WHY];

	if (!d->table)
		return;
	for (size_t i = 0; i < d->trace.ntables; i++)
		if (is_state(&d->trace.tables[i]) &&
		    d->trace.tables[i].nlines[FM_TRACE_WRITE])
			per_packet = true;
	d->features->intensity = per_packet ? FM_INTENSITY_PACKET :
					      FM_INTENSITY_FLOW;
	for (size_t i = 0; i < d->trace.ntables; i++) {
		const struct fm_trace_table *t = &d->trace.tables[i];
		enum fm_trace_what what = per_packet ? FM_TRACE_WRITE :
			t->nlines[FM_TRACE_CREATE] ? FM_TRACE_CREATE :
						     FM_TRACE_INSERT;

		for (size_t k = 0; is_state(t) && k < t->nlines[what]; k++) {
			snprintf(why, sizeof(why), per_packet ?
				 "%.60s is written in state that was found" :
				 "%.60s is only written as state is created",
				 *t->lines[what][k].what ?
				 t->lines[what][k].what : "memory");
			explain(d, FM_ATTRIBUTE_INTENSITY,
				t->lines[what][k].token, why);
		}
	}
}

static void set_shape(struct draft *d)
{
	const struct fm_trace_table *t = d->table;
	char why[FM_RECORD_WHY];
	struct fm_shape shape;

	if (!t)
		return;
	fm_shape_read(&d->outline, d->rules, &t->type, &shape);
	d->features->pointer = shape.pointer;
	d->features->state_size = shape.size;
	if (!shape.size) {
		snprintf(why, sizeof(why), "the size of %.60s is not known",
			 t->type.name ? t->type.name : "the state");
		problem(d, why);
	}
	if (shape.pointer > 1) {
		snprintf(why, sizeof(why), "%.60s of %.60s points to more memory",
			 d->tokens.v[shape.pointer].text,
			 t->type.name ? t->type.name : "the state");
		explain(d, FM_ATTRIBUTE_POINTER, shape.pointer, why);
	}
	if (shape.size)
		explain(d, FM_ATTRIBUTE_STATE_SIZE, t->type.args ?
			t->type.args : t->key_at, "sum of its members");
}

static void judge(struct draft *d)
{
	struct fm_static_source *s = &d->record->by_static;
	double confidence = CONFIDENCE;

	if (!d->entries.n)
		confidence = CONFIDENCE_NONE;
	else if (d->entries.guessed)
		confidence = CONFIDENCE_GUESSED;
	for (size_t i = 0; i < d->source->missing.n; i++)
		confidence *= CONFIDENCE_MISSING;
	for (size_t i = d->source->missing.n; i < s->unparsed.n; i++)
		confidence *= CONFIDENCE_PROBLEM;
	d->record->confidence = confidence > CONFIDENCE_MIN ? confidence :
							      CONFIDENCE_MIN;
	d->record->agreement = FM_AGREEMENT_STATIC_ONLY;
	s->reads = d->trace.reads;
	s->features = *d->features;
}

/* ---- the record */

static void take_problems(struct draft *d)
{
	char text[FM_RECORD_WHY];

	for (size_t i = 0; i < d->source->missing.n; i++) {
		snprintf(text, sizeof(text), "%.200s: header is not there",
			 d->source->missing.v[i]);
		problem(d, text);
	}
	if (!d->entries.n)
		problem(d, "no function was found that packets come to");
	else if (d->entries.guessed)
		problem(d, "no rule names a function that packets come to; those that take one were followed");
	if (d->source->left_out) {
		snprintf(text, sizeof(text), "%zu files were left out",
			 d->source->left_out);
		problem(d, text);
	}
	if (d->tokens.cut)
		problem(d, "the source is too long; its end was left out");
	if (d->trace.steps <= 0)
		problem(d, "the source is too complex to follow to its end");
	for (size_t i = 0; i < d->trace.problems.n; i++)
		problem(d, d->trace.problems.v[i]);
}

static int take_rules(struct draft *d, char *err)
{
	struct fm_record_file *file = &d->record->by_static.rules;
	char *path = realpath(d->rules->file.path, NULL);
	size_t len = strlen(d->source->tree);
	const char *name = path;

	*file = d->rules->file;
	if (path && !strncmp(path, d->source->tree, len) && path[len] == '/')
		name = path + len + 1;
	if (path && strlen(name) < sizeof(file->path))
		strcpy(file->path, name);
	free(path);
	return path ? 0 : fm_sentence_set(err, -errno, "%s: %s",
					  d->rules->file.path, strerror(errno));
}

/* What told how the source is compiled makes the record stale, too. */
static void take_settings(struct draft *d)
{
	const struct fm_strings *files = &d->source->build.files;
	struct fm_static_source *s = &d->record->by_static;

	for (size_t i = 0; i < files->n && s->nsettings < FM_RECORD_SETTINGS;
	     i++) {
		struct fm_record_file *f = &s->settings[s->nsettings];
		char *path;

		if (asprintf(&path, "%s%s%s", *files->v[i] == '/' ? "" :
			     d->source->tree, *files->v[i] == '/' ? "" : "/",
			     files->v[i]) < 0)
			return;
		snprintf(f->path, sizeof(f->path), "%s", files->v[i]);
		s->nsettings += !fm_digest_file(path, f->sha256);
		free(path);
	}
}

static int take_files(struct draft *d, char *err)
{
	struct fm_record *r = d->record;

	for (size_t i = 0; i < d->source->nfiles; i++) {
		const struct fm_source_file *f = &d->source->files[i];

		snprintf(r->files[i].path, FM_RECORD_PATH, "%s", f->path);
		fm_digest_text(f->text, f->len, r->files[i].sha256);
	}
	r->nfiles = d->source->nfiles;
	snprintf(r->by_static.analyzer, FM_RECORD_NAME, "%s", ANALYZER);
	snprintf(r->by_static.environment, FM_RECORD_NAME, "%s",
		 d->source->build.files.n ? ENVIRONMENT_BUILT : ENVIRONMENT);
	take_settings(d);
	return take_rules(d, err);
}

static bool take_tokens(struct draft *d, const struct fm_tokens *before)
{
	d->tokens = (struct fm_tokens){
		.undefined = &d->rules->idiom->undefined,
		.build = &d->source->build, .before = before,
	};
	for (size_t i = 0; i < d->source->nfiles; i++)
		if (!fm_tokens_add(&d->tokens, d->source->files[i].text,
				   d->source->files[i].len))
			return false;
	d->tokens.before = NULL;
	return true;
}

/* Where a condition depends on a macro that a later file may define: twice. */
static bool read_tokens(struct draft *d)
{
	struct fm_tokens first;
	bool done = take_tokens(d, NULL);

	if (!done || !d->tokens.unsure)
		return done;
	first = d->tokens;
	done = take_tokens(d, &first);
	fm_tokens_cleanup(&first);
	return done;
}

static int fill(struct draft *d, const char *nf, char *err)
{
	if (!read_tokens(d))
		return fm_sentence_set(err, -ENOMEM, "%s: out of memory", nf);
	fm_outline_read(&d->outline, &d->tokens);
	if (fm_trace_setup(&d->trace, d->rules, &d->outline))
		return fm_sentence_set(err, -ENOMEM, "%s: out of memory", nf);
	fm_entries_walk(&d->trace, nf, &d->entries);
	choose(d);
	set_statefulness(d);
	set_key(d);
	set_intensity(d);
	set_shape(d);
	d->features->complexity =
		d->entries.complexity > FM_RECORD_COMPLEXITY_MAX ?
		FM_RECORD_COMPLEXITY_MAX : d->entries.complexity;
	explain(d, FM_ATTRIBUTE_COMPLEXITY, d->entries.first,
		"weighted operations of the dearest way from here");
	take_problems(d);
	tell_split(d);
	judge(d);
	return take_files(d, err);
}

/**
 * fm_sketch_analyze - read the features of an NF from its files
 * @rules: of its framework, with an idiom
 * @source: its files
 * @nf: its name
 * @record: the features, to be destroyed; untouched on error
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * What is missing or not understood is no error: the record tells of it and
 * its confidence is lower.
 *
 * Return: 0, or -ENOMEM.
 */
int fm_sketch_analyze(const struct fm_rules *rules,
		      const struct fm_source *source, const char *nf,
		      struct fm_record **record, char *err)
{
	struct draft *d = calloc(1, sizeof(*d));
	int ret = d ? 0 : -ENOMEM;

	if (!d)
		return fm_sentence_set(err, ret, "%s: out of memory", nf);
	d->rules = rules;
	d->source = source;
	d->record = fm_record_create();
	if (d->record) {
		d->features = &d->record->features;
		snprintf(d->record->nf, FM_RECORD_NAME, "%s", nf);
		snprintf(d->record->framework, FM_RECORD_NAME, "%s",
			 rules->framework);
		ret = fill(d, nf, err);
	} else {
		ret = fm_sentence_set(err, -ENOMEM, "%s: out of memory", nf);
	}
	if (!ret)
		*record = d->record;
	else
		fm_record_destroy(d->record);
	fm_trace_cleanup(&d->trace);
	fm_outline_cleanup(&d->outline);
	fm_tokens_cleanup(&d->tokens);
	free(d);
	return ret;
}
