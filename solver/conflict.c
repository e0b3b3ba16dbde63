// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "conflict.h"
#include "fieldset.h"
#include "split.h"

#define WISH_LEN	160	/* bytes of one, in words */

/* What a user may want, besides that NF i is local, and what has to be. */
enum wish {
	WISH_FAMILIES = FM_PROBLEM_NFS,	/* the plan holds for IPv4 and IPv6 */
	WISH_LIMIT,			/* the module has FM_SEGMENTS_MAX */
	WISH_MEANING,			/* none begins behind who rewrites */
	WISH_SEGMENTS,			/* fewer than there may be */
	WISH_SOFTWARE,			/* no core hands packets over */
	WISHES
};

/* Without WISH_FAMILIES the plan need hold for one of them only, for either. */
struct core {
	struct fm_problem p;
	bool any_family;
	bool unlimited;
};

static const char *first_rewriter(const struct fm_problem *p)
{
	for (unsigned int i = 0; i < p->n_nfs; i++)
		if (p->nf[i].rewrites)
			return p->nf[i].name;
	return NULL;
}

static bool is_left(const struct core *core, unsigned int wish)
{
	const struct fm_problem *p = &core->p;

	switch (wish) {
	case WISH_FAMILIES:
		return p->want_v4 && p->want_v6 && !core->any_family;
	case WISH_LIMIT:
		return !core->unlimited;
	case WISH_MEANING:
		return first_rewriter(p);
	case WISH_SEGMENTS:
		return p->segments < FM_SEGMENTS_MAX;
	case WISH_SOFTWARE:
		return !p->software;
	default:
		return wish < p->n_nfs && p->nf[wish].stateful &&
		       p->nf[wish].pin == FM_PIN_LOCAL;
	}
}

static void give_up(struct core *core, unsigned int wish)
{
	struct fm_problem *p = &core->p;

	switch (wish) {
	case WISH_FAMILIES:
		core->any_family = true;
		break;
	case WISH_LIMIT:
		core->unlimited = true;
		if (p->segments == FM_SEGMENTS_MAX)
			p->segments = FM_PROBLEM_NFS;
		break;
	case WISH_MEANING:
		for (unsigned int i = 0; i < p->n_nfs; i++)
			p->nf[i].rewrites = false;
		break;
	case WISH_SEGMENTS:
		p->segments = core->unlimited ? FM_PROBLEM_NFS :
						FM_SEGMENTS_MAX;
		break;
	case WISH_SOFTWARE:
		p->software = true;
		break;
	default:
		p->nf[wish].pin = FM_PIN_NONE;
	}
}

static bool has_plan(const struct core *core)
{
	struct fm_problem one = core->p;

	if (!core->any_family)
		return fm_split_try(&one) != FM_MILP_INFEASIBLE;
	one.want_v6 = false;
	if (fm_split_try(&one) != FM_MILP_INFEASIBLE)
		return true;
	one.want_v4 = false;
	one.want_v6 = true;
	return fm_split_try(&one) != FM_MILP_INFEASIBLE;
}

/* Gives up a wish if there is no plan without it either. */
static void filter(struct core *core, unsigned int wish)
{
	struct core less = *core;

	if (!is_left(core, wish))
		return;
	give_up(&less, wish);
	if (!has_plan(&less))
		*core = less;
}

static void name_wish(const struct fm_problem *p, unsigned int wish,
		      char text[WISH_LEN])
{
	char key[FM_FIELDSET_LEN];

	switch (wish) {
	case WISH_FAMILIES:
		snprintf(text, WISH_LEN, "the plan holds for IPv4 and IPv6");
		break;
	case WISH_LIMIT:
		snprintf(text, WISH_LEN, "a chain has no more than %u segments",
			 FM_SEGMENTS_MAX);
		break;
	case WISH_MEANING:
		snprintf(text, WISH_LEN,
			 "NFs behind %s, which rewrites packets, see them as they came",
			 first_rewriter(p));
		break;
	case WISH_SEGMENTS:
		snprintf(text, WISH_LEN, p->segments == 1 ?
			 "packets are not re-steered" :
			 "there are at most %u segments", p->segments);
		break;
	case WISH_SOFTWARE:
		snprintf(text, WISH_LEN, "software hands no packets over");
		break;
	default:
		fm_fieldset_abbreviate(p->nf[wish].key, key, sizeof(key));
		snprintf(text, WISH_LEN, "%s (%skey %s) is local",
			 p->nf[wish].name, p->nf[wish].bidirectional ?
			 "bidirectional " : "", key);
	}
}

static void append(char *why, size_t len, const char *more)
{
	size_t used = strlen(why);

	snprintf(why + used, len - used, "%s", more);
}

/**
 * fm_conflict_explain - name wishes that cannot be had together
 * @p: a problem without a plan
 * @why: gets the wishes in words: there is no plan with all of them, and one
 *       without any single one of them
 * @len: bytes of @why
 *
 * A deletion filter: wishes are given up one after the other, and taken back
 * where that makes a plan possible. What is left is irreducible. Pins are tried
 * last, and the first NF's last of all.
 */
void fm_conflict_explain(const struct fm_problem *p, char *why, size_t len)
{
	struct core core = { .p = *p };
	char text[WISH_LEN];
	unsigned int left = 0;

	core.p.traffic = NULL;	/* costs decide nothing here */
	for (unsigned int wish = FM_PROBLEM_NFS; wish < WISHES; wish++)
		filter(&core, wish);
	for (unsigned int wish = FM_PROBLEM_NFS; wish-- > 0;)
		filter(&core, wish);
	for (unsigned int wish = 0; wish < WISHES; wish++)
		left += is_left(&core, wish);
	snprintf(why, len, "no plan can do all of this: ");
	for (unsigned int wish = 0; wish < WISHES; wish++) {
		if (!is_left(&core, wish))
			continue;
		name_wish(&core.p, wish, text);
		append(why, len, text);
		left--;
		append(why, len, left > 1 ? ", " : left ? " and " : "");
	}
}
