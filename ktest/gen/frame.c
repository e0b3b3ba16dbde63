// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include "checksum.h"
#include "frame.h"

#define EXT_LEN		8	/* of every extension header but AH */
#define AH_LEN		24	/* 12 + 96 bits of integrity check */

static void put16(uint8_t *p, uint16_t n)
{
	p[0] = n >> 8;
	p[1] = n;
}

static void put32(uint8_t *p, uint32_t n)
{
	put16(p, n >> 16);
	put16(p + 2, n);
}

static size_t address_len(uint8_t family)
{
	return family == 4 ? 4 : 16;
}

/* Ethernet header and tags; the frame ends behind them. */
static void build_ether(struct gen_frame *frame,
			const struct gen_packet *packet, uint16_t type)
{
	uint8_t *p = frame->data + 12;

	memcpy(frame->data, packet->dst_mac, 6);
	memcpy(frame->data + 6, packet->src_mac, 6);
	for (unsigned int i = 0; i < packet->nvlans; i++, p += 4) {
		put16(p, packet->nvlans == 2 && !i ? 0x88a8 : 0x8100);
		put16(p + 2, packet->vlan[i] & 0xfff);
	}
	put16(p, type);
	frame->l3 = p + 2 - frame->data;
	frame->len = frame->l3;
}

static size_t transport_len(const struct gen_packet *packet)
{
	switch (packet->protocol) {
	case GEN_TCP:
		return 20;
	case GEN_UDP:
	case GEN_ICMP:
	case GEN_ICMP6:
		return 8;
	case GEN_SCTP:
		return 12 + 16;	/* with the header of a DATA chunk */
	default:
		return 0;
	}
}

static void build_tcp(uint8_t *p, const struct gen_packet *packet)
{
	put32(p + 4, packet->id);
	put32(p + 8, packet->tcp_flags & GEN_ACK ? packet->id * 3 : 0);
	p[12] = 5 << 4;
	p[13] = packet->tcp_flags;
	put16(p + 14, 65535);
}

static void build_sctp(uint8_t *p, const struct gen_packet *packet)
{
	put32(p + 4, packet->id);
	p[13] = 3;
	put16(p + 14, 16 + packet->payload);
	put32(p + 16, packet->id);
}

/* ICMP has no ports: an echo request with identifier and sequence number. */
static void build_ports(uint8_t *p, const struct gen_packet *packet, size_t len)
{
	bool echo = packet->protocol == GEN_ICMP ||
		    packet->protocol == GEN_ICMP6;

	if (!transport_len(packet))
		return;
	put16(p + (echo ? 4 : 0), packet->sport);
	put16(p + (echo ? 6 : 2), packet->dport);
	switch (packet->protocol) {
	case GEN_TCP:
		build_tcp(p, packet);
		break;
	case GEN_UDP:
		put16(p + 4, len);
		break;
	case GEN_SCTP:
		build_sctp(p, packet);
		break;
	default:
		p[0] = packet->protocol == GEN_ICMP ? 8 : 128;
		break;
	}
}

static void sign_transport(uint8_t *p, const struct gen_packet *packet,
			   size_t len)
{
	uint32_t pseudo = 0;
	uint16_t sum;
	size_t n = address_len(packet->family);

	if (packet->protocol != GEN_ICMP)
		pseudo = gen_checksum_add(packet->src, n,
				gen_checksum_add(packet->dst, n,
						 packet->protocol + len));
	sum = gen_checksum_fold(gen_checksum_add(p, len, pseudo));
	switch (packet->protocol) {
	case GEN_TCP:
		put16(p + 16, sum);
		break;
	case GEN_UDP:
		put16(p + 6, sum ? sum : 0xffff);
		break;
	case GEN_SCTP:
		gen_checksum_crc32c(p, len, p + 8);
		break;
	case GEN_ICMP:
	case GEN_ICMP6:
		put16(p + 2, sum);
		break;
	default:
		break;
	}
}

/* The transport header and payload; returns their length. */
static size_t build_transport(uint8_t *p, const struct gen_packet *packet)
{
	size_t header = transport_len(packet);
	size_t len = header + packet->payload;

	memset(p, 0, header);
	for (size_t i = 0; i < packet->payload; i++)
		p[header + i] = packet->id + i;
	build_ports(p, packet, len);
	sign_transport(p, packet, len);
	return len;
}

