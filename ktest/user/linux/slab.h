/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_SLAB_H
#define USER_LINUX_SLAB_H

#include <linux/types.h>

#define GFP_KERNEL		0
#define GFP_ATOMIC		0
#define __GFP_NOWARN		0
#define SLAB_HWCACHE_ALIGN	1
#define SLAB_NO_MERGE		2

struct kmem_cache;

void *kzalloc(size_t size, gfp_t flags);
void kfree(const void *ptr);

#define kvzalloc(size, flags)		kzalloc(size, flags)
#define kvcalloc(n, size, flags)	kzalloc((size_t)(n) * (size), flags)
#define kvfree(ptr)			kfree(ptr)

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size,
				     unsigned int align, unsigned int flags,
				     void (*ctor)(void *));
void kmem_cache_destroy(struct kmem_cache *cache);
unsigned int kmem_cache_size(struct kmem_cache *cache);
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t flags);
void kmem_cache_free(struct kmem_cache *cache, void *ptr);

#define PAGE_SIZE		4096UL
#define PAGE_MASK		(~(PAGE_SIZE - 1))

unsigned long __get_free_page(gfp_t flags);
void free_page(unsigned long page);

#endif
