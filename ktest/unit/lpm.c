// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lists of prefixes and what is made of them: every refusal, who keeps a list,
 * that the memory is counted, and the longest prefix against a search over all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/err.h>

#include "inst.h"
#include "rig.h"

static struct fm_budget budget;
static struct fm_lists lists;
static struct netlink_ext_ack extack;

static int setup(void **state)
{
	memset(&fm_user_memory, 0, sizeof(fm_user_memory));
	budget.max = U64_MAX;
	assert_int_equal(percpu_counter_init(&budget.used, 0, GFP_KERNEL), 0);
	fm_lists_setup(&lists, &budget);
	return 0;
}

static int teardown(void **state)
{
	assert_int_equal(percpu_counter_sum(&budget.used), 0);
	assert_int_equal(lists.n, 0);
	percpu_counter_destroy(&budget.used);
	assert_int_equal(fm_user_memory.objects, 0);
	return 0;
}

static struct fm_prefix v4(u32 addr, u8 len)
{
	struct fm_prefix prefix = { .family = 4, .len = len };
	__be32 word = htonl(addr);

	memcpy(prefix.addr, &word, sizeof(word));
	return prefix;
}

static struct fm_prefix v6(u64 hi, u64 lo, u8 len)
{
	struct fm_prefix prefix = { .family = 6, .len = len };
	u64 words[2] = { htobe64(hi), htobe64(lo) };

	memcpy(prefix.addr, words, sizeof(words));
	return prefix;
}

static int compare(const void *a, const void *b)
{
	const struct fm_prefix *p = a, *q = b;
	int diff = p->family - q->family;

	diff = diff ?: memcmp(p->addr, q->addr, 16);
	return diff ?: p->len - q->len;
}

/* Sorts, and leaves out what is there twice. */
static u32 arrange(struct fm_prefix *prefixes, u32 n)
{
	u32 i, kept = 0;

	qsort(prefixes, n, sizeof(*prefixes), compare);
	for (i = 0; i < n; i++)
		if (!kept || compare(&prefixes[kept - 1], &prefixes[i]))
			prefixes[kept++] = prefixes[i];
	return kept;
}

static struct fm_list *make(const struct fm_prefix *prefixes, u32 n)
{
	struct fm_list *list;

	list = fm_list_create(&lists, FM_PARAM_PREFIXES, n, 1, &extack);
	assert_false(IS_ERR(list));
	assert_int_equal(fm_list_add(list, prefixes, n * sizeof(*prefixes),
				     &extack), 0);
	return list;
}

/* ---- lists */

static void test_refusals(void **state)
{
	const struct fm_prefix good[] = { v4(0x0a000000, 8), v4(0x0a000000, 9),
					  v4(0x0a800000, 9), v6(1, 0, 64) };
	struct fm_prefix bad[] = {
		v4(0x0a000000, 33), v4(0x0a000001, 31), v6(0, 1, 127),
		v6(0, 0, 129), v6(1ULL << 63, 0, 0), good[3], good[0],
		v6(2, 0, 64), v6(2, 0, 64), v4(1, 32),
	};
	const char *const words[] = {
		"is too long", "has bits beyond its length",
		"has bits beyond its length", "is too long",
		"has bits beyond its length", "is not after the one before it",
		"is not after the one before it", "is of no family",
		"is not padded by zeros", "is not after the one before it",
	};
	struct fm_list *list;
	u32 i;

	bad[7].family = 5;
	bad[8].zero[1] = 1;
	list = fm_list_create(&lists, FM_PARAM_PREFIXES, 5, 1, &extack);
	assert_int_equal(fm_list_add(list, good, sizeof(good), &extack), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(fm_list_add(list, &bad[i], sizeof(bad[i]),
					     &extack), -EINVAL);
		assert_non_null(strstr(extack._msg, words[i]));
		assert_ptr_equal(strstr(extack._msg, "element 4, "),
				 extack._msg);
	}
	assert_int_equal(fm_list_add(list, good, 19, &extack), -EINVAL);
	assert_int_equal(fm_list_add(list, good, 40, &extack), -E2BIG);
	assert_int_equal(list->have, 4);
	fm_lists_release(&lists, 1);
	assert_true(IS_ERR(fm_list_create(&lists, FM_PARAM_UINT, 1, 1, NULL)));
	assert_true(IS_ERR(fm_list_create(&lists, FM_PARAM_PREFIXES, 0, 1,
					  NULL)));
	assert_true(IS_ERR(fm_list_create(&lists, FM_PARAM_PREFIXES,
					  FM_LIST_MAX + 1, 1, NULL)));
}

