// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Features of an NF, put together from what it declares, what it does with
 * states and what its state looks like.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cursor.h"
#include "declaration.h"
#include "digest.h"
#include "fieldset.h"
#include "flow.h"
#include "layout.h"
#include "static.h"
#include "unit.h"

#define WRITES_SHOWN	8	/* pieces of evidence for the intensity */

/* The confidence of a record without problems, and what is left of it after
 * one of each kind. It is an order, not a probability.
 */
#define CONFIDENCE		0.97
#define CONFIDENCE_ERROR	0.85	/* the compiler found an error */
#define CONFIDENCE_PROBLEM	0.90	/* something was not followed */
#define CONFIDENCE_MIN		0.05

/* What goes into a record while it is made. */
struct draft {
	const struct fm_unit *unit;
	struct fm_record *record;
	struct fm_features *features;
	struct fm_declaration declaration;
	struct fm_flow flow;
};

static void explain(struct draft *draft, enum fm_attribute attribute,
		    CXCursor where, const char *why)
{
	char path[FM_RECORD_PATH];
	unsigned int line = fm_unit_place(draft->unit, where, path);

	fm_record_explain(draft->record, attribute, path, line, "%s", why);
}

static void add_problem(struct draft *draft, CXCursor where, const char *text)
{
	struct fm_strings *problems = &draft->flow.problems;
	char path[FM_RECORD_PATH];
	unsigned int line = fm_unit_place(draft->unit, where, path);

	if (problems->n < FM_RECORD_UNPARSED)
		fm_strings_addf(problems, "%.100s:%u: %s", path, line, text);
}

static const struct fm_flow_event *find_event(const struct draft *draft,
					      enum fm_flow_kind kind)
{
	for (size_t i = 0; i < draft->flow.nevents; i++)
		if (draft->flow.events[i].kind == kind)
			return &draft->flow.events[i];
	return NULL;
}

/* ---- one function for each attribute */

static void set_statefulness(struct draft *draft)
{
	const struct fm_flow_event *e = find_event(draft, FM_FLOW_LOOKUP);
	const struct fm_declaration *d = &draft->declaration;

	if (!e)
		e = find_event(draft, FM_FLOW_INSERT);
	draft->features->stateful = e;
	if (e)
		fm_record_explain(draft->record, FM_ATTRIBUTE_STATEFULNESS,
				  e->file, e->line,
				  "%s() is reached for every packet", e->what);
	else
		explain(draft, FM_ATTRIBUTE_STATEFULNESS, d->entry,
			"no packet reaches a lookup or an insertion of state");
	if (!e && (d->key || !d->key_known))
		add_problem(draft, d->key_at,
			    "a key is declared, but no state is ever used");
}

static void set_key(struct draft *draft)
{
	const struct fm_declaration *d = &draft->declaration;
	char key[FM_FIELDSET_LEN] = "", why[FM_RECORD_WHY];

	if (!draft->features->stateful)
		return;
	draft->features->key = d->key;
	fm_fieldset_format(d->key, key, sizeof(key));
	snprintf(why, sizeof(why), "declared as %s", key);
	if (!d->key_known)
		add_problem(draft, d->key_at,
			    "the key is not a constant set of header fields");
	else if (!d->key)
		add_problem(draft, d->variable,
			    "state is used, but no key is declared");
	else
		explain(draft, FM_ATTRIBUTE_KEY, d->key_at, why);
}

static void set_bidirectional(struct draft *draft)
{
	const struct fm_declaration *d = &draft->declaration;

	if (!draft->features->stateful)
		return;
	draft->features->bidirectional = d->bidirectional;
	if (!d->bidirectional_known)
		add_problem(draft, d->bidirectional_at,
			    "whether both directions share a state is not a constant");
	else if (d->bidirectional)
		explain(draft, FM_ATTRIBUTE_BIDIRECTIONAL, d->bidirectional_at,
			"both directions are declared to share one state");
	else
		explain(draft, FM_ATTRIBUTE_BIDIRECTIONAL, d->variable,
			"each direction has a state of its own");
}

static bool is_per_packet(const struct draft *draft)
{
	for (size_t i = 0; i < draft->flow.nevents; i++)
		if (draft->flow.events[i].kind == FM_FLOW_WRITE &&
		    draft->flow.events[i].found)
			return true;
	return false;
}

static void explain_writes(struct draft *draft, bool found)
{
	unsigned int shown = 0;

	for (size_t i = 0; i < draft->flow.nevents; i++) {
		const struct fm_flow_event *e = &draft->flow.events[i];

		if (e->kind != FM_FLOW_WRITE || e->found != found ||
		    shown++ == WRITES_SHOWN)
			continue;
		fm_record_explain(draft->record, FM_ATTRIBUTE_INTENSITY,
				  e->file, e->line, found ?
				  "%s writes to a state that was found" :
				  "%s writes to a state only as it is created",
				  *e->what ? e->what : "an assignment");
		if (shown == WRITES_SHOWN)
			break;
	}
}

