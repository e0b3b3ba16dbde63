// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the automaton that search.c runs. Sorted patterns are a trie already: a
 * node is the run of patterns that begin alike. Taken by depth, nodes find all
 * that they go on from made before them.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/string.h>
#include "error.h"
#include "search.h"

#define SEARCH_ROWS_BYTES	(256U << 10)
#define SEARCH_PAUSE		4096	/* nodes before others get a turn */

/* While it is built: the patterns of a node, and its place. */
struct search_shape {
	u32 lo;
	u32 hi;
	u32 first;
	u32 fail;	/* what it goes on from */
	u16 n;
	u8 depth;
	bool hit;	/* patterns end here */
};

static u8 trie_fold(const struct fm_search_trie *trie, u8 byte)
{
	return trie->fold && byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
}

static u8 trie_byte(const struct fm_search_trie *trie, u32 i, u32 depth)
{
	return trie_fold(trie, trie->patterns[trie->order[i]].bytes[depth]);
}

static int trie_compare_bytes(const struct fm_search_trie *trie,
			      const struct fm_pattern *a,
			      const struct fm_pattern *b)
{
	u32 n = min(a->len, b->len), i;
	int diff;

	for (i = 0; i < n; i++) {
		diff = trie_fold(trie, a->bytes[i]) -
		       trie_fold(trie, b->bytes[i]);
		if (diff)
			return diff;
	}
	return a->len - b->len;
}

static int trie_compare(const void *a, const void *b, const void *arg)
{
	const struct fm_search_trie *trie = arg;
	const struct fm_pattern *p = &trie->patterns[*(const u32 *)a];
	const struct fm_pattern *q = &trie->patterns[*(const u32 *)b];
	int diff = trie_compare_bytes(trie, p, q);

	diff = diff ?: (p->offset > q->offset) - (p->offset < q->offset);
	diff = diff ?: (p->depth > q->depth) - (p->depth < q->depth);
	return diff;
}

/* Sorts the patterns; of those of the same bytes all but the last know it. */
static int trie_sort(struct fm_search_trie *trie,
		     struct netlink_ext_ack *extack)
{
	u32 *order = trie->order, i;

	sort_r(order, trie->n, sizeof(*order), trie_compare, NULL, trie);
	for (i = 1; i < trie->n; i++) {
		if (trie_compare(&order[i - 1], &order[i], trie))
			continue;
		fm_error_set(extack, NULL, "patterns %u and %u are the same",
			     min(order[i - 1], order[i]),
			     max(order[i - 1], order[i]));
		return -EINVAL;
	}
	return 0;
}

static void trie_mark_last(struct fm_search_trie *trie)
{
	u32 i;

	for (i = 0; i < trie->n; i++)
		if (i + 1 == trie->n ||
		    trie_compare_bytes(trie,
				       &trie->patterns[trie->order[i]],
				       &trie->patterns[trie->order[i + 1]]))
			trie->order[i] |= FM_SEARCH_LAST;
}

static void trie_classify(struct fm_search_trie *trie)
{
	bool used[256] = {};
	u32 i, j, n = 0;

	for (i = 0; i < trie->n; i++)
		for (j = 0; j < trie->patterns[trie->order[i]].len; j++)
			used[trie_byte(trie, i, j)] = true;
	for (i = 0; i < 256; i++)
		if (used[i])
			trie->class[i] = n++;
	trie->shift = ilog2(roundup_pow_of_two(min(n + 1, 256U)));
	for (i = 0; i < 256; i++)
		if (!used[i])
			trie->class[i] = used[trie_fold(trie, i)] ?
					 trie->class[trie_fold(trie, i)] : n;
}

/* The children of a node, which its patterns' next byte tells apart. */
static void shape_node(struct fm_search_trie *trie, struct search_shape *shape,
		       u32 node)
{
	struct search_shape *parent = &shape[node], *child = NULL;
	u32 i = parent->lo, depth = parent->depth;
	int last = -1;

	while (i < parent->hi && trie->patterns[trie->order[i]].len == depth)
		i++;
	parent->first = trie->nnodes;
	for (; i < parent->hi; i++) {
		if (trie_byte(trie, i, depth) != last) {
			last = trie_byte(trie, i, depth);
			child = &shape[trie->nnodes++];
			child->lo = i;
			child->depth = depth + 1;
			parent->n++;
		}
		child->hi = i + 1;
	}
	if (parent->n > 4)
		trie->nwide++;
}

static struct search_shape *trie_shape(struct fm_search_trie *trie)
{
	struct search_shape *shape;
	u32 bytes = 1, i;

	for (i = 0; i < trie->n; i++)
		bytes += trie->patterns[trie->order[i]].len;
	shape = kvcalloc(bytes, sizeof(*shape), GFP_KERNEL);
	if (!shape)
		return NULL;
	shape->hi = trie->n;
	trie->nnodes = 1;
	for (i = 0; i < trie->nnodes; i++) {
		shape_node(trie, shape, i);
		if (!(i % SEARCH_PAUSE))
			cond_resched();
	}
	return shape;
}

static int trie_alloc(struct fm_inst *inst, struct fm_search_trie *trie)
{
	u32 rows = SEARCH_ROWS_BYTES / sizeof(u32) >> trie->shift;

	trie->nrows = min(trie->nnodes, rows);
	trie->rows = fm_inst_alloc(inst, trie->nrows,
				   sizeof(u32) << trie->shift);
	trie->out = fm_inst_alloc(inst, trie->nnodes, sizeof(*trie->out));
	trie->nodes = fm_inst_alloc(inst, trie->nnodes - trie->nrows,
				    sizeof(*trie->nodes));
	trie->wide = fm_inst_alloc(inst, trie->nwide, sizeof(*trie->wide));
	trie->nwide = 0;
	return trie->rows && trie->out && trie->nodes && trie->wide ? 0 :
								       -ENOMEM;
}

