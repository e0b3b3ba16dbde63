// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <linux/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stream.h"

#define BATCH		64
#define BUFFER		(64 << 20)	/* bytes, of the UDP socket */
#define CONNECTIONS	256
#define WINDOW		4096		/* numbers that are told apart when late */
#define QUIET_MS	1000

/**
 * struct flow - a UDP flow as it came in
 * @expected: the number after the largest that came
 * @received: datagrams, none counted twice
 * @seen: which of the last WINDOW numbers came
 */
struct flow {
	uint64_t expected;
	uint64_t received;
	uint64_t seen[WINDOW / 64];
};

/**
 * struct receiver - everything that came in
 * @poll: UDP, TCP and report sockets, then the connections
 * @n: used of @poll
 * @at: bytes of each connection
 * @flows: the UDP flows
 * @reordered: datagrams that came after later ones
 * @duplicated: datagrams that came again
 * @corrupt: datagrams that are none, bytes of TCP that are others
 * @datagrams: all that came
 * @told: of these, those that the sender knows of
 * @begun: there is a sender
 * @tcp_ooo: segments of TCP that did, be it that they were sent again
 * @tcp_bytes: of all connections
 */
struct receiver {
	struct pollfd poll[3 + CONNECTIONS];
	size_t n;
	uint64_t at[3 + CONNECTIONS];
	struct flow flows[STREAM_FLOWS_MAX];
	uint64_t reordered;
	uint64_t duplicated;
	uint64_t corrupt;
	uint64_t datagrams;
	uint64_t told;
	bool begun;
	uint64_t tcp_ooo;
	uint64_t tcp_bytes;
};

static int complain(const char *what)
{
	fprintf(stderr, "stream: %s: %s\n", what, strerror(errno));
	return -1;
}

static int open_socket(int type, uint16_t port)
{
	struct sockaddr_in6 any = {
		.sin6_family = AF_INET6, .sin6_port = htons(port),
	};
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int no = 0, yes = 1, size = BUFFER;

	if (fd < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)) ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ||
	    bind(fd, (void *)&any, sizeof(any)))
		return complain("bind");
	if (type == SOCK_DGRAM)
		return setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
				  sizeof(size)) ? complain("buffer") : fd;
	return listen(fd, CONNECTIONS) ? complain("listen") : fd;
}

static bool seen_before(struct flow *flow, uint64_t seq)
{
	uint64_t *word = &flow->seen[seq % WINDOW / 64];
	uint64_t bit = 1ULL << seq % 64;
	bool seen = *word & bit;

	*word |= bit;
	return seen;
}

static void take_number(struct receiver *r, struct flow *flow, uint64_t seq)
{
	if (seq >= flow->expected) {
		for (; flow->expected <= seq; flow->expected++)
			flow->seen[flow->expected % WINDOW / 64] &=
				~(1ULL << flow->expected % 64);
		seen_before(flow, seq);
		flow->received++;
	} else if (flow->expected - seq <= WINDOW && !seen_before(flow, seq)) {
		r->reordered++;
		flow->received++;
	} else {
		r->duplicated++;
	}
}

static void take_datagram(struct receiver *r, const uint8_t *data, size_t len)
{
	const struct stream_header *header = (const void *)data;
	uint32_t flow;

	if (len < sizeof(*header) || ntohl(header->magic) != STREAM_MAGIC ||
	    ntohl(header->flow) >= STREAM_FLOWS_MAX) {
		r->corrupt++;
		return;
	}
	flow = ntohl(header->flow);
	take_number(r, &r->flows[flow], be64toh(header->seq));
}

