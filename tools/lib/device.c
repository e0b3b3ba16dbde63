// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "load.h"

static struct fm_nicstate_irq *find_irq(struct fm_nicstate *state, int irq)
{
	uint32_t i;

	for (i = 0; irq >= 0 && i < state->nirqs; i++)
		if (state->irqs[i].irq == (uint32_t)irq)
			return &state->irqs[i];
	return NULL;
}

/* What cannot be kept, because it is too much, is not moved either. */
static void note_irqs(struct fm_device *device)
{
	struct fm_nicstate *state = &device->state;
	uint32_t i;

	for (i = 0; i < device->nqueues; i++) {
		int irq = device->queues[i].irq;

		if (irq < 0 || find_irq(state, irq) ||
		    state->nirqs == FM_NICSTATE_IRQS ||
		    fm_irq_affinity_read("", irq, state->irqs[state->nirqs].cpus))
			continue;
		state->irqs[state->nirqs++].irq = irq;
	}
}

static int read_queues(struct fm_device *device, struct fm_error *err)
{
	struct fm_irq_source source = {
		.root = "",
		.ifname = device->state.ifname,
		.patterns = (const char (*)[FM_IRQ_PATTERN])device->rule.irqs,
		.npatterns = device->rule.nirqs,
	};
	int ret;

	device->nqueues = device->state.queues;
	device->queues = calloc(device->nqueues, sizeof(*device->queues));
	if (!device->queues)
		return fm_error_errno(err, ENOMEM, "%s", source.ifname);
	ret = fm_irq_map(&source, device->queues, device->nqueues);
	return ret ? fm_error_errno(err, -ret, "finding the interrupts of %s",
				    source.ifname) : 0;
}

/**
 * fm_device_read - read a device
 * @device: gets everything
 * @ifname: its name
 * @err: says what went wrong
 *
 * Return: 0 or an exit code; fm_device_cleanup() is allowed after both.
 */
int fm_device_read(struct fm_device *device, const char *ifname,
		   struct fm_error *err)
{
	struct fm_jsonc *doc;
	int ret;

	memset(device, 0, sizeof(*device));
	ret = fm_nicstate_capture(ifname, &device->state, err);
	if (ret)
		return ret;
	doc = fm_nicrule_read(device->state.driver, &device->rule);
	device->ruled = doc && !doc->nerrors;
	if (doc && doc->nerrors)
		ret = fm_error_set(err, FM_EXIT_ERROR, 0, "%s:%u:%u: %s",
				   doc->name, doc->errors[0].line,
				   doc->errors[0].col, doc->errors[0].text);
	fm_jsonc_destroy(doc);
	if (!device->ruled && !device->state.has_rss) {
		device->rule.rss = false;
		device->rule.key_writable = false;
		device->rule.nnotes = 0;
	}
	if (!ret)
		ret = read_queues(device, err);
	if (!ret)
		note_irqs(device);
	device->rps = fm_irq_rps("", ifname);
	return ret;
}

/**
 * fm_device_cleanup - forget a device
 * @device: the device
 */
void fm_device_cleanup(struct fm_device *device)
{
	free(device->queues);
	device->queues = NULL;
}

/* The CPU that serves fewest queues, the first of them; @now if it is one. */
static uint32_t least_busy(const struct fm_cpulist *cpus,
			   const uint32_t *served, uint32_t now)
{
	size_t best = 0, i;

	for (i = 1; i < cpus->n; i++)
		if (served[i] < served[best])
			best = i;
	for (i = 0; i < cpus->n; i++)
		if (cpus->cpus[i] == now && served[i] == served[best])
			return i;
	return best;
}

static void settle_queues(struct fm_device *device,
			  const struct fm_cpulist *cpus, uint32_t *served)
{
	uint32_t i, at;

	for (i = 0; i < device->nqueues; i++) {
		struct fm_irq_queue *queue = &device->queues[i];

		at = least_busy(cpus, served, queue->cpu);
		if (!find_irq(&device->state, queue->irq))
			continue;
		served[at]++;
		queue->moved = queue->cpu != cpus->cpus[at];
		queue->cpu = cpus->cpus[at];
	}
}

/**
 * fm_device_place - let as many CPUs as there are serve its queues
 * @device: gets for each queue its CPU, and whether it moves; nothing moves yet
 * @cpus: CPUs allowed; none: those online
 *
 * A queue stays where it is if no CPU serves fewer. Queues without an interrupt
 * of their own stay in any case.
 */
void fm_device_place(struct fm_device *device, const struct fm_cpulist *cpus)
{
	struct fm_cpulist *allowed = malloc(sizeof(*allowed));
	uint32_t *served = calloc(FM_CPULIST_MAX, sizeof(*served));

	if (allowed && served) {
		*allowed = *cpus;
		if (cpus->n || !fm_cpulist_online("", allowed))
			settle_queues(device, allowed, served);
	}
	free(allowed);
	free(served);
}

/**
 * fm_device_spreads - can the NIC be told how to spread packets
 * @device: the device
 *
 * Return: true if it has a hash key and a table of 2^n entries that shards can
 * stand for.
 */
