// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Only as far as RSS looks: addresses, and the ports of TCP, UDP and SCTP
 * packets that are no fragments. RFC 791 and 8200, IEEE 802.1Q; the layouts of
 * link types are those of libpcap.
 */
#include <pcap/pcap.h>
#include <string.h>

#include "frame.h"

#define EXTENSIONS_MAX	8	/* IPv6 extension headers that are walked */
#define TAGS_MAX	2

enum {
	ETHER_IP = 0x0800,
	ETHER_IP6 = 0x86dd,
	ETHER_8021Q = 0x8100,
	ETHER_8021AD = 0x88a8,
};

/* What is left of a frame. */
struct bytes {
	const uint8_t *data;
	size_t len;
};

/* Where the type of a link header is, and what follows the header. */
struct link {
	int type;
	unsigned int type_at;
	unsigned int len;
};

static const struct link links[] = {
	{ DLT_EN10MB, 12, 14 },
	{ DLT_LINUX_SLL, 14, 16 },
	{ DLT_LINUX_SLL2, 0, 20 },
	{ DLT_RAW, 0, 0 },
};

static const struct link *find_link(int type)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (links[i].type == type)
			return &links[i];
	return NULL;
}

static unsigned int get16(const uint8_t *data)
{
	return data[0] << 8 | data[1];
}

static bool skip(struct bytes *b, size_t n)
{
	if (b->len < n)
		return false;
	b->data += n;
	b->len -= n;
	return true;
}

/* Return: the Ethernet type of what is left then, 0 if it is none of ours. */
static unsigned int skip_link(const struct link *link, struct bytes *b)
{
	unsigned int type, tags = 0;

	if (b->len < link->len || !b->len)
		return 0;
	if (!link->len)
		return b->data[0] >> 4 == 6 ? ETHER_IP6 : ETHER_IP;
	type = get16(b->data + link->type_at);
	skip(b, link->len);
	while ((type == ETHER_8021Q || type == ETHER_8021AD) &&
	       tags++ < TAGS_MAX && b->len >= 4) {
		type = get16(b->data + 2);
		skip(b, 4);
	}
	return type;
}

static bool has_ports(uint8_t protocol)
{
	return protocol == 6 || protocol == 17 || protocol == 132;
}

static bool take_ports(const struct bytes *b, bool fragment,
		       struct fm_traffic_tuple *tuple)
{
	if (fragment || !has_ports(tuple->protocol))
		return true;
	if (b->len < 4)
		return false;
	memcpy(tuple->port, b->data, 4);
	return true;
}

static bool parse_v4(struct bytes *b, struct fm_traffic_tuple *tuple)
{
	const uint8_t *ip = b->data;

	if (b->len < 20 || ip[0] >> 4 != 4 || (ip[0] & 15) < 5)
		return false;
	tuple->protocol = ip[9];
	memcpy(tuple->addr[0], ip + 12, 4);
	memcpy(tuple->addr[1], ip + 16, 4);
	return skip(b, 4 * (ip[0] & 15)) &&
	       take_ports(b, get16(ip + 6) & 0x3fff, tuple);
}

static size_t extension_len(uint8_t type, const uint8_t *data)
{
	switch (type) {
	case 0:		/* hop-by-hop options */
	case 43:	/* routing */
	case 60:	/* destination options */
		return 8 * (data[1] + 1);
	case 44:	/* fragment */
		return 8;
	case 51:	/* authentication */
		return 4 * (data[1] + 2);
	default:
		return 0;
	}
}

static bool parse_v6(struct bytes *b, struct fm_traffic_tuple *tuple)
{
	const uint8_t *ip = b->data;
	uint8_t type = ip[6];
	bool fragment = false;
	size_t len;

	tuple->v6 = true;
	memcpy(tuple->addr, ip + 8, 32);
	skip(b, 40);
	for (int i = 0; i < EXTENSIONS_MAX && b->len >= 2; i++) {
		len = extension_len(type, b->data);
		if (!len)
			break;
		fragment |= type == 44;
		type = b->data[0];
		if (!skip(b, len))
			return false;
	}
	tuple->protocol = type;
	return take_ports(b, fragment, tuple);
}

/**
 * fm_frame_known - can frames of this kind be parsed?
 * @link: DLT_* of libpcap
 *
 * Return: true for Ethernet, both cooked headers of Linux, and IP without one.
 */
bool fm_frame_known(int link)
{
	return find_link(link);
}

/**
 * fm_frame_parse - find the flow of a frame
 * @link: DLT_* of libpcap, known
 * @data: the frame
 * @len: bytes that were captured
 * @tuple: gets the flow; fragments have no ports
 *
 * Return: false if it is not IP, or cut off before the ports end.
 */
bool fm_frame_parse(int link, const uint8_t *data, size_t len,
		    struct fm_traffic_tuple *tuple)
{
	struct bytes b = { data, len };
	unsigned int type = skip_link(find_link(link), &b);

	memset(tuple, 0, sizeof(*tuple));
	if (type == ETHER_IP)
		return parse_v4(&b, tuple);
	if (type != ETHER_IP6 || b.len < 40 || b.data[0] >> 4 != 6)
		return false;
	return parse_v6(&b, tuple);
}
