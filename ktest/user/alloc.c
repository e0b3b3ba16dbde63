// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory. Every object is the C library's, of its exact size, so that address
 * sanitizers see each one; all are counted, and failures can be ordered.
 */
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include <linux/percpu_counter.h>
#include <linux/slab.h>

#define POISON	0xa5

struct fm_user_memory fm_user_memory;

/* Before each object; as long as a cache line, so as not to misalign it. */
struct object {
	size_t size;
	struct kmem_cache *cache;
	char pad[48];
};

struct kmem_cache {
	unsigned int size;
	long objects;
};

static bool alloc_fails(void)
{
	unsigned long n = __atomic_add_fetch(&fm_user_memory.allocs, 1,
					     __ATOMIC_RELAXED);

	return n == fm_user_memory.fail_at ||
	       (fm_user_memory.fail_from && n >= fm_user_memory.fail_from);
}

static void alloc_count(long objects, long bytes)
{
	__atomic_fetch_add(&fm_user_memory.objects, objects, __ATOMIC_RELAXED);
	__atomic_fetch_add(&fm_user_memory.bytes, bytes, __ATOMIC_RELAXED);
}

static void *object_alloc(struct kmem_cache *cache, size_t size, int fill)
{
	struct object *object;

	if (size > PTRDIFF_MAX || alloc_fails() ||
	    posix_memalign((void **)&object, 64, sizeof(*object) + size))
		return NULL;
	object->size = size;
	object->cache = cache;
	memset(object + 1, fill, size);
	alloc_count(1, size);
	return object + 1;
}

static void object_free(struct kmem_cache *cache, const void *ptr)
{
	struct object *object = (struct object *)ptr - 1;

	if (object->cache != cache)
		fm_user_bug("an object was freed to where it is not from");
	alloc_count(-1, -(long)object->size);
	free(object);
}

void *kzalloc(size_t size, gfp_t flags)
{
	return object_alloc(NULL, size, 0);
}

void kfree(const void *ptr)
{
	if (ptr)
		object_free(NULL, ptr);
}

unsigned long __get_free_page(gfp_t flags)
{
	void *page;

	if (alloc_fails() || posix_memalign(&page, PAGE_SIZE, PAGE_SIZE))
		return 0;
	memset(page, POISON, PAGE_SIZE);
	alloc_count(1, PAGE_SIZE);
	return (unsigned long)page;
}

void free_page(unsigned long page)
{
	alloc_count(-1, -(long)PAGE_SIZE);
	free((void *)page);
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size,
				     unsigned int align, unsigned int flags,
				     void (*ctor)(void *))
{
	struct kmem_cache *cache = kzalloc(sizeof(*cache), GFP_KERNEL);

	if (cache)
		cache->size = size;
	return cache;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
	if (cache && cache->objects)
		fm_user_bug("a cache was destroyed with objects in it");
	kfree(cache);
}

unsigned int kmem_cache_size(struct kmem_cache *cache)
{
	return cache->size;
}

void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t flags)
{
	void *ptr = object_alloc(cache, cache->size, POISON);

	if (ptr)
		__atomic_fetch_add(&cache->objects, 1, __ATOMIC_RELAXED);
	return ptr;
}

void kmem_cache_free(struct kmem_cache *cache, void *ptr)
{
	object_free(cache, ptr);
	__atomic_fetch_sub(&cache->objects, 1, __ATOMIC_RELAXED);
}

int percpu_counter_init(struct percpu_counter *counter, s64 amount, gfp_t gfp)
{
	counter->count = amount;
	counter->counters = alloc_percpu(s32);
	return counter->counters ? 0 : -ENOMEM;
}

void percpu_counter_destroy(struct percpu_counter *counter)
{
	free_percpu(counter->counters);
	counter->counters = NULL;
}

void percpu_counter_add_batch(struct percpu_counter *counter, s64 amount,
			      s32 batch)
{
	s32 *mine = this_cpu_ptr(counter->counters);
	s64 sum = *mine + amount;

	if (sum < batch && sum > -batch) {
		*mine = sum;
		return;
	}
	__atomic_fetch_add(&counter->count, sum, __ATOMIC_RELAXED);
	*mine = 0;
}

s64 percpu_counter_sum(struct percpu_counter *counter)
{
	s64 sum = counter->count;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += *per_cpu_ptr(counter->counters, cpu);
	return sum;
}
