// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solving.h"

#define SEED	0x464d	/* equal chains get equal keys */

static const enum fm_ethtool_flow flows[FM_FLOW_MAX] = {
	[FM_FLOW_TCP4] = FM_ETHTOOL_TCP4,
	[FM_FLOW_UDP4] = FM_ETHTOOL_UDP4,
	[FM_FLOW_TCP6] = FM_ETHTOOL_TCP6,
	[FM_FLOW_UDP6] = FM_ETHTOOL_UDP6,
};

static void fill_nf(const struct fm_chain_inst *inst,
		    const struct fm_tracked *tracked, struct fm_problem_nf *nf)
{
	memset(nf, 0, sizeof(*nf));
	memcpy(nf->name, inst->name, sizeof(nf->name));
	nf->stateful = tracked->stateful;
	nf->key = tracked->key;
	nf->bidirectional = tracked->bidirectional;
	nf->intensity = tracked->intensity;
	nf->pointer = tracked->pointer;
	nf->state_size = tracked->state_size;
	nf->complexity = tracked->complexity;
	nf->rewrites = tracked->rewrites;
	nf->pin = inst->pin == FM_MODE_LOCAL ? FM_PIN_LOCAL :
		  inst->pin == FM_MODE_SHARED ? FM_PIN_SHARED : FM_PIN_NONE;
}

static void fill_rule(const struct fm_nicrule *rule, struct fm_nic_cap *nic)
{
	int i;

	nic->can_set_key = rule->key_writable;
	nic->key_len = rule->key_len;
	nic->indir_size = rule->rss ? rule->entries : 0;
	nic->symmetric_hardwired = rule->symmetric;
	nic->ipv6 = rule->accepts[FM_ETHTOOL_TCP6];
	for (i = 0; i < FM_FLOW_MAX; i++)
		nic->accepts[i] = rule->accepts[flows[i]];
}

/* What the device itself tells is truer than the rule. */
static void fill_device(const struct fm_device *device, struct fm_nic_cap *nic)
{
	const struct fm_nicstate *state = &device->state;
	uint32_t fields;
	int i;

	fill_rule(&device->rule, nic);
	nic->key_len = state->rss.key_len;
	nic->indir_size = fm_device_spreads(device) ? state->rss.nindir : 0;
	nic->ipv6 = state->has_fields[FM_ETHTOOL_TCP6];
	for (i = 0; i < FM_FLOW_MAX; i++) {
		fields = fm_ethtool_fields_parse(state->fields[flows[i]]) &
			 FM_F_HASHABLE;
		nic->selected[i] = fields;
		if (fields)
			nic->accepts[i] |= FM_ACCEPT(fields);
	}
}

/**
 * fm_solving_nic - what a NIC can do
 * @device: the NIC, or NULL
 * @rule: a driver's rule where there is no device, or NULL
 * @nic: gets it, all zero without either
 */
void fm_solving_nic(const struct fm_device *device,
		    const struct fm_nicrule *rule, struct fm_nic_cap *nic)
{
	memset(nic, 0, sizeof(*nic));
	if (device)
		fill_device(device, nic);
	else if (rule)
		fill_rule(rule, nic);
}

static unsigned int count_cores(const struct fm_solving *solving)
{
	const struct fm_device *device = solving->device;
	struct fm_cpulist online;
	unsigned int n = 0;
	uint32_t i, j;

	if (solving->cores)
		return solving->cores;
	if (solving->cpus->n)
		return solving->cpus->n;
	if (!device || device->nqueues < 2)
		return fm_cpulist_online("", &online) ? 1 : online.n;
	for (i = 0; i < device->nqueues; i++) {
		for (j = 0; j < i; j++)
			if (device->queues[j].cpu == device->queues[i].cpu)
				break;
		n += j == i;
	}
	return n;
}

