// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

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

static uint32_t reverse_bits(uint32_t i, uint32_t n)
{
	uint32_t reversed = 0;

	for (n >>= 1; n; n >>= 1, i >>= 1)
		reversed = reversed << 1 | (i & 1);
	return reversed;
}

/**
 * fm_device_share - deal the shards out to CPUs
 * @steer: has nshards, gets owners
 * @cpus: the CPUs
 * @n: how many, at least 1
 *
 * By turns in the order of the reversed index. A key that leaves fields out
 * brings the last bits of an address to the highest bits of the index (bit i of
 * the input meets bit t of the index where key bit i + 31 - t is set, and the
 * highest bits are the only ones it can reach): thus neighbours in a network
 * have different CPUs.
 */
void fm_device_share(struct fm_steering *steer, const uint32_t *cpus, size_t n)
{
	uint32_t i;

	for (i = 0; i < steer->nshards; i++)
		steer->owners[i] = cpus[reverse_bits(i, steer->nshards) % n];
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
	want->rxhash = want->has_rxhash;
}
