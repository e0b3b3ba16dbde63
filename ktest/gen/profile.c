// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include "broken.h"
#include "traffic.h"

#define SCANNER		0xfffe	/* last bytes of its address */
#define BURST		64	/* packets */
#define BURST_GAP_NS	10000	/* between packets of a burst */
#define POLICED		4	/* destinations */
#define FRAGMENT	400	/* bytes */

static uint64_t frame_time(const struct gen_traffic *traffic, uint64_t n)
{
	return (unsigned __int128)n * 1000000000 / traffic->plan->rate;
}

static void batch_time(struct gen_traffic *traffic, struct gen_batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		batch->frame[i].time_ns = frame_time(traffic,
						     traffic->frames++);
}

static void batch_one(struct gen_traffic *traffic, struct gen_batch *batch,
		      const struct gen_packet *packet)
{
	gen_frame_build(&batch->frame[0], packet);
	batch->n = 1;
	batch_time(traffic, batch);
}

/* Of 16 packets of a TCP flow the first is its SYN and the last its FIN. */
static void flow_next(struct gen_traffic *traffic, struct gen_packet *packet)
{
	uint32_t flow = gen_traffic_pick(traffic);
	uint32_t n = traffic->sent[flow]++ % 16;

	gen_traffic_flow(traffic, packet, flow);
	if (packet->protocol != GEN_TCP)
		return;
	packet->tcp_flags = GEN_ACK;
	if (n && n < 15)
		return;
	packet->tcp_flags = n ? GEN_FIN | GEN_ACK : GEN_SYN;
	packet->payload = 0;
}

static void add_tags(struct gen_random *random, struct gen_packet *packet)
{
	uint32_t n = gen_random_below(random, 100);

	packet->nvlans = n < 5 ? 2 : n < 15;
	packet->vlan[0] = gen_random_between(random, 2, 4094);
	packet->vlan[1] = gen_random_between(random, 2, 4094);
}

/* Hop-by-hop options may only come first. */
static void add_exts(struct gen_random *random, struct gen_packet *packet)
{
	static const uint8_t types[] = {
		GEN_EXT_ROUTING, GEN_EXT_FRAGMENT, GEN_EXT_AH,
		GEN_EXT_DSTOPTS, GEN_EXT_HOP,
	};
	uint32_t n = gen_random_between(random, 1, 3);

	for (uint32_t i = 0; i < n; i++)
		packet->ext[i] = types[gen_random_below(random, i ? 4 : 5)];
	packet->next = n;
}

static void add_options(struct gen_random *random, struct gen_packet *packet)
{
	if (gen_random_percent(random, 90))
		return;
	if (packet->family == 6)
		add_exts(random, packet);
	else
		packet->options = 4 * gen_random_between(random, 1, 10);
}

static void mixed_fragments(struct gen_batch *batch, struct gen_packet *packet)
{
	packet->payload = 200 + packet->payload;
	batch->n = gen_frame_split(batch->frame, GEN_BATCH_MAX, packet, 400);
}

static void mixed_arp(struct gen_batch *batch, const struct gen_packet *packet)
{
	uint8_t arp[28] = { 0, 1, 8, 0, 6, 4, 0, 1 };

	memcpy(arp + 8, packet->src_mac, 6);
	memcpy(arp + 14, packet->src, 4);
	memcpy(arp + 24, packet->dst, 4);
	gen_frame_raw(&batch->frame[0], packet, 0x0806, arp, sizeof(arp));
	batch->n = 1;
}

/* An ethertype for local experiments: nobody takes it. */
static void mixed_foreign(struct gen_traffic *traffic, struct gen_batch *batch,
			  const struct gen_packet *packet)
{
	uint8_t data[64];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = gen_random_next(&traffic->random);
	gen_frame_raw(&batch->frame[0], packet, 0x88b5, data, sizeof(data));
	batch->n = 1;
}

static void mixed_next(struct gen_traffic *traffic, struct gen_batch *batch)
{
	struct gen_random *random = &traffic->random;
	uint32_t n = gen_random_below(random, 100);
	struct gen_packet packet;

	flow_next(traffic, &packet);
	add_tags(random, &packet);
	if (n < 5) {
		mixed_fragments(batch, &packet);
	} else if (n < 8) {
		mixed_arp(batch, &packet);
	} else if (n < 9) {
		mixed_foreign(traffic, batch, &packet);
	} else if (n < 15) {
		gen_broken_build(&batch->frame[0], &packet,
				 gen_random_below(random, 63));
		batch->n = 1;
	} else {
		add_options(random, &packet);
		batch_one(traffic, batch, &packet);
		return;
	}
	batch_time(traffic, batch);
}

/* A third of the packets are the scanner's; it tries each port once. */
static void scan_next(struct gen_traffic *traffic, struct gen_batch *batch)
{
	struct gen_packet packet;

	flow_next(traffic, &packet);
	if (!gen_random_below(&traffic->random, 3)) {
		gen_traffic_address(&packet, traffic->plan->family == 6 ? 6 : 4,
				    SCANNER, 1);
		packet.protocol = GEN_TCP;
		packet.tcp_flags = GEN_SYN;
		packet.sport = 40000;
		packet.dport = traffic->scanned++ * 7919;
		packet.payload = 0;
	}
	batch_one(traffic, batch, &packet);
}

static void flows_next(struct gen_traffic *traffic, struct gen_batch *batch)
{
	struct gen_packet packet;

	flow_next(traffic, &packet);
	batch_one(traffic, batch, &packet);
}

