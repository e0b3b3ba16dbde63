// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fieldset.h"
#include "problem.h"

/**
 * fm_problem_setup - a problem with nothing in it
 * @p: gets one core, no NIC, no NFs, and the defaults for the rest
 */
void fm_problem_setup(struct fm_problem *p)
{
	memset(p, 0, sizeof(*p));
	p->cores = 1;
	p->software = true;
	p->segments = FM_SEGMENTS_MAX;
	p->near = FM_PROBLEM_NEAR;
	p->limit_ms = FM_PROBLEM_MS;
	p->want_v4 = true;
	p->want_v6 = true;
	fm_cost_setup(&p->model);
}

static const char *check_nf(const struct fm_problem_nf *nf)
{
	if (!nf->name[0] || !memchr(nf->name, 0, sizeof(nf->name)))
		return "has no name";
	if (!(nf->measured_ns >= 0) || isinf(nf->measured_ns))
		return "has a measured cost that is no number of nanoseconds";
	if (!nf->stateful)
		return NULL;
	if (!nf->key || !fm_fieldset_contains(FM_F_ALL, nf->key))
		return "keeps state but has no key";
	if (nf->bidirectional && fm_fieldset_mirror(nf->key) != nf->key)
		return "has a bidirectional key that lacks one end";
	return NULL;
}

static const char *check_rest(const struct fm_problem *p)
{
	if (!p->n_nfs || p->n_nfs > FM_PROBLEM_NFS)
		return "a chain has 1 to 64 NFs";
	if (!p->cores)
		return "at least one core is needed";
	if (!p->segments || p->segments > FM_SEGMENTS_MAX)
		return "a chain has 1 to 4 segments";
	if (!(p->near >= 0) || p->near > 1)
		return "near ties are within 0 to 100 percent";
	if (!p->want_v4 && !p->want_v6)
		return "neither IPv4 nor IPv6 is asked for";
	if (!fm_cost_check(&p->model))
		return "the cost model has constants that are no costs";
	return NULL;
}

/**
 * fm_problem_check - can this be solved at all?
 * @p: the problem
 * @reason: gets one sentence if not
 * @len: bytes of @reason
 *
 * Return: true if every number is in its range.
 */
bool fm_problem_check(const struct fm_problem *p, char *reason, size_t len)
{
	const char *wrong = check_rest(p);

	if (wrong) {
		snprintf(reason, len, "%s", wrong);
		return false;
	}
	for (unsigned int i = 0; i < p->n_nfs; i++) {
		wrong = check_nf(&p->nf[i]);
		if (!wrong)
			continue;
		snprintf(reason, len, "NF %u (%.*s) %s", i + 1, FM_NAME_MAX,
			 p->nf[i].name, wrong);
		return false;
	}
	return true;
}
