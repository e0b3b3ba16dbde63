// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include "packet.h"

#define IP4_HEADER	20
#define IP6_HEADER	40
#define PROTO_HOP	0
#define PROTO_TCP	6
#define PROTO_UDP	17
#define PROTO_ROUTING	43
#define PROTO_FRAGMENT	44
#define PROTO_AH	51
#define PROTO_DSTOPTS	60
#define PROTO_SCTP	132

/* The packet's bytes: end is where it ends, have is what was captured. */
struct bytes {
	const uint8_t *p;
	size_t end;
	size_t have;
};

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

/* Are bytes [at, at + n) there? If not, whose fault is it? */
static enum ref_kind need(const struct bytes *b, size_t at, size_t n)
{
	if (at + n > b->end)
		return REF_MALFORMED;
	return at + n > b->have ? REF_CUT : REF_IP;
}

static size_t transport_header(uint8_t protocol)
{
	switch (protocol) {
	case PROTO_TCP:
		return 20;
	case PROTO_UDP:
		return 8;
	case PROTO_SCTP:
		return 12;
	default:
		return 0;
	}
}

static enum ref_kind parse_transport(struct ref_packet *packet,
				     const struct bytes *b, size_t at)
{
	size_t header = transport_header(packet->protocol);
	enum ref_kind kind;

	if (!header || packet->fragment)
		return REF_IP;
	kind = need(b, at, header);
	if (kind != REF_IP)
		return kind;
	if (packet->protocol == PROTO_TCP) {
		size_t header_len = (b->p[at + 12] >> 4) * 4;

		if (header_len < header || at + header_len > b->end)
			return REF_MALFORMED;
		packet->tcp_flags = b->p[at + 13];
	}
	packet->ports = true;
	packet->sport = get16(b->p + at);
	packet->dport = get16(b->p + at + 2);
	return REF_IP;
}

static enum ref_kind parse_ip4(struct ref_packet *packet, struct bytes *b)
{
	enum ref_kind kind = need(b, 0, IP4_HEADER);
	size_t header, total;

	if (kind != REF_IP)
		return kind;
	header = (b->p[0] & 15) * 4;
	total = get16(b->p + 2);
	if (b->p[0] >> 4 != 4 || header < IP4_HEADER || total < header ||
	    total > b->end)
		return REF_MALFORMED;
	b->end = total;
	packet->bytes = total;
	packet->family = 4;
	packet->protocol = b->p[9];
	packet->fragment = get16(b->p + 6) & 0x3fff;
	memcpy(packet->src, b->p + 12, 4);
	memcpy(packet->dst, b->p + 16, 4);
	return parse_transport(packet, b, header);
}

static bool is_extension(uint8_t protocol)
{
	return protocol == PROTO_HOP || protocol == PROTO_ROUTING ||
	       protocol == PROTO_FRAGMENT || protocol == PROTO_AH ||
	       protocol == PROTO_DSTOPTS;
}

static size_t extension_len(uint8_t protocol, const uint8_t *p)
{
	if (protocol == PROTO_FRAGMENT)
		return 8;
	return protocol == PROTO_AH ? (p[1] + 2) * 4 : (p[1] + 1) * 8;
}

/*
 * Of a fragment, what follows the fragment header may be the middle of
 * anything: its protocol is the one that the fragment header names.
 */
static enum ref_kind parse_extensions(struct ref_packet *packet,
				      const struct bytes *b, size_t *at)
{
	unsigned int n;

	for (n = 0; is_extension(packet->protocol); n++) {
		const uint8_t *p = b->p + *at;
		uint8_t protocol = packet->protocol;
		enum ref_kind kind = need(b, *at, 8);

		if (n == REF_EXTENSIONS_MAX)
			return REF_MALFORMED;
		if (kind == REF_IP)
			kind = need(b, *at, extension_len(protocol, p));
		if (kind != REF_IP)
			return kind;
		packet->protocol = p[0];
		*at += extension_len(protocol, p);
		if (protocol == PROTO_FRAGMENT && (get16(p + 2) & 0xfff9)) {
			packet->fragment = true;
			return REF_IP;
		}
	}
	return REF_IP;
}

static enum ref_kind parse_ip6(struct ref_packet *packet, struct bytes *b)
{
	enum ref_kind kind = need(b, 0, IP6_HEADER);
	size_t at = IP6_HEADER;
	size_t total;

	if (kind != REF_IP)
		return kind;
	total = IP6_HEADER + get16(b->p + 4);
	if (b->p[0] >> 4 != 6 || total > b->end)
		return REF_MALFORMED;
	b->end = total;
	packet->bytes = total;
	packet->family = 6;
	packet->protocol = b->p[6];
	memcpy(packet->src, b->p + 8, 16);
	memcpy(packet->dst, b->p + 24, 16);
	kind = parse_extensions(packet, b, &at);
	if (kind != REF_IP)
		return kind;
	return parse_transport(packet, b, at);
}

void ref_packet_parse(struct ref_packet *packet, const struct ref_frame *frame)
{
	struct bytes b = {
		.p = frame->data,
		.end = frame->len,
		.have = frame->captured,
	};

	memset(packet, 0, sizeof(*packet));
	packet->time_ns = frame->time_ns;
	if (frame->ethertype == 0x0800)
		packet->kind = parse_ip4(packet, &b);
	else if (frame->ethertype == 0x86dd)
		packet->kind = parse_ip6(packet, &b);
	else
		packet->kind = REF_NOT_IP;
	if (packet->kind == REF_MALFORMED || packet->kind == REF_NOT_IP)
		packet->bytes = frame->len;
}
