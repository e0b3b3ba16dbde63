// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include "../gen/frame.h"
#include "mutation.h"

#define SOURCES		64
#define DESTINATIONS	16
#define HOME_PERCENT	5	/* for the device itself: they go up the stack */

static const uint8_t protocols[] = {
	GEN_TCP, GEN_TCP, GEN_TCP, GEN_UDP, GEN_UDP, GEN_SCTP, GEN_ICMP,
};

static const uint8_t exts[] = {
	GEN_EXT_HOP, GEN_EXT_ROUTING, GEN_EXT_FRAGMENT, GEN_EXT_AH,
	GEN_EXT_DSTOPTS,
};

static const uint8_t flags[] = {
	GEN_SYN, GEN_SYN | GEN_ACK, GEN_ACK, GEN_ACK | GEN_PSH,
	GEN_FIN | GEN_ACK, GEN_RST,
};

#define CHOOSE(random, array) \
	(array)[gen_random_below(random, sizeof(array) / sizeof(*(array)))]

/* RFC 2544 and RFC 5180. */
static void set_address(uint8_t *p, uint8_t family, uint8_t net, uint8_t host)
{
	static const uint8_t prefix[16] = { 0x20, 0x01, 0x00, 0x02 };

	if (family == 6) {
		memcpy(p, prefix, 16);
		p[7] = net;
		p[15] = host;
		return;
	}
	p[0] = 198;
	p[1] = 18 + net;
	p[2] = 0;
	p[3] = host;
}

static void set_headers(struct gen_packet *packet, struct gen_random *random)
{
	packet->protocol = CHOOSE(random, protocols);
	if (packet->protocol == GEN_ICMP && packet->family == 6)
		packet->protocol = GEN_ICMP6;
	packet->tcp_flags = CHOOSE(random, flags);
	if (packet->family == 4 && gen_random_percent(random, 10))
		packet->options = 4 * gen_random_below(random, 11);
	if (packet->family == 6 && gen_random_percent(random, 20))
		packet->next = gen_random_below(random, 5);
	for (unsigned int i = 0; i < packet->next; i++)
		packet->ext[i] = CHOOSE(random, exts);
	if (gen_random_percent(random, 10))
		packet->nvlans = gen_random_between(random, 1, 2);
}

static void fill(struct gen_packet *packet, struct gen_random *random)
{
	uint64_t bits = gen_random_next(random);

	memset(packet, 0, sizeof(*packet));
	packet->dst_mac[0] = 2;
	packet->dst_mac[5] = gen_random_percent(random, HOME_PERCENT) ? 2 : 9;
	packet->src_mac[0] = 2;
	packet->src_mac[5] = 1;
	packet->family = bits & 1 ? 4 : 6;
	set_address(packet->src, packet->family, 0, bits >> 8 & (SOURCES - 1));
	set_address(packet->dst, packet->family, 1,
		    bits >> 16 & (DESTINATIONS - 1));
	packet->sport = 1024 + (bits >> 24 & 31);
	packet->dport = bits >> 32 & 1023;
	packet->id = bits >> 40;
	packet->vlan[0] = bits >> 48 & 0xfff;
	packet->vlan[1] = bits >> 52 & 0xfff;
	packet->payload = gen_random_below(random, 48);
	set_headers(packet, random);
}

static size_t exts_len(const struct gen_packet *packet)
{
	size_t len = 0;

	for (unsigned int i = 0; i < packet->next; i++)
		len += packet->ext[i] == GEN_EXT_AH ? 24 : 8;
	return len;
}

void fuzz_frame_make(struct fuzz_frame *frame, struct gen_random *random)
{
	struct gen_packet packet;
	struct gen_frame good;

	fill(&packet, random);
	gen_frame_build(&good, &packet);
	memcpy(frame->data, good.data, good.len);
	memset(&frame->vnet, 0, sizeof(frame->vnet));
	frame->len = good.len;
	frame->l3 = good.l3;
	frame->l4 = good.l3 + (packet.family == 4 ? 20u + packet.options :
			       40 + exts_len(&packet));
	frame->segments = 0;
}
