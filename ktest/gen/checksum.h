/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Internet checksum (RFC 1071) and the CRC of SCTP (RFC 9260, app. A). */
#ifndef GEN_CHECKSUM_H
#define GEN_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* @sum plus @len bytes, as 16-bit numbers; an odd one at the end counts. */
uint32_t gen_checksum_add(const uint8_t *p, size_t len, uint32_t sum);

/* The checksum itself, to be stored in network order. */
uint16_t gen_checksum_fold(uint32_t sum);

/* CRC32c of @len bytes at @p, stored at @out as SCTP does. */
void gen_checksum_crc32c(const uint8_t *p, size_t len, uint8_t *out);

#endif
