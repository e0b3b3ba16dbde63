// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include "heap.h"

/**
 * fm_heap_charge - take memory from the budget
 * @heap: who takes it
 * @size: bytes
 *
 * Return: false if the budget does not allow it.
 */
bool fm_heap_charge(struct fm_heap *heap, size_t size)
{
	struct fm_budget *budget = heap->budget;

	if (percpu_counter_read_positive(&budget->used) + size > budget->max)
		return false;
	percpu_counter_add_batch(&budget->used, size, FM_HEAP_BATCH);
	percpu_counter_add_batch(&heap->bytes, size, FM_HEAP_BATCH);
	return true;
}

/**
 * fm_heap_uncharge - give it back
 * @heap: who took it
 * @size: bytes
 */
void fm_heap_uncharge(struct fm_heap *heap, size_t size)
{
	percpu_counter_add_batch(&heap->budget->used, -(s64)size,
				 FM_HEAP_BATCH);
	percpu_counter_add_batch(&heap->bytes, -(s64)size, FM_HEAP_BATCH);
}

void *fm_heap_alloc(struct fm_heap *heap, size_t size)
{
	void *ptr;

	if (!fm_heap_charge(heap, size))
		return NULL;
	ptr = kzalloc(size, GFP_ATOMIC | __GFP_NOWARN);
	if (!ptr)
		fm_heap_uncharge(heap, size);
	return ptr;
}
EXPORT_SYMBOL_GPL(fm_heap_alloc);

void fm_heap_free(struct fm_heap *heap, void *ptr, size_t size)
{
	if (!ptr)
		return;
	kfree(ptr);
	fm_heap_uncharge(heap, size);
}
EXPORT_SYMBOL_GPL(fm_heap_free);
