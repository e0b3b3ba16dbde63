// SPDX-License-Identifier: GPL-2.0-or-later
/* Initialisers of a trace. */
#include "trace_cursor.h"

static void designated(struct fm_trace *trace, struct fm_fact object)
{
	struct fm_fact to = object, value;
	uint32_t token = trace->i;

	while (fm_trace_at(trace, ".") && trace->i + 1 < trace->end) {
		trace->i++;
		to = fm_trace_member(trace, to, fm_trace_text(trace), false);
		trace->i++;
	}
	if (fm_trace_at(trace, "="))
		trace->i++;
	if (fm_trace_at(trace, "{")) {
		fm_trace_initialiser(trace, to);
		return;
	}
	value = fm_trace_assignment(trace);
	fm_trace_store(trace, to, value, token);
}

/* Fields of a struct in the order of its members. */
static void positional(struct fm_trace *trace, struct fm_fact object,
		       size_t index, struct fm_fact *all)
{
	const struct fm_struct *s = fm_outline_struct_of(trace->outline,
							 &object.type);
	uint32_t token = trace->i;
	struct fm_fact value = fm_trace_assignment(trace);

	value = fm_trace_whole(trace, value);
	if (s && object.path && index < s->nmembers && s->members[index].name)
		fm_trace_store(trace, fm_trace_member(trace, object,
				s->members[index].name, false), value, token);
	all->fields |= value.fields;
	all->swapped |= value.swapped;
	all->symmetric |= value.symmetric;
	all->memory |= value.memory;
}

/**
 * fm_trace_initialiser - "= value", "{ values }" or "(arguments)"
 * @trace: the walk
 * @object: what is initialised
 *
 * Return: the value.
 */
struct fm_fact fm_trace_initialiser(struct fm_trace *trace,
				    struct fm_fact object)
{
	struct fm_fact all = FM_TRACE_NOTHING;
	uint32_t token = trace->i, close, end = trace->end;

	if (fm_trace_at(trace, "=")) {
		trace->i++;
		if (!fm_trace_at(trace, "{")) {
			all = fm_trace_assignment(trace);
			fm_trace_store(trace, object, all, token);
			return all;
		}
	}
	if (fm_trace_at(trace, "(")) {
		all = fm_trace_call(trace, object.type.name ?
				    object.type.name : "", trace->i, NULL);
		fm_trace_store(trace, object, all, token);
		return all;
	}
	if (!fm_trace_at(trace, "{") || trace->nest == FM_TRACE_NEST)
		return all;
	close = fm_trace_match(trace, trace->i);
	trace->i++;
	trace->end = close;
	trace->nest++;
	for (size_t index = 0; trace->i < close; index++) {
		uint32_t before = trace->i;

		if (fm_trace_at(trace, "."))
			designated(trace, object);
		else
			positional(trace, object, index, &all);
		if (fm_trace_at(trace, ",") || trace->i == before)
			trace->i++;
	}
	trace->nest--;
	trace->end = end;
	trace->i = close + 1;
	all.type = object.type;
	if (all.fields && object.path)
		fm_trace_store(trace, object, all, token);
	all.path = object.path;
	return all;
}
