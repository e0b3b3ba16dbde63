// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Packet functions: found by their names, their class, the macro or the
 * section that marks them, or the variable that names them.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "entry.h"
#include "offset.h"

#define BASE_DEPTH	8

static bool fits(const char *pattern, const char *text)
{
	return !fnmatch(pattern, text, FM_IDIOM_MATCH);
}

/* ---- classes */

static bool derives(const struct fm_outline *o, const char *name,
		    const char *pattern, int depth)
{
	const struct fm_struct *s = fm_outline_struct(o, name);

	if (name && fits(pattern, name))
		return true;
	for (size_t i = 0; s && i < s->nbases && depth < BASE_DEPTH; i++)
		if (s->bases[i].name &&
		    derives(o, s->bases[i].name, pattern, depth + 1))
			return true;
	return false;
}

static bool is_base_of(const struct fm_outline *o, const char *base,
		       const char *name, int depth)
{
	const struct fm_struct *s = fm_outline_struct(o, name);

	if (base == name)
		return true;
	for (size_t i = 0; s && i < s->nbases && depth < BASE_DEPTH; i++)
		if (is_base_of(o, base, s->bases[i].name, depth + 1))
			return true;
	return false;
}

/* Names that differ in case and in underscores only are the same. */
static bool same_name(const char *a, const char *b)
{
	while (*a || *b) {
		while (*a == '_' || *a == '-')
			a++;
		while (*b == '_' || *b == '-')
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (*a) {
			a++;
			b++;
		}
	}
	return true;
}

static bool is_subject(const char *class, const char *nf)
{
	return class && same_name(class, nf);
}

/* The class that the NF is, or NULL. */
static const char *find_class(const struct fm_outline *o, const char *nf)
{
	for (size_t i = 0; i < o->nstructs; i++)
		if (o->structs[i].name && !strcmp(o->structs[i].name, nf))
			return o->structs[i].name;
	for (size_t i = 0; i < o->nstructs; i++)
		if (is_subject(o->structs[i].name, nf))
			return o->structs[i].name;
	return NULL;
}

/* ---- the state that a base class keeps */

static void run_key_function(struct fm_trace *trace, const char *class,
			     const struct fm_idiom_base *base, int table)
{
	struct fm_trace_table *t = &trace->tables[table];
	const char *name = fm_intern_find(&trace->tokens->words,
					  base->key_function);
	const struct fm_function *f = name ?
		fm_outline_function(trace->outline, class, name) : NULL;
	struct fm_fact key;

	if (!f)
		return;
	key = fm_trace_run(trace, f, NULL, 0);
	t->given = false;
	fm_trace_key(trace, table, key, f->params);
	t->given = true;
}

/* A class that names its flows by offsets has no other key. */
static void set_offsets(struct fm_trace *trace, const char *class,
			struct fm_trace_table *t, int depth)
{
	const struct fm_struct *s = fm_outline_struct(trace->outline, class);
	uint32_t fields = fm_offset_fields(trace->idiom, trace->outline, s,
					   &t->key_at);

	for (size_t i = 0; s && !fields && i < s->nbases &&
	     depth < BASE_DEPTH; i++)
		set_offsets(trace, s->bases[i].name, t, depth + 1);
	/* ports are those of one protocol, whose flows are told apart */
	if (fields & FM_F_PORTS)
		fields |= t->key & FM_F_PROTOCOL;
	if (fields)
		t->key = fields;
}

static int base_table(struct fm_trace *trace, const char *class,
		      const struct fm_type *type,
		      const struct fm_idiom_base *base)
{
	int table = fm_trace_table(trace, FM_TRACE_NOTHING,
				   fm_intern_string(&trace->tokens->words,
						    base->name));
	struct fm_trace_table *t = &trace->tables[table];

	if (table < 0)
		return table;
	t->given = true;
	t->key = base->fields;
	t->keys = base->fields;
	t->key_at = type->args;
	t->first = true;
	t->bidirectional = base->bidirectional;
	if (base->state != FM_IDIOM_NOWHERE)
		t->type = fm_outline_argument(trace->tokens, type, base->state);
	if (*base->key_function)
		run_key_function(trace, class, base, table);
	else
		set_offsets(trace, class, t, 0);
	return table;
}

