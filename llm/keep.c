// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Replies that are kept, in a file for each question. A question is named by
 * the hash of its JSON and of the URL that it goes to; a key is in neither.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "digest.h"
#include "dirs.h"

static char *path_of(const char *dir, const char *request)
{
	char digest[FM_RECORD_SHA256], *path;

	fm_digest_text(request, strlen(request), digest);
	return asprintf(&path, "%s/%s.json", dir, digest) < 0 ? NULL : path;
}

/**
 * fm_keep_has - is a reply kept?
 * @dir: where
 * @request: the question
 */
bool fm_keep_has(const char *dir, const char *request)
{
	char *path = path_of(dir, request);
	bool there = path && !access(path, R_OK);

	free(path);
	return there;
}

/**
 * fm_keep_get - a reply that is kept
 * @dir: where
 * @request: the question
 * @reply: gets it, to be freed
 * @len: gets its bytes
 *
 * Return: whether there is one.
 */
bool fm_keep_get(const char *dir, const char *request, char **reply,
		 size_t *len)
{
	char *path = path_of(dir, request);
	FILE *file = path ? fopen(path, "re") : NULL;

	free(path);
	if (!file)
		return false;
	*reply = malloc(FM_DIALECT_REPLY_MAX + 1);
	*len = *reply ? fread(*reply, 1, FM_DIALECT_REPLY_MAX, file) : 0;
	fclose(file);
	if (!*reply)
		return false;
	(*reply)[*len] = '\0';
	return true;
}

/**
 * fm_keep_put - keep a reply
 * @dir: where; made if it is not there
 * @request: the question
 * @reply: the reply
 * @len: its bytes
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, or the negative errno of writing.
 */
int fm_keep_put(const char *dir, const char *request, const char *reply,
		size_t len, char *err)
{
	int ret = fm_dirs_make(dir, 0700), fd = -1;
	char *path = path_of(dir, request), *temporary = NULL;

	if (!path || asprintf(&temporary, "%s/.reply.XXXXXX", dir) < 0)
		ret = -ENOMEM;
	if (!ret) {
		fd = mkostemp(temporary, O_CLOEXEC);
		ret = fd < 0 ? -errno : 0;
	}
	if (!ret && (write(fd, reply, len) != (ssize_t)len ||
		     rename(temporary, path))) {
		ret = errno ? -errno : -EIO;
		unlink(temporary);
	}
	if (fd >= 0)
		close(fd);
	free(temporary);
	free(path);
	return ret ? fm_sentence_set(err, ret, "%s: %s", dir, strerror(-ret)) :
		     0;
}
