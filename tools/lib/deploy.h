/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Applying a plan: chain and NICs in one transaction that comes undone as a
 * whole. Documentation/deploy.rst has the order and its reasons.
 */
#ifndef FM_TOOLS_DEPLOY_H
#define FM_TOOLS_DEPLOY_H

#include "device.h"
#include "nl.h"
#include "planfile.h"

#define FM_DEPLOY_WHY	640	/* bytes of a sentence */

/**
 * struct fm_deploy - a deployment
 * @nl: to the module
 * @stop: polled between two steps; true undoes everything; may be NULL
 * @chain: the chain with its plan and devices
 * @plan: the plan
 * @devices: the devices in the order of the chain's, read after
 *           fm_deploy_begin()
 * @ndevices: how many
 * @generation: replace only this generation, 0 = the one found
 * @old: out: the chain as it was, NULL if there was none
 * @restored: out: devices whose left-over settings were brought back
 * @fell_back: out: a NIC refused, packets are steered in software
 * @why: out: what it refused
 * @applied_ns: out: time from the first change to the last
 */
struct fm_deploy {
	struct fm_nl *nl;
	bool (*stop)(void);
	struct fm_chain *chain;
	struct fm_plan *plan;
	struct fm_device *devices;
	size_t ndevices;
	uint32_t generation;
	struct fm_chain *old;
	unsigned int restored;
	bool fell_back;
	char why[FM_DEPLOY_WHY];
	uint64_t applied_ns;
	int lock;
	bool created[FM_DEVS_MAX];	/* journal by this deployment */
};

int fm_deploy_begin(struct fm_deploy *deploy, struct fm_error *err);
int fm_deploy_run(struct fm_deploy *deploy, struct fm_error *err);
void fm_deploy_end(struct fm_deploy *deploy);
int fm_deploy_leftovers(struct fm_nl *nl, unsigned int *restored,
			struct fm_error *err);

#endif
