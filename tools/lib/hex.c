// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>

#include "hex.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/**
 * fm_hex_parse - read "6d5a..." or "6d:5a:..."
 * @text: two digits a byte, a colon between two bytes or not
 * @buf: gets the bytes
 * @size: of @buf
 * @len: gets how many there were
 *
 * Return: 0, -EINVAL if @text is something else or empty, -E2BIG if it does
 * not fit.
 */
int fm_hex_parse(const char *text, uint8_t *buf, size_t size, size_t *len)
{
	size_t n = 0;

	do {
		if (digit(text[0]) < 0 || digit(text[1]) < 0)
			return -EINVAL;
		if (n == size)
			return -E2BIG;
		buf[n++] = digit(text[0]) << 4 | digit(text[1]);
		text += 2;
		if (*text == ':' && text[1])
			text++;
	} while (*text);
	*len = n;
	return 0;
}

/**
 * fm_hex_format - write "6d:5a:..."
 * @buf: the bytes
 * @len: how many
 * @text: gets the digits and a NUL
 * @size: of @text, 3 * @len or more
 */
void fm_hex_format(const uint8_t *buf, size_t len, char *text, size_t size)
{
	size_t i;

	if (size)
		text[0] = '\0';
	for (i = 0; i < len && 3 * i + 3 <= size; i++)
		snprintf(text + 3 * i, size - 3 * i,
			 i + 1 < len ? "%02x:" : "%02x", buf[i]);
}
