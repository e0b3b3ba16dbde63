/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of a fuzzer, taken one value after the other; zeros at the end. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fuzz_input {
	const uint8_t *p;
	size_t left;
};

/* Ends the program where a promise is broken. */
#define fuzz_expect(condition) do {					\
	if (!(condition)) {						\
		fprintf(stderr, "%s:%d: not so: %s\n", __FILE__,	\
			__LINE__, #condition);				\
		abort();						\
	}								\
} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_bytes(struct fuzz_input *in, void *to, size_t len)
{
	size_t n = len < in->left ? len : in->left;

	memset(to, 0, len);
	if (!n)
		return;
	memcpy(to, in->p, n);
	in->p += n;
	in->left -= n;
}

static inline uint8_t fuzz_u8(struct fuzz_input *in)
{
	uint8_t n;

	fuzz_bytes(in, &n, sizeof(n));
	return n;
}

static inline uint16_t fuzz_u16(struct fuzz_input *in)
{
	uint16_t n;

	fuzz_bytes(in, &n, sizeof(n));
	return n;
}

static inline uint32_t fuzz_u32(struct fuzz_input *in)
{
	uint32_t n;

	fuzz_bytes(in, &n, sizeof(n));
	return n;
}

static inline uint64_t fuzz_u64(struct fuzz_input *in)
{
	uint64_t n;

	fuzz_bytes(in, &n, sizeof(n));
	return n;
}

/* A copy of its exact size, so that a sanitizer sees what is read beyond. */
static inline void *fuzz_copy(const void *data, size_t len)
{
	void *copy = calloc(1, len);

	if (len && !copy)
		abort();
	if (len)
		memcpy(copy, data, len);
	return copy;
}

/* Bytes as a C string. */
static inline char *fuzz_string(const void *data, size_t len)
{
	char *text = malloc(len + 1);

	if (!text)
		abort();
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	return text;
}

#endif