static void test_holders(void **state)
{
	const struct fm_prefix prefix = v4(0, 0);
	struct fm_list *a = make(&prefix, 1), *b;
	u32 id = a->id;

	b = fm_list_create(&lists, FM_PARAM_PREFIXES, 1, 2, NULL);
	assert_ptr_equal(fm_list_lookup(&lists, id), a);
	fm_list_get(a);
	fm_lists_release(&lists, 1);
	assert_ptr_equal(fm_list_lookup(&lists, id), a);
	fm_list_hold(a, 3);
	fm_list_hold(a, 4);
	fm_list_put(a);
	fm_lists_release(&lists, 4);
	assert_ptr_equal(fm_list_lookup(&lists, id), a);
	fm_lists_release(&lists, 3);
	assert_null(fm_list_lookup(&lists, id));
	assert_ptr_equal(fm_list_lookup(&lists, b->id), b);
	fm_lists_release(&lists, 0);
}

static void test_bounds(void **state)
{
	u32 n = 0;

	while (!IS_ERR(fm_list_create(&lists, FM_PARAM_PREFIXES, 1, 1, NULL)))
		n++;
	assert_int_equal(n, FM_LISTS_MAX);
	fm_lists_release(&lists, 0);
	budget.max = 1000 * sizeof(struct fm_prefix);
	assert_true(IS_ERR(fm_list_create(&lists, FM_PARAM_PREFIXES, 1001, 1,
					  &extack)));
	assert_non_null(strstr(extack._msg, "does not fit in memory_max"));
	assert_false(IS_ERR(fm_list_create(&lists, FM_PARAM_PREFIXES, 1000, 1,
					   NULL)));
	fm_lists_release(&lists, 0);
}

/* ---- longest prefix */

static const struct fm_nf_ops ops = { .name = "nf" };

static struct fm_lpm *lpm_of(struct fm_inst *inst, const struct fm_list *in,
			     const struct fm_list *out, bool otherwise)
{
	memset(inst, 0, sizeof(*inst));
	inst->ops = &ops;
	inst->budget = &budget;
	return fm_lpm_create(inst, in, out, otherwise, &extack);
}

