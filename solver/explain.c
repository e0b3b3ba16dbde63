// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"
#include "fieldset.h"

__attribute__((format(printf, 2, 3)))
static void say(struct fm_solution *sol, const char *format, ...)
{
	size_t used = strlen(sol->why);
	va_list args;

	va_start(args, format);
	vsnprintf(sol->why + used, sizeof(sol->why) - used, format, args);
	va_end(args);
}

static uint64_t stateful(const struct fm_problem *p)
{
	uint64_t mask = 0;

	for (unsigned int i = 0; i < p->n_nfs; i++)
		if (p->nf[i].stateful)
			mask |= 1ULL << i;
	return mask;
}

/* "a", "a and b", "a, b and c" */
static void say_nfs(const struct fm_problem *p, struct fm_solution *sol,
		    uint64_t mask)
{
	unsigned int left = __builtin_popcountll(mask);

	for (unsigned int i = 0; i < p->n_nfs; i++) {
		if (!(mask >> i & 1))
			continue;
		left--;
		say(sol, "%s%s", p->nf[i].name,
		    left > 1 ? ", " : left == 1 ? " and " : "");
	}
}

static void say_fields(struct fm_solution *sol,
		       const struct fm_alternative *a)
{
	char text[FM_FIELDSET_LEN];

	if (a->v4 == FM_MEANS_LOCKED || a->v6 == FM_MEANS_LOCKED) {
		say(sol, "locked state");
		return;
	}
	fm_fieldset_format(a->fields, text, sizeof(text));
	say(sol, "%s{%s}", a->symmetric ? "symmetric " : "", text);
}

static void say_modes(const struct fm_problem *p, struct fm_solution *sol,
		      const struct fm_alternative *a)
{
	uint64_t local = a->local, shared = stateful(p) & ~a->local;

	if (!local && !shared) {
		say(sol, " needs no state to be placed");
		return;
	}
	if (local) {
		say(sol, " keeps ");
		say_nfs(p, sol, local);
		say(sol, " local");
	}
	if (shared) {
		say(sol, local ? " and shares " : " shares ");
		say_nfs(p, sol, shared);
	}
}

static void say_means(struct fm_solution *sol, const struct fm_alternative *a)
{
	say(sol, ", by %s", fm_means_name(sol->means));
	if (a->v4 != FM_MEANS_NONE && a->v6 != FM_MEANS_NONE && a->v4 != a->v6)
		say(sol, " (IPv6 by %s)", fm_means_name(a->v6));
	say(sol, ": %.2f units per packet.", a->cost);
}

static const char *tie_reason(const struct fm_alternative *a,
			      const struct fm_alternative *b)
{
	if (a->local_ns != b->local_ns)
		return "keeps NFs local that were measured to take longer";
	if (a->local_ops != b->local_ops)
		return "keeps NFs local that do more work";
	if (a->v4 != b->v4 || a->v6 != b->v6)
		return "has the preferred means";
	if (fm_fieldset_count(a->fields) != fm_fieldset_count(b->fields))
		return "spreads over more fields";
	if (a->symmetric != b->symmetric)
		return "constrains the key less";
	return "comes first";
}

static void say_runner_up(const struct fm_problem *p, struct fm_solution *sol)
{
	const struct fm_alternative *a = &sol->alt[0], *b = &sol->alt[1];

	if (b->broken || (b->v4 == FM_MEANS_NONE && b->v6 == FM_MEANS_NONE)) {
		say(sol, " Nothing else can be had.");
		return;
	}
	say(sol, " The runner-up, ");
	say_fields(sol, b);
	say(sol, ",");
	say_modes(p, sol, b);
	if (rint(a->cost * 1e6) == rint(b->cost * 1e6))
		say(sol, " at the same cost; the winner %s.", tie_reason(a, b));
	else
		say(sol, " and costs %.2f more.", b->cost - a->cost);
}

