// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "stream.h"

#define TICK_NS		2000000ULL
#define TICKS		500ULL		/* per second */
#define STOP_TICKS	50		/* between two looks for the file */
#define DRAIN_SECONDS	30
#define GIVE_UP_NS	3000000000ULL	/* then what is not there is lost */

/**
 * struct sender - the sender's flows and connections
 * @options: what was asked for
 * @udp: socket of each flow
 * @sent: datagrams of each flow
 * @tcp: socket of each connection
 * @bytes: sent on each connection
 * @next: datagrams so far, and so the flow whose turn it is
 * @report: the connection for the report
 * @arrived: datagrams that are not on their way any more
 * @arrived_ns: when that was last told
 */
struct sender {
	const struct stream_options *options;
	int udp[STREAM_FLOWS_MAX];
	uint64_t sent[STREAM_FLOWS_MAX];
	int tcp[256];
	uint64_t bytes[256];
	uint64_t next;
	int report;
	uint64_t arrived;
	uint64_t arrived_ns;
};

static int complain(const char *what)
{
	fprintf(stderr, "stream: %s: %s\n", what, strerror(errno));
	return -1;
}

static socklen_t address(const struct stream_options *o, uint64_t i,
			 uint16_t port, struct sockaddr_storage *into)
{
	struct sockaddr_in6 *v6 = (void *)into;
	struct sockaddr_in *v4 = (void *)into;

	memset(into, 0, sizeof(*into));
	if (o->host6 && i % 2) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		inet_pton(AF_INET6, o->host6, &v6->sin6_addr);
		return sizeof(*v6);
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons(port);
	inet_pton(AF_INET, o->host, &v4->sin_addr);
	return sizeof(*v4);
}

static int open_socket(const struct stream_options *o, uint64_t i,
		       uint16_t port, int type)
{
	struct sockaddr_storage to;
	socklen_t len = address(o, i, port, &to);
	int fd = socket(to.ss_family, type | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (void *)&to, len))
		return complain("connect");
	return fd;
}

static int open_all(struct sender *s)
{
	const struct stream_options *o = s->options;
	uint64_t i;

	s->report = open_socket(o, 0, STREAM_PORT_REPORT, SOCK_STREAM);
	if (s->report < 0)
		return -1;
	for (i = 0; i < o->flows; i++) {
		s->udp[i] = open_socket(o, i, STREAM_PORT_UDP, SOCK_DGRAM);
		if (s->udp[i] < 0)
			return -1;
	}
	for (i = 0; i < o->connections; i++) {
		s->tcp[i] = open_socket(o, i, STREAM_PORT_TCP, SOCK_STREAM);
		if (s->tcp[i] < 0 ||
		    fcntl(s->tcp[i], F_SETFL, O_NONBLOCK))
			return -1;
	}
	return 0;
}

/* One datagram; a full queue is waited for, so that none is left out. */
static int send_datagram(struct sender *s)
{
	uint64_t flow = s->next++ / STREAM_BURST % s->options->flows;
	struct stream_header *header;
	uint8_t data[1400] = { 0 };

	header = (void *)data;
	header->magic = htonl(STREAM_MAGIC);
	header->flow = htonl(flow);
	header->seq = htobe64(s->sent[flow]);
	while (send(s->udp[flow], data, s->options->size, 0) < 0) {
		if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
			return complain("send");
		usleep(100);
	}
	s->sent[flow]++;
	return 0;
}

static int send_bytes(struct sender *s, uint64_t i, uint64_t n)
{
	uint8_t data[4096];
	ssize_t done;
	uint64_t j;

	if (n > sizeof(data))
		n = sizeof(data);
	for (j = 0; j < n; j++)
		data[j] = stream_byte(s->bytes[i] + j);
	done = send(s->tcp[i], data, n, MSG_NOSIGNAL);
	if (done < 0)
		return errno == EAGAIN ? 0 : complain("TCP");
	s->bytes[i] += done;
	return 0;
}

