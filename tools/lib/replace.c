// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replace.h"

static int write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	for (; len; text += n, len -= n) {
		n = write(fd, text, len);
		if (n < 0)
			return -errno;
	}
	return 0;
}

/* What is no regular file, as a pipe, is written as it is. */
static int write_plainly(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = write_all(fd, text, len);
	return close(fd) && !ret ? -errno : ret;
}

static int write_beside(const char *path, const char *text, size_t len,
			mode_t mode)
{
	char beside[PATH_MAX];
	int fd, ret;

	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >=
	    (int)sizeof(beside))
		return -ENAMETOOLONG;
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write_all(fd, text, len);
	if (!ret && (fchmod(fd, mode) || fsync(fd)))
		ret = -errno;
	if (close(fd) && !ret)
		ret = -errno;
	if (!ret && rename(beside, path))
		ret = -errno;
	if (ret)
		unlink(beside);
	return ret;
}

/**
 * fm_replace_file - write a file
 * @path: the file, whole or not at all; its mode stays if it is there
 * @text: of @len bytes
 * @len: see there
 * @err: says what went wrong
 *
 * Return: 0 or an exit code.
 */
int fm_replace_file(const char *path, const char *text, size_t len,
		    struct fm_error *err)
{
	mode_t mask = umask(0);
	struct stat st;
	int ret;

	umask(mask);
	if (stat(path, &st))
		ret = write_beside(path, text, len, 0666 & ~mask);
	else if (!S_ISREG(st.st_mode))
		ret = write_plainly(path, text, len);
	else
		ret = write_beside(path, text, len, st.st_mode & 0777);
	return ret ? fm_error_errno(err, -ret, "%s", path) : 0;
}
