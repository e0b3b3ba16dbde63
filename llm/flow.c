// SPDX-License-Identifier: GPL-2.0-or-later
/* Walking through an NF, and what was found on the way. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "walk.h"

/**
 * fm_walk_enter - may the walk go on?
 * @walk: the walk
 * @set: the paths that go
 *
 * Every true must be followed by walk->nest--.
 */
bool fm_walk_enter(struct fm_walk *walk, const struct fm_paths *set)
{
	walk->steps -= set->n + 1;
	if (walk->steps < 0 || walk->nest == FM_WALK_NEST)
		return false;
	walk->nest++;
	return true;
}

/**
 * fm_walk_local - the number of a local variable
 * @walk: the walk
 * @decl: its declaration
 *
 * Return: the number; FM_VALUE_NOWHERE if there are too many.
 */
int fm_walk_local(struct fm_walk *walk, CXCursor decl)
{
	struct fm_walk_local *locals;

	for (size_t i = 0; i < walk->nlocals; i++)
		if (clang.equalCursors(walk->locals[i].decl, decl))
			return i;
	if (walk->nlocals == FM_WALK_LOCALS)
		return FM_VALUE_NOWHERE;
	locals = reallocarray(walk->locals, walk->nlocals + 1,
			      sizeof(*locals));
	if (!locals)
		return FM_VALUE_NOWHERE;
	walk->locals = locals;
	locals[walk->nlocals] = (struct fm_walk_local){
		.decl = decl, .depth = walk->depth,
	};
	return walk->nlocals++;
}

static struct fm_flow_event *find_event(struct fm_flow *flow,
					const struct fm_flow_event *event)
{
	for (size_t i = 0; i < flow->nevents; i++) {
		struct fm_flow_event *e = &flow->events[i];

		if (e->kind == event->kind && e->line == event->line &&
		    !strcmp(e->file, event->file) &&
		    !strcmp(e->what, event->what))
			return e;
	}
	return NULL;
}

/**
 * fm_walk_event - something happens
 * @walk: the walk
 * @kind: what
 * @bits: FM_VALUE_FOUND, FM_VALUE_FRESH: to which state
 * @where: the expression
 * @what: name of what is called or written
 */
void fm_walk_event(struct fm_walk *walk, enum fm_flow_kind kind,
		   unsigned int bits, CXCursor where, const char *what)
{
	struct fm_flow_event event = { .kind = kind }, *e;
	struct fm_flow *flow = walk->flow;

	snprintf(event.what, sizeof(event.what), "%s", what);
	event.line = fm_unit_place(walk->unit, where, event.file);
	e = find_event(flow, &event);
	if (!e && flow->nevents < FM_FLOW_EVENTS) {
		e = reallocarray(flow->events, flow->nevents + 1, sizeof(*e));
		if (!e)
			return;
		flow->events = e;
		e = &flow->events[flow->nevents++];
		*e = event;
	}
	if (!e)
		return;
	e->found |= bits & FM_VALUE_FOUND;
	e->fresh |= bits & FM_VALUE_FRESH;
}

/**
 * fm_walk_problem - something cannot be followed
 * @walk: the walk
 * @where: the place, or the null cursor
 * @text: what
 */
void fm_walk_problem(struct fm_walk *walk, CXCursor where, const char *text)
{
	struct fm_strings *problems = &walk->flow->problems;
	char path[FM_RECORD_PATH], sentence[FM_RECORD_WHY];
	unsigned int line;

	if (problems->n >= FM_RECORD_UNPARSED)
		return;
	line = fm_unit_place(walk->unit, where, path);
	if (line)
		snprintf(sentence, sizeof(sentence), "%.100s:%u: %s", path,
			 line, text);
	else
		snprintf(sentence, sizeof(sentence), "%s", text);
	if (!fm_strings_has(problems, sentence))
		fm_strings_add(problems, sentence);
}

/**
 * fm_walk_type - a state is taken for something
 * @walk: the walk
 * @type: pointer to a struct; anything else is ignored
 */
void fm_walk_type(struct fm_walk *walk, CXType type)
{
	struct fm_flow *flow = walk->flow;

	type = clang.getCanonicalType(type);
	if (type.kind != CXType_Pointer)
		return;
	type = clang.getCanonicalType(clang.getPointeeType(type));
	if (type.kind != CXType_Record)
		return;
	type = clang.getCursorType(clang.getTypeDeclaration(type));
	for (size_t i = 0; i < flow->ntypes; i++)
		if (clang.equalTypes(flow->types[i], type))
			return;
	if (flow->ntypes < FM_FLOW_TYPES)
		flow->types[flow->ntypes++] = type;
}

static uint32_t find_dearest(const struct fm_paths *set, bool created)
{
	uint64_t dearest = 0;

	for (size_t i = 0; i < set->n; i++)
		if (set->v[i].created <= created && set->v[i].cost > dearest)
			dearest = set->v[i].cost;
	return dearest;
}

static void finish(struct fm_walk *walk, const struct fm_paths *ends)
{
	walk->flow->complexity = find_dearest(ends, false);
	if (!walk->flow->complexity)
		walk->flow->complexity = find_dearest(ends, true);
	for (size_t i = 0; i < ends->n; i++)
		if (ends->v[i].lost)
			fm_walk_problem(walk, clang.getNullCursor(),
					"more values than can be followed");
	if (walk->steps < 0)
		fm_walk_problem(walk, clang.getNullCursor(),
				"too long to be followed to its end");
}

/**
 * fm_flow_run - walk through a function
 * @unit: the parsed source
 * @entry: definition of the function
 * @flow: what is found; to be cleaned up also on error
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, or -ENOMEM.
 */
int fm_flow_run(const struct fm_unit *unit, CXCursor entry,
		struct fm_flow *flow, char *err)
{
	struct fm_walk *walk = calloc(1, sizeof(*walk));
	struct fm_frame frame = { .function = entry };
	struct fm_path *start = calloc(1, sizeof(*start));
	struct fm_cursors children = fm_cursor_children(entry);
	struct fm_paths set = { 0 };
	int ret = 0;

	*flow = (struct fm_flow){ 0 };
	if (!walk || !start || !children.n) {
		ret = fm_sentence_set(err, -ENOMEM, "%s: out of memory",
				   unit->path);
		goto out;
	}
	walk->unit = unit;
	walk->rules = unit->rules;
	walk->flow = flow;
	walk->frame = &frame;
	walk->scale = 1;
	walk->steps = FM_WALK_STEPS;
	fm_paths_add(&set, start);
	fm_statement_run(walk, children.v[children.n - 1], &set);
	fm_paths_move(&frame.returns, &set);
	finish(walk, &frame.returns);
	if (frame.returns.short_of_memory)
		ret = fm_sentence_set(err, -ENOMEM, "%s: out of memory",
				   unit->path);
	fm_paths_cleanup(&frame.returns);
	for (size_t i = 0; i < frame.ngotos; i++)
		fm_paths_cleanup(&frame.gotos[i].paths);
	free(walk->locals);
out:
	fm_cursor_free(&children);
	free(start);
	free(walk);
	return ret;
}

/**
 * fm_flow_cleanup - free what a walk found
 * @flow: it
 */
void fm_flow_cleanup(struct fm_flow *flow)
{
	free(flow->events);
	fm_strings_cleanup(&flow->problems);
	*flow = (struct fm_flow){ 0 };
}
