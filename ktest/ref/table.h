/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The states of one NF: a hash table that never forgets, in order of arrival. */
#ifndef REF_TABLE_H
#define REF_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "packet.h"

#define REF_SRC_IP	(1u << 0)
#define REF_DST_IP	(1u << 1)
#define REF_SRC_PORT	(1u << 2)
#define REF_DST_PORT	(1u << 3)
#define REF_PROTOCOL	(1u << 4)
#define REF_PORTS	(REF_SRC_PORT | REF_DST_PORT)
#define REF_FIVE_TUPLE	((1u << 5) - 1)

/* No padding: keys are compared and hashed as bytes. Others are zero. */
struct ref_key {
	uint8_t src[16];
	uint8_t dst[16];
	uint16_t sport;
	uint16_t dport;
	uint8_t family;
	uint8_t protocol;
};

/**
 * struct ref_entry - a key and its state
 * @key: the key
 * @last_ns: when its last packet came
 * @may: the NF may have kept a state for it
 * @sure: it has
 * @aged: it was idle for as long as the NF keeps states, perhaps longer
 * @gap: that was just before this packet
 * @next: of the same hash
 * @state: the NF's
 */
struct ref_entry {
	struct ref_key key;
	int64_t last_ns;
	bool may;
	bool sure;
	bool aged;
	bool gap;
	struct ref_entry *next;
	void *state;
};

/**
 * struct ref_table - all entries of an NF
 * @buckets: heads of the chains
 * @nbuckets: a power of two, or 0
 * @entries: in order of arrival
 * @n: how many
 */
struct ref_table {
	struct ref_entry **buckets;
	size_t nbuckets;
	struct ref_entry **entries;
	size_t n;
};

/**
 * ref_key_make - the key of a packet
 * @packet: an IP packet
 * @fields: REF_SRC_IP and so on
 */
struct ref_key ref_key_make(const struct ref_packet *packet, uint32_t fields);

struct ref_entry *ref_table_lookup(const struct ref_table *table,
				   const struct ref_key *key);

/* The entry of a key, new with @state_size zero bytes of state if need be. */
struct ref_entry *ref_table_get(struct ref_table *table,
				const struct ref_key *key, size_t state_size);

/* @release, if any, is called for each state. */
void ref_table_cleanup(struct ref_table *table, void (*release)(void *state));

#endif