/* What was assumed of IPv6 can be counted. */
static double share_of_v6(const struct fm_traffic *traffic)
{
	uint64_t v6 = 0;
	size_t i;

	for (i = 0; i < traffic->n; i++)
		v6 += traffic->flows[i].tuple.v6 ? traffic->flows[i].packets : 0;
	return (double)v6 / traffic->packets;
}

/*
 * A lookup is in the time of the first NF of its group, and the solver adds it
 * anew. A packet takes no time less than a hit.
 */
static void fill_times(const struct fm_solving *solving,
		       struct fm_problem *problem)
{
	double lookup = problem->model.lookup * problem->model.unit_ns;
	unsigned int i, j;

	for (i = 0; i < problem->n_nfs; i++) {
		struct fm_problem_nf *nf = &problem->nf[i];
		double own = solving->times[i];

		for (j = 0; j < i; j++)
			if (problem->nf[j].stateful &&
			    problem->nf[j].key == nf->key)
				break;
		if (nf->stateful && j == i)
			own -= lookup;
		if (solving->times[i] > 0)
			nf->measured_ns = own > problem->model.unit_ns ? own :
					  problem->model.unit_ns;
	}
}

static void fill_problem(struct fm_solving *solving)
{
	const struct fm_chain *chain = &solving->file->chain;
	struct fm_problem *problem = &solving->problem;
	size_t i;

	fm_problem_setup(problem);
	memcpy(problem->chain, chain->name, sizeof(problem->chain));
	problem->n_nfs = chain->nnfs;
	for (i = 0; i < chain->nnfs; i++)
		fill_nf(&chain->nfs[i], &solving->tracked[i], &problem->nf[i]);
	problem->cores = count_cores(solving);
	problem->software = solving->file->software;
	problem->segments = solving->file->segments;
	problem->want_v4 = solving->file->ipv4;
	problem->want_v6 = solving->file->ipv6;
	problem->seed = SEED;
	if (solving->costs)
		problem->model = *solving->costs;
	if (solving->times)
		fill_times(solving, problem);
	problem->traffic = solving->traffic;
	if (solving->traffic)
		problem->model.v6_share = share_of_v6(solving->traffic);
	if (!solving->no_hw)
		fm_solving_nic(solving->device, solving->rule, &problem->nic);
}

static bool by_nic(enum fm_means means)
{
	return means == FM_MEANS_FIELD_SELECTOR ||
	       means == FM_MEANS_KEY_SYNTHESIS;
}

/* Without a device the CPUs are the first ones. */
static void own_plainly(const struct fm_solving *solving, uint32_t nshards,
			struct fm_steering *steer)
{
	uint32_t first[FM_CPULIST_MAX];
	size_t n = solving->problem.cores, i;

	if (n > FM_CPULIST_MAX)
		n = FM_CPULIST_MAX;
	for (i = 0; i < n; i++)
		first[i] = i;
	steer->nshards = nshards;
	if (solving->cpus->n)
		fm_device_share(steer, solving->cpus->cpus, solving->cpus->n);
	else
		fm_device_share(steer, first, n);
}

/* Software spreads over all CPUs, unless the queues' are enough. */
static void own_by_device(const struct fm_solving *solving,
			  struct fm_steering *steer)
{
	const struct fm_device *device = solving->device;
	struct fm_cpulist cpus = *solving->cpus;

	if (!steer->hw && !cpus.n && device->nqueues < 2)
		fm_cpulist_online("", &cpus);
	fm_device_owners(device, &cpus, steer->hw, steer);
}

/* Owners are CPUs; those that move are counted by their places in a list. */
static int move_owners(const struct fm_solving *solving,
		       const struct fm_means_plan *plan,
		       struct fm_steering *steer)
{
	uint64_t *entries = calloc(plan->indir_size, sizeof(*entries));
	uint32_t *place = calloc(steer->nshards, sizeof(*place));
	struct fm_cpulist cpus = { 0 };
	int ret = entries && place ? 0 : -ENOMEM;
	uint32_t i, j;

