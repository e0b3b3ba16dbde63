/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sample of traffic: its flows, and how many packets each has. */
#ifndef FM_SOLVER_TRAFFIC_H
#define FM_SOLVER_TRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flowmage.h"

#define FM_TRAFFIC_FLOWS	262144	/* of a sample, at most */
#define FM_TRAFFIC_LEN		160	/* bytes that hold any flow's text */

/**
 * struct fm_traffic_tuple - what the packets of a flow have in common
 * @addr: source and destination, in network order; of IPv4 the first 4 bytes,
 *	  the others zero
 * @port: source and destination, in network order; zero of what has no ports
 * @v6: IPv6
 * @protocol: of IPv6 the one behind the extension headers
 */
struct fm_traffic_tuple {
	uint8_t addr[2][16];
	uint8_t port[2][2];
	bool v6;
	uint8_t protocol;
};

/**
 * struct fm_traffic_flow - a flow of the sample
 * @tuple: which one
 * @packets: 1 or more
 */
struct fm_traffic_flow {
	struct fm_traffic_tuple tuple;
	uint64_t packets;
};

/**
 * struct fm_traffic - a sample
 * @flows: in the order of their first packets
 * @n: how many, FM_TRAFFIC_FLOWS at most
 * @index: hash table of numbers of @flows, from 1; 0 is empty
 * @mask: its size less one
 * @packets: of all @flows
 * @other: that are not IP, or cut off before their ports
 * @left_out: of further flows
 *
 * All zero is an empty sample.
 */
struct fm_traffic {
	struct fm_traffic_flow *flows;
	size_t n;
	uint32_t *index;
	size_t mask;
	uint64_t packets;
	uint64_t other;
	uint64_t left_out;
};

int fm_traffic_add(struct fm_traffic *traffic,
		   const struct fm_traffic_tuple *tuple, uint64_t packets);
void fm_traffic_pick(struct fm_traffic_tuple *tuple, uint32_t fields,
		     uint32_t l4);
void fm_traffic_format(const struct fm_traffic_tuple *tuple, uint32_t fields,
		       char *buf, size_t len);
void fm_traffic_cleanup(struct fm_traffic *traffic);

#endif
