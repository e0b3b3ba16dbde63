/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plan of least cost for a Click configuration, and what it changes. */
#ifndef FM_TOOLS_CLICKPLAN_H
#define FM_TOOLS_CLICKPLAN_H

#include "clickargs.h"
#include "clickgraph.h"
#include "clickrule.h"
#include "rss.h"

#define FM_CLICK_DEVICES_MAX	64	/* compound elements taken apart */

/* Return: 1 if the class is known, 0 if not, else an error of the caller's. */
typedef int (*fm_click_find_fn)(void *arg, const char *class,
				struct fm_click_feature *feature);

/**
 * struct fm_click_nf - a stateful element that packets of a device reach
 * @site: of the element
 * @at: where that is in the text
 * @feature: of its class
 * @devices: bit per device whose packets come here
 * @changed: fields that may have changed until here
 * @group: index
 * @placed: the solver has it; else its state is shared
 * @mode: local or shared
 */
struct fm_click_nf {
	uint32_t site;
	size_t at;
	struct fm_click_feature feature;
	uint64_t devices;
	uint32_t changed;
	uint32_t group;
	bool placed;
	enum fm_mode mode;
};

struct fm_click_device {
	uint32_t site;
	uint32_t node;
	uint32_t group;
};

/**
 * struct fm_click_group - devices that have stateful elements in common
 * @used: there is a stateful element
 * @problem: theirs
 * @solution: of it, if @problem has an NF
 * @usual: what 5-tuple RSS and shared state would cost
 */
struct fm_click_group {
	bool used;
	struct fm_problem problem;
	struct fm_solution solution;
	struct fm_solution usual;
};

/**
 * struct fm_clickplan - a plan
 * @click: the configuration
 * @rule: what its elements are told
 * @find: finds features
 * @arg: for @find
 * @nic: what the NIC can do, NULL: hash by any field set
 * @cores: that take part
 * @graph: of @click
 * @features: per class of @click, @known says whether it is
 * @known: -1: not asked yet
 * @devices: in the order of the text
 * @nfs: in the order of the text
 * @groups: as many as devices, those not used are empty
 * @edits: what changes
 * @error: why there is no plan
 */
struct fm_clickplan {
	const struct fm_click *click;
	const struct fm_clickrule *rule;
	fm_click_find_fn find;
	void *arg;
	const struct fm_nic_cap *nic;
	unsigned int cores;
	struct fm_click_graph graph;
	struct fm_click_feature *features;
	int8_t *known;
	struct fm_click_device devices[FM_CLICK_DEVICES_MAX];
	unsigned int ndevices;
	struct fm_click_nf *nfs;
	size_t nnfs;
	struct fm_click_group *groups;
	struct fm_click_edits edits;
	struct fm_click_error error;
};

int fm_clickplan_make(struct fm_clickplan *plan);
void fm_clickplan_cleanup(struct fm_clickplan *plan);
int fm_clickplan_find(struct fm_clickplan *plan);
int fm_clickplan_edit(struct fm_clickplan *plan);

#endif
