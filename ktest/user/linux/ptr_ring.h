/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_PTR_RING_H
#define USER_LINUX_PTR_RING_H

#include <linux/slab.h>
#include <linux/spinlock.h>

/* Pointers in a circle, NULL where there is none; a lock at each end. */
struct ptr_ring {
	int producer;
	spinlock_t producer_lock;
	int consumer_head;
	spinlock_t consumer_lock;
	int size;
	void **queue;
};

static inline int ptr_ring_init(struct ptr_ring *ring, int size, gfp_t gfp)
{
	*ring = (struct ptr_ring){ .size = size };
	ring->queue = kzalloc(size * sizeof(void *), gfp);
	return ring->queue ? 0 : -ENOMEM;
}

static inline void ptr_ring_cleanup(struct ptr_ring *ring,
				    void (*destroy)(void *ptr))
{
	kfree(ring->queue);
}

static inline int ptr_ring_produce(struct ptr_ring *ring, void *ptr)
{
	int err = -ENOSPC;

	spin_lock(&ring->producer_lock);
	if (!READ_ONCE(ring->queue[ring->producer])) {
		smp_store_release(&ring->queue[ring->producer], ptr);
		WRITE_ONCE(ring->producer, (ring->producer + 1) % ring->size);
		err = 0;
	}
	spin_unlock(&ring->producer_lock);
	return err;
}

static inline bool __ptr_ring_empty(struct ptr_ring *ring)
{
	return !READ_ONCE(ring->queue[READ_ONCE(ring->consumer_head)]);
}

static inline int ptr_ring_consume_batched(struct ptr_ring *ring, void **array,
					   int n)
{
	int i;

	spin_lock(&ring->consumer_lock);
	for (i = 0; i < n; i++) {
		array[i] = smp_load_acquire(&ring->queue[ring->consumer_head]);
		if (!array[i])
			break;
		smp_store_release(&ring->queue[ring->consumer_head], NULL);
		WRITE_ONCE(ring->consumer_head,
			   (ring->consumer_head + 1) % ring->size);
	}
	spin_unlock(&ring->consumer_lock);
	return i;
}

static inline void *ptr_ring_consume(struct ptr_ring *ring)
{
	void *ptr;

	return ptr_ring_consume_batched(ring, &ptr, 1) ? ptr : NULL;
}

#endif
