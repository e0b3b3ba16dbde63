// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "click.h"
#include "clickfile.h"

static char *read_all(int fd, const char *path, size_t *len,
		      struct fm_error *err)
{
	char *text = malloc(FM_CLICK_SIZE_MAX + 1);
	ssize_t n = 1;

	for (*len = 0; text && n > 0 && *len <= FM_CLICK_SIZE_MAX; *len += n) {
		n = read(fd, text + *len, FM_CLICK_SIZE_MAX + 1 - *len);
		if (n < 0)
			break;
	}
	if (text && n >= 0 && *len <= FM_CLICK_SIZE_MAX)
		return text;
	if (text && n >= 0)
		fm_error_set(err, FM_EXIT_CHECK, EFBIG,
			     "%s: a configuration may have %u bytes at most",
			     path, FM_CLICK_SIZE_MAX);
	else
		fm_error_errno(err, text ? errno : ENOMEM, "%s", path);
	free(text);
	return NULL;
}

/**
 * fm_clickfile_read - read a configuration
 * @path: the file, "-" for standard input
 * @len: gets its bytes
 * @err: says what went wrong
 *
 * Return: the text, to be freed, or NULL.
 */
char *fm_clickfile_read(const char *path, size_t *len, struct fm_error *err)
{
	bool standard = !strcmp(path, "-");
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	char *text;

	if (fd < 0) {
		fm_error_errno(err, errno, "%s", path);
		return NULL;
	}
	text = read_all(fd, path, len, err);
	if (!standard)
		close(fd);
	return text;
}
