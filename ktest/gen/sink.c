// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "sink.h"

#define SECOND_NS	1000000000ULL

struct gen_sink {
	pcap_t *pcap;
	pcap_dumper_t *dumper;
	const char *path;
	int fd;
	bool paced;
	struct timespec start;
};

struct gen_source {
	pcap_t *pcap;
	const char *path;
	uint64_t first_ns;
	bool begun;
};

static int sink_open_file(struct gen_sink *sink, const char *path)
{
	sink->path = path;
	sink->pcap = pcap_open_dead_with_tstamp_precision(DLT_EN10MB,
			GEN_FRAME_MAX, PCAP_TSTAMP_PRECISION_NANO);
	if (sink->pcap)
		sink->dumper = pcap_dump_open(sink->pcap, path);
	if (sink->dumper)
		return 0;
	fprintf(stderr, "gen: %s\n", sink->pcap ? pcap_geterr(sink->pcap) :
		"out of memory");
	return -1;
}

static int sink_open_device(struct gen_sink *sink, const char *device)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = if_nametoindex(device),
	};

	/* Protocol 0: nothing is received. */
	if (address.sll_ifindex)
		sink->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (sink->fd < 0 ||
	    bind(sink->fd, (struct sockaddr *)&address, sizeof(address))) {
		fprintf(stderr, "gen: %s: %s\n", device, strerror(errno));
		return -1;
	}
	clock_gettime(CLOCK_MONOTONIC, &sink->start);
	return 0;
}

struct gen_sink *gen_sink_open(const char *path, const char *device, bool paced)
{
	struct gen_sink *sink = calloc(1, sizeof(*sink));

	if (!sink)
		return NULL;
	sink->fd = -1;
	sink->paced = paced;
	if ((path && sink_open_file(sink, path)) ||
	    (device && sink_open_device(sink, device))) {
		gen_sink_close(sink);
		return NULL;
	}
	return sink;
}

static void sink_wait(const struct gen_sink *sink, uint64_t time_ns)
{
	struct timespec at = sink->start;

	at.tv_sec += time_ns / SECOND_NS;
	at.tv_nsec += time_ns % SECOND_NS;
	if (at.tv_nsec >= (long)SECOND_NS) {
		at.tv_nsec -= SECOND_NS;
		at.tv_sec++;
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) ==
	       EINTR)
		;
}

/* A full queue is waited for: no frame may be left out. */
static int sink_send(const struct gen_sink *sink, const struct gen_frame *frame)
{
	struct pollfd poll_out = { .fd = sink->fd, .events = POLLOUT };

	for (;;) {
		ssize_t n = send(sink->fd, frame->data, frame->len, 0);

		if (n == (ssize_t)frame->len)
			return 0;
		if (n >= 0)
			errno = EMSGSIZE;
		if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
			break;
		poll(&poll_out, 1, 1);
	}
	fprintf(stderr, "gen: send: %s\n", strerror(errno));
	return -1;
}

int gen_sink_put(struct gen_sink *sink, const struct gen_frame *frame)
{
	struct pcap_pkthdr header = {
		.ts.tv_sec = GEN_EPOCH + frame->time_ns / SECOND_NS,
		.ts.tv_usec = frame->time_ns % SECOND_NS,
		.caplen = frame->len,
		.len = frame->len,
	};

	if (sink->dumper)
		pcap_dump((u_char *)sink->dumper, &header, frame->data);
	if (sink->fd < 0)
		return 0;
	if (sink->paced)
		sink_wait(sink, frame->time_ns);
	return sink_send(sink, frame);
}

int gen_sink_close(struct gen_sink *sink)
{
	int ret = 0;

	if (sink->dumper) {
		ret = pcap_dump_flush(sink->dumper);
		if (ret)
			fprintf(stderr, "gen: %s: %s\n", sink->path,
				strerror(errno));
		pcap_dump_close(sink->dumper);
	}
	if (sink->pcap)
		pcap_close(sink->pcap);
	if (sink->fd >= 0)
		close(sink->fd);
	free(sink);
	return ret;
}

struct gen_source *gen_source_open(const char *path)
{
	struct gen_source *source = calloc(1, sizeof(*source));
	char error[PCAP_ERRBUF_SIZE];

	if (!source)
		return NULL;
	source->path = path;
	source->pcap = pcap_open_offline_with_tstamp_precision(path,
			PCAP_TSTAMP_PRECISION_NANO, error);
	if (!source->pcap) {
		fprintf(stderr, "gen: %s\n", error);
		free(source);
		return NULL;
	}
	if (pcap_datalink(source->pcap) != DLT_EN10MB) {
		fprintf(stderr, "gen: %s: not Ethernet\n", path);
		gen_source_close(source);
		return NULL;
	}
	return source;
}

int gen_source_get(struct gen_source *source, struct gen_frame *frame)
{
	struct pcap_pkthdr *header;
	const u_char *data;
	uint64_t time_ns;
	int ret = pcap_next_ex(source->pcap, &header, &data);

	if (ret == PCAP_ERROR_BREAK)
		return 0;
	if (ret != 1 || header->caplen != header->len ||
	    header->caplen > GEN_FRAME_MAX) {
		fprintf(stderr, "gen: %s: %s\n", source->path, ret != 1 ?
			pcap_geterr(source->pcap) : "a frame is not whole");
		return -1;
	}
	time_ns = header->ts.tv_sec * SECOND_NS + header->ts.tv_usec;
	if (!source->begun)
		source->first_ns = time_ns;
	source->begun = true;
	frame->time_ns = time_ns < source->first_ns ? 0 :
			 time_ns - source->first_ns;
	frame->len = header->caplen;
	memcpy(frame->data, data, frame->len);
	return 1;
}

void gen_source_close(struct gen_source *source)
{
	pcap_close(source->pcap);
	free(source);
}
