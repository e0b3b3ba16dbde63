// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include "../gen/frame.h"
#include "gso.h"

#define SIZE_MIN	8	/* of TCP; smaller ones the kernel makes this */
#define UDP_L4		5	/* VIRTIO_NET_HDR_GSO_UDP_L4 of newer headers */

void fuzz_gso_honest(struct fuzz_frame *frame, struct gen_random *random)
{
	struct gen_packet packet = {
		.dst_mac = { 2, 0, 0, 0, 0, 9 },
		.src_mac = { 2, 0, 0, 0, 0, 1 },
		.family = gen_random_percent(random, 50) ? 4 : 6,
		.protocol = GEN_TCP,
		.sport = 1024 + gen_random_below(random, 32),
		.dport = 80,
		.tcp_flags = GEN_ACK,
		.payload = gen_random_between(random, SIZE_MIN + 1,
					      GEN_PAYLOAD_MAX),
	};
	struct gen_frame good;
	size_t headers;

	packet.src[packet.family == 4 ? 3 : 15] = 1;
	packet.src[0] = packet.family == 4 ? 198 : 0x20;
	packet.dst[packet.family == 4 ? 3 : 15] = 2;
	packet.dst[0] = packet.src[0];
	gen_frame_build(&good, &packet);
	memcpy(frame->data, good.data, good.len);
	frame->len = good.len;
	frame->l3 = good.l3;
	frame->l4 = good.l3 + (packet.family == 4 ? 20 : 40);
	headers = frame->l4 + 20;
	frame->vnet = (struct virtio_net_hdr){
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = packet.family == 4 ? VIRTIO_NET_HDR_GSO_TCPV4 :
						 VIRTIO_NET_HDR_GSO_TCPV6,
		.hdr_len = headers,
		.gso_size = gen_random_between(random, SIZE_MIN,
					       packet.payload - 1),
		.csum_start = frame->l4,
		.csum_offset = 16,
	};
	frame->segments = (packet.payload + frame->vnet.gso_size - 1) /
			  frame->vnet.gso_size;
}

static uint16_t lying(struct gen_random *random, uint16_t right)
{
	switch (gen_random_below(random, 4)) {
	case 0:
		return right;
	case 1:
		return right + gen_random_below(random, 9) - 4;
	case 2:
		return gen_random_below(random, 128);
	default:
		return gen_random_next(random);
	}
}

/* A checksum place the kernel takes, so that it believes the sizes. */
static void lie_well(struct fuzz_frame *frame, struct gen_random *random)
{
	struct virtio_net_hdr *vnet = &frame->vnet;

	vnet->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	vnet->gso_type = gen_random_percent(random, 50) ?
			 VIRTIO_NET_HDR_GSO_TCPV4 : VIRTIO_NET_HDR_GSO_TCPV6;
	if (gen_random_percent(random, 20))
		vnet->gso_type = VIRTIO_NET_HDR_GSO_UDP;
	vnet->csum_start = frame->l4;
	vnet->csum_offset = 16;
	vnet->hdr_len = gen_random_between(random, 14, frame->len);
	vnet->gso_size = gen_random_percent(random, 50) ?
			 gen_random_between(random, 1, 16) :
			 gen_random_between(random, 1, 2000);
}

void fuzz_gso_lie(struct fuzz_frame *frame, struct gen_random *random)
{
	static const uint8_t types[] = {
		VIRTIO_NET_HDR_GSO_NONE, VIRTIO_NET_HDR_GSO_TCPV4,
		VIRTIO_NET_HDR_GSO_TCPV6, VIRTIO_NET_HDR_GSO_UDP, UDP_L4, 0x7f,
	};
	static const uint8_t csum_offsets[] = { 16, 16, 6, 2, 0, 200 };
	struct virtio_net_hdr *vnet = &frame->vnet;

	if (gen_random_percent(random, 50)) {
		size_t more = gen_random_below(random, 6000);

		memset(frame->data + frame->len, 0xaa, more);
		frame->len += more;
	}
	if (gen_random_percent(random, 70)) {
		lie_well(frame, random);
		return;
	}
	vnet->flags = gen_random_below(random, 4);
	if (gen_random_percent(random, 5))
		vnet->flags = gen_random_next(random);
	vnet->gso_type = types[gen_random_below(random, 6)];
	if (gen_random_percent(random, 10))
		vnet->gso_type |= VIRTIO_NET_HDR_GSO_ECN;
	vnet->hdr_len = lying(random, frame->l4 + 20);
	vnet->gso_size = lying(random, 536);
	vnet->csum_start = lying(random, frame->l4);
	vnet->csum_offset = csum_offsets[gen_random_below(random, 6)];
}