	for (i = 0; !ret && i < steer->nshards; i++) {
		for (j = 0; j < cpus.n; j++)
			if (cpus.cpus[j] == steer->owners[i])
				break;
		if (j == FM_CPULIST_MAX)
			goto out;
		cpus.cpus[j] = steer->owners[i];
		cpus.n = j == cpus.n ? j + 1 : cpus.n;
		place[i] = j;
	}
	if (!ret)
		ret = fm_load_entries(&solving->problem, plan, entries);
	if (!ret)
		fm_load_move(entries, steer->nshards, cpus.n, place);
	for (i = 0; !ret && i < steer->nshards; i++)
		steer->owners[i] = cpus.cpus[place[i]];
out:
	free(entries);
	free(place);
	return ret;
}

static int fill_steer(const struct fm_solving *solving,
		       const struct fm_means_plan *plan,
		       struct fm_steering *steer)
{
	const struct fm_device *device = solving->device;

	steer->fields = plan->steering.fields & FM_F_HASHABLE;
	steer->fields6 = steer->fields;
	steer->symmetric = plan->steering.symmetric;
	steer->l4 = plan->steering.l4;
	steer->key_len = plan->key_len;
	memcpy(steer->key, plan->key, plan->key_len);
	if (plan->split) {
		steer->key6_len = plan->key_len;
		memcpy(steer->key6, plan->key6, plan->key_len);
	}
	steer->hw = by_nic(plan->v4) || by_nic(plan->v6);
	if (steer->hw && device && !device->rule.key_writable) {
		steer->key_len = device->state.rss.key_len;
		memcpy(steer->key, device->state.rss.key, steer->key_len);
	}
	if (device)
		own_by_device(solving, steer);
	else
		own_plainly(solving, plan->indir_size, steer);
	if (!solving->traffic || steer->nshards != plan->indir_size)
		return 0;
	return move_owners(solving, plan, steer);
}

static int fill_plan(struct fm_solving *solving)
{
	const struct fm_chain *chain = &solving->file->chain;
	const struct fm_solution *best = &solving->best;
	struct fm_plan *plan = &solving->plan;
	int ret = 0;
	size_t i;

	memset(plan, 0, sizeof(*plan));
	memcpy(plan->chain, chain->name, sizeof(plan->chain));
	for (i = 0; !ret && i < best->n_segs; i++)
		ret = fill_steer(solving, &best->seg[i].plan, &plan->steer[i]);
	plan->nsegs = best->n_segs;
	plan->ninsts = chain->nnfs;
	for (i = 0; i < chain->nnfs; i++) {
		memcpy(plan->insts[i].name, chain->nfs[i].name,
		       sizeof(plan->insts[i].name));
		plan->insts[i].mode = best->nf[i].mode;
		plan->insts[i].segment = best->nf[i].segment;
	}
	for (i = 0; plan->steer[0].hw && i < FM_FLOW_MAX; i++)
		plan->select[flows[i]] = best->seg[0].plan.select[i];
	return ret;
}

/**
 * fm_solving_run - find the plan of least cost
 * @solving: with what it is about; gets problem, solutions and plan
 * @err: says why there is none
 *
 * Return: 0, FM_EXIT_CHECK if the wishes exclude each other, or another exit
 * code.
 */
int fm_solving_run(struct fm_solving *solving, struct fm_error *err)
{
	enum fm_rss_status status;

	fill_problem(solving);
	status = fm_rss_solve(&solving->problem, &solving->best);
	if (status != FM_RSS_OK)
		return fm_error_set(err, status == FM_RSS_INFEASIBLE ?
				    FM_EXIT_CHECK : FM_EXIT_ERROR, 0,
				    status == FM_RSS_INFEASIBLE ?
				    "infeasible: %.480s" : "%.500s",
				    solving->best.why);
	fm_rss_solve_default(&solving->problem, &solving->usual);
	return fill_plan(solving) ? fm_error_errno(err, ENOMEM, "plan") : 0;
}