static u32 child_class(const struct fm_search_trie *trie,
		       const struct search_shape *child)
{
	return trie->class[trie_byte(trie, child->lo, child->depth - 1)];
}

static void link_row(struct fm_search_trie *trie,
		     const struct search_shape *shape, u32 at)
{
	const struct search_shape *node = &shape[at];
	size_t size = sizeof(u32) << trie->shift;
	u32 *row = trie->rows + (at << trie->shift), i;

	if (at)
		memcpy(row, trie->rows + (node->fail << trie->shift), size);
	for (i = node->first; i < node->first + node->n; i++)
		row[child_class(trie, &shape[i])] = shape[i].hit ? i | FM_SEARCH_HIT : i;
}

static void link_wide(struct fm_search_trie *trie,
		      const struct search_shape *shape,
		      struct fm_search_node *node)
{
	struct fm_search_wide *wide = &trie->wide[trie->nwide];
	u32 i, class;

	node->wide = trie->nwide++;
	for (i = node->first; i < node->first + node->n; i++) {
		class = child_class(trie, &shape[i]);
		wide->bits[class / 64] |= BIT_ULL(class % 64);
	}
	for (i = 1; i < 4; i++)
		wide->before[i] = wide->before[i - 1] +
				  hweight64(wide->bits[i - 1]);
}

static void link_node(struct fm_search_trie *trie,
		      const struct search_shape *shape, u32 at)
{
	struct fm_search_node *node = &trie->nodes[at - trie->nrows];
	u32 i;

	node->fail = shape[at].fail;
	node->first = shape[at].first;
	node->n = shape[at].n;
	node->hit = shape[at].hit;
	if (node->n > 4)
		link_wide(trie, shape, node);
	else
		for (i = 0; i < node->n; i++)
			node->edge[i] = child_class(trie,
						    &shape[node->first + i]);
}

/* What a child goes on from follows from what its parent goes on from. */
static void link_child(struct fm_search_trie *trie, struct search_shape *shape,
		       u32 parent, u32 at)
{
	struct search_shape *child = &shape[at];
	u32 class = child_class(trie, child), fail = 0;

	if (parent)
		fail = fm_search_step(trie, shape[parent].fail, class) & ~FM_SEARCH_HIT;
	child->fail = fail;
	trie->out[at].next = trie->out[fail].first != FM_SEARCH_NONE ? fail :
			     trie->out[fail].next;
	/* Patterns that end here are the first of its range. */
	trie->out[at].first =
		trie->patterns[trie->order[child->lo]].len == child->depth ?
		child->lo : FM_SEARCH_NONE;
	child->hit = trie->out[at].first != FM_SEARCH_NONE || trie->out[at].next;
}

static void trie_link(struct fm_search_trie *trie, struct search_shape *shape)
{
	u32 at, i;

	trie->out[0].first = FM_SEARCH_NONE;
	for (at = 0; at < trie->nnodes; at++) {
		for (i = 0; i < shape[at].n; i++)
			link_child(trie, shape, at, shape[at].first + i);
		if (at < trie->nrows)
			link_row(trie, shape, at);
		else
			link_node(trie, shape, at);
		if (!(at % SEARCH_PAUSE))
			cond_resched();
	}
}

static int trie_setup(struct fm_inst *inst, struct fm_search_trie *trie,
		      struct netlink_ext_ack *extack)
{
	struct search_shape *shape;
	int err;

	err = trie_sort(trie, extack);
	if (err)
		return err;
	trie_classify(trie);
	shape = trie_shape(trie);
	err = shape ? trie_alloc(inst, trie) : -ENOMEM;
	if (!err)
		trie_link(trie, shape);
	kvfree(shape);
	if (!err)
		trie_mark_last(trie);
	return err;
}

struct fm_search *fm_search_create(struct fm_inst *inst,
				   const struct fm_list *patterns,
				   struct netlink_ext_ack *extack)
{
	struct fm_search *search = fm_inst_alloc(inst, 1, sizeof(*search));
	u32 n = fm_list_count(patterns), i;
	static atomic_t last_id = ATOMIC_INIT(0);
	int err = search ? 0 : -ENOMEM;
	struct fm_search_trie *trie;

	if (search)
		search->id = atomic_inc_return(&last_id) ?:
			     atomic_inc_return(&last_id);
	for (i = 0; i < 2 && !err; i++) {
		trie = &search->trie[i];
		trie->patterns = fm_list_patterns(patterns);
		trie->fold = i;
		trie->order = fm_inst_alloc(inst, n, sizeof(*trie->order));
		if (!trie->order)
			err = -ENOMEM;
	}
	for (i = 0; i < n && !err; i++) {
		trie = &search->trie[search->trie[0].patterns[i].flags &
				     FM_PATTERN_NOCASE];
		trie->order[trie->n++] = i;
	}
	for (i = 0; i < 2 && !err; i++)
		if (search->trie[i].n)
			err = trie_setup(inst, &search->trie[i], extack);
	if (err == -ENOMEM)
		fm_error_set(extack, NULL,
			     "the patterns do not fit in memory_max");
	return err ? ERR_PTR(err) : search;
}
EXPORT_SYMBOL_GPL(fm_search_create);
