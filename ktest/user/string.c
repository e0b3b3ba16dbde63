// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/etherdevice.h>
#include <linux/kernel.h>
#include <linux/sort.h>
#include <linux/string.h>

char fm_user_log[256];

static void swap_bytes(u8 *a, u8 *b, size_t size)
{
	while (size--) {
		swap(*a, *b);
		a++;
		b++;
	}
}

static void sift(u8 *base, size_t at, size_t n, size_t size,
		 int (*compare)(const void *a, const void *b, const void *arg),
		 const void *arg)
{
	size_t child;

	for (; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n &&
		    compare(base + child * size, base + (child + 1) * size,
			    arg) < 0)
			child++;
		if (compare(base + at * size, base + child * size, arg) >= 0)
			return;
		swap_bytes(base + at * size, base + child * size, size);
	}
}

/* A heap, as the kernel's. */
void sort_r(void *base, size_t n, size_t size,
	    int (*compare)(const void *a, const void *b, const void *arg),
	    void (*swap)(void *a, void *b, int size, const void *arg),
	    const void *arg)
{
	size_t i;

	(void)swap;
	for (i = n / 2; i--;)
		sift(base, i, n, size, compare, arg);
	for (i = n; i-- > 1;) {
		swap_bytes(base, base + i * size, size);
		sift(base, 0, i, size, compare, arg);
	}
}

int vscnprintf(char *buf, size_t size, const char *format, va_list args)
{
	int len = vsnprintf(buf, size, format, args);

	if ((size_t)len < size)
		return len;
	return size ? size - 1 : 0;
}

int scnprintf(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vscnprintf(buf, size, format, args);
	va_end(args);
	return len;
}

ssize_t strscpy(char *dest, const char *src, size_t size)
{
	size_t len = strnlen(src, size);

	if (!size)
		return -E2BIG;
	if (len == size) {
		memcpy(dest, src, size - 1);
		dest[size - 1] = 0;
		return -E2BIG;
	}
	memcpy(dest, src, len + 1);
	return len;
}

const void *memchr_inv(const void *start, int c, size_t bytes)
{
	const u8 *p = start;

	for (; bytes--; p++)
		if (*p != (u8)c)
			return p;
	return NULL;
}

bool mac_pton(const char *text, u8 *mac)
{
	unsigned int byte[ETH_ALEN], i;
	char end;

	if (strspn(text, "0123456789abcdefABCDEF:") != strlen(text) ||
	    sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &byte[0], &byte[1],
		   &byte[2], &byte[3], &byte[4], &byte[5], &end) != ETH_ALEN)
		return false;
	for (i = 0; i < ETH_ALEN; i++)
		mac[i] = byte[i];
	return true;
}