/* The first base class that the rules know, near ones first. */
static int find_base(struct fm_trace *trace, const char *class,
		     const char *subject, int depth)
{
	const struct fm_struct *s = fm_outline_struct(trace->outline, class);

	for (size_t i = 0; s && i < s->nbases; i++) {
		const struct fm_idiom_base *base =
			fm_idiom_base(trace->idiom, s->bases[i].name);

		if (base)
			return base_table(trace, subject, &s->bases[i], base);
	}
	for (size_t i = 0; s && i < s->nbases && depth < BASE_DEPTH; i++) {
		int table = find_base(trace, s->bases[i].name, subject,
				      depth + 1);

		if (table >= 0)
			return table;
	}
	return -1;
}

/* ---- which function fits which rule */

static bool has_string(const struct fm_trace *trace, uint32_t i, uint32_t end,
		       const char *pattern)
{
	for (; i < end; i++) {
		const struct fm_token *t = &trace->tokens->v[i];
		size_t len = strlen(t->text);
		char text[FM_RECORD_NAME];

		if (t->kind != FM_TOKEN_STRING || len < 2 ||
		    len > sizeof(text))
			continue;
		memcpy(text, t->text + 1, len - 2);
		text[len - 2] = '\0';
		if (fits(pattern, text))
			return true;
	}
	return false;
}

/* Before the function, or in the macro that makes it. */
static bool has_section(const struct fm_trace *trace,
			const struct fm_function *f, const char *pattern)
{
	const struct fm_token_macro *m = f->prefix ?
		fm_token_macro(trace->tokens, f->prefix) : NULL;

	return has_string(trace, f->start, f->params, pattern) ||
	       (m && has_string(trace, m->start, m->end, pattern));
}

static bool has_word(const struct fm_trace *trace, uint32_t start, uint32_t end,
		     const char *pattern)
{
	for (uint32_t i = start; i < end; i++)
		if (trace->tokens->v[i].kind == FM_TOKEN_WORD &&
		    fits(pattern, trace->tokens->v[i].text))
			return true;
	return false;
}

static bool is_hooked(const struct fm_trace *trace,
		      const struct fm_function *f,
		      const struct fm_idiom_entry *e)
{
	for (size_t i = 0; i < trace->outline->nhooks; i++) {
		const struct fm_hook *h = &trace->outline->hooks[i];

		if (h->function == f->name && fits(e->hook, h->type) &&
		    fits(e->member, h->member) &&
		    !(*e->unless && has_word(trace, h->start, h->end,
					     e->unless)))
			return true;
	}
	return false;
}

static bool is_entry(const struct fm_trace *trace, const struct fm_function *f,
		     const struct fm_idiom_entry *e)
{
	if (f->macro)
		return false;
	if (*e->function && !fits(e->function, f->name))
		return false;
	if (*e->owner && (!f->owner || (!derives(trace->outline,
		trace->subject ? trace->subject : f->owner, e->owner, 0))))
		return false;
	if (*e->prefix && (!f->prefix || !fits(e->prefix, f->prefix)))
		return false;
	if (*e->section && !has_section(trace, f, e->section))
		return false;
	if (*e->calls && !has_word(trace, f->body, f->end, e->calls))
		return false;
	return !*e->hook || is_hooked(trace, f, e);
}

static bool takes_packet(const struct fm_trace *trace,
			 const struct fm_function *f)
{
	if (f->macro)
		return false;
	for (uint32_t i = f->params; i < trace->tokens->v[f->params].match; i++)
		if (trace->tokens->v[i].kind == FM_TOKEN_WORD &&
		    fm_idiom_lists(&trace->idiom->packets,
				   trace->tokens->v[i].text))
			return true;
	return false;
}

