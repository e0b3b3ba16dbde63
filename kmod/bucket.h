/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Buckets: bytes of a word compared at once, and the ways in and out. The
 * pointer is there before its tag is, so a reader that sees the tag sees it.
 *
 * Of the 32 bits of a hash the low ones choose the bucket, the top 7 are the
 * tag, and the 8 below them choose the stripe of a shared store.
 */
#ifndef _FM_BUCKET_H
#define _FM_BUCKET_H

#include <linux/bitops.h>
#include "table.h"

#define BUCKET_BYTES	0x0101010101010101ULL
#define BUCKET_HIGH	0x0080808080808080ULL	/* of the seven tags */
#define BUCKET_LOW	0x007f7f7f7f7f7f7fULL
#define BUCKET_AWAY	0x80U
#define BUCKET_SPILL	56			/* shift of the eighth byte */

/* The writer's own view of its table needs no barrier. */
#define table_deref(ptr)	rcu_dereference_protected(ptr, true)

static inline struct fm_bucket *array_buckets(unsigned long array)
{
	return (struct fm_bucket *)(array & ~63UL);
}

static inline u32 array_bits(unsigned long array)
{
	return array & 63;
}

static inline u32 array_mask(unsigned long array)
{
	return (1U << array_bits(array)) - 1;
}

static inline u32 bucket_tag(u32 hash)
{
	return (hash >> 25) + !(hash >> 25);
}

/* The other bucket of an entry in bucket @b; works both ways. */
static inline u32 bucket_other(u32 b, u32 tag, u32 mask)
{
	return (b ^ ((tag & ~BUCKET_AWAY) * 0x9e3779b1U | 1)) & mask;
}

static inline u32 bucket_byte(u64 tags, u32 i)
{
	return tags >> 8 * i & 0xff;
}

/* High bit of each byte that is 0, exactly: an empty slot's pointer is old. */
static inline u64 bucket_room(u64 tags)
{
	return ~(((tags & BUCKET_LOW) + BUCKET_LOW) | tags) & BUCKET_HIGH;
}

/* High bit of each byte that is @tag. */
static inline u64 bucket_match(u64 tags, u32 tag)
{
	return bucket_room(tags ^ BUCKET_BYTES * tag);
}

static inline u64 bucket_full(u64 tags)
{
	return ~bucket_room(tags) & BUCKET_HIGH;
}

static inline u32 bucket_first(u64 bits)
{
	return __ffs64(bits) >> 3;
}

static inline void bucket_put(struct fm_bucket *bucket, u32 i, u32 tag,
			      struct fm_entry *entry)
{
	rcu_assign_pointer(bucket->entry[i], entry);
	smp_store_release(&bucket->tags, bucket->tags | (u64)tag << 8 * i);
}

static inline void bucket_spill(struct fm_bucket *home, int n)
{
	u32 count = home->tags >> BUCKET_SPILL;

	if (count == 255)
		return;
	WRITE_ONCE(home->tags, home->tags + ((u64)n << BUCKET_SPILL));
}

/* Takes an entry out of bucket @b of an array. */
static inline void bucket_clear(struct fm_bucket *buckets, u32 mask, u32 b,
				u32 i)
{
	u32 tag = bucket_byte(buckets[b].tags, i);

	WRITE_ONCE(buckets[b].tags,
		   buckets[b].tags & ~(0xffULL << 8 * i));
	if (tag & BUCKET_AWAY)
		bucket_spill(&buckets[bucket_other(b, tag, mask)], -1);
}

/* An entry is in its new place; whoever has missed it there looks again. */
static inline void table_note_move(struct fm_table *table)
{
	smp_wmb();
	WRITE_ONCE(table->moves, table->moves + 1);
	smp_wmb();
}

bool fm_table_place(struct fm_table *table, struct fm_entry *entry, u32 hash);
bool fm_table_stash(struct fm_table *table, struct fm_entry *entry);

#endif
