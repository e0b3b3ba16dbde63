// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The constraints on key bits are equations over GF(2) with one unknown
 * (k_q = 0: a field is irrelevant; k_q = 1: the bit is fixed) or two
 * (k_q = k_p: a direction is irrelevant). Eliminating such a system is merging
 * sets: two more nodes stand for the constants, and a class merged with
 * neither of them is free.
 */
#include <string.h>

#include "keybits.h"

static uint64_t draw64(struct fm_keybits *bits)
{
	uint64_t z = bits->random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static unsigned int find_root(struct fm_keybits *bits, unsigned int node)
{
	while (bits->root[node] != node) {
		bits->root[node] = bits->root[bits->root[node]];
		node = bits->root[node];
	}
	return node;
}

/**
 * fm_keybits_setup - start with every bit free and alone
 * @bits: the object
 * @seed: of everything that is drawn
 */
void fm_keybits_setup(struct fm_keybits *bits, uint64_t seed)
{
	bits->random = seed;
	for (unsigned int q = 0; q < FM_KEYBITS_NODES; q++)
		bits->root[q] = q;
}

/**
 * fm_keybits_merge - add the equation "these two are equal"
 * @bits: the object, not sealed
 * @a: key bit, FM_KEYBITS_ZERO or FM_KEYBITS_ONE
 * @b: the same
 *
 * Return: false if the equations now contradict each other.
 */
bool fm_keybits_merge(struct fm_keybits *bits, unsigned int a, unsigned int b)
{
	a = find_root(bits, a);
	b = find_root(bits, b);
	if (a < b)
		bits->root[a] = b;
	else
		bits->root[b] = a;
	return find_root(bits, FM_KEYBITS_ZERO) !=
	       find_root(bits, FM_KEYBITS_ONE);
}

/**
 * fm_keybits_seal - end the equations; what follows needs it
 * @bits: the object
 */
void fm_keybits_seal(struct fm_keybits *bits)
{
	for (unsigned int q = 0; q < FM_KEYBITS_NODES; q++)
		bits->root[q] = find_root(bits, q);
}

/**
 * fm_keybits_zero - do the equations force all these bits to zero?
 * @bits: the object, sealed
 * @start: first key bit
 * @end: key bit after the last
 *
 * Return: true if so.
 */
bool fm_keybits_zero(const struct fm_keybits *bits, unsigned int start,
		     unsigned int end)
{
	for (unsigned int q = start; q < end; q++)
		if (bits->root[q] != bits->root[FM_KEYBITS_ZERO])
			return false;
	return true;
}

/**
 * fm_keybits_constant - do the equations force this bit to a value?
 * @bits: the object, sealed
 * @q: key bit
 *
 * Return: true if so.
 */
bool fm_keybits_constant(const struct fm_keybits *bits, unsigned int q)
{
	return bits->root[q] == bits->root[FM_KEYBITS_ZERO] ||
	       bits->root[q] == bits->root[FM_KEYBITS_ONE];
}

/*
 * A run of m zeros is the column of an input bit that decides nothing. The bits
 * are random: counted without a branch on their value.
 */
static void break_runs(struct fm_keybits *bits, unsigned int m)
{
	unsigned int zeros = 0;

	for (unsigned int q = 0; q < FM_KEYBITS; q++) {
		unsigned int root = bits->root[q];

		zeros = (zeros + 1) & (bits->value[root] - 1U);
		if (zeros < m || bits->pinned[root])
			continue;
		bits->value[root] = 1;
		zeros = 0;
	}
}

/**
 * fm_keybits_draw - draw every free class, forget what was set and pinned
 * @bits: the object, sealed
 * @m: log2 of the indirection entries; no m bits on end are zero where the
 *     equations leave a choice
 */
void fm_keybits_draw(struct fm_keybits *bits, unsigned int m)
{
	uint64_t word = 0;

	for (unsigned int q = 0; q < FM_KEYBITS_NODES; q++, word >>= 1) {
		if (q % 64 == 0)
			word = draw64(bits);
		bits->value[q] = word & 1;
	}
	memset(bits->pinned, 0, sizeof(bits->pinned));
	bits->value[bits->root[FM_KEYBITS_ZERO]] = 0;
	bits->value[bits->root[FM_KEYBITS_ONE]] = 1;
	bits->pinned[bits->root[FM_KEYBITS_ZERO]] = 1;
	bits->pinned[bits->root[FM_KEYBITS_ONE]] = 1;
	break_runs(bits, m);
}

/**
 * fm_keybits_redraw - draw again the classes that are not pinned
 * @bits: the object, drawn
 * @span: key bits whose classes are meant, at most 64
 *
 * Return: false if all of them are pinned.
 */
bool fm_keybits_redraw(struct fm_keybits *bits, struct fm_span span)
{
	uint64_t word = draw64(bits);
	bool drawn = false;

	for (unsigned int q = span.start; q < span.end; q++, word >>= 1) {
		unsigned int root = bits->root[q];

		if (bits->pinned[root])
			continue;
		bits->value[root] = word & 1;
		drawn = true;
	}
	return drawn;
}

/**
 * fm_keybits_set - make a bit one and pin it; nothing if it is constant
 * @bits: the object, drawn
 * @q: key bit
 */
void fm_keybits_set(struct fm_keybits *bits, unsigned int q)
{
	if (fm_keybits_constant(bits, q))
		return;
	bits->value[bits->root[q]] = 1;
	bits->pinned[bits->root[q]] = 1;
}

/**
 * fm_keybits_pin - keep the present values of some bits
 * @bits: the object, drawn
 * @span: key bits whose classes are meant
 */
void fm_keybits_pin(struct fm_keybits *bits, struct fm_span span)
{
	for (unsigned int q = span.start; q < span.end; q++)
		bits->pinned[bits->root[q]] = 1;
}

/*
 * One column of elimination, bit by bit from the top. Which bits are set is
 * random, so masks stand where branches would be mispredicted.
 */
static unsigned int add_to_basis(uint32_t *basis, unsigned int m,
				 uint32_t column)
{
	unsigned int added = 0;

	for (unsigned int top = m; top-- > 0;) {
		uint32_t hit = -(column >> top & 1);
		uint32_t place = hit & -(uint32_t)!basis[top];

		basis[top] |= column & place;
		column ^= basis[top] & hit;
		added += place & 1;
	}
	return added;
}

/**
 * fm_keybits_rank - rank of the columns of some input bits
 * @bits: the object, drawn
 * @m: log2 of the indirection entries
 * @input: span of input bits
 * @shift: 0, or how much further the input bits lie that change together with
 *         these; then the rank is that of the sums of both columns
 *
 * Return: 0 to @m.
 */
unsigned int fm_keybits_rank(const struct fm_keybits *bits, unsigned int m,
			     struct fm_span input, unsigned int shift)
{
	struct fm_span w = fm_rsskey_window(input, m);
	uint32_t mask = (1U << m) - 1, column = 0;
	uint32_t basis[32] = { 0 };
	unsigned int rank = 0;

	for (unsigned int q = w.start; q < w.end; q++) {
		column = column << 1 | bits->value[bits->root[q]];
		if (shift)
			column ^= bits->value[bits->root[q + shift]];
		if (q >= w.start + m - 1)
			rank += add_to_basis(basis, m, column & mask);
	}
	return rank;
}

/**
 * fm_keybits_raise - flip bits that are not pinned to raise a rank
 * @bits: the object, drawn
 * @m: log2 of the indirection entries
 * @input: span of input bits
 *
 * Each column ends in a key bit that no column before it has. If the column
 * depends on those, the other value of the bit usually makes it independent.
 * Where a class has several bits of the window the rank may not be reached.
 */
void fm_keybits_raise(struct fm_keybits *bits, unsigned int m,
		      struct fm_span input)
{
	struct fm_span w = fm_rsskey_window(input, m);
	uint32_t mask = (1U << m) - 1, column = 0;
	uint32_t basis[32] = { 0 };

	for (unsigned int q = w.start; q < w.end; q++) {
		unsigned int root = bits->root[q];

		column = column << 1 | bits->value[root];
		if (q < w.start + m - 1 ||
		    add_to_basis(basis, m, column & mask) ||
		    bits->pinned[root])
			continue;
		if (!add_to_basis(basis, m, (column ^ 1) & mask))
			continue;
		column ^= 1;
		bits->value[root] ^= 1;
	}
}

/**
 * fm_keybits_pack - write the values as a key
 * @bits: the object, drawn
 * @key: FM_KEY_MAX bytes, zero beyond @key_len
 * @key_len: bytes
 */
void fm_keybits_pack(const struct fm_keybits *bits, uint8_t *key,
		     unsigned int key_len)
{
	memset(key, 0, FM_KEY_MAX);
	for (unsigned int q = 0; q < key_len * 8; q++)
		key[q / 8] |= bits->value[bits->root[q]] << (7 - q % 8);
}
