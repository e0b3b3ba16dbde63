/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of FastClick's elements: rules/nf/fastclick.json. */
#ifndef FM_TOOLS_CLICKRULE_H
#define FM_TOOLS_CLICKRULE_H

#include <stdbool.h>
#include <stdint.h>

#include "flowmage.h"
#include "jsonc.h"

#define FM_CLICKRULE_WORD	64	/* bytes of a name */
#define FM_CLICKRULE_DEVICES	16
#define FM_CLICKRULE_KEYWORDS	4
#define FM_CLICKRULE_ELEMENTS	1024

/**
 * struct fm_click_feature - an element class
 * @type: its name
 * @stateful: what follows up to @complexity means something
 * @key: FM_F_*, 0: not known
 * @bidirectional: one state for both directions
 * @intensity: when the state is written
 * @pointer: the state points to more memory
 * @state_size: bytes, 0: not known
 * @complexity: operations per packet, 0: not known
 * @rewrites: header fields that it may change, FM_F_*
 */
struct fm_click_feature {
	char type[FM_CLICKRULE_WORD];
	bool stateful;
	uint32_t key;
	bool bidirectional;
	enum fm_intensity intensity;
	bool pointer;
	uint32_t state_size;
	uint32_t complexity;
	uint32_t rewrites;
};

/**
 * struct fm_clickrule - the rule
 * @devices: classes whose packets a NIC spreads
 * @fields: keywords of a device for the field set; the first is written where
 *	none is there
 * @key: keyword of a device for the hash key
 * @sharing: keyword of a stateful element
 * @elements: classes that are known
 */
struct fm_clickrule {
	char devices[FM_CLICKRULE_DEVICES][FM_CLICKRULE_WORD];
	size_t ndevices;
	char fields[FM_CLICKRULE_KEYWORDS][FM_CLICKRULE_WORD];
	size_t nfields;
	char key[FM_CLICKRULE_WORD];
	char sharing[FM_CLICKRULE_WORD];
	struct fm_click_feature *elements;
	size_t nelements;
};

int fm_clickrule_parse(struct fm_jsonc *doc, struct fm_clickrule *rule);
struct fm_jsonc *fm_clickrule_read(struct fm_clickrule *rule);
bool fm_clickrule_device(const struct fm_clickrule *rule, const char *class);
const struct fm_click_feature *
fm_clickrule_find(const struct fm_clickrule *rule, const char *class);
void fm_clickrule_cleanup(struct fm_clickrule *rule);

#endif
