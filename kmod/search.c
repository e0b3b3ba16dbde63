// SPDX-License-Identifier: GPL-2.0
/*
 * Looks for many patterns at once: the automaton of Aho and Corasick. A node is
 * a beginning of patterns, namely the longest one that the bytes so far end
 * with. Nodes are numbered by depth, so the shallow ones come first, in which
 * nearly all of the time is spent: they have a row with the next node for every
 * byte. The others are 16 bytes, with their children alone and, for all other
 * bytes, the node to go on from.
 */
#include <linux/kernel.h>
#include "search.h"

static u32 wide_child(const struct fm_search_wide *wide, u32 first, u32 class)
{
	u64 bits = wide->bits[class / 64], bit = BIT_ULL(class % 64);

	if (!(bits & bit))
		return 0;
	return first + wide->before[class / 64] + hweight64(bits & (bit - 1));
}

/* 0 if there is none: nobody's child is the root. */
static u32 node_child(const struct fm_search_trie *trie,
		      const struct fm_search_node *node, u32 class)
{
	u32 i;

	if (node->n > 4)
		return wide_child(&trie->wide[node->wide], node->first, class);
	for (i = 0; i < node->n; i++)
		if (node->edge[i] == class)
			return node->first + i;
	return 0;
}

/**
 * fm_search_step - the node after the next byte
 * @trie: the automaton
 * @at: the node before
 * @class: of the byte
 *
 * Each step to a node to go on from was paid for by one to a child.
 *
 * Return: the node, and FM_SEARCH_HIT if patterns end there.
 */
u32 fm_search_step(const struct fm_search_trie *trie, u32 at, u32 class)
{
	const struct fm_search_node *node;
	u32 child;

	while (at >= trie->nrows) {
		node = &trie->nodes[at - trie->nrows];
		child = node_child(trie, node, class);
		if (child)
			return trie->nodes[child - trie->nrows].hit ?
			       child | FM_SEARCH_HIT : child;
		at = node->fail;
	}
	return trie->rows[(at << trie->shift) | class];
}

static bool pattern_fits(const struct fm_pattern *pattern, u64 end)
{
	return end - pattern->len >= pattern->offset &&
	       (!pattern->depth ||
		end <= (u64)pattern->offset + pattern->depth);
}

static void trie_tell(const struct fm_search_trie *trie, u32 node, u64 end,
		      void (*found)(void *arg, u32 pattern), void *arg)
{
	u32 i, index;

	for (; node; node = trie->out[node].next) {
		i = trie->out[node].first;
		do {
			if (i == FM_SEARCH_NONE)
				break;
			index = trie->order[i] & ~FM_SEARCH_LAST;
			if (pattern_fits(&trie->patterns[index], end))
				found(arg, index);
		} while (!(trie->order[i++] & FM_SEARCH_LAST));
	}
}

/* Up to the first byte at which patterns end; the node says so then. */
static u32 trie_read(const struct fm_search_trie *trie, u32 *node,
		     const u8 *data, u32 n)
{
	const u32 *rows = trie->rows;
	u32 nrows = trie->nrows, shift = trie->shift, at = *node, i = 0;

	while (i < n && !(at & FM_SEARCH_HIT)) {
		u32 class = trie->class[data[i++]];

		at = likely(at < nrows) ? rows[(at << shift) | class] :
					  fm_search_step(trie, at, class);
	}
	*node = at;
	return i;
}

void fm_search_run(const struct fm_search *search, struct fm_search_at *at,
		   const u8 *data, u32 n, u64 offset,
		   void (*found)(void *arg, u32 pattern), void *arg)
{
	const struct fm_search_trie *trie = search->trie;
	u32 i, done;

	if (unlikely(at->id != search->id))
		*at = (struct fm_search_at){ .id = search->id };
	for (i = 0; i < 2; i++, trie++) {
		for (done = 0; trie->n && done < n;) {
			done += trie_read(trie, &at->node[i], data + done,
					  n - done);
			if (!(at->node[i] & FM_SEARCH_HIT))
				continue;
			at->node[i] &= ~FM_SEARCH_HIT;
			trie_tell(trie, at->node[i], offset + done, found, arg);
		}
	}
}
EXPORT_SYMBOL_GPL(fm_search_run);
