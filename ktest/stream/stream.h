/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbered traffic: many UDP flows whose datagrams carry their number, and TCP
 * connections whose bytes are known from their place. The receiver has the last
 * word on what was lost, overtaken, doubled or changed.
 */
#ifndef STREAM_H
#define STREAM_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STREAM_PORT_UDP		7001
#define STREAM_PORT_TCP		7002
#define STREAM_PORT_REPORT	7003
#define STREAM_FLOWS_MAX	4096
#define STREAM_MAGIC		0x464d5351
#define STREAM_BURST		8	/* datagrams of a flow in a row */

/* In network order: a datagram begins with it. */
struct stream_header {
	uint32_t magic;
	uint32_t flow;
	uint64_t seq;
};

/*
 * While it goes on, the receiver tells the datagrams that it got, as one u64 on
 * the connection that the report takes in the end: the sender lets no more than
 * STREAM_WINDOW be on their way, so that a slow guest is busy but not flooded.
 */
#define STREAM_WINDOW		768
#define STREAM_ACK		64	/* datagrams between two such words */

/* What the sender says at the end; then come the flows' datagrams, u64 each. */
struct stream_report {
	uint32_t magic;
	uint32_t flows;
	uint64_t tcp_bytes;
	uint64_t tcp_retrans;
};

/**
 * struct stream_options - what the command line says
 * @host: IPv4 address of the receiver, NULL in the receiver
 * @host6: IPv6 address of the receiver; half of the flows go there
 * @stop: the sender ends when there is this file
 * @flows: UDP flows
 * @rate: datagrams per second of all flows
 * @connections: TCP connections
 * @tcp_rate: bytes per second of all connections
 * @size: bytes of a datagram
 */
struct stream_options {
	const char *host;
	const char *host6;
	const char *stop;
	uint64_t flows;
	uint64_t rate;
	uint64_t connections;
	uint64_t tcp_rate;
	uint64_t size;
};

/* The byte at a place of a TCP connection; 251 is prime to the sizes in use. */
static inline uint8_t stream_byte(uint64_t at)
{
	return at % 251;
}

uint64_t stream_now_ns(void);
int stream_send(const struct stream_options *options);
int stream_receive(void);

#endif
