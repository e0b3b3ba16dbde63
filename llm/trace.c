// SPDX-License-Identifier: GPL-2.0-or-later
/* Variables of a trace, and its beginning and end. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

#define SLOTS		65536
#define BRANCHES_MAX	(1U << 20)
#define SOURCE		(FM_F_SRC_IP | FM_F_SRC_PORT)

/* ---- facts */

/**
 * fm_fact_join - a value that is one or the other
 * @a: one
 * @b: the other; what cannot be joined is that of @a
 */
struct fm_fact fm_fact_join(struct fm_fact a, struct fm_fact b)
{
	/* one direction of a flow, or the other */
	if (a.swapped != b.swapped &&
	    (a.fields & b.fields & FM_F_IPS) == FM_F_IPS)
		a.symmetric = true;
	a.fields |= b.fields;
	if (!(a.found | a.fresh))
		a.loaded = b.loaded;
	else if (b.found | b.fresh)
		a.loaded &= b.loaded;
	a.found |= b.found;
	a.fresh |= b.fresh;
	if (!a.ref)
		a.ref = b.ref;
	if (!a.signal) {
		a.signal = b.signal;
		a.how = b.how;
	}
	a.missing_true &= b.missing_true;
	a.missing_false |= b.missing_false;
	a.zero &= b.zero;
	a.end &= b.end;
	a.memory |= b.memory;
	a.symmetric |= b.symmetric;
	a.swapped |= b.swapped;
	fm_fact_call_either(&a, &b);
	if (!a.type.name)
		a.type = b.type;
	return a;
}

/* ---- variables */

static uint32_t slot_of(uint32_t parent, uint32_t frame, const char *name)
{
	uint64_t h = ((uint64_t)parent << 32 | frame) * 0x9e3779b97f4a7c15ULL;

	h ^= (uintptr_t)name * 0xff51afd7ed558ccdULL;
	return (h >> 40) & (SLOTS - 1);
}

/**
 * fm_trace_find - a variable, or a member of one, that may be known
 * @trace: the walk
 * @parent: whose member it is, or 0
 * @frame: call that it is a variable of; 0 for one outside functions
 * @name: of it, interned
 *
 * Return: its number, or 0.
 */
uint32_t fm_trace_find(struct fm_trace *trace, uint32_t parent, uint32_t frame,
		       const char *name)
{
	uint32_t id = trace->slots[slot_of(parent, frame, name)];

	for (; id; id = trace->paths[id].next)
		if (trace->paths[id].name == name &&
		    trace->paths[id].parent == parent &&
		    trace->paths[id].frame == frame)
			return id;
	return 0;
}

/**
 * fm_trace_path - a variable, or a member of one
 * @trace: the walk
 * @parent: whose member it is, or 0
 * @frame: call that it is a variable of; 0 for one outside functions
 * @name: of it, interned
 *
 * Return: its number, 0 if there is no more memory for one.
 */
uint32_t fm_trace_path(struct fm_trace *trace, uint32_t parent, uint32_t frame,
		       const char *name)
{
	uint32_t id = fm_trace_find(trace, parent, frame, name);
	uint32_t slot = slot_of(parent, frame, name);
	struct fm_trace_path *p;

	if (id || trace->npaths == FM_TRACE_PATHS)
		return id;
	if (!(trace->npaths & (trace->npaths - 1))) {
		p = reallocarray(trace->paths, trace->npaths * 2, sizeof(*p));
		if (!p)
			return 0;
		trace->paths = p;
	}
	id = trace->npaths++;
	p = &trace->paths[id];
	*p = (struct fm_trace_path){
		.parent = parent, .frame = frame, .name = name,
		.next = trace->slots[slot], .fact = FM_TRACE_NOTHING,
		.branch = trace->branch,
	};
	trace->slots[slot] = id;
	if (parent) {
		p->sibling = trace->paths[parent].child;
		trace->paths[parent].child = id;
	}
	return id;
}

/**
 * fm_trace_get - what a variable holds
 * @trace: the walk
 * @path: its number, may be 0
 */
struct fm_fact fm_trace_get(struct fm_trace *trace, uint32_t path)
{
	struct fm_fact fact = path ? trace->paths[path].fact :
				     FM_TRACE_NOTHING;

	fact.path = path;
	fact.place = 0;
	fact.empty_true = 0;
	fact.empty_false = 0;
	fact.in = 0;
	fact.in_fresh = 0;
	return fact;
}

/* The same of the other end; 0 if it is not of one end alone. */
static uint32_t opposite(uint32_t fields)
{
	uint32_t other = 0;

	if ((fields & SOURCE && fields & ~SOURCE) || fields & FM_F_PROTOCOL)
		return 0;
	if (fields & FM_F_IPS)
		other |= FM_F_IPS & ~fields;
	if (fields & FM_F_PORTS)
		other |= FM_F_PORTS & ~fields;
	return other;
}

/**
 * fm_trace_either - fields of a value that is one or the other
 * @trace: the walk
 * @a: fields of the one
 * @b: fields of the other
 *
 * Where a configuration chooses between source and destination, the source
 * stands for both: it is what such NFs take unless told otherwise.
 */
uint32_t fm_trace_either(struct fm_trace *trace, uint32_t a, uint32_t b)
{
	uint32_t left = a & ~b, right = b & ~a, implied = trace->implied;

	if (!left || !right || opposite(left) != right)
		return a | b;
	if (((left | right) & FM_F_IPS && (implied & FM_F_IPS) == FM_F_IPS) ||
	    ((left | right) & FM_F_PORTS && (implied & FM_F_PORTS) == FM_F_PORTS))
		return a | b;
	return (a & b) | (left & SOURCE ? left : right);
}

