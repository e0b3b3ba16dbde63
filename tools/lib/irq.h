/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which CPU serves which receive queue of a NIC, from the names and the
 * affinities of its interrupts.
 */
#ifndef FM_TOOLS_IRQ_H
#define FM_TOOLS_IRQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FM_IRQ_PATTERNS	8
#define FM_IRQ_PATTERN	64	/* bytes of a pattern */
#define FM_IRQ_CPUS	64	/* bytes of a list of CPUs that is kept */

/*
 * guessed: no interrupt was found, the i-th CPU stands for queue i.
 * moved: it is to be served by this CPU, and is not yet.
 */
struct fm_irq_queue {
	int irq;		/* -1 if not found */
	uint32_t cpu;
	bool guessed;
	bool moved;
};

/**
 * struct fm_irq_source - where to look
 * @root: "" or a directory with proc/ and sys/ of its own
 * @ifname: the device
 * @patterns: names of interrupts with {ifname}, {device}, {bus} and {queue};
 *            {device} is the device's name on its bus, {bus} the PCI address
 * @npatterns: how many; 0: those of the usual drivers
 */
struct fm_irq_source {
	const char *root;
	const char *ifname;
	const char (*patterns)[FM_IRQ_PATTERN];
	size_t npatterns;
};

int fm_irq_map(const struct fm_irq_source *source, struct fm_irq_queue *map,
	       uint32_t queues);
int fm_irq_affinity_read(const char *root, int irq, char cpus[FM_IRQ_CPUS]);
int fm_irq_affinity_write(const char *root, int irq, const char *cpus);
bool fm_irq_rps(const char *root, const char *ifname);

#endif
