// SPDX-License-Identifier: GPL-2.0
/*
 * Longest-prefix match with two outcomes. Prefixes cut the addresses into
 * ranges; of neighbours with the same outcome one is made, so outcomes take
 * turns, and that of an address is told by how many ranges begin before it.
 * That number is found in a tree whose nodes are cache lines: each level has
 * the first begin of every node of the level below it.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "error.h"
#include "flowmage_nf.h"

#define LPM_LEVELS	8
#define LPM_WIDTH4	16	/* begins in a node */
#define LPM_WIDTH6	8
#define LPM_PAUSE	4096	/* prefixes until others get a turn */

/* An address in host order, IPv4 in @lo. */
struct lpm_key {
	u64 hi;
	u64 lo;
};

/**
 * struct lpm_level - where ranges begin, or the nodes of the level below
 * @keys: u32 or struct lpm_key, in order
 * @n: how many
 */
struct lpm_level {
	void *keys;
	u32 n;
};

/**
 * struct lpm_tree - the ranges of a family
 * @level: the first has all ranges, the last one node
 * @depth: levels
 * @first: outcome of the first range, which begins at address 0
 */
struct lpm_tree {
	struct lpm_level level[LPM_LEVELS];
	u32 depth;
	bool first;
};

struct fm_lpm {
	struct lpm_tree tree[2];	/* IPv4, IPv6 */
};

/* A prefix that the sweep is inside of: its last address and outcome. */
struct lpm_open {
	struct lpm_key last;
	bool in;
};

/**
 * struct lpm_sweep - from prefixes to ranges, in the order of addresses
 * @level: gets the ranges
 * @wide: IPv6
 * @first: outcome of the first range
 * @depth: of @open
 * @open: prefixes inside each other, the outermost stands for all addresses
 */
struct lpm_sweep {
	struct lpm_level *level;
	bool wide;
	bool first;
	u32 depth;
	struct lpm_open open[130];
};

static int key_compare(struct lpm_key a, struct lpm_key b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return a.lo < b.lo ? -1 : a.lo > b.lo;
}

static struct lpm_key key_of(bool wide, const void *addr)
{
	__be64 word[2];

	if (!wide)
		return (struct lpm_key){ 0, be32_to_cpup((const __be32 *)addr) };
	memcpy(word, addr, sizeof(word));
	return (struct lpm_key){ be64_to_cpu(word[0]), be64_to_cpu(word[1]) };
}

/* The last address of a prefix. */
static struct lpm_key key_last(bool wide, struct lpm_key key, u32 len)
{
	if (!wide)
		key.lo |= len < 32 ? U32_MAX >> len : 0;
	else if (len < 64)
		key.hi |= U64_MAX >> len;
	if (wide)
		key.lo |= len <= 64 ? U64_MAX :
			  len < 128 ? U64_MAX >> (len - 64) : 0;
	return key;
}

static struct lpm_key level_get(const struct lpm_level *level, bool wide,
				u32 i)
{
	if (wide)
		return ((const struct lpm_key *)level->keys)[i];
	return (struct lpm_key){ 0, ((const u32 *)level->keys)[i] };
}

static void level_put(struct lpm_level *level, bool wide, struct lpm_key key)
{
	if (wide)
		((struct lpm_key *)level->keys)[level->n++] = key;
	else
		((u32 *)level->keys)[level->n++] = key.lo;
}

static bool sweep_outcome(const struct lpm_sweep *sweep)
{
	return sweep->first ^ ((sweep->level->n - 1) & 1);
}

/* From @key on the outcome is @in; keys do not go back. */
static void sweep_emit(struct lpm_sweep *sweep, struct lpm_key key, bool in)
{
	struct lpm_level *level = sweep->level;

	if (!key_compare(level_get(level, sweep->wide, level->n - 1), key)) {
		if (level->n == 1) {
			sweep->first = in;
			return;
		}
		level->n--;
	}
	if (sweep_outcome(sweep) != in)
		level_put(level, sweep->wide, key);
}

/* Leaves the prefixes that end before @key, all if it is NULL. */
static void sweep_close(struct lpm_sweep *sweep, const struct lpm_key *key)
{
	struct lpm_key end = { sweep->wide ? U64_MAX : 0,
			       sweep->wide ? U64_MAX : U32_MAX };

	while (sweep->depth) {
		struct lpm_key last = sweep->open[sweep->depth].last;

		if (key && key_compare(last, *key) >= 0)
			return;
		sweep->depth--;
		if (!key_compare(last, end))
			continue;
		if (!++last.lo && sweep->wide)
			last.hi++;
		sweep_emit(sweep, last, sweep->open[sweep->depth].in);
	}
}

static void sweep_prefix(struct lpm_sweep *sweep,
			 const struct fm_prefix *prefix, bool in)
{
	struct lpm_key key = key_of(sweep->wide, prefix->addr);
	struct lpm_open *open;

	sweep_close(sweep, &key);
	open = &sweep->open[++sweep->depth];
	open->last = key_last(sweep->wide, key, prefix->len);
	open->in = in;
	sweep_emit(sweep, key, in);
}

static int lpm_twice(const struct fm_prefix *prefix,
		     struct netlink_ext_ack *extack)
{
	if (prefix->family == 6)
		fm_error_set(extack, NULL, "%pI6c/%u is in both lists",
			     prefix->addr, prefix->len);
	else
		fm_error_set(extack, NULL, "%pI4/%u is in both lists",
			     prefix->addr, prefix->len);
	return -EINVAL;
}

/* Prefixes of a family, of which a list has one run. */
struct lpm_run {
	const struct fm_prefix *at;
	const struct fm_prefix *end;
};

