// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables of a trace: where state is, what leads to it and what is done. */
#include <string.h>

#include "trace.h"

#define IPS	(FM_F_SRC_IP | FM_F_DST_IP)

/* The variable that a member belongs to, to tell tables apart by name. */
static const char *name_of(const struct fm_trace *trace, uint32_t path)
{
	return path ? trace->paths[path].name : NULL;
}

static bool is_plain(const struct fm_trace *trace, const char *name)
{
	for (size_t i = 0; i < trace->outline->nvariables; i++) {
		const struct fm_variable *v = &trace->outline->variables[i];

		if (v->name != name)
			continue;
		for (uint32_t k = v->start; k < v->end; k++)
			if (fm_idiom_lists(&trace->idiom->plain_tables,
					   trace->tokens->v[k].text))
				return true;
	}
	return false;
}

/**
 * fm_trace_table - the table that a value is or points to
 * @trace: the walk
 * @where: the value
 * @name: what to call it if it is no variable, interned
 *
 * Return: its number, -1 if there are too many.
 */
int fm_trace_table(struct fm_trace *trace, struct fm_fact where,
		   const char *name)
{
	const char *own = name_of(trace, where.ref ? where.ref : where.path);
	struct fm_trace_table *t;

	if (own)
		name = own;
	for (size_t i = 0; i < trace->ntables; i++)
		if (trace->tables[i].name == name)
			return i;
	if (trace->ntables == FM_TRACE_TABLES)
		return -1;
	t = &trace->tables[trace->ntables];
	*t = (struct fm_trace_table){ .name = name,
				      .type.inner = FM_OUTLINE_NONE };
	t->plain = is_plain(trace, name);
	return trace->ntables++;
}

/**
 * fm_trace_event - note that something happens to states
 * @trace: the walk
 * @tables: of them, a mask
 * @what: happens
 * @name: of the function or member
 * @token: where
 */
void fm_trace_event(struct fm_trace *trace, uint32_t tables,
		    enum fm_trace_what what, const char *name, uint32_t token)
{
	for (size_t i = 0; i < trace->ntables; i++) {
		struct fm_trace_table *t = &trace->tables[i];

		if (!(tables & (1U << i)) || t->nlines[what] == FM_TRACE_LINES)
			continue;
		t->lines[what][t->nlines[what]++] = (struct fm_trace_line){
			token, name ? name : "",
		};
	}
}

/**
 * fm_trace_write - note a write to states
 * @trace: the walk
 * @found: tables whose state was there
 * @fresh: tables whose state this packet makes
 * @name: of the member or function
 * @token: where
 */
void fm_trace_write(struct fm_trace *trace, uint32_t found, uint32_t fresh,
		    const char *name, uint32_t token)
{
	fresh |= found & trace->missing;
	fm_trace_event(trace, found & ~trace->missing, FM_TRACE_WRITE, name,
		       token);
	fm_trace_event(trace, fresh, FM_TRACE_CREATE, name, token);
}

/*
 * State of a host that a packet is looked up for at both ends: no field set
 * leads all packets of an entry to one place.
 */
static void note_end(const struct fm_trace *trace, struct fm_trace_table *t,
		     uint32_t fields)
{
	uint32_t *own = (fields & IPS) == FM_F_SRC_IP ? &t->from :
			(fields & IPS) == FM_F_DST_IP ? &t->to : NULL;
	uint32_t other = own == &t->from ? t->to : t->from;

	t->pair |= (fields & IPS) == IPS;
	if (own && !*own)
		*own = trace->branch + 1;
	t->split |= own && other && fm_trace_follows(trace, other - 1);
	t->split &= !t->pair;
}

/**
 * fm_trace_key - note what leads to a table's state
 * @trace: the walk
 * @table: its number, -1 for none
 * @key: the key as a value
 * @token: where
 *
 * Lookups for other protocols may know less of the packet than the key has.
 */
void fm_trace_key(struct fm_trace *trace, int table, struct fm_fact key,
		  uint32_t token)
{
	struct fm_trace_table *t = &trace->tables[table];
	uint32_t fields;

	if (table < 0)
		return;
	key = fm_trace_whole(trace, key);
	fields = key.fields;
	if (!fields)
		fields = fm_trace_named_fields(trace, &key.type);
	if (!(trace->missing & ~(1U << table)))
		t->first = true;
	if (!fields || t->given)
		return;
	note_end(trace, t, fields);
	t->symmetric |= key.symmetric;
	t->swapped |= key.swapped;
	t->straight |= !key.swapped;
	/* where the one key finds nothing, the other end's stands for it */
	t->key = trace->missing & (1U << table) ?
		 fm_trace_either(trace, t->key, fields) : t->key | fields;
	if (!t->keys)
		t->key_at = token;
	t->keys = true;
	if ((t->key & IPS) == IPS && (t->symmetric ||
				      (t->swapped && t->straight)))
		t->bidirectional = true;
}

/* A struct, or a type that the rules know to have no size that is told. */
static bool is_known(const struct fm_trace *trace, const struct fm_type *type)
{
	const struct fm_idiom_type *t = fm_idiom_type(trace->idiom, type->name);

	return fm_outline_struct_of(trace->outline, type) || (t && !t->size);
}

/**
 * fm_trace_state_type - note what the states of tables are
 * @trace: the walk
 * @tables: a mask
 * @type: their type
 */
void fm_trace_state_type(struct fm_trace *trace, uint32_t tables,
			 const struct fm_type *type)
{
	if (!type->name || !strcmp(type->name, "void") ||
	    !strcmp(type->name, "auto"))
		return;
	for (size_t i = 0; i < trace->ntables; i++) {
		struct fm_trace_table *t = &trace->tables[i];
		bool known = is_known(trace, &t->type);

		if (!(tables & (1U << i)) || known)
			continue;
		if (!t->type.name || is_known(trace, type))
			t->type = *type;
	}
}

static uint32_t named(struct fm_trace *trace, const struct fm_struct *s,
		      int depth)
{
	uint32_t fields = 0;

	for (size_t i = 0; s && i < s->nmembers && depth < 4; i++) {
		const struct fm_member *m = &s->members[i];
		uint32_t own = m->name ?
			fm_trace_field(trace, NULL, m->name) : 0;

		fields |= own ? own : named(trace, fm_outline_struct_of(
			trace->outline, &m->type), depth + 1);
	}
	return fields;
}

/**
 * fm_trace_named_fields - header fields by the names of a struct's members
 * @trace: the walk
 * @type: of the struct
 *
 * It is what is left where a key comes from a function without source.
 */
uint32_t fm_trace_named_fields(struct fm_trace *trace,
			       const struct fm_type *type)
{
	uint32_t fields = fm_trace_field(trace,
					 type->name ? type->name : "", "*");

	if (fields)
		return fields;
	return named(trace, fm_outline_struct_of(trace->outline, type), 0);
}