static bool covers(const struct fm_prefix *prefix, u8 family, const u8 *addr)
{
	u32 i;

	if (prefix->family != family)
		return false;
	for (i = 0; i < prefix->len; i++)
		if ((addr[i / 8] ^ prefix->addr[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

static int longest(const struct fm_list *list, u8 family, const u8 *addr)
{
	const struct fm_prefix *prefixes = fm_list_prefixes(list);
	int best = -1;
	u32 i;

	for (i = 0; i < fm_list_count(list); i++)
		if (covers(&prefixes[i], family, addr) &&
		    prefixes[i].len > best)
			best = prefixes[i].len;
	return best;
}

static void ask(const struct fm_lpm *lpm, const struct fm_list *in,
		const struct fm_list *out, bool otherwise, u8 family,
		const u8 *bytes)
{
	int a = longest(in, family, bytes), b = longest(out, family, bytes);
	struct fm_addr addr = { 0 };

	memcpy(&addr, bytes, family == 4 ? 4 : 16);
	assert_int_equal(fm_lpm_lookup(lpm, family, &addr),
			 a == b ? otherwise : a > b);
}

/* The first and last address of a prefix, and those beside it. */
static void ask_around(const struct fm_lpm *lpm, const struct fm_list *in,
		       const struct fm_list *out, bool otherwise,
		       const struct fm_prefix *prefix)
{
	u32 size = prefix->family == 4 ? 4 : 16, i;
	u8 at[16];

	memcpy(at, prefix->addr, 16);
	ask(lpm, in, out, otherwise, prefix->family, at);
	for (i = size; i-- && !at[i]--;)
		;
	ask(lpm, in, out, otherwise, prefix->family, at);
	memcpy(at, prefix->addr, 16);
	for (i = prefix->len; i < size * 8; i++)
		at[i / 8] |= 0x80 >> i % 8;
	ask(lpm, in, out, otherwise, prefix->family, at);
	for (i = size; i-- && !++at[i];)
		;
	ask(lpm, in, out, otherwise, prefix->family, at);
}

/* Few different bits, so that prefixes lie in each other. */
static struct fm_prefix random_prefix(u32 spread)
{
	u64 bits = ((u64)random() << 32 ^ random()) & (spread ? U64_MAX :
			0xc000000180000003ULL);
	struct fm_prefix prefix;
	u32 i;

	if (random() & 1)
		prefix = v4(bits >> 32 ^ (spread ? 0 : bits),
			    random() % 33);
	else
		prefix = v6(bits, spread ? bits * 3 : bits >> 1,
			    random() % 129);
	for (i = prefix.len; i < 128; i++)
		prefix.addr[i / 8] &= ~(0x80 >> i % 8);
	return prefix;
}

/* Takes out of @b what is in @a. */
static u32 without(struct fm_prefix *b, u32 nb, const struct fm_prefix *a,
		   u32 na)
{
	u32 i, kept = 0;

	for (i = 0; i < nb; i++)
		if (!bsearch(&b[i], a, na, sizeof(*a), compare))
			b[kept++] = b[i];
	return kept;
}

static void round_of(u32 n, u32 spread)
{
	struct fm_prefix *a = calloc(n, sizeof(*a)), *b = calloc(n, sizeof(*b));
	struct fm_list *in = NULL, *out = NULL;
	bool otherwise = random() & 1;
	struct fm_inst inst;
	struct fm_lpm *lpm;
	u32 i, na, nb;

	for (i = 0; i < n; i++) {
		a[i] = random_prefix(spread);
		b[i] = random_prefix(spread);
	}
	na = arrange(a, random() % (n + 1));
	nb = without(b, arrange(b, random() % (n + 1)), a, na);
	if (na)
		in = make(a, na);
	if (nb)
		out = make(b, nb);
	lpm = lpm_of(&inst, in, out, otherwise);
	assert_false(IS_ERR(lpm));
	for (i = 0; i < 64; i++) {
		if (na)
			ask_around(lpm, in, out, otherwise, &a[random() % na]);
		if (nb)
			ask_around(lpm, in, out, otherwise, &b[random() % nb]);
	}
	fm_inst_release(&inst);
	fm_lists_release(&lists, 0);
	free(a);
	free(b);
}

static void test_random(void **state)
{
	u32 i;

	srandom(7);
	for (i = 0; i < 3000; i++)
		round_of(1 + i % 40, i & 1);
	for (i = 0; i < 10; i++)
		round_of(3000, 1);
}

static void test_edges(void **state)
{
	const struct fm_prefix all[] = { v4(0, 0), v4(0, 1), v4(U32_MAX, 32),
					 v6(0, 0, 0),
					 v6(U64_MAX, U64_MAX, 128) };
	const struct fm_prefix some[] = { v4(0, 32), v4(0x80000000, 1),
					  v6(0, 0, 128), v6(0, 1, 128),
					  v6(0, 1ULL << 63, 65) };
	struct fm_list *in = make(all, ARRAY_SIZE(all));
	struct fm_list *out = make(some, ARRAY_SIZE(some));
	struct fm_inst inst;
	struct fm_lpm *lpm;
	u32 i;

	lpm = lpm_of(&inst, in, out, false);
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		ask_around(lpm, in, out, false, &all[i]);
		ask_around(lpm, in, out, false, &some[i]);
	}
	fm_inst_release(&inst);
	lpm = lpm_of(&inst, NULL, NULL, true);
	ask_around(lpm, NULL, NULL, true, &all[0]);
	fm_inst_release(&inst);
	lpm = lpm_of(&inst, in, in, false);
	assert_int_equal(PTR_ERR(lpm), -EINVAL);
	assert_non_null(strstr(extack._msg, "is in both lists"));
	fm_inst_release(&inst);
	fm_lists_release(&lists, 0);
}

/* As many as there may be: no deeper than there are levels, within memory. */
static void test_many(void **state)
{
	struct fm_prefix *p = calloc(FM_LIST_MAX, sizeof(*p));
	struct fm_list *in;
	struct fm_inst inst;
	struct fm_lpm *lpm;
	u64 before;
	u32 i, family;

	for (family = 4; family <= 6; family += 2) {
		for (i = 0; i < FM_LIST_MAX; i++)
			p[i] = family == 4 ? v4(i * 4096 + 2048, 32) :
			       v6(0x2001ULL << 48 | i, 1, 128);
		in = make(p, FM_LIST_MAX);
		before = percpu_counter_sum(&budget.used);
		lpm = lpm_of(&inst, in, NULL, false);
		assert_false(IS_ERR(lpm));
		before = percpu_counter_sum(&budget.used) - before;
		assert_true(before < (family == 4 ? 8.6 : 36.7) * FM_LIST_MAX);
		for (i = 0; i < 10; i++)
			ask_around(lpm, in, NULL, false,
				   &p[random() % FM_LIST_MAX]);
		fm_inst_release(&inst);
		budget.max = percpu_counter_sum(&budget.used) + before / 2;
		assert_int_equal(PTR_ERR(lpm_of(&inst, in, NULL, false)),
				 -ENOMEM);
		assert_string_equal(extack._msg,
				    "the prefixes do not fit in memory_max");
		fm_inst_release(&inst);
		budget.max = U64_MAX;
		fm_lists_release(&lists, 0);
	}
	free(p);
}

int main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_refusals),
		TEST(test_holders),
		TEST(test_bounds),
		TEST(test_random),
		TEST(test_edges),
		TEST(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