/* The bursts have the plan's rate, the packets of one come much faster. */
static void police_next(struct gen_traffic *traffic, struct gen_batch *batch)
{
	uint64_t burst = traffic->frames / BURST;
	uint64_t begin = frame_time(traffic, burst * BURST);
	uint64_t next = frame_time(traffic, (burst + 1) * BURST);
	uint64_t n = traffic->frames % BURST;
	struct gen_packet packet;
	uint64_t gap = (next - begin) / BURST;

	gen_traffic_flow(traffic, &packet, gen_traffic_pick(traffic));
	gen_traffic_address(&packet, packet.family, packet.sport % 64,
			    burst % POLICED + 1);
	packet.protocol = GEN_UDP;
	packet.payload = gen_random_between(&traffic->random, 600, 1400);
	batch_one(traffic, batch, &packet);
	batch->frame[0].time_ns = begin +
				  n * (gap < BURST_GAP_NS ? gap : BURST_GAP_NS);
}

static uint8_t source_flags(struct gen_random *random)
{
	uint32_t n = gen_random_below(random, 100);

	if (n < 30)
		return GEN_SYN;
	if (n < 70)
		return GEN_ACK | GEN_PSH;
	if (n < 90)
		return GEN_FIN | GEN_ACK;
	return n < 95 ? GEN_RST : GEN_SYN | GEN_ACK;
}

static void sources_next(struct gen_traffic *traffic, struct gen_batch *batch)
{
	uint32_t source = gen_traffic_pick(traffic);
	struct gen_packet packet;
	uint8_t family;

	gen_traffic_flow(traffic, &packet, source);
	family = packet.family;
	gen_traffic_address(&packet, family, 1 + source,
			    1 + gen_random_below(&traffic->random, 200));
	packet.protocol = GEN_TCP;
	packet.tcp_flags = source_flags(&traffic->random);
	packet.sport = gen_random_between(&traffic->random, 1024, 65535);
	if (packet.tcp_flags != (GEN_ACK | GEN_PSH))
		packet.payload = 0;
	batch_one(traffic, batch, &packet);
}

/* Connections that are asked for and never come about. */
static void syn_next(struct gen_traffic *traffic, struct gen_batch *batch)
{
	struct gen_random *random = &traffic->random;
	uint8_t family = traffic->plan->family;
	struct gen_packet packet;

	gen_traffic_flow(traffic, &packet, 0);
	if (!family)
		family = gen_random_below(random, 2) ? 6 : 4;
	gen_traffic_address(&packet, family, gen_random_below(random, 65535),
			    1 + gen_random_below(random, 8));
	packet.protocol = GEN_TCP;
	packet.tcp_flags = GEN_SYN;
	packet.sport = gen_random_between(random, 1024, 65535);
	packet.dport = 80;
	packet.payload = 0;
	batch_one(traffic, batch, &packet);
}

/* A datagram in as many fragments as a batch has. */
static void split_next(struct gen_traffic *traffic, struct gen_batch *batch)
{
	struct gen_packet packet;

	gen_traffic_flow(traffic, &packet, gen_traffic_pick(traffic));
	packet.protocol = GEN_UDP;
	packet.payload = gen_random_between(&traffic->random, FRAGMENT * 3,
					    GEN_PAYLOAD_MAX);
	batch->n = gen_frame_split(batch->frame, GEN_BATCH_MAX, &packet,
				   FRAGMENT);
}

static void fragments_next(struct gen_traffic *traffic,
			   struct gen_batch *batch)
{
	struct gen_frame frame;

	split_next(traffic, batch);
	for (size_t i = batch->n - 1; i; i--) {
		size_t j = gen_random_below(&traffic->random, i + 1);

		frame = batch->frame[i];
		batch->frame[i] = batch->frame[j];
		batch->frame[j] = frame;
	}
	batch_time(traffic, batch);
}

static void lost_next(struct gen_traffic *traffic, struct gen_batch *batch)
{
	uint32_t lost = gen_random_below(&traffic->random, GEN_BATCH_MAX);

	split_next(traffic, batch);
	batch->frame[lost] = batch->frame[--batch->n];
	batch_time(traffic, batch);
}

/* The third one begins eight bytes before the end of the second. */
static void overlap_next(struct gen_traffic *traffic, struct gen_batch *batch)
{
	struct gen_frame *frame = &batch->frame[2];
	uint8_t *l3;

	split_next(traffic, batch);
	l3 = frame->data + frame->l3;
	if (l3[0] >> 4 == 4) {
		l3[7]--;
		gen_frame_checksum(frame);
	} else {
		l3[40 + 3] -= 8;
	}
	batch_time(traffic, batch);
}

static void first_next(struct gen_traffic *traffic, struct gen_batch *batch)
{
	split_next(traffic, batch);
	batch->n = 1;
	batch_time(traffic, batch);
}

const struct gen_profile gen_profiles[] = {
	{ "mixed", "everything that IP allows, and some that it does not",
	  200, mixed_next },
	{ "scan", "198.18.255.254 scans ports among normal sources",
	  128, scan_next },
	{ "flows", "flows of TCP, UDP, SCTP, ICMP and GRE", 1000, flows_next },
	{ "police", "bursts of 64 large packets to one of 4 destinations",
	  256, police_next },
	{ "sources", "connections that begin and end, of many sources",
	  100, sources_next },
	{ "syn", "TCP SYNs from random addresses and ports", 1, syn_next },
	{ "fragments", "datagrams in 4 fragments, in any order", 1000,
	  fragments_next },
	{ "fragments-lost", "3 of them", 1000, lost_next },
	{ "fragments-overlap", "in order, the third overlaps the second", 1000,
	  overlap_next },
	{ "fragments-first", "the first only", 1000, first_next },
	{ NULL, NULL, 0, NULL },
};
