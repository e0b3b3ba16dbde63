/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes as hex digits, such as hash keys. */
#ifndef FM_TOOLS_HEX_H
#define FM_TOOLS_HEX_H

#include <stddef.h>
#include <stdint.h>

int fm_hex_parse(const char *text, uint8_t *buf, size_t size, size_t *len);
void fm_hex_format(const uint8_t *buf, size_t len, char *text, size_t size);

#endif
