// SPDX-License-Identifier: GPL-2.0
/*
 * The Toeplitz hash of receive side scaling, as NICs compute it, and what a
 * key does to a table index. Bit 0 is the most significant bit of byte 0. Hash
 * bit j, 0 the most significant, is the XOR over the input bits i that are set
 * of key bit i + j; the index of a table of 2^bits entries is the hash's low
 * bits.
 */
#include <linux/build_bug.h>
#include "toeplitz.h"

static unsigned int key_bit(const u8 *key, unsigned int len, unsigned int i)
{
	return i < 8 * len ? key[i / 8] >> (7 - i % 8) & 1 : 0;
}

/* The 32 key bits from bit @i on: what input bit @i adds to the hash. */
static u32 key_window(const u8 *key, unsigned int len, unsigned int i)
{
	u32 window = 0;
	unsigned int j;

	for (j = 0; j < 32; j++)
		window = window << 1 | key_bit(key, len, i + j);
	return window;
}

/**
 * fm_toeplitz_init - prepare a hash key
 * @toeplitz: filled in
 * @key: the key
 * @len: its bytes; the key goes on with zeros
 */
void fm_toeplitz_init(struct fm_toeplitz *toeplitz, const u8 *key,
		      unsigned int len)
{
	unsigned int n, v, b;

	for (n = 0; n < ARRAY_SIZE(toeplitz->part); n++) {
		toeplitz->part[n][0] = 0;
		for (b = 0; b < 4; b++) {
			u32 window = key_window(key, len, 4 * n + 3 - b);

			for (v = 0; v < 1U << b; v++)
				toeplitz->part[n][v | 1U << b] =
					toeplitz->part[n][v] ^ window;
		}
	}
}

static u32 toeplitz_add(const struct fm_toeplitz *toeplitz, unsigned int at,
			const void *data, unsigned int len)
{
	const u8 *byte = data;
	unsigned int i;
	u32 hash = 0;

	for (i = 0; i < len; i++)
		hash ^= toeplitz->part[2 * (at + i)][byte[i] >> 4] ^
			toeplitz->part[2 * (at + i) + 1][byte[i] & 15];
	return hash;
}

/**
 * fm_toeplitz_hash - hash a packet as a NIC would
 * @toeplitz: from fm_toeplitz_init()
 * @pkt: the packet
 * @ports: the ports are part of the input
 */
u32 fm_toeplitz_hash(const struct fm_toeplitz *toeplitz,
		     const struct fm_pkt *pkt, bool ports)
{
	unsigned int size = pkt->family == 4 ? 4 : 16;
	u32 hash;

	hash = toeplitz_add(toeplitz, 0, &pkt->src, size) ^
	       toeplitz_add(toeplitz, size, &pkt->dst, size);
	if (!ports)
		return hash;
	return hash ^ toeplitz_add(toeplitz, 2 * size, &pkt->sport, 2) ^
	       toeplitz_add(toeplitz, 2 * size + 2, &pkt->dport, 2);
}

struct toeplitz_span {
	u32 field;
	u16 start;		/* bit of the input */
	u16 end;
};

static const struct toeplitz_span *toeplitz_spans(u8 family)
{
	static const struct toeplitz_span spans4[] = {
		{ FM_F_SRC_IP, 0, 32 }, { FM_F_DST_IP, 32, 64 },
		{ FM_F_SRC_PORT, 64, 80 }, { FM_F_DST_PORT, 80, 96 },
	};
	static const struct toeplitz_span spans6[] = {
		{ FM_F_SRC_IP, 0, 128 }, { FM_F_DST_IP, 128, 256 },
		{ FM_F_SRC_PORT, 256, 272 }, { FM_F_DST_PORT, 272, 288 },
	};

	return family == 4 ? spans4 : spans6;
}

/**
 * fm_toeplitz_effective - the fields that the index depends on
 * @key: hash key
 * @len: its bytes
 * @bits: of the index
 * @family: 4 or 6
 * @ports: the ports are part of the input
 *
 * Input bit i reaches index bit t by key bit i + 31 - t, so a field of input
 * bits [a, b) has no influence if key bits a + 32 - bits .. b + 30 are zero.
 *
 * Return: FM_F_*.
 */
u32 fm_toeplitz_effective(const u8 *key, unsigned int len, unsigned int bits,
			  u8 family, bool ports)
{
	const struct toeplitz_span *span = toeplitz_spans(family);
	unsigned int n = ports ? 4 : 2, i, q;
	u32 fields = 0;

	if (!bits)
		return 0;
	for (i = 0; i < n; i++)
		for (q = span[i].start + 32 - bits; q <= span[i].end + 30U; q++)
			if (key_bit(key, len, q))
				fields |= span[i].field;
	return fields;
}

static bool windows_equal(const u8 *key, unsigned int len, unsigned int bits,
			  const struct toeplitz_span *a,
			  const struct toeplitz_span *b)
{
	unsigned int q, shift = b->start - a->start;

	for (q = a->start + 32 - bits; q <= a->end + 30U; q++)
		if (key_bit(key, len, q) != key_bit(key, len, q + shift))
			return false;
	return true;
}

/**
 * fm_toeplitz_symmetric - do both directions of a flow have one index
 * @key: hash key
 * @len: its bytes
 * @bits: of the index
 * @family: 4 or 6
 * @ports: the ports are part of the input
 */
bool fm_toeplitz_symmetric(const u8 *key, unsigned int len, unsigned int bits,
			   u8 family, bool ports)
{
	const struct toeplitz_span *span = toeplitz_spans(family);

	if (!bits)
		return true;
	return windows_equal(key, len, bits, &span[0], &span[1]) &&
	       (!ports || windows_equal(key, len, bits, &span[2], &span[3]));
}
