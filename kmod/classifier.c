// SPDX-License-Identifier: GPL-2.0
/*
 * Which of many rules is the first that a packet matches. What rules say of one
 * field cuts its values into intervals; to each belongs the set of rules that
 * are content with it. A packet has an interval in every field, and matches the
 * rules that all of its sets have. Sets are bitmaps of which only words that are
 * not zero are kept, and before them a bit for each word that tells which these
 * are; words that one of the sets lacks are never looked at.
 *
 * IPv4 and IPv6 have rules and sets of their own.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include "error.h"
#include "classifier.h"

#define CLASSIFIER_POOL		4096	/* words allocated at once */
#define CLASSIFIER_PAUSE	256	/* sets until others get a turn */
#define CLASSIFIER_WORDS	(FM_CLASSIFIER_RULES_MAX / 64)
#define CLASSIFIER_TOPS		(CLASSIFIER_WORDS / 64)

/* From @value on a rule is content, or not any more. */
struct event {
	struct fm_cut_value value;
	u32 bit;
};

/* A set that is there already. */
struct seen {
	u64 hash;
	const u64 *set;
};

/**
 * struct build - what is needed to make sets
 * @inst: pays for them
 * @family: whose
 * @elements: the list
 * @pool: room for sets
 * @room: words of it
 * @hash: of @now
 * @now: the set of the interval
 * @flat: the same without words that are zero
 * @seen: sets that there are, by their hashes
 * @mask: of @seen
 * @events: of a field
 * @nevents: how many
 * @made: sets that were asked for
 */
struct build {
	struct fm_inst *inst;
	struct fm_cut_family *family;
	const struct fm_rule *elements;
	u64 *pool;
	u32 room;
	u64 hash;
	u64 now[CLASSIFIER_WORDS];
	u64 flat[CLASSIFIER_TOPS + CLASSIFIER_WORDS];
	struct seen *seen;
	u32 mask;
	struct event *events;
	u32 nevents;
	u32 made;
};

/* The last of the values that begin with the @len bits of @value. */
static struct fm_cut_value value_last(bool wide, struct fm_cut_value value,
				      u32 len)
{
	if (!wide)
		value.lo |= len < 32 ? U32_MAX >> len : 0;
	else if (len < 64)
		value.hi |= U64_MAX >> len;
	if (wide)
		value.lo |= len <= 64 ? U64_MAX :
			    len < 128 ? U64_MAX >> (len - 64) : 0;
	return value;
}

/* Any two bits have hashes that are as good as random. */
static void build_toggle(struct build *b, u32 bit)
{
	u64 hash = (bit + 1) * 0x9e3779b97f4a7c15ULL;

	hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9ULL;
	hash = (hash ^ hash >> 27) * 0x94d049bb133111ebULL;
	b->hash ^= hash ^ hash >> 31;
	b->now[bit / 64] ^= 1ULL << bit % 64;
}

static void build_clear(struct build *b)
{
	memset(b->now, 0, sizeof(b->now));
	b->hash = 0;
}

/* Returns how many words @flat has. */
static u32 build_flatten(struct build *b)
{
	u32 tops = b->family->tops, n = tops, i;

	memset(b->flat, 0, tops * sizeof(*b->flat));
	for (i = 0; i < DIV_ROUND_UP(b->family->n, 64); i++) {
		if (!b->now[i])
			continue;
		b->flat[i / 64] |= 1ULL << i % 64;
		b->flat[n++] = b->now[i];
	}
	return n;
}

static u64 *build_alloc(struct build *b, u32 words)
{
	u64 *set;

	if (words > b->room) {
		b->pool = fm_inst_alloc(b->inst, CLASSIFIER_POOL,
					sizeof(*b->pool));
		b->room = b->pool ? CLASSIFIER_POOL : 0;
		if (!b->pool)
			return NULL;
	}
	set = b->pool;
	b->pool += words;
	b->room -= words;
	return set;
}

