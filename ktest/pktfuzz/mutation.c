// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <string.h>
#include "gso.h"
#include "mutation.h"

#define ETHER_LEN	14
#define EXTS_MAX	40

static bool is_ip4(const struct fuzz_frame *frame)
{
	return frame->data[frame->l3] >> 4 == 4;
}

static uint8_t *ip(struct fuzz_frame *frame)
{
	return frame->data + frame->l3;
}

/* A length near @right, or one that computers find hard. */
static uint16_t odd_length(struct gen_random *random, uint16_t right)
{
	static const uint16_t hard[] = {
		0, 1, 7, 8, 19, 20, 39, 40, 0x7fff, 0x8000, 0xfff8, 0xffff,
	};

	switch (gen_random_below(random, 3)) {
	case 0:
		return hard[gen_random_below(random, 12)];
	case 1:
		return right + gen_random_below(random, 41) - 20;
	default:
		return gen_random_next(random);
	}
}

static void cut(struct fuzz_frame *frame, struct gen_random *random)
{
	frame->len = gen_random_below(random, frame->len);
}

static void ip_length(struct fuzz_frame *frame, struct gen_random *random)
{
	uint8_t *p = ip(frame) + (is_ip4(frame) ? 2 : 4);

	fuzz_put16(p, odd_length(random, fuzz_get16(p)));
}

static void ip_header(struct fuzz_frame *frame, struct gen_random *random)
{
	if (is_ip4(frame) || gen_random_percent(random, 50))
		ip(frame)[0] = gen_random_next(random);
	else
		ip(frame)[6] = gen_random_next(random);
}

/* What is at this place is the TCP header length, or payload. */
static void tcp_offset(struct fuzz_frame *frame, struct gen_random *random)
{
	if (frame->l4 + 13 < frame->len)
		frame->data[frame->l4 + 12] = gen_random_next(random);
}

static void l4_length(struct fuzz_frame *frame, struct gen_random *random)
{
	uint8_t *p = frame->data + frame->l4 + 4;

	if (frame->l4 + 6 < frame->len)
		fuzz_put16(p, odd_length(random, fuzz_get16(p)));
}

static void protocol(struct fuzz_frame *frame, struct gen_random *random)
{
	ip(frame)[is_ip4(frame) ? 9 : 6] = gen_random_next(random);
}

/* Makes room for @len bytes at @at. */
static void insert(struct fuzz_frame *frame, size_t at, size_t len)
{
	memmove(frame->data + at + len, frame->data + at, frame->len - at);
	memset(frame->data + at, 0, len);
	frame->len += len;
	frame->l4 += len;
}

/* A stack of extension headers; some of their lengths lie. */
static void exts(struct fuzz_frame *frame, struct gen_random *random)
{
	static const uint8_t types[] = { 0, 43, 60, 51, 44 };
	unsigned int n = gen_random_between(random, 1, EXTS_MAX);
	bool lie = gen_random_percent(random, 50);
	uint8_t *p = ip(frame) + 40, next = ip(frame)[6];

	if (is_ip4(frame))
		return;
	insert(frame, frame->l3 + 40, 8 * n);
	for (unsigned int i = n; i--;) {
		uint8_t type = types[gen_random_below(random, 5)];

		p[8 * i] = next;
		p[8 * i + 1] = lie && gen_random_percent(random, 10) ?
			       gen_random_below(random, 256) : 0;
		/* Rarely: it ends the walk. */
		if (type == 44 && gen_random_percent(random, 5))
			fuzz_put16(p + 8 * i + 2, gen_random_next(random));
		next = type;
	}
	ip(frame)[6] = next;
	fuzz_put16(ip(frame) + 4, fuzz_get16(ip(frame) + 4) + 8 * n);
}

static void fragment4(struct fuzz_frame *frame, struct gen_random *random)
{
	fuzz_put16(ip(frame) + 4, gen_random_below(random, 4));
	fuzz_put16(ip(frame) + 6, gen_random_percent(random, 50) ?
		   gen_random_next(random) :
		   gen_random_below(random, 4) |
		   (gen_random_percent(random, 50) ? 0x2000 : 0));
}

/* Of few packets, so that they overlap; offset 0 and "more" or not, too. */
static void fragment(struct fuzz_frame *frame, struct gen_random *random)
{
	uint8_t *p;

	if (is_ip4(frame)) {
		fragment4(frame, random);
	} else {
		insert(frame, frame->l3 + 40, 8);
		p = ip(frame) + 40;
		p[0] = ip(frame)[6];
		ip(frame)[6] = 44;
		p[7] = gen_random_below(random, 4);
		fuzz_put16(p + 2, gen_random_percent(random, 50) ?
			   gen_random_next(random) :
			   gen_random_below(random, 32));
		fuzz_put16(ip(frame) + 4, fuzz_get16(ip(frame) + 4) + 8);
	}
	/* A tiny one, whose length is right. */
	if (gen_random_percent(random, 50)) {
		size_t part = gen_random_below(random, 17);

		if (frame->l4 + part >= frame->len)
			return;
		frame->len = frame->l4 + part;
		fuzz_put16(ip(frame) + (is_ip4(frame) ? 2 : 4),
			   frame->len - frame->l3 - (is_ip4(frame) ? 0 : 40));
	}
}

