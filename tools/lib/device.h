/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that matters of a network device, and which queue serves whom. */
#ifndef FM_TOOLS_DEVICE_H
#define FM_TOOLS_DEVICE_H

#include "cpulist.h"
#include "irq.h"
#include "nicrule.h"
#include "nicstate.h"
#include "planfile.h"

#define FM_DEVICE_SHARDS	128	/* of software steering */

/**
 * struct fm_device - a device as it is now
 * @state: its settings
 * @rule: what is known of its driver
 * @ruled: there is a rule file for it
 * @queues: per receive queue, its interrupt and CPU
 * @nqueues: how many
 * @rps: the kernel spreads its packets once more
 */
struct fm_device {
	struct fm_nicstate state;
	struct fm_nicrule rule;
	bool ruled;
	struct fm_irq_queue *queues;
	uint32_t nqueues;
	bool rps;
};

int fm_device_read(struct fm_device *device, const char *ifname,
		   struct fm_error *err);
void fm_device_cleanup(struct fm_device *device);
void fm_device_place(struct fm_device *device, const struct fm_cpulist *cpus);
bool fm_device_spreads(const struct fm_device *device);
void fm_device_share(struct fm_steering *steer, const uint32_t *cpus, size_t n);
void fm_device_owners(const struct fm_device *device,
		      const struct fm_cpulist *cpus, bool nic,
		      struct fm_steering *steer);
void fm_device_indir(const struct fm_device *device,
		     const struct fm_steering *steer,
		     struct fm_ethtool_rss *rss);
void fm_device_want(const struct fm_device *device, const struct fm_plan *plan,
		    struct fm_nicstate *want);

#endif
