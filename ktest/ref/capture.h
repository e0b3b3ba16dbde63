/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One or more capture files read as one stream of frames in the order of time,
 * of which only those are shown that were sent to the device under test.
 */
#ifndef REF_CAPTURE_H
#define REF_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REF_CAPTURES_MAX	8
#define REF_MACS_MAX		8
#define REF_VLANS_MAX		4	/* tags looked through */
#define REF_NETWORK_MAX		1514	/* more than a wire's MTU: offloads */

/**
 * struct ref_select - which frames count
 * @filter: frames that match this BPF expression; NULL: all
 * @exclude: but not these; NULL: none
 * @dst: Ethernet destinations, beside broadcast and multicast; none: all
 * @own: Ethernet sources to leave out
 * @ndst: of @dst
 * @nown: of @own
 */
struct ref_select {
	const char *filter;
	const char *exclude;
	uint8_t dst[REF_MACS_MAX][6];
	uint8_t own[REF_MACS_MAX][6];
	size_t ndst;
	size_t nown;
};

/**
 * struct ref_frame - a frame without its link-layer header and VLAN tags
 * @data: what follows them; valid until the next frame is read
 * @captured: bytes at @data
 * @len: bytes that were on the wire
 * @time_ns: since 1970
 * @number: in its file, from 1
 * @path: that file
 * @ethertype: of @data; 0 if the frame ends before it
 */
struct ref_frame {
	const uint8_t *data;
	size_t captured;
	size_t len;
	int64_t time_ns;
	uint64_t number;
	const char *path;
	uint16_t ethertype;
};

struct ref_capture;

/**
 * ref_capture_open - begin to read
 * @paths: pcap or pcapng files of link type Ethernet or Linux cooked v2
 * @npaths: of them, at most REF_CAPTURES_MAX
 * @select: must outlive the capture
 *
 * Return: the capture, or NULL after saying why on stderr.
 */
struct ref_capture *ref_capture_open(const char *const *paths, size_t npaths,
				     const struct ref_select *select);

/**
 * ref_capture_next - the next frame of all files
 * @capture: the stream
 * @frame: filled in
 *
 * Return: 1, 0 at the end, -1 after saying on stderr what is wrong.
 */
int ref_capture_next(struct ref_capture *capture, struct ref_frame *frame);

void ref_capture_close(struct ref_capture *capture);

#endif
