// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Capture files as fmctl reads them for a sample of traffic: the flows' packets
 * add up, and every flow can be printed.
 * fuzz: -max_len=8192
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>
#include "capture.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("capture", 0);
	struct fm_traffic traffic;
	char path[32], text[FM_TRAFFIC_LEN];
	struct fm_capture capture = { .path = path };
	struct fm_error err = { 0 };
	uint64_t packets = 0;
	int ret;

	fuzz_expect(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ret = fm_capture_read(&capture, &traffic, &err);
	fuzz_expect(!ret == !err.code);
	fuzz_expect(ret || traffic.n);
	for (size_t i = 0; i < traffic.n; i++) {
		packets += traffic.flows[i].packets;
		fm_traffic_format(&traffic.flows[i].tuple, FM_F_ALL, text,
				  sizeof(text));
		fuzz_expect(strlen(text) < sizeof(text) - 1);
	}
	fuzz_expect(packets == traffic.packets);
	fm_traffic_cleanup(&traffic);
	close(fd);
	return 0;
}