bool fm_device_spreads(const struct fm_device *device)
{
	uint32_t n = device->state.rss.nindir;

	return device->rule.rss && device->state.has_rss && n &&
	       !(n & (n - 1)) && device->state.rss.key_len >= FM_KEY_MIN;
}

/* CPUs that serve a queue and are allowed; if there is none, those allowed. */
static size_t usable_cpus(const struct fm_device *device,
			  const struct fm_cpulist *cpus, uint32_t *usable)
{
	uint32_t i;
	size_t n = 0;

	for (i = 0; i < device->nqueues && n < FM_CPULIST_MAX; i++)
		if (!cpus->n || fm_cpulist_contains(cpus,
						    device->queues[i].cpu))
			usable[n++] = device->queues[i].cpu;
	for (i = 0; !n && i < cpus->n; i++)
		usable[i] = cpus->cpus[i];
	return n ? n : cpus->n;
}

/**
 * fm_device_share - deal the shards out to CPUs
 * @steer: has nshards, gets owners
 * @cpus: the CPUs
 * @n: how many, at least 1
 *
 * fm_load_owner() says why in this order.
 */
void fm_device_share(struct fm_steering *steer, const uint32_t *cpus, size_t n)
{
	uint32_t i;

	for (i = 0; i < steer->nshards; i++)
		steer->owners[i] = cpus[fm_load_owner(i, steer->nshards, n)];
}

/**
 * fm_device_owners - spread the shards over CPUs
 * @device: whose queues' CPUs own shards
 * @cpus: CPUs allowed; none: all
 * @nic: the NIC brings packets to the owner; else all of @cpus take part,
 *	whether they serve a queue or not
 * @steer: gets nshards and owners
 */
void fm_device_owners(const struct fm_device *device,
		      const struct fm_cpulist *cpus, bool nic,
		      struct fm_steering *steer)
{
	uint32_t usable[FM_CPULIST_MAX] = { 0 };
	size_t n;

	steer->nshards = fm_device_spreads(device) ? device->state.rss.nindir :
						     FM_DEVICE_SHARDS;
	if (!nic && cpus->n) {
		fm_device_share(steer, cpus->cpus, cpus->n);
		return;
	}
	n = usable_cpus(device, cpus, usable);
	fm_device_share(steer, usable, n ? n : 1);
}

/* The next queue of the CPU, beginning behind the one used last. */
static uint32_t next_queue(const struct fm_device *device, uint32_t cpu,
			   uint32_t entry)
{
	uint32_t of_cpu = 0, i, nth;

	for (i = 0; i < device->nqueues; i++)
		of_cpu += device->queues[i].cpu == cpu;
	if (!of_cpu)
		return entry % device->nqueues;
	nth = entry / device->nqueues % of_cpu;
	for (i = 0; i < device->nqueues; i++)
		if (device->queues[i].cpu == cpu && !nth--)
			break;
	return i;
}

/**
 * fm_device_indir - the table that brings every shard to its owner
 * @device: the device
 * @steer: whose owners
 * @rss: gets the table; shard s stands for the entries e with e % nshards = s
 *
 * An owner that serves no queue of this device gets its packets handed over.
 */
void fm_device_indir(const struct fm_device *device,
		     const struct fm_steering *steer,
		     struct fm_ethtool_rss *rss)
{
	uint32_t i;

	rss->nindir = device->state.rss.nindir;
	for (i = 0; i < rss->nindir; i++)
		rss->indir[i] = next_queue(device,
					   steer->owners[i % steer->nshards],
					   i);
}

/**
 * fm_device_want - the settings that a plan asks of a device
 * @device: as it is now
 * @plan: the plan
 * @want: gets the settings, for fm_nicstate_apply()
 */
void fm_device_want(const struct fm_device *device, const struct fm_plan *plan,
		    struct fm_nicstate *want)
{
	uint32_t i;
	int flow;

	*want = device->state;
	if (!plan->steer[0].hw || !fm_device_spreads(device))
		return;
	for (flow = 0; flow < FM_ETHTOOL_FLOWS; flow++)
		if (plan->select[flow] && want->has_fields[flow])
			want->fields[flow] =
				fm_ethtool_fields_raw(plan->select[flow]);
	memset(want->rss.key, 0, want->rss.key_len);
	memcpy(want->rss.key, plan->steer[0].key,
	       want->rss.key_len < plan->steer[0].key_len ?
	       want->rss.key_len : plan->steer[0].key_len);
	if (want->rss.hfunc)
		want->rss.hfunc = FM_ETHTOOL_TOEPLITZ;
	want->rss.xfrm = 0;
	fm_device_indir(device, &plan->steer[0], &want->rss);
	want->indir_default = false;
	for (i = 0; i < device->nqueues; i++)
		if (device->queues[i].moved)
			snprintf(find_irq(want, device->queues[i].irq)->cpus,
				 FM_IRQ_CPUS, "%u", device->queues[i].cpu);
	want->rxhash = want->has_rxhash;
}
