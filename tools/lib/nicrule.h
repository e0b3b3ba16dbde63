/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a NIC's driver before anything is tried: rules/nic/. */
#ifndef FM_TOOLS_NICRULE_H
#define FM_TOOLS_NICRULE_H

#include <stdbool.h>
#include <stdint.h>
#include "ethtool.h"
#include "irq.h"
#include "jsonc.h"

#define FM_NICRULE_NOTES	8
#define FM_NICRULE_NOTE		256

/**
 * struct fm_nicrule - a driver's rule
 * @driver: its name
 * @rss: it spreads packets at all
 * @accepts: per flow type, a bit for each field set that it takes: bit number
 *           = FM_F_* mask of the four fields that NICs hash
 * @key_writable: the hash key can be set
 * @key_len: bytes of the key
 * @entries: of the indirection table
 * @init_ones: the hash begins with all ones instead of zero
 * @symmetric: whatever the key, both directions hash alike
 * @rxhash_off_stops: with rx-hashing turned off it stops spreading until the
 *                    fields and the key are written again
 * @disruptive: a change closes and opens the NIC, packets are lost
 * @irqs: names of the interrupts, see fm_irq_source
 * @nirqs: how many
 * @notes: sentences for people
 * @nnotes: how many
 */
struct fm_nicrule {
	char driver[FM_ETHTOOL_TEXT];
	bool rss;
	uint16_t accepts[FM_ETHTOOL_FLOWS];
	bool key_writable;
	uint32_t key_len;
	uint32_t entries;
	bool init_ones;
	bool symmetric;
	bool rxhash_off_stops;
	bool disruptive;
	char irqs[FM_IRQ_PATTERNS][FM_IRQ_PATTERN];
	size_t nirqs;
	char notes[FM_NICRULE_NOTES][FM_NICRULE_NOTE];
	size_t nnotes;
};

int fm_nicrule_parse(struct fm_jsonc *doc, struct fm_nicrule *rule);
struct fm_jsonc *fm_nicrule_read(const char *driver, struct fm_nicrule *rule);
struct fm_jsonc *fm_nicrule_read_file(const char *path,
				      struct fm_nicrule *rule);
void fm_nicrule_unknown(const char *driver, struct fm_nicrule *rule);

#endif