/* The set of what is in @now, of which each is kept once; NULL: no memory. */
static const u64 *build_set(struct build *b)
{
	size_t size = build_flatten(b) * sizeof(u64);
	struct seen *seen;
	u64 *set;
	u32 i;

	if (!(++b->made % CLASSIFIER_PAUSE))
		cond_resched();
	for (i = b->hash;; i++) {
		seen = &b->seen[i & b->mask];
		if (!seen->set)
			break;
		if (seen->hash == b->hash && !memcmp(seen->set, b->flat, size))
			return seen->set;
	}
	set = build_alloc(b, size / sizeof(u64));
	if (set)
		memcpy(set, b->flat, size);
	seen->hash = b->hash;
	seen->set = set;
	return set;
}

static void build_event(struct build *b, struct fm_cut_value value, u32 bit)
{
	b->events[b->nevents++] = (struct event){ value, bit };
}

/* A rule that is content with all values takes part from the beginning. */
static void build_range(struct build *b, bool wide, u32 bit,
			struct fm_cut_value first, struct fm_cut_value last,
			struct fm_cut_value end)
{
	if (!first.hi && !first.lo)
		build_toggle(b, bit);
	else
		build_event(b, first, bit);
	if (!fm_cut_compare(last, end))
		return;
	if (!++last.lo && wide)
		last.hi++;
	build_event(b, last, bit);
}

static void build_prefix(struct build *b, bool wide, u32 bit, const u8 *addr,
			 u32 len)
{
	const struct fm_cut_value zero = { 0 };
	struct fm_cut_value first = fm_cut_value(wide, addr);

	build_range(b, wide, bit, first, value_last(wide, first, len),
		    value_last(wide, zero, 0));
}

static void build_ports(struct build *b, u32 bit, u16 first, u16 last)
{
	build_range(b, false, bit, (struct fm_cut_value){ 0, first },
		    (struct fm_cut_value){ 0, last },
		    (struct fm_cut_value){ 0, U16_MAX });
}

static void build_events(struct build *b, enum fm_cut_field field,
			 bool wide)
{
	const struct fm_rule *rule;
	u32 i;

	build_clear(b);
	b->nevents = 0;
	for (i = 0; i < b->family->n; i++) {
		rule = &b->elements[b->family->rules[i]];
		if (field == FM_CUT_SRC)
			build_prefix(b, wide, i, rule->src, rule->src_len);
		else if (field == FM_CUT_DST)
			build_prefix(b, wide, i, rule->dst, rule->dst_len);
		else if (field == FM_CUT_SPORT)
			build_ports(b, i, rule->sport_min, rule->sport_max);
		else
			build_ports(b, i, rule->dport_min, rule->dport_max);
	}
}

static int event_compare(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	return fm_cut_compare(x->value, y->value);
}

static u32 events_distinct(const struct build *b)
{
	u32 n = 0, i;

	for (i = 0; i < b->nevents; i++)
		n += !i || event_compare(&b->events[i - 1], &b->events[i]);
	return n;
}

/* From @value on the set is that of @now; false: no memory. */
static bool cut_add(struct fm_cut *cut, struct build *b,
		    struct fm_cut_value value)
{
	const u64 *set = build_set(b);

	if (!set)
		return false;
	if (cut->n && cut->sets[cut->n - 1] == set)
		return true;
	if (cut->wide)
		((struct fm_cut_value *)cut->begins)[cut->n] = value;
	else
		((u32 *)cut->begins)[cut->n] = value.lo;
	cut->sets[cut->n++] = set;
	return true;
}

static int cut_setup(struct fm_cut *cut, struct build *b,
		     enum fm_cut_field field, bool wide)
{
	struct fm_cut_value value = { 0 };
	u32 i = 0, n;