static struct lpm_run run_of(const struct fm_list *list, u8 family)
{
	const struct fm_prefix *at = fm_list_prefixes(list);
	const struct fm_prefix *end = at ? at + fm_list_count(list) : NULL;
	struct lpm_run run;

	while (at < end && at->family != family)
		at++;
	run.at = at;
	while (at < end && at->family == family)
		at++;
	run.end = at;
	return run;
}

static int run_compare(const struct lpm_run *a, const struct lpm_run *b)
{
	int diff;

	if (a->at == a->end || b->at == b->end)
		return a->at == a->end ? 1 : -1;
	diff = memcmp(a->at->addr, b->at->addr, sizeof(a->at->addr));
	return diff ?: a->at->len - b->at->len;
}

static int sweep_run(struct lpm_sweep *sweep, struct lpm_run in,
		     struct lpm_run out, struct netlink_ext_ack *extack)
{
	u32 n = 0;
	int diff;

	while (in.at < in.end || out.at < out.end) {
		diff = run_compare(&in, &out);
		if (!diff)
			return lpm_twice(in.at, extack);
		if (diff < 0)
			sweep_prefix(sweep, in.at++, true);
		else
			sweep_prefix(sweep, out.at++, false);
		if (!(++n % LPM_PAUSE))
			cond_resched();
	}
	sweep_close(sweep, NULL);
	return 0;
}

static void *level_alloc(struct fm_inst *inst, bool wide, u32 n)
{
	return fm_inst_alloc(inst, n, wide ? sizeof(struct lpm_key) :
			     sizeof(u32));
}

/* The levels above the first. */
static int tree_build(struct fm_inst *inst, struct lpm_tree *tree, bool wide)
{
	u32 width = wide ? LPM_WIDTH6 : LPM_WIDTH4, i;
	struct lpm_level *below = tree->level, *level;

	for (tree->depth = 1; below->n > width; below = level) {
		level = &tree->level[tree->depth++];
		level->keys = level_alloc(inst, wide,
					  DIV_ROUND_UP(below->n, width));
		if (!level->keys)
			return -ENOMEM;
		for (i = 0; i < below->n; i += width)
			level_put(level, wide, level_get(below, wide, i));
	}
	return 0;
}

static int tree_setup(struct fm_inst *inst, struct lpm_tree *tree, bool wide,
		      const struct fm_list *lists[2], bool otherwise,
		      struct lpm_sweep *sweep, struct netlink_ext_ack *extack)
{
	struct lpm_run in = run_of(lists[0], wide ? 6 : 4);
	struct lpm_run out = run_of(lists[1], wide ? 6 : 4);
	struct lpm_key zero = { 0, 0 };
	int err;

	/* Each prefix begins one range at the most, and ends one. */
	tree->level[0].keys = level_alloc(inst, wide,
					  2 * ((in.end - in.at) +
					       (out.end - out.at)) + 1);
	if (!tree->level[0].keys)
		return -ENOMEM;
	memset(sweep, 0, sizeof(*sweep));
	sweep->level = &tree->level[0];
	sweep->wide = wide;
	sweep->first = otherwise;
	sweep->open[0].in = otherwise;
	level_put(sweep->level, wide, zero);
	err = sweep_run(sweep, in, out, extack);
	if (err)
		return err;
	tree->first = sweep->first;
	return tree_build(inst, tree, wide);
}

struct fm_lpm *fm_lpm_create(struct fm_inst *inst, const struct fm_list *in,
			     const struct fm_list *out, bool otherwise,
			     struct netlink_ext_ack *extack)
{
	const struct fm_list *lists[2] = { in, out };
	struct fm_lpm *lpm = fm_inst_alloc(inst, 1, sizeof(*lpm));
	struct lpm_sweep *sweep = fm_inst_alloc(inst, 1, sizeof(*sweep));
	int err = lpm && sweep ? 0 : -ENOMEM;

	if (!err)
		err = tree_setup(inst, &lpm->tree[0], false, lists, otherwise,
				 sweep, extack);
	if (!err)
		err = tree_setup(inst, &lpm->tree[1], true, lists, otherwise,
				 sweep, extack);
	if (err == -ENOMEM)
		fm_error_set(extack, NULL,
			     "the prefixes do not fit in memory_max");
	return err ? ERR_PTR(err) : lpm;
}
EXPORT_SYMBOL_GPL(fm_lpm_create);

/* Of a node's begins those that are not after the address, at least one. */
static u32 node_rank4(const struct lpm_level *level, u32 node, u32 addr)
{
	const u32 *keys = level->keys;
	u32 from = node * LPM_WIDTH4, i;
	u32 end = min(from + LPM_WIDTH4, level->n);

	for (i = from + 1; i < end && keys[i] <= addr; i++)
		;
	return i - 1;
}

static u32 node_rank6(const struct lpm_level *level, u32 node,
		      struct lpm_key addr)
{
	const struct lpm_key *keys = level->keys;
	u32 from = node * LPM_WIDTH6, i;
	u32 end = min(from + LPM_WIDTH6, level->n);

	for (i = from + 1; i < end && key_compare(keys[i], addr) <= 0; i++)
		;
	return i - 1;
}

bool fm_lpm_lookup(const struct fm_lpm *lpm, u8 family,
		   const struct fm_addr *addr)
{
	const struct lpm_tree *tree = &lpm->tree[family == 6];
	struct lpm_key key = key_of(family == 6, addr);
	u32 depth = tree->depth, i = 0;

	while (depth--)
		i = family == 6 ? node_rank6(&tree->level[depth], i, key) :
		    node_rank4(&tree->level[depth], i, key.lo);
	return tree->first ^ (i & 1);
}
EXPORT_SYMBOL_GPL(fm_lpm_lookup);