static void set_intensity(struct draft *draft)
{
	const struct fm_flow_event *e;
	bool per_packet;

	if (!draft->features->stateful)
		return;
	per_packet = is_per_packet(draft);
	draft->features->intensity = per_packet ? FM_INTENSITY_PACKET :
						  FM_INTENSITY_FLOW;
	explain_writes(draft, per_packet);
	e = find_event(draft, FM_FLOW_INSERT);
	if (!per_packet && e)
		fm_record_explain(draft->record, FM_ATTRIBUTE_INTENSITY,
				  e->file, e->line,
				  "%s() only creates the state", e->what);
}

static void set_pointer(struct draft *draft, const struct fm_layout *layout)
{
	const struct fm_flow_event *e = find_event(draft, FM_FLOW_HEAP);
	char why[FM_RECORD_WHY], member[FM_RECORD_NAME];

	if (!clang.Cursor_isNull(layout->pointer)) {
		draft->features->pointer = true;
		fm_cursor_name(layout->pointer, member);
		snprintf(why, sizeof(why),
			 "%s of struct %s points to more memory", member,
			 layout->name);
		explain(draft, FM_ATTRIBUTE_POINTER, layout->pointer, why);
	} else if (!e) {
		snprintf(why, sizeof(why), "struct %s holds no pointer",
			 layout->name);
		explain(draft, FM_ATTRIBUTE_POINTER, layout->decl, why);
	}
	if (!e)
		return;
	draft->features->pointer = true;
	fm_record_explain(draft->record, FM_ATTRIBUTE_POINTER, e->file, e->line,
			  "%s gets memory from an allocation", e->what);
}

static void set_layout(struct draft *draft)
{
	struct fm_layout layout, largest = { 0 };
	char why[FM_RECORD_WHY];

	if (!draft->features->stateful)
		return;
	for (size_t i = 0; i < draft->flow.ntypes; i++) {
		fm_layout_read(draft->unit->rules, draft->flow.types[i],
			       &layout);
		if (!i || layout.size > largest.size)
			largest = layout;
	}
	if (!draft->flow.ntypes || !largest.size) {
		add_problem(draft, draft->declaration.entry,
			    "the struct of the state is not known");
		if (!draft->flow.ntypes)
			return;
	}
	draft->features->state_size = largest.size;
	set_pointer(draft, &largest);
	snprintf(why, sizeof(why), "sizeof(struct %s)", largest.name);
	explain(draft, FM_ATTRIBUTE_STATE_SIZE, largest.decl, why);
}

static void set_complexity(struct draft *draft)
{
	char name[FM_RECORD_NAME], why[FM_RECORD_WHY];

	draft->features->complexity = draft->flow.complexity;
	fm_cursor_name(draft->declaration.entry, name);
	snprintf(why, sizeof(why),
		 "weighted operations of the dearest way through %s()%s", name,
		 draft->features->stateful ? " that creates no state" : "");
	explain(draft, FM_ATTRIBUTE_COMPLEXITY, draft->declaration.entry, why);
}

static void note_globals(struct draft *draft)
{
	for (size_t i = 0; i < draft->flow.nevents; i++) {
		const struct fm_flow_event *e = &draft->flow.events[i];

		if (e->kind == FM_FLOW_GLOBAL &&
		    draft->flow.problems.n < FM_RECORD_UNPARSED)
			fm_strings_addf(&draft->flow.problems,
					"%.100s:%u: writes the global variable %s, which no key covers",
					e->file, e->line, e->what);
	}
}

/* ---- the record */

static void judge(struct draft *draft)
{
	struct fm_static_source *s = &draft->record->by_static;
	double confidence = CONFIDENCE;

	for (unsigned int i = 0; i < draft->unit->nerrors &&
	     i < FM_RECORD_UNPARSED; i++)
		confidence *= CONFIDENCE_ERROR;
	for (size_t i = 0; i < draft->flow.problems.n; i++)
		confidence *= CONFIDENCE_PROBLEM;
	draft->record->confidence = confidence > CONFIDENCE_MIN ? confidence :
								  CONFIDENCE_MIN;
	draft->record->agreement = FM_AGREEMENT_STATIC_ONLY;
	s->reads = draft->flow.reads;
	s->features = draft->record->features;
}