/**
 * fm_trace_follows - does every way to here lead over a branch?
 * @trace: the walk
 * @branch: the branch
 */
bool fm_trace_follows(const struct fm_trace *trace, uint32_t branch)
{
	uint32_t b = trace->branch;

	while (b > branch)
		b = trace->branches[b];
	return b == branch;
}

/* Was the branch at hand on the way to where the variable was set last? */
static bool is_certain(const struct fm_trace *trace,
		       const struct fm_trace_path *path)
{
	uint32_t branch = path->branch;

	while (branch > trace->branch)
		branch = trace->branches[branch];
	return branch == trace->branch;
}

/**
 * fm_trace_set - store into a variable
 * @trace: the walk
 * @path: its number, may be 0
 * @fact: the value
 *
 * On a branch the variable may also keep what it held.
 */
void fm_trace_set(struct fm_trace *trace, uint32_t path, struct fm_fact fact)
{
	struct fm_trace_path *p = &trace->paths[path];
	struct fm_type type = p->fact.type;

	if (!path)
		return;
	fact.path = 0;
	fact.in = 0;
	fact.in_fresh = 0;
	if (fact.ref == path)
		fact.ref = 0;
	if (p->set && !is_certain(trace, p)) {
		uint32_t fields = fm_trace_either(trace, fact.fields,
						  p->fact.fields);

		fact = fm_fact_join(fact, p->fact);
		fact.fields = fields;
	}
	if (type.name && strcmp(type.name, "auto") && strcmp(type.name, "void"))
		fact.type = type;
	p->fact = fact;
	p->branch = trace->branch;
	p->set = true;
}

static void add_children(struct fm_trace *trace, uint32_t path,
			 struct fm_fact *fact, int depth)
{
	uint32_t id = trace->paths[path].child;

	for (; id && depth < 6; id = trace->paths[id].sibling) {
		const struct fm_fact *f = &trace->paths[id].fact;

		fact->fields |= f->fields;
		fact->symmetric |= f->symmetric;
		fact->swapped |= f->swapped;
		if (f->ref && f->ref != path && f->ref != id)
			fact->fields |= trace->paths[f->ref].fact.fields;
		add_children(trace, id, fact, depth + 1);
	}
}

/**
 * fm_trace_whole - a value with all that its members were made of
 * @trace: the walk
 * @fact: the value
 */
struct fm_fact fm_trace_whole(struct fm_trace *trace, struct fm_fact fact)
{
	uint32_t path = fact.ref ? fact.ref : fact.path;

	if (fact.ref) {
		const struct fm_fact *f = &trace->paths[fact.ref].fact;

		fact.fields |= f->fields;
		fact.symmetric |= f->symmetric;
		fact.swapped |= f->swapped;
		if (f->ref && f->ref != fact.ref)
			add_children(trace, f->ref, &fact, 0);
	}
	if (path)
		add_children(trace, path, &fact, 0);
	return fact;
}

/**
 * fm_trace_branch - begin a branch of the way at hand
 * @trace: the walk
 *
 * Return: the branch before, to go back to.
 */
uint32_t fm_trace_branch(struct fm_trace *trace)
{
	uint32_t before = trace->branch;

	if (trace->nbranches < BRANCHES_MAX) {
		trace->branches[trace->nbranches] = before;
		trace->branch = trace->nbranches++;
	}
	return before;
}

/**
 * fm_trace_count - count operations
 * @trace: the walk
 * @weight: of them
 */
void fm_trace_count(struct fm_trace *trace, uint32_t weight)
{
	trace->complexity += weight * trace->scale;
}

/**
 * fm_trace_problem - note what was not followed
 * @trace: the walk
 * @token: where
 * @text: what
 */
void fm_trace_problem(struct fm_trace *trace, uint32_t token, const char *text)
{
	char sentence[FM_RECORD_WHY];

	snprintf(sentence, sizeof(sentence), "line %u: %s",
		 token < trace->tokens->n ? trace->tokens->v[token].line : 0,
		 text);
	if (trace->problems.n < FM_RECORD_UNPARSED &&
	    !fm_strings_has(&trace->problems, sentence))
		fm_strings_add(&trace->problems, sentence);
}

/* ---- the walk */

/**
 * fm_trace_setup - make ready for a walk
 * @trace: the walk
 * @rules: of the framework, with an idiom
 * @outline: what the files declare
 *
 * Return: 0, or -ENOMEM; the walk is to be cleaned up in both cases.
 */
int fm_trace_setup(struct fm_trace *trace, const struct fm_rules *rules,
		   struct fm_outline *outline)
{
	*trace = (struct fm_trace){
		.rules = rules, .idiom = rules->idiom, .outline = outline,
		.tokens = outline->tokens, .npaths = 1, .nbranches = 1,
		.scale = 1, .steps = FM_TRACE_STEPS,
	};
	trace->memo = fm_trace_memo_create();
	trace->paths = calloc(1, sizeof(*trace->paths));
	trace->slots = calloc(SLOTS, sizeof(*trace->slots));
	trace->walks = calloc(outline->nfunctions + 1, 1);
	trace->branches = calloc(BRANCHES_MAX, sizeof(*trace->branches));
	return trace->memo && trace->paths && trace->slots && trace->walks &&
	       trace->branches ? 0 : -ENOMEM;
}

/**
 * fm_trace_cleanup - forget a walk
 * @trace: the walk
 */
void fm_trace_cleanup(struct fm_trace *trace)
{
	fm_strings_cleanup(&trace->problems);
	fm_trace_memo_destroy(trace->memo);
	free(trace->paths);
	free(trace->slots);
	free(trace->walks);
	free(trace->branches);
	*trace = (struct fm_trace){ 0 };
}
