// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SipHash, after J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast
 * short-input PRF". The kernel's siphash() is SipHash-2-4, its hsiphash() on
 * 64-bit machines the low half of SipHash-1-3.
 */
#include <endian.h>
#include <string.h>
#include <linux/random.h>
#include <linux/siphash.h>

struct sip {
	u64 v[4];
};

/* In registers, as it is in the kernel: benchmarks count on it. */
#define fast	static inline __attribute__((always_inline))

fast u64 rotate(u64 x, unsigned int n)
{
	return x << n | x >> (64 - n);
}

fast void sip_half(struct sip *s, unsigned int a, unsigned int b,
		   unsigned int n)
{
	s->v[a] += s->v[b];
	s->v[b] = rotate(s->v[b], n) ^ s->v[a];
}

fast void sip_round(struct sip *s)
{
	sip_half(s, 0, 1, 13);
	s->v[0] = rotate(s->v[0], 32);
	sip_half(s, 2, 3, 16);
	sip_half(s, 0, 3, 21);
	sip_half(s, 2, 1, 17);
	s->v[2] = rotate(s->v[2], 32);
}

fast void sip_rounds(struct sip *s, unsigned int n)
{
	sip_round(s);
	if (n > 1)
		sip_round(s);
	if (n > 2)
		sip_round(s);
	if (n > 3)
		sip_round(s);
}

fast void sip_word(struct sip *s, u64 word, unsigned int rounds)
{
	s->v[3] ^= word;
	sip_rounds(s, rounds);
	s->v[0] ^= word;
}

fast struct sip sip_begin(u64 k0, u64 k1)
{
	return (struct sip){ { k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
			       k0 ^ 0x6c7967656e657261,
			       k1 ^ 0x7465646279746573 } };
}

/* @last: the bytes that fill no word. */
fast u64 sip_end(struct sip *s, u64 last, size_t len, unsigned int c,
		 unsigned int d)
{
	sip_word(s, last | (u64)len << 56, c);
	s->v[2] ^= 0xff;
	sip_rounds(s, d);
	return s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3];
}

fast u64 sip(const void *data, size_t len, u64 k0, u64 k1, unsigned int c,
	     unsigned int d)
{
	struct sip s = sip_begin(k0, k1);
	const u8 *at = data;
	u64 word;
	size_t n;

	for (n = len; n >= 8; n -= 8, at += 8) {
		memcpy(&word, at, 8);
		sip_word(&s, le64toh(word), c);
	}
	word = 0;
	if (n)
		memcpy(&word, at, n);
	return sip_end(&s, le64toh(word), len, c, d);
}

u64 siphash(const void *data, size_t len, const siphash_key_t *key)
{
	return sip(data, len, key->key[0], key->key[1], 2, 4);
}

/**
 * fm_user_siphash13 - all of what hsiphash_4u32() gives half of
 * @a: two numbers, the first one low
 * @b: the other two
 * @key: seed
 */
u64 fm_user_siphash13(u64 a, u64 b, const hsiphash_key_t *key)
{
	struct sip s = sip_begin(key->key[0], key->key[1]);

	sip_word(&s, a, 1);
	sip_word(&s, b, 1);
	return sip_end(&s, 0, 16, 1, 3);
}

u32 hsiphash_4u32(u32 a, u32 b, u32 c, u32 d, const hsiphash_key_t *key)
{
	return fm_user_siphash13((u64)b << 32 | a, (u64)d << 32 | c, key);
}

u32 hsiphash(const void *data, size_t len, const hsiphash_key_t *key)
{
	return sip(data, len, key->key[0], key->key[1], 1, 3);
}

/* The same bytes in every run, so that a test can be repeated. */
void get_random_bytes(void *buf, size_t len)
{
	static u64 counter;
	u8 *byte = buf;

	while (len--) {
		counter++;
		*byte++ = sip(&counter, sizeof(counter), 0, 0, 2, 4);
	}
}
