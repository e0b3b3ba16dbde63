// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the rules say of names, and which function has a name, remembered for a
 * walk: matching a name with all patterns takes much longer than a step.
 *
 * Words of a trace are interned or constants: equal words that live as long as
 * the walk. Of two that fall into one slot the later one stays.
 */
#include <stdlib.h>

#include "trace.h"

#define SLOTS 8192 /* a power of two */

struct fm_trace_memo {
	struct call {
		const char *on;
		const char *name;
		const struct fm_idiom_call *rule;
	} calls[SLOTS];
	struct reader {
		const char *name;
		bool reads;
	} readers[SLOTS];
	struct field {
		const char *type;
		const char *member;
		uint32_t fields;
	} fields[SLOTS];
	struct found {
		const char *owner;
		const char *name;
		const struct fm_function *function;
	} functions[SLOTS];
};

static size_t slot_of(const char *a, const char *b)
{
	uint64_t h = (uintptr_t)a * 0x9e3779b97f4a7c15ULL;

	h = (h ^ (uintptr_t)b) * 0xff51afd7ed558ccdULL;
	return (h >> 40) & (SLOTS - 1);
}

/**
 * fm_trace_memo_create - remember nothing yet
 *
 * Return: the memory, or NULL.
 */
struct fm_trace_memo *fm_trace_memo_create(void)
{
	return calloc(1, sizeof(struct fm_trace_memo));
}

/**
 * fm_trace_memo_destroy - forget all
 * @memo: the memory, or NULL
 */
void fm_trace_memo_destroy(struct fm_trace_memo *memo)
{
	free(memo);
}

/**
 * fm_trace_rule - fm_idiom_call() of the trace's idiom
 * @trace: the walk
 * @on: type whose method it is, "" if that is not known, NULL for a function
 * @name: its name, interned
 */
const struct fm_idiom_call *fm_trace_rule(struct fm_trace *trace,
					  const char *on, const char *name)
{
	struct call *c = &trace->memo->calls[slot_of(on, name)];

	if (c->name != name || c->on != on)
		*c = (struct call){on, name,
				   fm_idiom_call(trace->idiom, on, name)};
	return c->rule;
}

/**
 * fm_trace_reads_only - does a function without source change nothing?
 * @trace: the walk
 * @name: of the function, interned
 */
bool fm_trace_reads_only(struct fm_trace *trace, const char *name)
{
	struct reader *r = &trace->memo->readers[slot_of(NULL, name)];

	if (r->name != name)
		*r = (struct reader){ name, fm_idiom_lists(
					&trace->idiom->readers, name) };
	return r->reads;
}

/**
 * fm_trace_field - fm_idiom_field() of the trace's idiom
 * @trace: the walk
 * @type: of the object, NULL if it is not known
 * @member: name of the member, interned
 */
uint32_t fm_trace_field(struct fm_trace *trace, const char *type,
			const char *member)
{
	struct field *f = &trace->memo->fields[slot_of(type, member)];

	if (f->member != member || f->type != type)
		*f = (struct field){type, member,
				    fm_idiom_field(trace->idiom, type, member)};
	return f->fields;
}

/**
 * fm_trace_function - fm_outline_function() of the trace's outline
 * @trace: the walk
 * @owner: class that it is looked for in first, or NULL
 * @name: of the function, interned
 */
const struct fm_function *fm_trace_function(struct fm_trace *trace,
					    const char *owner,
					    const char *name)
{
	struct found *f = &trace->memo->functions[slot_of(owner, name)];

	if (f->name != name || f->owner != owner)
		*f = (struct found){ owner, name,
				     fm_outline_function(trace->outline, owner,
							 name) };
	return f->function;
}
