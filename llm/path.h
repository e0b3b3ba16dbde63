/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ways through a function: what the variables hold on each of them.
 *
 * A set of paths goes through the program together; paths that hold the same
 * are one. Expressions are evaluated on a stack of each path's own.
 */
#ifndef FM_LLM_PATH_H
#define FM_LLM_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FM_PATH_VARS	48	/* variables of interest at a time */
#define FM_PATH_STACK	40	/* values of one expression */
#define FM_PATH_MAX	64	/* paths of a set, before they are merged */

/* Bits of fm_value.bits: what a pointer points to, or an address is in */
#define FM_VALUE_FOUND	(1U << 0)	/* state that was there before */
#define FM_VALUE_FRESH	(1U << 1)	/* state that this packet creates */
#define FM_VALUE_START	(1U << 2)	/* its very beginning */
#define FM_VALUE_HEAP	(1U << 3)	/* memory from an allocation */
#define FM_VALUE_GLOBAL	(1U << 4)	/* a variable outside functions */
#define FM_VALUE_PART	(1U << 5)	/* a part of the variable @local */
#define FM_VALUE_STATE	(FM_VALUE_FOUND | FM_VALUE_FRESH)

#define FM_VALUE_ZERO	(1U << 0)	/* may be zero */
#define FM_VALUE_NONZERO (1U << 1)	/* may be other than zero */
#define FM_VALUE_ANY	(FM_VALUE_ZERO | FM_VALUE_NONZERO)

#define FM_VALUE_NOWHERE (-1)

/**
 * struct fm_value - what is known of a value
 * @bits: FM_VALUE_FOUND and so on
 * @truth: FM_VALUE_ZERO and FM_VALUE_NONZERO
 * @local: number of the local variable that it is the address of, or
 *	FM_VALUE_NOWHERE
 */
struct fm_value {
	uint8_t bits;
	uint8_t truth;
	int16_t local;
};

/* A variable whose value is of interest; depth is that of its call. */
struct fm_path_var {
	int16_t id;
	uint16_t depth;
	struct fm_value value;
};

/**
 * struct fm_path - one way to a place in the program
 * @vars: @nvars of them, by id
 * @stack: @depth values
 * @created: state was created, or it was tried, on the way
 * @lost: there was no room for a value
 * @cost: weighted operations on the way
 */
struct fm_path {
	struct fm_path_var vars[FM_PATH_VARS];
	uint16_t nvars;
	uint16_t depth;
	struct fm_value stack[FM_PATH_STACK];
	bool created;
	bool lost;
	uint64_t cost;
};

struct fm_paths {
	struct fm_path *v;
	size_t n;
	bool short_of_memory;
};

extern const struct fm_value fm_value_unknown;

void fm_path_set(struct fm_path *path, int id, unsigned int depth,
		 struct fm_value value);
struct fm_value fm_path_get(const struct fm_path *path, int id);
void fm_path_leave(struct fm_path *path, unsigned int depth);
void fm_path_push(struct fm_path *path, struct fm_value value);
struct fm_value fm_path_pop(struct fm_path *path);
struct fm_value fm_value_join(struct fm_value a, struct fm_value b);

void fm_paths_add(struct fm_paths *set, const struct fm_path *path);
void fm_paths_move(struct fm_paths *to, struct fm_paths *from);
void fm_paths_copy(struct fm_paths *to, const struct fm_paths *from);
void fm_paths_cleanup(struct fm_paths *set);

#endif
