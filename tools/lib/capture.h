/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples of traffic, from a capture file or from a device. */
#ifndef FM_TOOLS_CAPTURE_H
#define FM_TOOLS_CAPTURE_H

#include "log.h"
#include "traffic.h"

/**
 * struct fm_capture - where a sample comes from, and how far it goes
 * @path: a capture file, as libpcap reads them; or NULL
 * @dev: a device, listened to for @seconds
 * @seconds: 1 or more
 * @every: of the device one packet in so many, picked at random; 1 or more
 * @stop: asked now and then: end here? Or NULL
 * @progress: called about once a second with the packets so far, or NULL
 */
struct fm_capture {
	const char *path;
	const char *dev;
	unsigned int seconds;
	unsigned int every;
	bool (*stop)(void);
	void (*progress)(uint64_t packets);
};

int fm_capture_read(const struct fm_capture *capture,
		    struct fm_traffic *traffic, struct fm_error *err);

#endif
