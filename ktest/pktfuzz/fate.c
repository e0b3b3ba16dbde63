// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include "fate.h"

#define ETHER_LEN	14
#define TAG_LEN		4
#define TAGS_MAX	4	/* behind the one that the kernel takes */
#define EXTS_MAX	8

const char *const fuzz_fate_names[FUZZ_FATES] = {
	[FUZZ_UNTAGGED] = "untagged",
	[FUZZ_NOT_IP] = "not_ip",
	[FUZZ_MALFORMED] = "malformed",
	[FUZZ_FRAGMENT] = "fragment",
	[FUZZ_GOOD] = "good",
};

/* Bytes that are there, @said of them part of the packet. */
struct view {
	const uint8_t *p;
	size_t room;
	size_t said;
};

static bool is_tag(uint16_t type)
{
	return type == 0x8100 || type == 0x88a8;
}

static enum fuzz_fate tell_l4(const struct view *v, size_t off, uint8_t proto)
{
	const uint8_t *p = v->p + off;
	size_t need;

	switch (proto) {
	case 6:
		if (off + 20 > v->room || p[12] >> 4 < 5)
			return FUZZ_MALFORMED;
		need = (p[12] >> 4) * 4;
		break;
	case 17:
		need = 8;
		break;
	case 132:
		need = 12;
		break;
	default:
		return FUZZ_GOOD;
	}
	return off + need > v->said ? FUZZ_MALFORMED : FUZZ_GOOD;
}

static enum fuzz_fate tell_ip4(struct view *v)
{
	size_t header;

	if (v->room < 20 || v->p[0] >> 4 != 4)
		return FUZZ_MALFORMED;
	header = (v->p[0] & 15) * 4;
	v->said = fuzz_get16(v->p + 2);
	if (header < 20 || v->said < header || v->said > v->room)
		return FUZZ_MALFORMED;
	if (fuzz_get16(v->p + 6) & 0x3fff)
		return FUZZ_FRAGMENT;
	return tell_l4(v, header, v->p[9]);
}

/* Length of an extension header, 0 if @proto is none. */
static size_t ext_len(uint8_t proto, const uint8_t *p)
{
	switch (proto) {
	case 0:
	case 43:
	case 60:
		return (p[1] + 1) * 8;
	case 51:
		return (p[1] + 2) * 4;
	case 44:
		return 8;
	default:
		return 0;
	}
}

static bool is_ext(uint8_t proto)
{
	return proto == 0 || proto == 43 || proto == 44 || proto == 51 ||
	       proto == 60;
}

static enum fuzz_fate tell_ip6(struct view *v)
{
	size_t off = 40;
	unsigned int n = 0;
	uint8_t proto;

	if (v->room < 40 || v->p[0] >> 4 != 6)
		return FUZZ_MALFORMED;
	v->said = 40 + fuzz_get16(v->p + 4);
	if (v->said > v->room)
		return FUZZ_MALFORMED;
	for (proto = v->p[6]; is_ext(proto); n++) {
		const uint8_t *p = v->p + off;
		bool part;

		if (n == EXTS_MAX || off + 8 > v->room)
			return FUZZ_MALFORMED;
		part = proto == 44 && fuzz_get16(p + 2) & 0xfff9;
		off += ext_len(proto, p);
		if (off > v->said)
			return FUZZ_MALFORMED;
		if (part)
			return FUZZ_FRAGMENT;
		proto = p[0];
	}
	return tell_l4(v, off, proto);
}

enum fuzz_fate fuzz_fate_tell(const struct fuzz_frame *frame)
{
	uint16_t type = fuzz_get16(frame->data + 12);
	struct view v = {
		.p = frame->data + ETHER_LEN,
		.room = frame->len - ETHER_LEN,
	};

	if (is_tag(type) && v.room < TAG_LEN + 2)
		return FUZZ_UNTAGGED;
	for (unsigned int n = 0; is_tag(type); n++) {
		if (n > TAGS_MAX || v.room < TAG_LEN)
			return FUZZ_NOT_IP;
		type = fuzz_get16(v.p + 2);
		v.p += TAG_LEN;
		v.room -= TAG_LEN;
	}
	if (type == 0x0800)
		return tell_ip4(&v);
	return type == 0x86dd ? tell_ip6(&v) : FUZZ_NOT_IP;
}
