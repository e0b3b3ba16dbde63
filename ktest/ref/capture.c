// SPDX-License-Identifier: GPL-2.0-or-later
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "capture.h"

#define ETHER_HEADER	14
#define SLL2_HEADER	20
#define TAG		4

struct source {
	pcap_t *pcap;
	const char *path;
	uint64_t number;
	bool pending;		/* frame holds one that was not yet shown */
	struct ref_frame frame;
};

struct ref_capture {
	struct source source[REF_CAPTURES_MAX];
	size_t nsources;
	const struct ref_select *select;
};

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static bool mac_in(const uint8_t *mac, const uint8_t (*set)[6], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!memcmp(mac, set[i], 6))
			return true;
	return false;
}

static int source_filter(struct source *source, const char *format,
			 const char *expr)
{
	struct bpf_program program;
	char text[4096];
	int n = snprintf(text, sizeof(text), format, expr);

	if (n < 0 || (size_t)n >= sizeof(text) ||
	    pcap_compile(source->pcap, &program, text, 1,
			 PCAP_NETMASK_UNKNOWN)) {
		fprintf(stderr, "ref: filter \"%s\": %s\n", expr,
			pcap_geterr(source->pcap));
		return -1;
	}
	n = pcap_setfilter(source->pcap, &program);
	pcap_freecode(&program);
	return n;
}

static int source_select(struct source *source, const struct ref_select *select)
{
	char both[4096];
	int n;

	if (select->filter && select->exclude) {
		n = snprintf(both, sizeof(both), "(%s) and not (%s)",
			     select->filter, select->exclude);
		if (n < 0 || (size_t)n >= sizeof(both)) {
			fprintf(stderr, "ref: the filters are too long\n");
			return -1;
		}
		return source_filter(source, "%s", both);
	}
	if (select->filter)
		return source_filter(source, "%s", select->filter);
	if (select->exclude)
		return source_filter(source, "not (%s)", select->exclude);
	return 0;
}

static int source_open(struct source *source, const char *path,
		       const struct ref_select *select)
{
	char error[PCAP_ERRBUF_SIZE];
	int link;

	source->path = path;
	source->pcap = pcap_open_offline_with_tstamp_precision(path,
			PCAP_TSTAMP_PRECISION_NANO, error);
	if (!source->pcap) {
		fprintf(stderr, "ref: %s\n", error);
		return -1;
	}
	link = pcap_datalink(source->pcap);
	if (link != DLT_EN10MB && link != DLT_LINUX_SLL2) {
		fprintf(stderr, "ref: %s: link type %d is not supported\n",
			path, link);
		return -1;
	}
	if (link == DLT_LINUX_SLL2 && select->ndst) {
		fprintf(stderr, "ref: %s: a cooked capture has no Ethernet destinations, select by source\n",
			path);
		return -1;
	}
	return source_select(source, select);
}

/* Of Ethernet: all is in the header. */
static bool ether_wanted(const uint8_t *p, size_t len,
			 const struct ref_select *select)
{
	if (len < 12)
		return !select->ndst && !select->nown;
	if (mac_in(p + 6, select->own, select->nown))
		return false;
	return !select->ndst || (p[0] & 1) ||
	       mac_in(p, select->dst, select->ndst);
}

static bool sll2_wanted(const uint8_t *p, size_t len,
			const struct ref_select *select)
{
	if (len < SLL2_HEADER)
		return !select->nown;
	return p[11] != 6 || !mac_in(p + 12, select->own, select->nown);
}

/* Of a frame too short for its link layer nothing is left, ethertype 0. */
static void frame_strip(struct ref_frame *frame, size_t header, size_t type)
{
	size_t tags;

	frame->ethertype = 0;
	if (frame->captured < header) {
		frame->captured = 0;
		frame->len = 0;
		return;
	}
	frame->ethertype = get16(frame->data + type);
	frame->data += header;
	frame->captured -= header;
	frame->len -= header;
	for (tags = 0; tags < REF_VLANS_MAX && frame->captured >= TAG; tags++) {
		if (frame->ethertype != 0x8100 && frame->ethertype != 0x88a8)
			break;
		frame->ethertype = get16(frame->data + 2);
		frame->data += TAG;
		frame->captured -= TAG;
		frame->len -= TAG;
	}
}

