/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A frame as a tap device takes it, and what becomes of it. */
#ifndef FUZZ_FRAME_H
#define FUZZ_FRAME_H

#include <linux/virtio_net.h>
#include <stddef.h>
#include <stdint.h>
#include "../gen/random.h"

#define FUZZ_DATA_MAX	65536

/**
 * struct fuzz_frame - a frame with the header a tap device wants before it
 * @len: bytes of @data
 * @l3: where the network header was put
 * @l4: where the transport header was put
 * @segments: of a packet whose GSO fields tell the truth, else 0
 * @vnet: right before @data, so that one write() takes both
 * @data: from the Ethernet destination
 */
struct fuzz_frame {
	size_t len;
	size_t l3;
	size_t l4;
	uint32_t segments;
	struct virtio_net_hdr vnet;
	uint8_t data[FUZZ_DATA_MAX];
};

static inline void fuzz_put16(uint8_t *p, uint16_t n)
{
	p[0] = n >> 8;
	p[1] = n;
}

static inline uint16_t fuzz_get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

#endif
