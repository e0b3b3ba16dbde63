/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chain as a person writes it: Documentation/chain-file.rst. */
#ifndef FM_TOOLS_CHAINFILE_H
#define FM_TOOLS_CHAINFILE_H

#include "catalogue.h"
#include "chain.h"
#include "cpulist.h"
#include "jsonc.h"

#define FM_CHAINFILE_SHIFT_MAX	31

/**
 * struct fm_chainfile - what the file says
 * @chain: the chain; modes, steering and devices are not in the file
 * @cpus: CPUs that may own shards; none: those of the NIC's queues
 * @ipv4: the plan is to hold for IPv4
 * @ipv6: the plan is to hold for IPv6
 * @software: packets may be handed from CPU to CPU
 * @segments: at most
 */
struct fm_chainfile {
	struct fm_chain chain;
	struct fm_cpulist cpus;
	bool ipv4;
	bool ipv6;
	bool software;
	uint32_t segments;
};

int fm_chainfile_parse(struct fm_jsonc *doc,
		       const struct fm_catalogue *catalogue,
		       struct fm_chainfile *file);
void fm_chainfile_cleanup(struct fm_chainfile *file);
int fm_chainfile_fuzz(const char *buf, size_t len);

#endif