static void vlans(struct fuzz_frame *frame, struct gen_random *random)
{
	unsigned int n = gen_random_between(random, 1, 12);

	insert(frame, 12, 4 * n);
	frame->l3 += 4 * n;
	for (unsigned int i = 0; i < n; i++) {
		fuzz_put16(frame->data + 12 + 4 * i,
			   gen_random_percent(random, 50) ? 0x8100 : 0x88a8);
		fuzz_put16(frame->data + 14 + 4 * i, gen_random_next(random));
	}
	if (gen_random_percent(random, 20))
		frame->len = gen_random_between(random, ETHER_LEN,
						12 + 4 * n + 4);
}

/* From nothing to no more than an Ethernet header and a byte. */
static void empty(struct fuzz_frame *frame, struct gen_random *random)
{
	frame->len = gen_random_below(random, ETHER_LEN + 2);
}

/* Longer than any MTU. Half of them say so, the others have padding. */
static void jumbo(struct fuzz_frame *frame, struct gen_random *random)
{
	/* Long ones are slow to copy: few are of more than two pages. */
	size_t max = gen_random_percent(random, 95) ? 5000 : FUZZ_DATA_MAX - 1;
	size_t len = gen_random_between(random, 1500, max);
	size_t said = len - frame->l3 - (is_ip4(frame) ? 0 : 40);

	memset(frame->data + frame->len, 0x55, len - frame->len);
	frame->len = len;
	if (gen_random_percent(random, 50))
		fuzz_put16(ip(frame) + (is_ip4(frame) ? 2 : 4), said);
	if (gen_random_percent(random, 50))
		frame->vnet.hdr_len = gen_random_between(random, ETHER_LEN, 96);
}

static void noise(struct fuzz_frame *frame, struct gen_random *random)
{
	size_t from = gen_random_percent(random, 70) ? frame->l3 : 0;

	frame->len = gen_random_between(random, from, 200);
	for (size_t i = from; i < frame->len; i += 8) {
		uint64_t bits = gen_random_next(random);

		memcpy(frame->data + i, &bits, 8);
	}
}

static void flip(struct fuzz_frame *frame, struct gen_random *random)
{
	unsigned int n = gen_random_between(random, 1, 16);

	while (n--) {
		size_t bit = gen_random_below(random, frame->len * 8);

		frame->data[bit / 8] ^= 1 << bit % 8;
	}
}

static void ports(struct fuzz_frame *frame, struct gen_random *random)
{
	if (frame->l4 + 4 > frame->len)
		return;
	fuzz_put16(frame->data + frame->l4,
		   gen_random_percent(random, 50) ? 0 : 0xffff);
	fuzz_put16(frame->data + frame->l4 + 2,
		   gen_random_percent(random, 50) ? 0 : 0xffff);
}

/* From a host to itself, from or to nobody, loopback, multicast, broadcast. */
static void addresses(struct fuzz_frame *frame, struct gen_random *random)
{
	size_t n = is_ip4(frame) ? 4 : 16;
	uint8_t *src = ip(frame) + (n == 4 ? 12 : 8), *dst = src + n;
	uint8_t *which = gen_random_percent(random, 50) ? src : dst;

	switch (gen_random_below(random, 5)) {
	case 0:
		memcpy(dst, src, n);
		break;
	case 1:
		memset(which, 0, n);
		break;
	case 2:
		memset(which, 0xff, n);
		memset(frame->data, 0xff, 6);
		break;
	case 3:
		memset(which, 0, n);
		which[0] = n == 4 ? 127 : 0;
		which[n - 1] = 1;
		break;
	default:
		which[0] = n == 4 ? 224 : 0xff;
		memcpy(frame->data, "\x01\x00\x5e\x00\x00\x01", 6);
		break;
	}
}

static void ethertype(struct fuzz_frame *frame, struct gen_random *random)
{
	static const uint16_t types[] = {
		0x0800, 0x86dd, 0x8100, 0x88a8, 0x0806, 0x8847, 0x8864, 0x05ff,
		0x0000, 0x0600, 0x9100, 0xffff,
	};

	fuzz_put16(frame->data + frame->l3 - 2,
		   types[gen_random_below(random, 12)]);
}

const struct fuzz_mutation fuzz_mutations[] = {
	{ "none", "a good packet", NULL },
	[FUZZ_CUT] = { "cut", "the frame ends anywhere", cut },
	[FUZZ_FLIP] = { "flip", "up to 16 bits are wrong", flip },
	{ "ip-length", "total or payload length lies", ip_length },
	{ "ip-header", "version, header length or next header", ip_header },
	{ "tcp-offset", "the TCP header length lies", tcp_offset },
	{ "l4-length", "the UDP length lies", l4_length },
	{ "protocol", "any protocol with the wrong header", protocol },
	{ "exts", "up to 40 extension headers, lying ones", exts },
	{ "fragment", "fragments, tiny and overlapping", fragment },
	{ "vlans", "up to 12 VLAN tags, cut ones", vlans },
	{ "empty", "a frame of 0 to 15 bytes", empty },
	{ "jumbo", "up to 64 KiB, in pages", jumbo },
	{ "noise", "random bytes", noise },
	{ "ports", "ports 0 and 65535", ports },
	{ "addresses", "to itself, nobody, everybody", addresses },
	{ "ethertype", "IP as something else and vice versa", ethertype },
	{ "gso", "GSO and checksum fields lie", fuzz_gso_lie },
	{ "segments", "GSO fields tell the truth", fuzz_gso_honest },
	{ NULL, NULL, NULL },
};

const unsigned int fuzz_nmutations =
	sizeof(fuzz_mutations) / sizeof(*fuzz_mutations) - 1;
