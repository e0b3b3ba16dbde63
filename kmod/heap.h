/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_HEAP_H
#define _FM_HEAP_H

#include <linux/percpu_counter.h>
#include "flowmage_nf.h"

/* Bytes a CPU may account by itself; the bound is kept within that times CPUs */
#define FM_HEAP_BATCH		65536

/**
 * struct fm_budget - the memory of one network namespace
 * @used: bytes
 * @max: bytes
 */
struct fm_budget {
	struct percpu_counter used;
	u64 max;
};

/**
 * struct fm_heap - the memory of one state group
 * @budget: what it is taken from
 * @bytes: taken now
 */
struct fm_heap {
	struct fm_budget *budget;
	struct percpu_counter bytes;
};

bool fm_heap_charge(struct fm_heap *heap, size_t size);
void fm_heap_uncharge(struct fm_heap *heap, size_t size);

#endif
