// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fieldset.h"
#include "traffic.h"

#define FIRST_FLOWS	1024

/* FNV-1a, 64 bits. */
static uint64_t digest(const struct fm_traffic_tuple *tuple)
{
	const uint8_t *bytes = (const uint8_t *)tuple;
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < sizeof(*tuple); i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	return hash ^ hash >> 32;
}

/* Where the flow is, or the empty place where it belongs. */
static uint32_t *look_up(const struct fm_traffic *traffic,
			 const struct fm_traffic_tuple *tuple)
{
	size_t i = digest(tuple) & traffic->mask;

	while (traffic->index[i] &&
	       memcmp(&traffic->flows[traffic->index[i] - 1].tuple, tuple,
		      sizeof(*tuple)))
		i = (i + 1) & traffic->mask;
	return &traffic->index[i];
}

/* Room for twice as many; half of the index stays empty. */
static int grow(struct fm_traffic *traffic)
{
	size_t room = traffic->mask ? traffic->mask + 1 : FIRST_FLOWS;
	struct fm_traffic_flow *flows;
	uint32_t *index;

	flows = reallocarray(traffic->flows, room, sizeof(*flows));
	if (!flows)
		return -ENOMEM;
	traffic->flows = flows;
	index = calloc(2 * room, sizeof(*index));
	if (!index)
		return -ENOMEM;
	free(traffic->index);
	traffic->index = index;
	traffic->mask = 2 * room - 1;
	for (size_t i = 0; i < traffic->n; i++)
		*look_up(traffic, &flows[i].tuple) = i + 1;
	return 0;
}

/**
 * fm_traffic_add - count packets of a flow
 * @traffic: the sample
 * @tuple: the flow; compared by its bytes, so padding is zero, too
 * @packets: how many
 *
 * Packets of flows that there is no place for are counted as left out.
 *
 * Return: 0 or -ENOMEM.
 */
int fm_traffic_add(struct fm_traffic *traffic,
		   const struct fm_traffic_tuple *tuple, uint64_t packets)
{
	uint32_t *place;

	if (2 * traffic->n >= traffic->mask && grow(traffic))
		return -ENOMEM;
	place = look_up(traffic, tuple);
	if (!*place && traffic->n == FM_TRAFFIC_FLOWS) {
		traffic->left_out += packets;
		return 0;
	}
	if (!*place) {
		traffic->flows[traffic->n] =
			(struct fm_traffic_flow){ .tuple = *tuple };
		*place = ++traffic->n;
	}
	traffic->flows[*place - 1].packets += packets;
	traffic->packets += packets;
	return 0;
}

static uint32_t l4_of(uint8_t protocol)
{
	switch (protocol) {
	case 6:
		return FM_L4_TCP;
	case 17:
		return FM_L4_UDP;
	case 132:
		return FM_L4_SCTP;
	default:
		return 0;
	}
}

/**
 * fm_traffic_pick - leave of a flow what a field set sees of it
 * @tuple: the flow
 * @fields: FM_F_*; the rest is set to zero
 * @l4: FM_L4_*: of whose packets the ports are seen
 */
void fm_traffic_pick(struct fm_traffic_tuple *tuple, uint32_t fields,
		     uint32_t l4)
{
	if (!(l4 & l4_of(tuple->protocol)))
		fields &= ~FM_F_PORTS;
	if (!(fields & FM_F_SRC_IP))
		memset(tuple->addr[0], 0, sizeof(tuple->addr[0]));
	if (!(fields & FM_F_DST_IP))
		memset(tuple->addr[1], 0, sizeof(tuple->addr[1]));
	if (!(fields & FM_F_SRC_PORT))
		memset(tuple->port[0], 0, sizeof(tuple->port[0]));
	if (!(fields & FM_F_DST_PORT))
		memset(tuple->port[1], 0, sizeof(tuple->port[1]));
	if (!(fields & FM_F_PROTOCOL))
		tuple->protocol = 0;
}

static void format_field(const struct fm_traffic_tuple *tuple, uint32_t field,
			 char *buf, size_t len)
{
	bool dst = field == FM_F_DST_IP || field == FM_F_DST_PORT;

	if (field == FM_F_PROTOCOL)
		snprintf(buf, len, "%u", tuple->protocol);
	else if (field & FM_F_PORTS)
		snprintf(buf, len, "%u",
			 tuple->port[dst][0] << 8 | tuple->port[dst][1]);
	else
		inet_ntop(tuple->v6 ? AF_INET6 : AF_INET, tuple->addr[dst],
			  buf, len);
}

/**
 * fm_traffic_format - write what a field set sees of a flow
 * @tuple: the flow, of fm_traffic_pick()
 * @fields: the set
 * @buf: gets a text such as "src_ip 10.0.0.1, dst_port 53"
 * @len: bytes of @buf, FM_TRAFFIC_LEN for any
 */
void fm_traffic_format(const struct fm_traffic_tuple *tuple, uint32_t fields,
		       char *buf, size_t len)
{
	char value[INET6_ADDRSTRLEN];
	size_t used = 0;

	*buf = 0;
	for (uint32_t field = 1; field <= FM_F_ALL; field <<= 1) {
		if (!(fields & field) || used >= len)
			continue;
		format_field(tuple, field, value, sizeof(value));
		used += snprintf(buf + used, len - used, "%s%s %s",
				 used ? ", " : "", fm_fieldset_name(field),
				 value);
	}
}

/**
 * fm_traffic_cleanup - forget a sample
 * @traffic: the sample; all zero then
 */
void fm_traffic_cleanup(struct fm_traffic *traffic)
{
	free(traffic->flows);
	free(traffic->index);
	*traffic = (struct fm_traffic){ 0 };
}