/**
 * fm_explain_winner - say why the first alternative won
 * @p: the problem
 * @sol: solved; gets @sol->why
 */
void fm_explain_winner(const struct fm_problem *p, struct fm_solution *sol)
{
	const struct fm_alternative *a = &sol->alt[0];

	sol->why[0] = 0;
	say_fields(sol, a);
	say_modes(p, sol, a);
	say_means(sol, a);
	if (a->note[0])
		say(sol, " Note: %s.", a->note);
	if (sol->n_alts > 1)
		say_runner_up(p, sol);
}

/**
 * fm_explain_default - say what plain RSS does
 * @p: the problem
 * @sol: solved; gets @sol->why
 */
void fm_explain_default(const struct fm_problem *p, struct fm_solution *sol)
{
	const struct fm_alternative *a = &sol->alt[0];

	sol->why[0] = 0;
	say(sol, "Without a plan, ");
	say_fields(sol, a);
	say_modes(p, sol, a);
	say_means(sol, a);
}

/* Does every alternative that can be had break one of these wishes? */
static bool excludes_all(const struct fm_solution *sol, uint64_t wishes)
{
	for (unsigned int i = 0; i < sol->n_alts; i++) {
		const struct fm_alternative *a = &sol->alt[i];

		if (a->v4 == FM_MEANS_NONE && a->v6 == FM_MEANS_NONE)
			continue;
		if (!(a->broken & wishes))
			return false;
	}
	return true;
}

/* One wish for each set of alternatives that wishes break. */
static unsigned int list_wishes(const struct fm_problem *p,
				const struct fm_solution *sol, uint64_t *wish)
{
	uint64_t seen[FM_PROBLEM_NFS];
	unsigned int n = 0;

	for (unsigned int i = 0; i < p->n_nfs; i++) {
		uint64_t breaks = 0;
		unsigned int j = 0;

		for (unsigned int k = 0; k < sol->n_alts; k++)
			breaks |= (sol->alt[k].broken >> i & 1) << k;
		while (j < n && seen[j] != breaks)
			j++;
		if (!breaks || j < n)
			continue;
		seen[n] = breaks;
		wish[n++] = 1ULL << i;
	}
	return n;
}

/* Is there a set of @size wishes, of those from @from on, that does it? */
static uint64_t search(const struct fm_solution *sol, const uint64_t *wish,
		       unsigned int n, unsigned int from, unsigned int size,
		       uint64_t chosen)
{
	if (!size)
		return excludes_all(sol, chosen) ? chosen : 0;
	for (unsigned int i = from; i + size <= n; i++) {
		uint64_t found = search(sol, wish, n, i + 1, size - 1,
					chosen | wish[i]);

		if (found)
			return found;
	}
	return 0;
}

/**
 * fm_explain_conflict - name the smallest set of wishes that cannot be met
 * @p: the problem
 * @sol: has its alternatives, each of which breaks a pin; gets @sol->why
 *
 * Wishes that the same alternatives break are one wish, so there are few.
 */
void fm_explain_conflict(const struct fm_problem *p, struct fm_solution *sol)
{
	uint64_t wish[FM_PROBLEM_NFS], found = 0;
	unsigned int n = list_wishes(p, sol, wish);
	char text[FM_FIELDSET_LEN];

	for (unsigned int size = 1; size <= n && !found; size++)
		found = search(sol, wish, n, 0, size, 0);
	sol->why[0] = 0;
	say(sol, "no steering that can be had lets ");
	for (unsigned int i = 0; i < p->n_nfs; i++) {
		if (!(found >> i & 1))
			continue;
		found &= ~(1ULL << i);
		fm_fieldset_abbreviate(p->nf[i].key, text, sizeof(text));
		say(sol, "%s (%skey %s)%s", p->nf[i].name,
		    p->nf[i].bidirectional ? "bidirectional " : "", text,
		    !found ? "" : found & (found - 1) ? ", " : " and ");
	}
	say(sol, " be local");
}
