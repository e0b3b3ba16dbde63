/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_MAGLEV_H
#define _FM_MAGLEV_H

#include <linux/types.h>

struct fm_inst;

/**
 * struct fm_maglev_entry - one of those that share a table
 * @name: two numbers that it has wherever and whenever it takes part
 * @weight: its share, at least 1
 * @value: what the table has where it is
 * @next: filled in: the place that it wants next
 * @skip: from there to the one after it
 * @turns: places that it has
 */
struct fm_maglev_entry {
	u64 name[2];
	u32 weight;
	u16 value;
	u32 next;
	u32 skip;
	u32 turns;
};

const u16 *fm_maglev_create(struct fm_inst *inst, u32 size,
			    struct fm_maglev_entry *entries, u32 n);

#endif
