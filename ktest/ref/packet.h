/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a chain sees of a packet, worked out from the standards: RFC 791 and
 * 8200 for IP, 9293, 768 and 9260 for the ports, 4302 for the length of AH.
 */
#ifndef REF_PACKET_H
#define REF_PACKET_H

#include <stdbool.h>
#include <stdint.h>
#include "capture.h"

#define REF_EXTENSIONS_MAX	8	/* IPv6 extension headers that are walked */

#define REF_TCP_FIN	0x01
#define REF_TCP_SYN	0x02
#define REF_TCP_RST	0x04
#define REF_TCP_ACK	0x10

enum ref_kind {
	REF_IP,
	REF_NOT_IP,
	REF_MALFORMED,	/* says it is IP, and is not */
	REF_CUT,	/* the capture ends before the headers do */
};

/**
 * struct ref_packet - a packet
 * @time_ns: since 1970
 * @bytes: IPv4 total length, IPv6 40 + payload length; of what is not IP or
 *	malformed all that follows the link layer
 * @src: source address, of IPv4 the first 4 bytes, the others zero
 * @dst: destination address
 * @sport: host order; 0 without @ports
 * @dport: host order
 * @family: 4 or 6
 * @protocol: of IPv6 the one after the extension headers
 * @tcp_flags: REF_TCP_*; 0 if a fragment
 * @ports: TCP, UDP or SCTP and not a fragment
 * @fragment: the first one is one as well
 */
struct ref_packet {
	int64_t time_ns;
	uint64_t bytes;
	enum ref_kind kind;
	uint8_t src[16];
	uint8_t dst[16];
	uint16_t sport;
	uint16_t dport;
	uint8_t family;
	uint8_t protocol;
	uint8_t tcp_flags;
	bool ports;
	bool fragment;
};

/**
 * ref_packet_parse - understand a frame
 * @packet: filled in
 * @frame: from ref_capture_next()
 *
 * Padding after the IP packet does not count. A header longer than the packet
 * makes it malformed; a checksum does not.
 */
void ref_packet_parse(struct ref_packet *packet, const struct ref_frame *frame);

#endif
