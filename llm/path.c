// SPDX-License-Identifier: GPL-2.0-or-later
/* Ways through a function. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "path.h"

const struct fm_value fm_value_unknown = {
	.truth = FM_VALUE_ANY, .local = FM_VALUE_NOWHERE,
};

static bool is_equal(struct fm_value a, struct fm_value b)
{
	return a.bits == b.bits && a.truth == b.truth && a.local == b.local;
}

/**
 * fm_value_join - what is known if it is one or the other
 * @a: the one
 * @b: the other
 */
struct fm_value fm_value_join(struct fm_value a, struct fm_value b)
{
	return (struct fm_value){
		.bits = a.bits | b.bits,
		.truth = a.truth | b.truth,
		.local = a.local == b.local ? a.local : FM_VALUE_NOWHERE,
	};
}

static size_t find_slot(const struct fm_path *path, int id)
{
	size_t i = 0;

	while (i < path->nvars && path->vars[i].id < id)
		i++;
	return i;
}

static void remove_slot(struct fm_path *path, size_t i)
{
	path->nvars--;
	memmove(&path->vars[i], &path->vars[i + 1],
		(path->nvars - i) * sizeof(path->vars[0]));
}

/**
 * fm_path_set - give a variable a value
 * @path: the path
 * @id: number of the variable
 * @depth: of the call that it belongs to
 * @value: its value; an unknown one takes no room. Without room the variable
 *	is unknown.
 */
void fm_path_set(struct fm_path *path, int id, unsigned int depth,
		 struct fm_value value)
{
	size_t i = find_slot(path, id);
	bool there = i < path->nvars && path->vars[i].id == id;

	if (is_equal(value, fm_value_unknown) ||
	    (!there && path->nvars == FM_PATH_VARS)) {
		if (there)
			remove_slot(path, i);
		else
			path->lost |= value.bits;
		return;
	}
	if (!there) {
		memmove(&path->vars[i + 1], &path->vars[i],
			(path->nvars - i) * sizeof(path->vars[0]));
		path->nvars++;
	}
	path->vars[i] = (struct fm_path_var){
		.id = id, .depth = depth, .value = value,
	};
}

/**
 * fm_path_get - the value of a variable
 * @path: the path
 * @id: number of the variable
 */
struct fm_value fm_path_get(const struct fm_path *path, int id)
{
	size_t i = find_slot(path, id);

	if (i < path->nvars && path->vars[i].id == id)
		return path->vars[i].value;
	return fm_value_unknown;
}

/**
 * fm_path_leave - forget the variables of calls that have ended
 * @path: the path
 * @depth: of the call that goes on
 */
void fm_path_leave(struct fm_path *path, unsigned int depth)
{
	for (size_t i = path->nvars; i--;)
		if (path->vars[i].depth > depth)
			remove_slot(path, i);
}

/**
 * fm_path_push - put a value on the stack
 * @path: the path; a full stack takes no more
 * @value: the value
 */
void fm_path_push(struct fm_path *path, struct fm_value value)
{
	if (path->depth < FM_PATH_STACK)
		path->stack[path->depth] = value;
	else
		path->lost = true;
	path->depth++;
}

/**
 * fm_path_pop - take a value from the stack
 * @path: the path
 *
 * Return: the value; unknown if there was no room for it.
 */
struct fm_value fm_path_pop(struct fm_path *path)
{
	if (!path->depth)
		return fm_value_unknown;
	path->depth--;
	return path->depth < FM_PATH_STACK ? path->stack[path->depth] :
					     fm_value_unknown;
}

static bool holds_same(const struct fm_path *a, const struct fm_path *b)
{
	if (a->nvars != b->nvars || a->depth != b->depth ||
	    a->created != b->created)
		return false;
	for (size_t i = 0; i < a->nvars; i++)
		if (a->vars[i].id != b->vars[i].id ||
		    !is_equal(a->vars[i].value, b->vars[i].value))
			return false;
	for (size_t i = 0; i < a->depth && i < FM_PATH_STACK; i++)
		if (!is_equal(a->stack[i], b->stack[i]))
			return false;
	return true;
}

/* What both hold; the dearer way counts. */
static void merge(struct fm_path *to, const struct fm_path *from)
{
	struct fm_path joined = *to;

	joined.nvars = 0;
	for (size_t i = 0; i < to->nvars; i++)
		fm_path_set(&joined, to->vars[i].id, to->vars[i].depth,
			    fm_value_join(to->vars[i].value,
					  fm_path_get(from, to->vars[i].id)));
	for (size_t i = 0; i < from->nvars; i++)
		fm_path_set(&joined, from->vars[i].id, from->vars[i].depth,
			    fm_value_join(from->vars[i].value,
					  fm_path_get(to, from->vars[i].id)));
	for (size_t i = 0; i < to->depth && i < FM_PATH_STACK; i++)
		joined.stack[i] = fm_value_join(to->stack[i], from->stack[i]);
	joined.created = to->created && from->created;
	joined.lost |= from->lost;
	if (from->cost > joined.cost)
		joined.cost = from->cost;
	*to = joined;
}

/**
 * fm_paths_add - add a path to a set
 * @set: the set; if it is full, paths lose their differences
 * @path: the path, copied
 */
void fm_paths_add(struct fm_paths *set, const struct fm_path *path)
{
	struct fm_path *v;

	for (size_t i = 0; i < set->n; i++)
		if (holds_same(&set->v[i], path)) {
			if (path->cost > set->v[i].cost)
				set->v[i].cost = path->cost;
			set->v[i].lost |= path->lost;
			return;
		}
	if (set->n == FM_PATH_MAX) {
		merge(&set->v[set->n - 1], path);
		return;
	}
	v = reallocarray(set->v, set->n + 1, sizeof(*v));
	if (!v) {
		set->short_of_memory = true;
		return;
	}
	set->v = v;
	set->v[set->n++] = *path;
}

/**
 * fm_paths_copy - add all paths of a set to another
 * @to: the set that grows
 * @from: the other
 */
void fm_paths_copy(struct fm_paths *to, const struct fm_paths *from)
{
	for (size_t i = 0; i < from->n; i++)
		fm_paths_add(to, &from->v[i]);
	to->short_of_memory |= from->short_of_memory;
}

/**
 * fm_paths_move - add all paths of a set to another
 * @to: the set that grows
 * @from: the other; empty after it
 */
void fm_paths_move(struct fm_paths *to, struct fm_paths *from)
{
	fm_paths_copy(to, from);
	fm_paths_cleanup(from);
}

/**
 * fm_paths_cleanup - free the paths; the set is empty after it
 * @set: the set
 */
void fm_paths_cleanup(struct fm_paths *set)
{
	free(set->v);
	*set = (struct fm_paths){ .short_of_memory = set->short_of_memory };
}