static int take_strings(struct fm_strings *to, const struct fm_strings *from)
{
	for (size_t i = 0; i < from->n && to->n < FM_RECORD_UNPARSED; i++)
		if (!fm_strings_has(to, from->v[i]) &&
		    !fm_strings_add(to, from->v[i]))
			return -ENOMEM;
	return 0;
}

static int take_file(const struct fm_unit *unit, const char *path,
		     struct fm_record_file *file, char *err)
{
	char full[FM_RECORD_PATH + 4096];
	int ret;

	if (strlen(path) >= sizeof(file->path))
		return fm_sentence_set(err, -ENAMETOOLONG,
				    "%.64s...: name is too long", path);
	strcpy(file->path, path);
	snprintf(full, sizeof(full), "%s%s%s", *path == '/' ? "" : unit->tree,
		 *path == '/' ? "" : "/", path);
	ret = fm_digest_file(full, file->sha256);
	return ret ? fm_sentence_set(err, ret, "%s: %s", full, strerror(-ret)) : 0;
}

/* Rules of the tree move with it: their path is relative then. */
static void take_rules(const struct fm_unit *unit, struct fm_record_file *file)
{
	char *path = realpath(unit->rules->file.path, NULL);
	size_t len = strlen(unit->tree);

	*file = unit->rules->file;
	if (path && !strncmp(path, unit->tree, len) && path[len] == '/')
		snprintf(file->path, sizeof(file->path), "%s", path + len + 1);
	else if (path && strlen(path) < sizeof(file->path))
		strcpy(file->path, path);
	free(path);
}

static int take_unit(struct draft *draft, char *err)
{
	const struct fm_unit *unit = draft->unit;
	struct fm_record *record = draft->record;
	struct fm_static_source *s = &record->by_static;
	CXString version = clang.getClangVersion();
	int ret = 0;

	snprintf(s->analyzer, sizeof(s->analyzer), "%s",
		 clang.getCString(version));
	clang.disposeString(version);
	snprintf(s->environment, sizeof(s->environment), "%s",
		 unit->env->name);
	take_rules(unit, &s->rules);
	for (size_t i = 0; i < unit->files.n && !ret; i++)
		ret = take_file(unit, unit->files.v[i],
				&record->files[record->nfiles++], err);
	if (!ret && (take_strings(&s->unparsed, &unit->problems) ||
		     take_strings(&s->unparsed, &draft->flow.problems)))
		ret = fm_sentence_set(err, -ENOMEM, "%s: out of memory",
				   unit->path);
	return ret;
}

static int fill(struct draft *draft, char *err)
{
	const char *nf = draft->record->nf;
	int ret;

	ret = fm_declaration_find(draft->unit, nf, &draft->declaration, err);
	if (!ret)
		ret = fm_flow_run(draft->unit, draft->declaration.entry,
				  &draft->flow, err);
	if (ret)
		return ret;
	set_statefulness(draft);
	set_key(draft);
	set_bidirectional(draft);
	set_intensity(draft);
	set_layout(draft);
	set_complexity(draft);
	note_globals(draft);
	judge(draft);
	return take_unit(draft, err);
}

static int check_names(const struct fm_static_request *request, char *err)
{
	if (fm_record_name_valid(request->nf))
		return 0;
	return fm_sentence_set(err, -EINVAL, "'%.64s' is not an NF's name",
			    request->nf);
}

/**
 * fm_static_analyze - read the features of an NF from its source
 * @request: what to analyse
 * @record: the features, to be destroyed; untouched on error
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * What is not understood is no error: the record tells of it and its
 * confidence is lower.
 *
 * Return: 0, -ENOENT if a file is not there or declares no such NF, -EINVAL if
 * no entry for packets is found, -EFBIG, -ENAMETOOLONG, -ENOMEM.
 */
int fm_static_analyze(const struct fm_static_request *request,
		      struct fm_record **record, char *err)
{
	struct draft draft = { 0 };
	struct fm_unit *unit;
	int ret = check_names(request, err);

	if (!ret)
		ret = fm_unit_parse(request->rules, request->tree,
				    request->file, request->env, &unit, err);
	if (ret)
		return ret;
	draft.unit = unit;
	draft.record = fm_record_create();
	if (draft.record) {
		draft.features = &draft.record->features;
		strcpy(draft.record->nf, request->nf);
		strcpy(draft.record->framework, request->rules->framework);
		ret = fill(&draft, err);
	} else {
		ret = fm_sentence_set(err, -ENOMEM, "%s: out of memory",
				   request->file);
	}
	if (!ret)
		*record = draft.record;
	else
		fm_record_destroy(draft.record);
	fm_flow_cleanup(&draft.flow);
	fm_unit_destroy(unit);
	return ret;
}