/* ---- walking */

static int entry_table(struct fm_trace *trace, const struct fm_idiom_entry *e,
		       int base)
{
	int table = base;

	if (base >= 0 || !e->fields)
		return base;
	table = fm_trace_table(trace, FM_TRACE_NOTHING,
			       fm_intern_string(&trace->tokens->words,
						e->hook));
	if (table < 0)
		return table;
	trace->tables[table].given = true;
	trace->tables[table].key = e->fields;
	trace->tables[table].keys = true;
	trace->tables[table].first = true;
	trace->tables[table].bidirectional = e->bidirectional;
	return table;
}

static void walk(struct fm_trace *trace, const struct fm_function *f,
		 const struct fm_idiom_entry *e, int base,
		 struct fm_entries *entries)
{
	struct fm_fact args[FM_TRACE_ARGS];
	int table = e ? entry_table(trace, e, base) : -1;
	uint32_t missing = trace->missing;

	for (size_t i = 0; i < FM_TRACE_ARGS; i++)
		args[i] = FM_TRACE_NOTHING;
	if (e && e->state != FM_IDIOM_NOWHERE && table >= 0) {
		args[e->state].found = 1U << table;
		fm_trace_event(trace, 1U << table, FM_TRACE_LOOKUP, f->name,
			       f->params);
	}
	if (e && e->creates && table >= 0)
		trace->missing |= 1U << table;
	trace->complexity = 0;
	trace->branch = 0;
	trace->ended = false;
	memset(trace->walks, 0, trace->outline->nfunctions);
	fm_trace_run(trace, f, args, FM_TRACE_ARGS);
	trace->missing = missing;
	if (e && e->creates)
		return;
	if (!entries->n++)
		entries->first = f->params;
	if (trace->complexity > entries->complexity)
		entries->complexity = trace->complexity;
}

static bool is_wanted(const struct fm_trace *trace, const struct fm_function *f)
{
	if (!trace->subject)
		return true;
	return !f->owner || is_base_of(trace->outline, f->owner,
				       trace->subject, 0);
}

/* A class that packets come to, if none is called as the NF is. */
static const char *guess_class(const struct fm_trace *trace)
{
	for (size_t i = 0; i < trace->outline->nfunctions; i++)
		for (size_t k = 0; k < trace->idiom->nentries; k++)
			if (*trace->idiom->entries[k].owner &&
			    is_entry(trace, &trace->outline->functions[i],
				     &trace->idiom->entries[k]))
				return trace->outline->functions[i].owner;
	return NULL;
}

/**
 * fm_entries_walk - walk through all packet functions of an NF
 * @trace: the walk
 * @nf: name of the NF
 * @entries: gets what was walked, zeroed
 */
void fm_entries_walk(struct fm_trace *trace, const char *nf,
		     struct fm_entries *entries)
{
	const struct fm_outline *o = trace->outline;
	int base = -1;

	trace->subject = find_class(o, nf);
	if (!trace->subject)
		trace->subject = guess_class(trace);
	if (trace->subject)
		base = find_base(trace, trace->subject, trace->subject, 0);
	for (size_t i = 0; i < o->nfunctions; i++) {
		const struct fm_function *f = &o->functions[i];

		for (size_t k = 0; k < trace->idiom->nentries; k++)
			if (is_wanted(trace, f) &&
			    is_entry(trace, f, &trace->idiom->entries[k])) {
				walk(trace, f, &trace->idiom->entries[k], base,
				     entries);
				break;
			}
	}
	entries->guessed = !entries->n;
	for (size_t i = 0; i < o->nfunctions && entries->guessed; i++)
		if (is_wanted(trace, &o->functions[i]) &&
		    takes_packet(trace, &o->functions[i]))
			walk(trace, &o->functions[i], NULL, -1, entries);
}
