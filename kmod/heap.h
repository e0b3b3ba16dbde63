/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_HEAP_H
#define _FM_HEAP_H

#include <linux/list.h>
#include <linux/percpu_counter.h>
#include <linux/spinlock.h>
#include "flowmage_nf.h"

/* Bytes a CPU may account by itself; the bound is kept within that times CPUs */
#define FM_MEMORY_BATCH		65536

#define FM_HEAP_CLASSES		7	/* 16, 32, ... 1024 bytes */
#define FM_HEAP_SIZE_MIN	16

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
 * struct fm_memory - the memory of one store
 * @budget: what it is taken from
 * @bytes: taken now
 */
struct fm_memory {
	struct fm_budget *budget;
	struct percpu_counter bytes;
};

/**
 * struct fm_heap - what the states of one slot point to
 * @memory: pays for the pages
 * @lock: guards @room; of a local slot the owner and an offload CPU use it
 * @room: per size class: pages with free objects
 */
struct fm_heap {
	spinlock_t lock;
	struct fm_memory *memory;
	struct hlist_head room[FM_HEAP_CLASSES];
};

bool fm_budget_charge(struct fm_budget *budget, size_t size);
void fm_budget_uncharge(struct fm_budget *budget, size_t size);
bool fm_memory_charge(struct fm_memory *memory, size_t size);
void fm_memory_uncharge(struct fm_memory *memory, size_t size);

#endif
