// SPDX-License-Identifier: GPL-2.0-or-later
/* Devices, and the stateful elements that their packets reach. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clickplan.h"

static void class_name(const struct fm_click *click, uint32_t class,
		       char *name, size_t size)
{
	struct fm_click_span span = click->classes[class].name;

	snprintf(name, size, "%.*s",
		 (int)(span.len < size ? span.len : size - 1),
		 click->text + span.at);
}

/* Asks once for every primitive class that is in use. */
static int ask(struct fm_clickplan *plan)
{
	char name[FM_CLICKRULE_WORD];
	uint32_t i, class;
	int ret;

	for (i = 0; i < plan->graph.nnodes; i++) {
		class = plan->graph.nodes[i].class;
		if (class == FM_CLICK_NONE || plan->known[class] >= 0)
			continue;
		plan->known[class] = 0;
		if (plan->click->classes[class].name.len >= sizeof(name))
			continue;
		class_name(plan->click, class, name, sizeof(name));
		ret = plan->find(plan->arg, name, &plan->features[class]);
		if (ret < 0 || ret > 1)
			return ret;
		plan->known[class] = ret;
	}
	return 0;
}

static int find_devices(struct fm_clickplan *plan)
{
	char name[FM_CLICKRULE_WORD];
	uint32_t i, class;

	for (i = 0; i < plan->graph.nnodes; i++) {
		class = plan->graph.nodes[i].class;
		if (class == FM_CLICK_NONE)
			continue;
		class_name(plan->click, class, name, sizeof(name));
		if (!fm_clickrule_device(plan->rule, name))
			continue;
		if (plan->ndevices == FM_CLICK_DEVICES_MAX) {
			snprintf(plan->error.text, sizeof(plan->error.text),
				 "with its compound elements taken apart the configuration has more than %u devices",
				 FM_CLICK_DEVICES_MAX);
			return -EINVAL;
		}
		plan->devices[plan->ndevices] = (struct fm_click_device){
			plan->graph.nodes[i].site, i, plan->ndevices
		};
		plan->ndevices++;
	}
	return 0;
}

struct visit {
	struct fm_clickplan *plan;
	unsigned int device;
	uint32_t *index;	/* per site, the NF */
	int ret;
};

static uint32_t rewrites(uint32_t class, void *arg)
{
	struct visit *v = arg;

	return v->plan->known[class] > 0 ? v->plan->features[class].rewrites : 0;
}

static struct fm_click_nf *add_nf(struct visit *v,
				  const struct fm_click_node *node)
{
	struct fm_clickplan *plan = v->plan;
	struct fm_click_nf *nf;

	nf = plan->nnfs & (plan->nnfs - 1) ? plan->nfs :
	     realloc(plan->nfs, (plan->nnfs ? 2 * plan->nnfs : 1) *
		     sizeof(*nf));
	if (!nf) {
		v->ret = -ENOMEM;
		return NULL;
	}
	plan->nfs = nf;
	v->index[node->site] = plan->nnfs;
	nf += plan->nnfs++;
	memset(nf, 0, sizeof(*nf));
	nf->site = node->site;
	nf->at = plan->click->sites[node->site].name.at;
	nf->feature = plan->features[node->class];
	nf->mode = FM_MODE_SHARED;
	return nf;
}

static void visit(const struct fm_click_node *node, uint32_t changed,
		  void *arg)
{
	struct visit *v = arg;
	struct fm_clickplan *plan = v->plan;
	struct fm_click_nf *nf;

	if (plan->known[node->class] <= 0 ||
	    !plan->features[node->class].stateful)
		return;
	nf = v->index[node->site] == FM_CLICK_NONE ? add_nf(v, node) :
	     &plan->nfs[v->index[node->site]];
	if (!nf)
		return;
	nf->devices |= 1ULL << v->device;
	nf->changed |= changed;
}

/* An order that does not depend on what the elements are told. */
static int by_place(const void *a, const void *b)
{
	const struct fm_click_nf *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static int walk(struct fm_clickplan *plan)
{
	size_t n = plan->click->nsites + 1;
	struct visit v = {
		.plan = plan,
		.index = malloc(n * sizeof(*v.index)),
	};
	struct fm_click_walk w = { rewrites, visit, &v };

	if (!v.index)
		return -ENOMEM;
	memset(v.index, 0xff, n * sizeof(*v.index));
	for (; v.device < plan->ndevices; v.device++)
		fm_click_graph_walk(&plan->graph,
				    plan->devices[v.device].node, &w);
	free(v.index);
	if (plan->nnfs)
		qsort(plan->nfs, plan->nnfs, sizeof(*plan->nfs), by_place);
	return v.ret;
}

static void join(struct fm_clickplan *plan, uint32_t a, uint32_t b)
{
	unsigned int i;

	for (i = 0; i < plan->ndevices; i++)
		if (plan->devices[i].group == b)
			plan->devices[i].group = a;
}

/* Devices that share a stateful element, or their own configuration. */
static void group(struct fm_clickplan *plan)
{
	struct fm_click_device *d = plan->devices;
	unsigned int i, j, first;
	size_t n;

	for (i = 0; i < plan->ndevices; i++)
		for (j = 0; j < i; j++)
			if (d[i].site == d[j].site)
				join(plan, d[j].group, d[i].group);
	for (n = 0; n < plan->nnfs; n++) {
		first = __builtin_ctzll(plan->nfs[n].devices);
		for (i = first + 1; i < plan->ndevices; i++)
			if (plan->nfs[n].devices >> i & 1)
				join(plan, d[first].group, d[i].group);
	}
	for (n = 0; n < plan->nnfs; n++)
		plan->nfs[n].group =
			d[__builtin_ctzll(plan->nfs[n].devices)].group;
}

/**
 * fm_clickplan_find - find out what there is to decide
 * @plan: with its configuration; gets graph, features, devices and NFs
 *
 * Return: 0, -EINVAL or -ENOMEM and plan->error, or what plan->find returned.
 */
int fm_clickplan_find(struct fm_clickplan *plan)
{
	size_t n = plan->click->nclasses + 1;
	int ret;

	plan->features = calloc(n, sizeof(*plan->features));
	plan->known = malloc(n);
	if (!plan->features || !plan->known)
		return -ENOMEM;
	memset(plan->known, -1, n);
	ret = fm_click_graph_make(&plan->graph, plan->click, &plan->error);
	ret = ret ?: ask(plan);
	ret = ret ?: find_devices(plan);
	ret = ret ?: walk(plan);
	if (!ret)
		group(plan);
	return ret;
}
