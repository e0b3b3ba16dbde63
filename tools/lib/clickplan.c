// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clickplan.h"
#include "fieldset.h"
#include "hex.h"

#define SEED	0x464d	/* equal configurations get equal keys */

/* A NIC of which nothing is known hashes what it is told, as DPDK's may. */
static const struct fm_nic_cap any_nic = {
	.can_set_key = true,
	.key_len = 40,
	.indir_size = 128,
	.accepts = { FM_ACCEPT_ANY, FM_ACCEPT_ANY },
};

static void fill_nf(const struct fm_clickplan *plan,
		    const struct fm_click_nf *nf, struct fm_problem_nf *to)
{
	struct fm_click_span name = plan->click->sites[nf->site].name;

	memset(to, 0, sizeof(*to));
	snprintf(to->name, sizeof(to->name), "%.*s",
		 (int)(name.len < sizeof(to->name) ? name.len :
						     sizeof(to->name) - 1),
		 plan->click->text + name.at);
	to->stateful = true;
	to->key = nf->feature.key & ~nf->changed;
	to->bidirectional = nf->feature.bidirectional;
	to->intensity = nf->feature.intensity;
	to->pointer = nf->feature.pointer;
	to->state_size = nf->feature.state_size;
	to->complexity = nf->feature.complexity;
}

static void setup_problem(const struct fm_clickplan *plan,
			  struct fm_problem *p)
{
	fm_problem_setup(p);
	strcpy(p->chain, "click");
	p->cores = plan->cores;
	p->nic = plan->nic ? *plan->nic : any_nic;
	p->software = false;
	p->segments = 1;
	p->want_v6 = false;
	p->seed = SEED;
}

/*
 * State whose key is not known, or of whose key nothing is left that the NIC
 * has seen, is not for the solver: it is shared whatever else is decided.
 */
static int fill_problem(struct fm_clickplan *plan, uint32_t group)
{
	struct fm_problem *p = &plan->groups[group].problem;
	struct fm_problem_nf nf;
	size_t i;

	setup_problem(plan, p);
	for (i = 0; i < plan->nnfs; i++) {
		if (plan->nfs[i].group != group)
			continue;
		plan->groups[group].used = true;
		fill_nf(plan, &plan->nfs[i], &nf);
		if (!nf.key || (nf.bidirectional &&
				fm_fieldset_mirror(nf.key) != nf.key))
			continue;
		if (p->n_nfs == FM_PROBLEM_NFS) {
			snprintf(plan->error.text, sizeof(plan->error.text),
				 "more than %d stateful elements get the packets of one device",
				 FM_PROBLEM_NFS);
			return -EINVAL;
		}
		plan->nfs[i].placed = true;
		p->nf[p->n_nfs++] = nf;
	}
	return 0;
}

static int solve_group(struct fm_clickplan *plan, uint32_t group)
{
	struct fm_click_group *g = &plan->groups[group];
	unsigned int n = 0;
	size_t i;

	if (!g->problem.n_nfs)
		return 0;
	if (fm_rss_solve(&g->problem, &g->solution) != FM_RSS_OK) {
		snprintf(plan->error.text, sizeof(plan->error.text), "%.250s",
			 g->solution.why);
		return -EINVAL;
	}
	fm_rss_solve_default(&g->problem, &g->usual);
	for (i = 0; i < plan->nnfs; i++)
		if (plan->nfs[i].placed && plan->nfs[i].group == group)
			plan->nfs[i].mode = g->solution.nf[n++].mode;
	return 0;
}

/* ---- what changes */

static const char *fields_keyword(const struct fm_clickplan *plan,
				  const struct fm_click_site *site)
{
	struct fm_click_span value;
	size_t i;

	for (i = 1; i < plan->rule->nfields; i++)
		if (fm_click_arg_find(plan->click, site, plan->rule->fields[i],
				      &value))
			return plan->rule->fields[i];
	return plan->rule->fields[0];
}

static int edit_device(struct fm_clickplan *plan, unsigned int device)
{
	const struct fm_click_device *d = &plan->devices[device];
	const struct fm_click_site *site = &plan->click->sites[d->site];
	const struct fm_click_group *g = &plan->groups[d->group];
	const struct fm_means_plan *means = &g->solution.seg[0].plan;
	char text[FM_FIELDSET_LEN], key[3 * FM_KEY_MAX];
	uint32_t fields = means->select[FM_FLOW_TCP4];
	char *comma;
	int ret;

	if (!g->problem.n_nfs || means->v4 == FM_MEANS_LOCKED ||
	    means->v4 == FM_MEANS_NONE)
		return 0;
	fm_fieldset_format(fields ? fields : means->steering.fields, text,
			   sizeof(text));
	for (comma = text; (comma = strchr(comma, ','));)
		*comma = ' ';
	ret = fm_click_arg_set(plan->click, site, fields_keyword(plan, site),
			       text, &plan->edits);
	if (ret || means->v4 != FM_MEANS_KEY_SYNTHESIS)
		return ret;
	fm_hex_format(means->key, means->key_len, key, sizeof(key));
	return fm_click_arg_set(plan->click, site, plan->rule->key, key,
				&plan->edits);
}

static bool device_edited(const struct fm_clickplan *plan, unsigned int device)
{
	unsigned int i;

	for (i = 0; i < device; i++)
		if (plan->devices[i].site == plan->devices[device].site)
			return true;
	return false;
}

/**
 * fm_clickplan_edit - what a plan changes in its configuration
 * @plan: solved; gets the edits
 *
 * Return: 0 or -ENOMEM.
 */
int fm_clickplan_edit(struct fm_clickplan *plan)
{
	unsigned int i;
	size_t n;
	int ret = 0;

	for (i = 0; !ret && i < plan->ndevices; i++)
		if (!device_edited(plan, i))
			ret = edit_device(plan, i);
	for (n = 0; !ret && n < plan->nnfs; n++)
		ret = fm_click_arg_set(plan->click,
			&plan->click->sites[plan->nfs[n].site],
			plan->rule->sharing,
			plan->nfs[n].mode == FM_MODE_LOCAL ? "false" : "true",
			&plan->edits);
	return ret;
}

/**
 * fm_clickplan_make - find the plan of least cost
 * @plan: with click, rule, find, arg, nic and cores, the rest zero; to be
 *	cleaned up whatever is returned
 *
 * Return: 0, -EINVAL or -ENOMEM and plan->error, or what plan->find returned.
 */
int fm_clickplan_make(struct fm_clickplan *plan)
{
	unsigned int i;
	int ret;

	plan->groups = calloc(FM_CLICK_DEVICES_MAX, sizeof(*plan->groups));
	ret = plan->groups ? fm_clickplan_find(plan) : -ENOMEM;
	for (i = 0; !ret && i < plan->ndevices; i++) {
		ret = fill_problem(plan, i);
		ret = ret ?: solve_group(plan, i);
	}
	return ret ?: fm_clickplan_edit(plan);
}

/**
 * fm_clickplan_cleanup - forget a plan
 * @plan: made, whether well or not
 */
void fm_clickplan_cleanup(struct fm_clickplan *plan)
{
	fm_click_graph_cleanup(&plan->graph);
	free(plan->features);
	free(plan->known);
	free(plan->nfs);
	free(plan->groups);
	fm_click_edits_cleanup(&plan->edits);
}