static int receive_udp(struct receiver *r)
{
	static uint8_t data[BATCH][1500];
	struct mmsghdr messages[BATCH];
	struct iovec iov[BATCH];
	int i, n;

	memset(messages, 0, sizeof(messages));
	for (i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ data[i], sizeof(data[i]) };
		messages[i].msg_hdr.msg_iov = &iov[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(r->poll[0].fd, messages, BATCH, MSG_DONTWAIT, NULL);
	for (i = 0; i < n; i++)
		take_datagram(r, data[i], messages[i].msg_len);
	r->datagrams += n > 0 ? n : 0;
	return n < 0 && errno != EAGAIN && errno != EINTR ?
		complain("recvmmsg") : n;
}

static int accept_one(struct receiver *r)
{
	int fd = accept4(r->poll[1].fd, NULL, NULL,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return 0;
	if (r->n == 3 + CONNECTIONS) {
		errno = EMFILE;
		return complain("accept");
	}
	r->poll[r->n++] = (struct pollfd){ fd, POLLIN, 0 };
	return 0;
}

/* Segments that came after later ones, as the kernel counts them. */
static int end_connection(struct receiver *r, size_t i)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(r->poll[i].fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		return complain("TCP_INFO");
	r->tcp_ooo += info.tcpi_rcv_ooopack;
	close(r->poll[i].fd);
	r->poll[i].fd = -1;
	return 0;
}

static int receive_tcp(struct receiver *r, size_t i)
{
	uint8_t data[65536];
	ssize_t n = recv(r->poll[i].fd, data, sizeof(data), 0), j;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : complain("TCP");
	if (!n)
		return end_connection(r, i);
	for (j = 0; j < n; j++)
		r->corrupt += data[j] != stream_byte(r->at[i] + j);
	r->at[i] += n;
	r->tcp_bytes += n;
	return 0;
}

/* The connection for the report takes the place of its socket. */
static int accept_report(struct receiver *r)
{
	int fd = accept4(r->poll[2].fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return complain("report");
	close(r->poll[2].fd);
	r->poll[2].fd = fd;
	r->poll[2].revents = 0;
	r->begun = true;
	return 0;
}

static void tell(struct receiver *r, uint64_t least)
{
	if (!r->begun || r->datagrams - r->told < least)
		return;
	/* A word that does not fit is said by the next one. */
	send(r->poll[2].fd, &r->datagrams, sizeof(r->datagrams),
	     MSG_DONTWAIT | MSG_NOSIGNAL);
	r->told = r->datagrams;
}

/* 1: the sender has ended. */
static int receive_some(struct receiver *r, int timeout_ms)
{
	int n = poll(r->poll, r->n, timeout_ms), ret = 0;
	size_t i;

	if (n < 0)
		return errno != EINTR ? complain("poll") : 0;
	tell(r, n ? STREAM_ACK : 1);
	if (!n)
		return 0;
	if (r->poll[0].revents)
		ret = receive_udp(r);
	if (ret >= 0 && r->poll[1].revents)
		ret = accept_one(r);
	for (i = 3; ret >= 0 && i < r->n; i++)
		if (r->poll[i].fd >= 0 && r->poll[i].revents)
			ret = receive_tcp(r, i);
	if (ret >= 0 && r->poll[2].revents && !r->begun)
		ret = accept_report(r);
	return ret < 0 ? ret : r->poll[2].revents != 0;
}

static int read_all(int fd, void *into, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		struct pollfd in = { fd, POLLIN, 0 };

		if (poll(&in, 1, 10000) <= 0)
			return complain("report");
		n = read(fd, (char *)into + done, len - done);
		if (n <= 0)
			return complain("report");
		done += n;
	}
	return 0;
}

static int read_report(struct receiver *r, struct stream_report *report,
		       uint64_t *sent)
{
	int fd = r->poll[2].fd;
	int ret = read_all(fd, report, sizeof(*report));

	if (!ret && (report->magic != STREAM_MAGIC ||
		     report->flows > STREAM_FLOWS_MAX)) {
		errno = EPROTO;
		ret = complain("report");
	}
	if (!ret)
		ret = read_all(fd, sent, report->flows * sizeof(*sent));
	close(fd);
	return ret;
}

/* What is on its way still: until there was nothing for a second. */
static int receive_rest(struct receiver *r)
{
	uint64_t quiet = stream_now_ns();
	int n;

	r->poll[2].fd = -1;
	while (stream_now_ns() - quiet < QUIET_MS * 1000000ULL) {
		n = poll(r->poll, r->n, QUIET_MS / 10);
		if (n < 0)
			return complain("poll");
		if (!n)
			continue;
		quiet = stream_now_ns();
		if (receive_some(r, 0) < 0)
			return -1;
	}
	return 0;
}

static void print(const struct receiver *r, const struct stream_report *report,
		  const uint64_t *sent)
{
	uint64_t received = 0, all = 0;
	uint32_t i;

	for (i = 0; i < report->flows; i++) {
		all += sent[i];
		received += r->flows[i].received;
	}
	printf("lost=%lu reordered=%lu duplicated=%lu corrupt=%lu udp=%lu tcp_bytes=%lu tcp_missing=%lu tcp_reordered=%lu tcp_retrans=%lu\n",
	       all - received, r->reordered, r->duplicated,
	       r->corrupt, received, r->tcp_bytes,
	       report->tcp_bytes - r->tcp_bytes, r->tcp_ooo,
	       report->tcp_retrans);
}

static int receive_all(struct receiver *r)
{
	struct stream_report report;
	uint64_t *sent = calloc(STREAM_FLOWS_MAX, sizeof(*sent));
	int ret;

	do {
		ret = receive_some(r, 10);
	} while (!ret);
	if (ret > 0)
		ret = read_report(r, &report, sent);
	if (!ret)
		ret = receive_rest(r);
	if (!ret)
		print(r, &report, sent);
	free(sent);
	return ret;
}

int stream_receive(void)
{
	struct receiver *r = calloc(1, sizeof(*r));
	static const int types[] = { SOCK_DGRAM, SOCK_STREAM, SOCK_STREAM };
	int ret = 0;

	if (!r)
		return complain("memory");
	for (r->n = 0; !ret && r->n < 3; r->n++) {
		r->poll[r->n].fd = open_socket(types[r->n],
					       STREAM_PORT_UDP + r->n);
		r->poll[r->n].events = POLLIN;
		ret = r->poll[r->n].fd < 0 ? -1 : 0;
	}
	if (!ret)
		printf("listening\n");
	fflush(stdout);
	if (!ret)
		ret = receive_all(r);
	free(r);
	return ret;
}
