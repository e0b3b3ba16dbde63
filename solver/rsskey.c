// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Analysis of a given key. Hash bit j is the XOR of x_i k_(i+j) over the input
 * bits x_i, so input bit i reaches the low m bits of the hash through the m key
 * bits i+32-m .. i+31 and through no others: that run of bits, read as a
 * number, is the column of bit i.
 */
#include "rsskey.h"

static unsigned int get_bit(const uint8_t *bytes, size_t len, unsigned int pos)
{
	if (pos / 8 >= len)
		return 0;
	return bytes[pos / 8] >> (7 - pos % 8) & 1;
}

static uint32_t get_column(const uint8_t *key, size_t key_len, unsigned int m,
			   unsigned int bit)
{
	uint32_t column = 0;

	for (unsigned int q = bit + 32 - m; q <= bit + 31; q++)
		column = column << 1 | get_bit(key, key_len, q);
	return column;
}

/**
 * fm_rsskey_input - where a field lies in the hash input
 * @family: of the packet
 * @field: one of FM_F_SRC_IP, FM_F_DST_IP, FM_F_SRC_PORT, FM_F_DST_PORT
 *
 * Return: the span of input bits, empty for any other @field.
 */
struct fm_span fm_rsskey_input(enum fm_family family, uint32_t field)
{
	unsigned int ip = family == FM_FAMILY_V6 ? 128 : 32;

	switch (field) {
	case FM_F_SRC_IP:
		return (struct fm_span){ 0, ip };
	case FM_F_DST_IP:
		return (struct fm_span){ ip, 2 * ip };
	case FM_F_SRC_PORT:
		return (struct fm_span){ 2 * ip, 2 * ip + 16 };
	case FM_F_DST_PORT:
		return (struct fm_span){ 2 * ip + 16, 2 * ip + 32 };
	default:
		return (struct fm_span){ 0, 0 };
	}
}

/**
 * fm_rsskey_window - the key bits through which input bits reach the entry
 * @input: non-empty span of input bits
 * @m: log2 of the indirection entries, 1 to 32
 *
 * The input bits cannot change the entry if and only if these key bits are all
 * zero: every one of them is in the column of some bit of @input.
 *
 * Return: the span of key bits.
 */
struct fm_span fm_rsskey_window(struct fm_span input, unsigned int m)
{
	return (struct fm_span){ input.start + 32 - m, input.end + 31 };
}

/**
 * fm_rsskey_hash - the Toeplitz hash as the RSS specification defines it
 * @key: the hash key
 * @key_len: its bytes; bits beyond its end count as zero
 * @input: the fields in network order
 * @input_len: bytes of @input
 *
 * Bit by bit, for reference and checks.
 *
 * Return: the 32-bit hash, initial value 0.
 */
uint32_t fm_rsskey_hash(const uint8_t *key, size_t key_len,
			const uint8_t *input, size_t input_len)
{
	uint32_t hash = 0;

	for (unsigned int i = 0; i < input_len * 8; i++)
		if (get_bit(input, input_len, i))
			hash ^= get_column(key, key_len, 32, i);
	return hash;
}

/**
 * fm_rsskey_effective - which fields can change the indirection entry
 * @key: the hash key
 * @key_len: its bytes
 * @m: log2 of the indirection entries, 1 to 32
 * @family: of the packets
 * @ports: the NIC's input has the ports
 *
 * Return: mask of FM_F_*, without FM_F_PROTOCOL, which no NIC hashes.
 */
uint32_t fm_rsskey_effective(const uint8_t *key, size_t key_len, unsigned int m,
			     enum fm_family family, bool ports)
{
	uint32_t mask = 0;

	for (unsigned int i = 0; i < (ports ? FM_RSSKEY_FIELDS : 2); i++) {
		struct fm_span input = fm_rsskey_input(family, 1U << i);
		struct fm_span window = fm_rsskey_window(input, m);

		for (unsigned int q = window.start; q < window.end; q++)
			if (get_bit(key, key_len, q))
				mask |= 1U << i;
	}
	return mask;
}

static bool windows_equal(const uint8_t *key, size_t key_len, unsigned int m,
			  enum fm_family family, uint32_t field)
{
	struct fm_span input = fm_rsskey_input(family, field);
	struct fm_span window = fm_rsskey_window(input, m);
	unsigned int step = input.end - input.start;

	for (unsigned int q = window.start; q < window.end; q++)
		if (get_bit(key, key_len, q) != get_bit(key, key_len, q + step))
			return false;
	return true;
}

/**
 * fm_rsskey_symmetric - do both directions of a connection get one entry?
 * @key: the hash key
 * @key_len: its bytes
 * @m: log2 of the indirection entries, 1 to 32
 * @family: of the packets
 * @ports: the NIC's input has the ports
 *
 * True if and only if the columns of source and destination are equal, which
 * is k_q = k_(q+32) over the window of src_ip (IPv6: q+128), and k_q = k_(q+16)
 * over that of src_port.
 *
 * Return: whether exchanging the endpoints never changes the entry.
 */
bool fm_rsskey_symmetric(const uint8_t *key, size_t key_len, unsigned int m,
			 enum fm_family family, bool ports)
{
	if (!windows_equal(key, key_len, m, family, FM_F_SRC_IP))
		return false;
	return !ports || windows_equal(key, key_len, m, family, FM_F_SRC_PORT);
}

/**
 * fm_rsskey_rank - how many bits of the entry the input bits decide
 * @key: the hash key
 * @key_len: its bytes
 * @m: log2 of the indirection entries, 1 to 32
 * @input: span of input bits
 *
 * The rank over GF(2) of the columns: uniform input spreads uniformly over
 * 2^rank entries. If the rank of the lowest m bits of a field is m, any 2^m
 * consecutive values that start at a multiple of 2^m get one entry each.
 *
 * Return: 0 to @m.
 */
unsigned int fm_rsskey_rank(const uint8_t *key, size_t key_len, unsigned int m,
			    struct fm_span input)
{
	uint32_t basis[32] = { 0 };
	unsigned int rank = 0;

	for (unsigned int i = input.start; i < input.end && rank < m; i++) {
		uint32_t column = get_column(key, key_len, m, i);

		while (column) {
			unsigned int top = 31 - __builtin_clz(column);

			if (!basis[top]) {
				basis[top] = column;
				rank++;
				break;
			}
			column ^= basis[top];
		}
	}
	return rank;
}

/**
 * fm_rsskey_blind - how many input bits cannot change the entry
 * @key: the hash key
 * @key_len: its bytes
 * @m: log2 of the indirection entries, 1 to 32
 * @input: span of input bits
 *
 * Return: the number of bits of @input with a zero column.
 */
unsigned int fm_rsskey_blind(const uint8_t *key, size_t key_len, unsigned int m,
			     struct fm_span input)
{
	struct fm_span window = fm_rsskey_window(input, m);
	unsigned int zeros = 0, blind = 0;

	for (unsigned int q = window.start; q < window.end; q++) {
		zeros = get_bit(key, key_len, q) ? 0 : zeros + 1;
		blind += zeros >= m;
	}
	return blind;
}
