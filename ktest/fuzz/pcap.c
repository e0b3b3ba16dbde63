// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Capture files as ktest/ref reads them, frame by frame.  libpcap wants a file:
 * it gets one in memory.
 * fuzz: -max_len=8192
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>
#include "input.h"
#include "packet.h"

#define FRAMES_MAX	10000

/* What the reader says of bad files; sanitizers do not speak by way of this. */
static void hush(bool on)
{
	static FILE *null, *said;

	if (!null) {
		null = fopen("/dev/null", "we");
		said = stderr;
	}
	stderr = on && null ? null : said;
}

static void check_frame(const struct ref_frame *frame)
{
	struct ref_packet packet;
	uint8_t *data = fuzz_copy(frame->data, frame->captured);
	struct ref_frame copy = *frame;

	copy.data = data;
	ref_packet_parse(&packet, &copy);
	if (packet.kind == REF_IP)
		fuzz_expect((packet.family == 4 || packet.family == 6) &&
			    packet.bytes <= frame->len);
	free(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ref_select select = { 0 };
	int fd = memfd_create("pcap", 0);
	struct ref_capture *capture;
	struct ref_frame frame;
	unsigned int n = 0;
	const char *paths[1];
	char path[32];

	fuzz_expect(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	paths[0] = path;
	hush(true);
	capture = ref_capture_open(paths, 1, &select);
	while (capture && ref_capture_next(capture, &frame) == 1) {
		hush(false);
		check_frame(&frame);
		fuzz_expect(++n <= FRAMES_MAX);
		hush(true);
	}
	if (capture)
		ref_capture_close(capture);
	hush(false);
	close(fd);
	return 0;
}
