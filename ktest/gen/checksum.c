// SPDX-License-Identifier: GPL-2.0-or-later
#include "checksum.h"

uint32_t gen_checksum_add(const uint8_t *p, size_t len, uint32_t sum)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += p[i] << 8 | p[i + 1];
	if (i < len)
		sum += p[i] << 8;
	return sum;
}

uint16_t gen_checksum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

void gen_checksum_crc32c(const uint8_t *p, size_t len, uint8_t *out)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < len; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	for (int i = 0; i < 4; i++)
		out[i] = ~crc >> 8 * i;
}
