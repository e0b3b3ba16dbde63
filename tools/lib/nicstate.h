/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The settings of a NIC that steering changes: read, compared, written, and
 * brought back from the journal.
 */
#ifndef FM_TOOLS_NICSTATE_H
#define FM_TOOLS_NICSTATE_H

#include "ethtool.h"
#include "irq.h"
#include "log.h"

#define FM_NICSTATE_IRQS	256	/* more are neither kept nor moved */

/* An interrupt, and the CPUs that may serve it. */
struct fm_nicstate_irq {
	uint32_t irq;
	char cpus[FM_IRQ_CPUS];
};

/**
 * struct fm_nicstate - the settings
 * @ifname: the device
 * @ifindex: its number
 * @driver: who drives it
 * @bus: where it is, tells it from another device of that name
 * @chain: the chain that they were changed for, in a journal
 * @queues: receive queues
 * @has_fields: per flow type, the driver tells its fields
 * @fields: RXH_* bits per flow type
 * @has_rss: @rss is what the driver told
 * @rss: key, table and hash function
 * @indir_default: the table was the driver's own
 * @has_rxhash: @rxhash is what the driver told
 * @rxhash: the NIC passes its hash on to the stack
 * @irqs: of its receive queues, by fm_device_read()
 * @nirqs: how many
 */
struct fm_nicstate {
	char ifname[IFNAMSIZ];
	uint32_t ifindex;
	char driver[FM_ETHTOOL_TEXT];
	char bus[FM_ETHTOOL_TEXT];
	char chain[FM_NAME_MAX + 1];
	uint32_t queues;
	bool has_fields[FM_ETHTOOL_FLOWS];
	uint64_t fields[FM_ETHTOOL_FLOWS];
	bool has_rss;
	struct fm_ethtool_rss rss;
	bool indir_default;
	bool has_rxhash;
	bool rxhash;
	struct fm_nicstate_irq irqs[FM_NICSTATE_IRQS];
	uint32_t nirqs;
};

int fm_nicstate_capture(const char *ifname, struct fm_nicstate *state,
			struct fm_error *err);
int fm_nicstate_apply(const struct fm_nicstate *want, struct fm_error *err);
bool fm_nicstate_equal(const struct fm_nicstate *a,
		       const struct fm_nicstate *b);
int fm_nicstate_back(const char *ifname, bool *restored, struct fm_error *err);
int fm_nicstate_restore(const char *ifname, char *err, size_t len);

#endif
