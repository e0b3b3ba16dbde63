// SPDX-License-Identifier: GPL-2.0-or-later
#include "broken.h"

static void set16(struct gen_frame *frame, size_t at, uint16_t n)
{
	frame->data[frame->l3 + at] = n >> 8;
	frame->data[frame->l3 + at + 1] = n;
}

static void cut(struct gen_frame *frame, size_t len)
{
	frame->len = frame->l3 + len;
}

static void break4(struct gen_frame *frame, unsigned int kind)
{
	uint8_t *p = frame->data + frame->l3;

	switch (kind) {
	case 0:		/* half a header */
		cut(frame, 10);
		return;
	case 1:		/* a header shorter than a header */
		p[0] = 4 << 4 | 4;
		break;
	case 2:		/* a header longer than the packet */
		p[0] = 4 << 4 | 15;
		set16(frame, 2, 40);
		return;
	case 3:		/* the wrong version */
		p[0] = 7 << 4 | 5;
		break;
	case 4:		/* longer than the frame */
		set16(frame, 2, frame->len - frame->l3 + 1);
		break;
	case 5:		/* shorter than its header */
		set16(frame, 2, 19);
		break;
	case 6:		/* no length */
		set16(frame, 2, 0);
		break;
	case 7:		/* half a TCP header, the rest is padding */
		set16(frame, 2, 20 + 13);
		break;
	default:	/* a TCP header longer than the packet */
		p[20 + 12] = 15 << 4;
		set16(frame, 2, 20 + 20);
		break;
	}
	gen_frame_checksum(frame);
}

static void break6(struct gen_frame *frame, unsigned int kind)
{
	uint8_t *p = frame->data + frame->l3;

	switch (kind) {
	case 0:		/* half a header */
		cut(frame, 24);
		break;
	case 1:		/* the wrong version */
		p[0] = 5 << 4;
		break;
	case 2:		/* longer than the frame */
		set16(frame, 4, frame->len - frame->l3 - 40 + 1);
		break;
	case 3:		/* an extension header longer than the packet */
		p[41] = 255;
		break;
	case 4:		/* half an extension header */
		set16(frame, 4, 4);
		break;
	default:	/* an AH longer than the packet */
		p[6] = GEN_EXT_AH;
		p[41] = 255;
		break;
	}
}

/* Nine extension headers: one more than anybody walks. */
static void build_deep(struct gen_frame *frame, struct gen_packet *packet)
{
	packet->next = 9;
	for (unsigned int i = 0; i < packet->next; i++)
		packet->ext[i] = GEN_EXT_DSTOPTS;
	gen_frame_build(frame, packet);
}

void gen_broken_build(struct gen_frame *frame, struct gen_packet *packet,
		      unsigned int kind)
{
	packet->protocol = GEN_TCP;
	packet->options = 0;
	packet->next = 0;
	packet->payload = 24;
	if (packet->family == 4) {
		gen_frame_build(frame, packet);
		break4(frame, kind % 9);
		return;
	}
	if (kind % 7 == 6) {
		build_deep(frame, packet);
		return;
	}
	packet->next = 1;
	packet->ext[0] = GEN_EXT_DSTOPTS;
	gen_frame_build(frame, packet);
	break6(frame, kind % 7);
}
