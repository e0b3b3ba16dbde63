/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_SEARCH_H
#define _FM_SEARCH_H

#include "flowmage_nf.h"

#define FM_SEARCH_HIT	(1U << 31)	/* of a node's number: patterns end there */
#define FM_SEARCH_LAST	(1U << 31)	/* of a pattern's: no more end there */
#define FM_SEARCH_NONE	U32_MAX

/**
 * struct fm_search_node - a node without a row
 * @fail: the longest other node that the bytes so far end with
 * @first: its first child; the others follow
 * @edge: classes of up to four children's bytes, in order
 * @wide: of a node with more: index of their bitmap
 * @n: children
 * @hit: patterns end here
 */
struct fm_search_node {
	u32 fail;
	u32 first;
	union {
		u8 edge[4];
		u32 wide;
	};
	u16 n;
	u8 hit;
};

/* Classes of a node's children, and how many there are in the words before. */
struct fm_search_wide {
	u64 bits[4];
	u16 before[4];
};

/**
 * struct fm_search_out - the patterns that end at a node
 * @first: index of the first in the order, FM_SEARCH_NONE if only others' do
 * @next: the longest other node with patterns, 0: there is none
 */
struct fm_search_out {
	u32 first;
	u32 next;
};

/**
 * struct fm_search_trie - the patterns with, or those without nocase
 * @patterns: all patterns
 * @rows: of nodes that have one: next node for each class
 * @nodes: those that have none
 * @wide: bitmaps
 * @out: of each node
 * @order: numbers of the patterns, sorted by their bytes
 * @n: how many
 * @nnodes: how many
 * @nrows: how many
 * @nwide: how many
 * @shift: log2 of a row's length
 * @fold: letters are folded
 * @class: of each byte; those that no pattern has share one
 */
struct fm_search_trie {
	const struct fm_pattern *patterns;
	u32 *rows;
	struct fm_search_node *nodes;
	struct fm_search_wide *wide;
	struct fm_search_out *out;
	u32 *order;
	u32 n;
	u32 nnodes;
	u32 nrows;
	u32 nwide;
	u32 shift;
	bool fold;
	u8 class[256];
};

/**
 * struct fm_search - the patterns, and those with nocase by themselves
 * @id: no two have the same, but for every 2^32nd
 * @trie: without, with
 */
struct fm_search {
	u32 id;
	struct fm_search_trie trie[2];
};

u32 fm_search_step(const struct fm_search_trie *trie, u32 at, u32 class);

#endif