	build_events(b, field, wide);
	sort(b->events, b->nevents, sizeof(*b->events), event_compare, NULL);
	n = events_distinct(b) + 1;
	cut->wide = wide;
	cut->begins = fm_inst_alloc(b->inst, n, wide ? sizeof(value) :
						       sizeof(u32));
	cut->sets = fm_inst_alloc(b->inst, n, sizeof(*cut->sets));
	if (!cut->begins || !cut->sets)
		return -ENOMEM;
	for (;;) {
		if (!cut_add(cut, b, value))
			return -ENOMEM;
		if (i == b->nevents)
			return 0;
		value = b->events[i].value;
		while (i < b->nevents &&
		       !fm_cut_compare(b->events[i].value, value))
			build_toggle(b, b->events[i++].bit);
	}
}

static bool rule_has_kind(const struct fm_rule *rule, u32 kind)
{
	u8 protocol = kind < 256 ? kind : IPPROTO_TCP, flags = kind;

	if (rule->protocol != FM_RULE_ANY && rule->protocol != protocol)
		return false;
	return (flags & rule->tcp_set) == rule->tcp_set &&
	       !(flags & rule->tcp_clear);
}

static int family_kinds(struct fm_cut_family *family, struct build *b)
{
	u32 kind, i;

	for (kind = 0; kind < FM_CUT_KINDS; kind++) {
		build_clear(b);
		for (i = 0; i < family->n; i++)
			if (rule_has_kind(&b->elements[family->rules[i]], kind))
				build_toggle(b, i);
		family->kinds[kind] = build_set(b);
		if (!family->kinds[kind])
			return -ENOMEM;
		cond_resched();
	}
	return 0;
}

static int family_setup(struct fm_cut_family *family, struct build *b,
			u32 count, u8 number)
{
	u32 i;
	int err;

	b->family = family;
	memset(b->seen, 0, (b->mask + 1) * sizeof(*b->seen));
	family->rules = fm_inst_alloc(b->inst, count, sizeof(*family->rules));
	if (!family->rules)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		if (!b->elements[i].family || b->elements[i].family == number)
			family->rules[family->n++] = i;
	if (!family->n)
		return 0;
	family->tops = DIV_ROUND_UP(family->n, 64 * 64);
	err = family_kinds(family, b);
	for (i = 0; i < FM_CUT_FIELDS && !err; i++)
		err = cut_setup(&family->cuts[i], b, i,
				number == 6 && i <= FM_CUT_DST);
	return err;
}

static int classifier_setup(struct fm_classifier *classifier, struct build *b,
			    u32 count)
{
	int err;

	/* Of a family all sets that there may be are less than half of it. */
	b->mask = roundup_pow_of_two(FM_CUT_FIELDS * (4 * count + 2) +
				     2 * FM_CUT_KINDS) - 1;
	b->events = kvcalloc(2 * count, sizeof(*b->events), GFP_KERNEL);
	b->seen = kvcalloc(b->mask + 1, sizeof(*b->seen), GFP_KERNEL);
	if (!b->events || !b->seen)
		return -ENOMEM;
	err = family_setup(&classifier->families[0], b, count, 4);
	return err ?: family_setup(&classifier->families[1], b, count, 6);
}

struct fm_classifier *fm_classifier_create(struct fm_inst *inst,
					   const struct fm_list *list,
					   struct netlink_ext_ack *extack)
{
	struct fm_classifier *classifier;
	u32 count = fm_list_count(list);
	struct build *b;
	int err = -ENOMEM;

	classifier = fm_inst_alloc(inst, 1, sizeof(*classifier));
	b = kvzalloc(sizeof(*b), GFP_KERNEL);
	if (classifier && b) {
		b->inst = inst;
		b->elements = fm_list_rules(list);
		err = count ? classifier_setup(classifier, b, count) : 0;
		kvfree(b->events);
		kvfree(b->seen);
	}
	kvfree(b);
	if (err)
		fm_error_set(extack, NULL,
			     "%u rules do not fit in memory_max", count);
	return err ? ERR_PTR(err) : classifier;
}
EXPORT_SYMBOL_GPL(fm_classifier_create);
