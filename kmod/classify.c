// SPDX-License-Identifier: GPL-2.0
/*
 * Which of many rules is the first that a packet matches, asked of what
 * classifier.c has made.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include "classifier.h"

static u32 begins_find(const u32 *begins, u32 n, u32 value)
{
	u32 at = 0, half;

	for (; n > 1; n -= half) {
		half = n / 2;
		at = begins[at + half] <= value ? at + half : at;
	}
	return at;
}

static u32 begins_find_wide(const struct fm_cut_value *begins, u32 n,
			    struct fm_cut_value value)
{
	u32 at = 0, half;

	for (; n > 1; n -= half) {
		half = n / 2;
		if (fm_cut_compare(begins[at + half], value) <= 0)
			at += half;
	}
	return at;
}

static const u64 *cut_find(const struct fm_cut *cut, const void *addr)
{
	struct fm_cut_value value = fm_cut_value(cut->wide, addr);

	if (cut->wide)
		return cut->sets[begins_find_wide(cut->begins, cut->n, value)];
	return cut->sets[begins_find(cut->begins, cut->n, value.lo)];
}

static const u64 *cut_find_port(const struct fm_cut *cut, __be16 port)
{
	return cut->sets[begins_find(cut->begins, cut->n, ntohs(port))];
}

/* The lowest bit of one word that all sets have; @below: the words before it. */
static u64 sets_word(const u64 *const *sets, const u64 *const *words, u32 top,
		     u64 below)
{
	u64 bits = U64_MAX;
	u32 d;

	for (d = 0; d < FM_CUT_DIMENSIONS; d++)
		bits &= words[d][hweight64(sets[d][top] & below)];
	return bits;
}

static u64 sets_top(const u64 *const *sets, u32 top)
{
	u64 bits = U64_MAX;
	u32 d;

	for (d = 0; d < FM_CUT_DIMENSIONS; d++)
		bits &= sets[d][top];
	return bits;
}

/* The lowest bit that all sets have. */
static u32 sets_first(const u64 *const *sets, u32 tops)
{
	const u64 *words[FM_CUT_DIMENSIONS];
	u64 common, below, bits;
	u32 top, d;

	for (d = 0; d < FM_CUT_DIMENSIONS; d++)
		words[d] = sets[d] + tops;
	for (top = 0; top < tops; top++) {
		common = sets_top(sets, top);
		for (; common; common &= common - 1) {
			below = (common & -common) - 1;
			bits = sets_word(sets, words, top, below);
			if (bits)
				return top * 4096 + __ffs64(common) * 64 +
				       __ffs64(bits);
		}
		for (d = 0; d < FM_CUT_DIMENSIONS; d++)
			words[d] += hweight64(sets[d][top]);
	}
	return FM_RULE_NONE;
}

u32 fm_classifier_lookup(const struct fm_classifier *classifier,
			 const struct fm_pkt *pkt)
{
	const struct fm_cut_family *family =
		&classifier->families[pkt->family == 6];
	const struct fm_cut *cuts = family->cuts;
	const u64 *sets[FM_CUT_DIMENSIONS];
	u32 kind = pkt->l4proto, bit;

	if (!family->n)
		return FM_RULE_NONE;
	if (kind == IPPROTO_TCP)
		kind = 256 + pkt->tcp_flags;
	sets[0] = family->kinds[kind];
	sets[1] = cut_find(&cuts[FM_CUT_DST], &pkt->dst);
	sets[2] = cut_find(&cuts[FM_CUT_SRC], &pkt->src);
	sets[3] = cut_find_port(&cuts[FM_CUT_DPORT], pkt->dport);
	sets[4] = cut_find_port(&cuts[FM_CUT_SPORT], pkt->sport);
	bit = sets_first(sets, family->tops);
	return bit == FM_RULE_NONE ? bit : family->rules[bit];
}
EXPORT_SYMBOL_GPL(fm_classifier_lookup);
