// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of states, and the side storage that states point to. That is carved
 * from pages by size class; a page of which nothing is used goes back at once.
 * What is larger than the largest class is allocated by itself.
 */
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "heap.h"

/**
 * struct fm_chunk - the head of a page of objects
 * @node: in fm_heap.room, as long as an object is free
 * @free: first object that was given back, which points to the next
 * @used: objects in use
 * @fresh: objects that were used ever
 * @class: of its objects
 */
struct fm_chunk {
	struct hlist_node node;
	void **free;
	u16 used;
	u16 fresh;
	u32 class;
};

/**
 * fm_budget_charge - take memory from a budget
 * @budget: the budget
 * @size: bytes
 *
 * Return: false if it does not allow that.
 */
bool fm_budget_charge(struct fm_budget *budget, size_t size)
{
	if (percpu_counter_read_positive(&budget->used) + size > budget->max)
		return false;
	percpu_counter_add_batch(&budget->used, size, FM_MEMORY_BATCH);
	return true;
}

/**
 * fm_budget_uncharge - give it back
 * @budget: the budget
 * @size: bytes
 */
void fm_budget_uncharge(struct fm_budget *budget, size_t size)
{
	percpu_counter_add_batch(&budget->used, -(s64)size, FM_MEMORY_BATCH);
}

/**
 * fm_memory_charge - take memory from the budget
 * @memory: who takes it
 * @size: bytes
 *
 * Return: false if the budget does not allow it.
 */
bool fm_memory_charge(struct fm_memory *memory, size_t size)
{
	if (!fm_budget_charge(memory->budget, size))
		return false;
	percpu_counter_add_batch(&memory->bytes, size, FM_MEMORY_BATCH);
	return true;
}

/**
 * fm_memory_uncharge - give it back
 * @memory: who took it
 * @size: bytes
 */
void fm_memory_uncharge(struct fm_memory *memory, size_t size)
{
	fm_budget_uncharge(memory->budget, size);
	percpu_counter_add_batch(&memory->bytes, -(s64)size, FM_MEMORY_BATCH);
}

static size_t class_size(u32 class)
{
	return FM_HEAP_SIZE_MIN << class;
}

/*
 * Where KASAN watches, each object is allocated by itself: it knows nothing of
 * where one of ours ends within a page.
 */
static u32 size_class(size_t size)
{
	if (IS_ENABLED(CONFIG_KASAN))
		return FM_HEAP_CLASSES;
	return size <= FM_HEAP_SIZE_MIN ? 0 :
	       ilog2(size - 1) + 1 - ilog2(FM_HEAP_SIZE_MIN);
}

static u32 chunk_objects(u32 class)
{
	return (PAGE_SIZE - sizeof(struct fm_chunk)) / class_size(class);
}

static struct fm_chunk *chunk_of(void *ptr)
{
	return (struct fm_chunk *)((unsigned long)ptr & PAGE_MASK);
}

static struct fm_chunk *chunk_create(struct fm_heap *heap, u32 class)
{
	struct fm_chunk *chunk;

	if (!fm_memory_charge(heap->memory, PAGE_SIZE))
		return NULL;
	chunk = (void *)__get_free_page(GFP_ATOMIC | __GFP_NOWARN);
	if (!chunk) {
		fm_memory_uncharge(heap->memory, PAGE_SIZE);
		return NULL;
	}
	memset(chunk, 0, sizeof(*chunk));
	chunk->class = class;
	hlist_add_head(&chunk->node, &heap->room[class]);
	return chunk;
}

static void *chunk_alloc(struct fm_chunk *chunk)
{
	void **object = chunk->free;
	u32 class = chunk->class;

	if (object)
		chunk->free = *object;
	else
		object = (void *)(chunk + 1) +
			 chunk->fresh++ * class_size(class);
	if (++chunk->used == chunk_objects(class))
		hlist_del(&chunk->node);
	return object;
}

static void *heap_alloc_large(struct fm_heap *heap, size_t size)
{
	void *ptr;

	if (!fm_memory_charge(heap->memory, size))
		return NULL;
	ptr = kzalloc(size, GFP_ATOMIC | __GFP_NOWARN);
	if (!ptr)
		fm_memory_uncharge(heap->memory, size);
	return ptr;
}

void *fm_heap_alloc(struct fm_heap *heap, size_t size)
{
	u32 class = size_class(size);
	struct fm_chunk *chunk;
	void *ptr;

	if (class >= FM_HEAP_CLASSES)
		return heap_alloc_large(heap, size);
	spin_lock(&heap->lock);
	chunk = hlist_entry_safe(heap->room[class].first, struct fm_chunk,
				 node);
	if (!chunk)
		chunk = chunk_create(heap, class);
	ptr = chunk ? chunk_alloc(chunk) : NULL;
	spin_unlock(&heap->lock);
	if (ptr)
		memset(ptr, 0, size);
	return ptr;
}
EXPORT_SYMBOL_GPL(fm_heap_alloc);

static void chunk_free(struct fm_heap *heap, struct fm_chunk *chunk,
		       void **object)
{
	if (chunk->used == chunk_objects(chunk->class))
		hlist_add_head(&chunk->node, &heap->room[chunk->class]);
	*object = chunk->free;
	chunk->free = object;
	if (--chunk->used)
		return;
	hlist_del(&chunk->node);
	free_page((unsigned long)chunk);
	fm_memory_uncharge(heap->memory, PAGE_SIZE);
}

void fm_heap_free(struct fm_heap *heap, void *ptr, size_t size)
{
	if (!ptr)
		return;
	if (size_class(size) < FM_HEAP_CLASSES) {
		spin_lock(&heap->lock);
		chunk_free(heap, chunk_of(ptr), ptr);
		spin_unlock(&heap->lock);
		return;
	}
	kfree(ptr);
	fm_memory_uncharge(heap->memory, size);
}
EXPORT_SYMBOL_GPL(fm_heap_free);