static bool source_take(struct source *source, const struct ref_select *select,
			const struct pcap_pkthdr *header, const uint8_t *data)
{
	struct ref_frame *frame = &source->frame;
	bool ether = pcap_datalink(source->pcap) == DLT_EN10MB;

	source->number++;
	if (ether ? !ether_wanted(data, header->caplen, select) :
		    !sll2_wanted(data, header->caplen, select))
		return false;
	frame->data = data;
	frame->captured = header->caplen;
	frame->len = header->len;
	frame->time_ns = header->ts.tv_sec * 1000000000LL + header->ts.tv_usec;
	frame->number = source->number;
	frame->path = source->path;
	if (ether)
		frame_strip(frame, ETHER_HEADER, ETHER_HEADER - 2);
	else
		frame_strip(frame, SLL2_HEADER, 0);
	return true;
}

static int source_check(const struct ref_frame *frame)
{
	if (frame->len <= REF_NETWORK_MAX)
		return 0;
	fprintf(stderr, "ref: %s: packet %llu has %zu bytes: no wire carries it, turn offloads off where you capture\n",
		frame->path, (unsigned long long)frame->number, frame->len);
	return -1;
}

/* A file can hold any numbers, but no time beyond the year 2262. */
static int source_doubt(const struct source *source,
			const struct pcap_pkthdr *header)
{
	if (header->caplen <= header->len && header->ts.tv_sec >= 0 &&
	    header->ts.tv_sec < INT64_MAX / 1000000000)
		return 0;
	fprintf(stderr, "ref: %s: packet %llu has an impossible length or time\n",
		source->path, (unsigned long long)source->number + 1);
	return -1;
}

/* 1 with a pending frame, 0 at the end, -1 on error. */
static int source_fill(struct source *source, const struct ref_select *select)
{
	struct pcap_pkthdr *header;
	const uint8_t *data;
	int ret;

	while (!source->pending) {
		ret = pcap_next_ex(source->pcap, &header, &data);
		if (ret == PCAP_ERROR_BREAK)
			return 0;
		if (ret != 1) {
			fprintf(stderr, "ref: %s: after packet %llu: %s\n",
				source->path,
				(unsigned long long)source->number,
				pcap_geterr(source->pcap));
			return -1;
		}
		if (source_doubt(source, header))
			return -1;
		source->pending = source_take(source, select, header, data);
		if (source->pending && source_check(&source->frame))
			return -1;
	}
	return 1;
}

struct ref_capture *ref_capture_open(const char *const *paths, size_t npaths,
				     const struct ref_select *select)
{
	struct ref_capture *capture = calloc(1, sizeof(*capture));

	if (!capture || npaths > REF_CAPTURES_MAX) {
		fprintf(stderr, "ref: too many captures\n");
		free(capture);
		return NULL;
	}
	capture->select = select;
	for (size_t i = 0; i < npaths; i++) {
		capture->nsources++;
		if (source_open(&capture->source[i], paths[i], select)) {
			ref_capture_close(capture);
			return NULL;
		}
	}
	return capture;
}

int ref_capture_next(struct ref_capture *capture, struct ref_frame *frame)
{
	struct source *first = NULL;

	for (size_t i = 0; i < capture->nsources; i++) {
		struct source *source = &capture->source[i];
		int ret = source_fill(source, capture->select);

		if (ret < 0)
			return -1;
		if (ret && (!first ||
			    source->frame.time_ns < first->frame.time_ns))
			first = source;
	}
	if (!first)
		return 0;
	*frame = first->frame;
	first->pending = false;
	return 1;
}

void ref_capture_close(struct ref_capture *capture)
{
	for (size_t i = 0; i < capture->nsources; i++)
		if (capture->source[i].pcap)
			pcap_close(capture->source[i].pcap);
	free(capture);
}