/* @offset in bytes; @more fragments follow. */
static size_t build_ip4(struct gen_frame *frame,
			const struct gen_packet *packet, size_t len,
			size_t offset, bool more)
{
	uint8_t *p = frame->data + frame->l3;
	size_t header = 20 + packet->options;

	memset(p, 0, 20);
	memset(p + 20, 1, packet->options);	/* no operation */
	p[0] = 4 << 4 | header / 4;
	put16(p + 2, header + len);
	put16(p + 4, packet->id);
	put16(p + 6, offset / 8 | (more ? 0x2000 : 0));
	p[8] = 64;
	p[9] = packet->protocol;
	memcpy(p + 12, packet->src, 4);
	memcpy(p + 16, packet->dst, 4);
	gen_frame_checksum(frame);
	return header;
}

static size_t build_ext(uint8_t *p, uint8_t type, uint8_t next, uint32_t id)
{
	size_t len = type == GEN_EXT_AH ? AH_LEN : EXT_LEN;

	memset(p, 0, len);
	p[0] = next;
	if (type == GEN_EXT_AH) {
		p[1] = AH_LEN / 4 - 2;
		put32(p + 4, id);
	} else if (type == GEN_EXT_FRAGMENT) {
		put32(p + 4, id);
	} else if (type != GEN_EXT_ROUTING) {
		p[2] = 1;	/* PadN of 6 bytes */
		p[3] = 4;
	}
	return len;
}

static size_t build_exts(uint8_t *p, const struct gen_packet *packet)
{
	size_t len = 0;

	for (unsigned int i = 0; i < packet->next; i++)
		len += build_ext(p + len, packet->ext[i],
				 i + 1 < packet->next ? packet->ext[i + 1] :
							packet->protocol,
				 packet->id);
	return len;
}

static void build_ip6(struct gen_frame *frame,
		      const struct gen_packet *packet, uint8_t next, size_t len)
{
	uint8_t *p = frame->data + frame->l3;

	put32(p, 6u << 28 | (packet->id & 0xfffff));
	put16(p + 4, len);
	p[6] = next;
	p[7] = 64;
	memcpy(p + 8, packet->src, 16);
	memcpy(p + 24, packet->dst, 16);
}

void gen_frame_build(struct gen_frame *frame, const struct gen_packet *packet)
{
	size_t header = 40, len;
	uint8_t next = packet->next ? packet->ext[0] : packet->protocol;

	build_ether(frame, packet, packet->family == 4 ? 0x0800 : 0x86dd);
	if (packet->family == 4) {
		len = transport_len(packet) + packet->payload;
		header = build_ip4(frame, packet, len, 0, false);
		build_transport(frame->data + frame->l3 + header, packet);
	} else {
		len = build_exts(frame->data + frame->l3 + header, packet);
		len += build_transport(frame->data + frame->l3 + header + len,
				       packet);
		build_ip6(frame, packet, next, len);
	}
	frame->len = frame->l3 + header + len;
}

size_t gen_frame_split(struct gen_frame *frames, size_t max,
		       const struct gen_packet *packet, size_t size)
{
	uint8_t whole[GEN_FRAME_MAX];
	size_t len = build_transport(whole, packet);
	size_t n = 0;

	for (size_t at = 0; at < len && n < max; at += size, n++) {
		struct gen_frame *frame = &frames[n];
		bool more = at + size < len;
		size_t part = more ? size : len - at;
		size_t header = 40 + EXT_LEN;

		build_ether(frame, packet,
			    packet->family == 4 ? 0x0800 : 0x86dd);
		if (packet->family == 4) {
			header = build_ip4(frame, packet, part, at, more);
		} else {
			uint8_t *ext = frame->data + frame->l3 + 40;

			build_ip6(frame, packet, GEN_EXT_FRAGMENT,
				  EXT_LEN + part);
			build_ext(ext, GEN_EXT_FRAGMENT, packet->protocol,
				  packet->id);
			put16(ext + 2, at | more);
		}
		memcpy(frame->data + frame->l3 + header, whole + at, part);
		frame->len = frame->l3 + header + part;
	}
	return n;
}

void gen_frame_raw(struct gen_frame *frame, const struct gen_packet *packet,
		   uint16_t type, const uint8_t *data, size_t len)
{
	build_ether(frame, packet, type);
	memcpy(frame->data + frame->l3, data, len);
	frame->len += len;
}

void gen_frame_checksum(struct gen_frame *frame)
{
	uint8_t *p = frame->data + frame->l3;

	put16(p + 10, 0);
	put16(p + 10, gen_checksum_fold(gen_checksum_add(p, (p[0] & 15) * 4,
							 0)));
}
