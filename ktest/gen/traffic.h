/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Endless traffic of a kind. Addresses are those of RFC 2544 and RFC 5180:
 * from 198.18.0.0/16 to 198.19.0.0/16 and from 2001:2::/64 to 2001:2:0:1::/64.
 */
#ifndef GEN_TRAFFIC_H
#define GEN_TRAFFIC_H

#include <stdbool.h>
#include "frame.h"
#include "random.h"

#define GEN_BATCH_MAX	4

/**
 * struct gen_plan - what traffic is asked for
 * @seed: of all choices
 * @rate: packets per second
 * @flows: flows; of profile sources, sources
 * @zipf: how much more frequent the first flows are; 0: not at all
 * @family: 4, 6 or 0 for both
 * @dst_mac: Ethernet destination
 * @src_mac: Ethernet source
 */
struct gen_plan {
	uint64_t seed;
	uint64_t rate;
	uint32_t flows;
	double zipf;
	uint8_t family;
	uint8_t dst_mac[6];
	uint8_t src_mac[6];
};

struct gen_traffic;

/* Frames that belong together: one, or the fragments of a packet. */
struct gen_batch {
	struct gen_frame frame[GEN_BATCH_MAX];
	size_t n;
};

/**
 * struct gen_profile - a kind of traffic
 * @name: of the command line
 * @help: one line
 * @flows: default for gen_plan.flows
 * @next: the next frames; their times are at 1 / rate
 */
struct gen_profile {
	const char *name;
	const char *help;
	uint32_t flows;
	void (*next)(struct gen_traffic *traffic, struct gen_batch *batch);
};

/**
 * struct gen_traffic - the state of a profile
 * @plan: what was asked for
 * @random: all choices
 * @sent: packets per flow, wraps
 * @share: cumulated share of the flows 0 .. i, of Zipf's law; or NULL
 * @frames: made so far
 * @scanned: ports that the scanner tried
 */
struct gen_traffic {
	const struct gen_plan *plan;
	struct gen_random random;
	uint32_t *sent;
	double *share;
	uint64_t frames;
	uint32_t scanned;
};

extern const struct gen_profile gen_profiles[];	/* ends with name NULL */

/* 0, or -1 when memory is short. @plan must outlive @traffic. */
int gen_traffic_setup(struct gen_traffic *traffic, const struct gen_plan *plan);
void gen_traffic_cleanup(struct gen_traffic *traffic);

/* A flow's number, by the plan's law. */
uint32_t gen_traffic_pick(struct gen_traffic *traffic);

/**
 * gen_traffic_flow - the packet of a flow
 * @traffic: the traffic
 * @packet: filled in; always the same but for @id and @payload
 * @flow: its number
 */
void gen_traffic_flow(struct gen_traffic *traffic, struct gen_packet *packet,
		      uint32_t flow);

/* Source @src to destination @dst, of one family. */
void gen_traffic_address(struct gen_packet *packet, uint8_t family,
			 uint16_t src, uint16_t dst);

#endif
