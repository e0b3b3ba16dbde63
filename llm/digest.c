// SPDX-License-Identifier: GPL-2.0-or-later
/* SHA-256 of files. */
#include <errno.h>
#include <stdio.h>
#include <nettle/sha2.h>

#include "digest.h"

#define CHUNK	16384	/* bytes read at once */

static void format_hex(const uint8_t *bytes, size_t n, char *text)
{
	for (size_t i = 0; i < n; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
}

/**
 * fm_digest_file - hash what is in a file
 * @path: of the file
 * @digest: 64 lower-case hex digits; untouched on error
 *
 * Return: 0, or the negative errno of open(2) or read(2), also left in errno.
 */
int fm_digest_file(const char *path, char digest[FM_RECORD_SHA256])
{
	uint8_t hash[SHA256_DIGEST_SIZE], chunk[CHUNK];
	FILE *file = fopen(path, "re");
	struct sha256_ctx ctx;
	size_t n;
	int ret;

	if (!file)
		return -errno;
	sha256_init(&ctx);
	while ((n = fread(chunk, 1, sizeof(chunk), file)))
		sha256_update(&ctx, n, chunk);
	ret = ferror(file) ? -errno : 0;
	fclose(file);
	errno = -ret;
	if (ret)
		return ret;
	sha256_digest(&ctx, sizeof(hash), hash);
	format_hex(hash, sizeof(hash), digest);
	return 0;
}

/**
 * fm_digest_text - hash a text
 * @text: the text
 * @len: its bytes
 * @digest: gets 64 lower-case hex digits
 */
void fm_digest_text(const char *text, size_t len, char digest[FM_RECORD_SHA256])
{
	uint8_t hash[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, len, (const uint8_t *)text);
	sha256_digest(&ctx, sizeof(hash), hash);
	format_hex(hash, sizeof(hash), digest);
}
