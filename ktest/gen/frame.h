/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ethernet frames made from a description, with all checksums right. */
#ifndef GEN_FRAME_H
#define GEN_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GEN_FRAME_MAX	2048
#define GEN_PAYLOAD_MAX	1400	/* bytes after the transport header */
#define GEN_EXT_MAX	10

#define GEN_TCP		6
#define GEN_UDP		17
#define GEN_SCTP	132
#define GEN_ICMP	1
#define GEN_ICMP6	58

#define GEN_FIN		0x01
#define GEN_SYN		0x02
#define GEN_RST		0x04
#define GEN_PSH		0x08
#define GEN_ACK		0x10

/* IPv6 extension headers by their protocol numbers. */
#define GEN_EXT_HOP		0
#define GEN_EXT_ROUTING		43
#define GEN_EXT_FRAGMENT	44	/* an atomic one */
#define GEN_EXT_AH		51
#define GEN_EXT_DSTOPTS		60

/**
 * struct gen_frame - a frame
 * @time_ns: since the first one
 * @len: bytes of @data
 * @l3: where the network header is
 * @data: from the Ethernet destination
 */
struct gen_frame {
	uint64_t time_ns;
	size_t len;
	size_t l3;
	uint8_t data[GEN_FRAME_MAX];
};

/**
 * struct gen_packet - what a frame is to hold
 * @dst_mac: Ethernet destination
 * @src_mac: Ethernet source
 * @vlan: tags, outermost first; of two the outer one is 802.1ad
 * @nvlans: 0 to 2
 * @family: 4 or 6
 * @protocol: GEN_TCP and so on, or any other number: then just payload
 * @src: address, 4 or 16 bytes
 * @dst: address
 * @sport: of ICMP echo the identifier
 * @dport: of ICMP echo the sequence number
 * @tcp_flags: GEN_SYN and so on
 * @options: bytes of IPv4 options, a multiple of 4, at most 40
 * @ext: IPv6 extension headers
 * @next: of them
 * @payload: bytes after the transport header
 * @id: IP identification
 */
struct gen_packet {
	uint8_t dst_mac[6];
	uint8_t src_mac[6];
	uint16_t vlan[2];
	uint8_t nvlans;
	uint8_t family;
	uint8_t protocol;
	uint8_t src[16];
	uint8_t dst[16];
	uint16_t sport;
	uint16_t dport;
	uint8_t tcp_flags;
	uint8_t options;
	uint8_t ext[GEN_EXT_MAX];
	uint8_t next;
	uint16_t payload;
	uint32_t id;
};

/* The frame of a packet. Its time is left alone. */
void gen_frame_build(struct gen_frame *frame, const struct gen_packet *packet);

/**
 * gen_frame_split - the fragments of a packet
 * @frames: as many as it takes are filled in
 * @max: at most so many
 * @packet: as above; without @ext
 * @size: bytes of a fragment after its IP headers, a multiple of 8
 *
 * Return: how many.
 */
size_t gen_frame_split(struct gen_frame *frames, size_t max,
		       const struct gen_packet *packet, size_t size);

/* A frame of another protocol: @type and @len bytes after it. */
void gen_frame_raw(struct gen_frame *frame, const struct gen_packet *packet,
		   uint16_t type, const uint8_t *data, size_t len);

/* Make the IPv4 header checksum right again after a change. */
void gen_frame_checksum(struct gen_frame *frame);

#endif