static void hear(struct sender *s)
{
	uint64_t now_ns = stream_now_ns(), told;

	while (recv(s->report, &told, sizeof(told), MSG_DONTWAIT) ==
	       sizeof(told)) {
		if (told > s->arrived)
			s->arrived = told;
		s->arrived_ns = now_ns;
	}
	if (s->next - s->arrived >= STREAM_WINDOW &&
	    now_ns - s->arrived_ns > GIVE_UP_NS) {
		s->arrived = s->next;
		s->arrived_ns = now_ns;
	}
}

static int tick(struct sender *s, uint64_t ticks)
{
	const struct stream_options *o = s->options;
	uint64_t due = o->rate / TICKS + !!(ticks % TICKS < o->rate % TICKS);
	uint64_t i;

	hear(s);
	while (due-- && s->next - s->arrived < STREAM_WINDOW)
		if (send_datagram(s))
			return -1;
	/* In turn, each eighth tick more at a time. */
	for (i = ticks % 8; i < o->connections; i += 8)
		if (send_bytes(s, i, 8 * o->tcp_rate / TICKS /
			       o->connections))
			return -1;
	return 0;
}

static void sleep_until(uint64_t at_ns)
{
	struct timespec ts = {
		.tv_sec = at_ns / 1000000000ULL,
		.tv_nsec = at_ns % 1000000000ULL,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) ==
	       EINTR)
		;
}

static int send_all(struct sender *s)
{
	uint64_t start = stream_now_ns(), ticks = 0, now_ns;
	struct stat st;

	for (;;) {
		if (!(++ticks % STOP_TICKS) && !stat(s->options->stop, &st))
			return 0;
		if (tick(s, ticks))
			return -1;
		sleep_until(start + ticks * TICK_NS);
		/* What was missed is not made up for. */
		now_ns = stream_now_ns();
		if (now_ns > start + (ticks + 1) * TICK_NS)
			start = now_ns - ticks * TICK_NS;
	}
}

/* Waits until all was acknowledged; adds what had to be sent again. */
static int drain(struct sender *s, uint64_t i, struct stream_report *report)
{
	uint64_t end = stream_now_ns() + DRAIN_SECONDS * 1000000000ULL;
	struct tcp_info info;
	socklen_t len;

	shutdown(s->tcp[i], SHUT_WR);
	do {
		len = sizeof(info);
		memset(&info, 0, sizeof(info));
		if (getsockopt(s->tcp[i], IPPROTO_TCP, TCP_INFO, &info, &len))
			return complain("TCP_INFO");
		/* The FIN counts as one byte. */
		if (info.tcpi_bytes_acked >= s->bytes[i])
			break;
		usleep(10000);
	} while (stream_now_ns() < end);
	report->tcp_bytes += s->bytes[i];
	report->tcp_retrans += info.tcpi_total_retrans;
	return 0;
}

static int send_report(struct sender *s)
{
	const struct stream_options *o = s->options;
	struct stream_report report = {
		.magic = STREAM_MAGIC, .flows = o->flows,
	};
	uint64_t i;
	int ret = 0;

	for (i = 0; !ret && i < o->connections; i++)
		ret = drain(s, i, &report);
	if (!ret &&
	    (write(s->report, &report, sizeof(report)) != sizeof(report) ||
	     write(s->report, s->sent, o->flows * sizeof(*s->sent)) !=
	     (ssize_t)(o->flows * sizeof(*s->sent))))
		ret = complain("report");
	/* Whoever closes with words unread sends a reset before the report. */
	shutdown(s->report, SHUT_WR);
	while (!ret && recv(s->report, s->sent, sizeof(s->sent), 0) > 0)
		;
	close(s->report);
	return ret;
}

int stream_send(const struct stream_options *options)
{
	struct sender *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return complain("memory");
	s->options = options;
	ret = open_all(s);
	if (!ret)
		ret = send_all(s);
	if (!ret)
		ret = send_report(s);
	free(s);
	return ret;
}
