/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_SIPHASH_H
#define USER_LINUX_SIPHASH_H

#include <linux/types.h>

typedef struct {
	u64 key[2];
} siphash_key_t;

typedef struct {
	unsigned long key[2];
} hsiphash_key_t;

u64 siphash(const void *data, size_t len, const siphash_key_t *key);
u64 fm_user_siphash13(u64 a, u64 b, const hsiphash_key_t *key);
u32 hsiphash_4u32(u32 a, u32 b, u32 c, u32 d, const hsiphash_key_t *key);
u32 hsiphash(const void *data, size_t len, const hsiphash_key_t *key);

#endif
