// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading a file whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source.h"

/**
 * fm_source_text - read a file whole
 * @path: of the file
 * @max: bytes; longer files are refused
 * @len: gets its bytes
 *
 * Return: the text with a NUL behind it, to be freed; NULL with errno set.
 */
char *fm_source_text(const char *path, size_t max, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char *text = NULL;
	ssize_t n;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st))
		goto out;
	errno = S_ISDIR(st.st_mode) ? EISDIR :
		!S_ISREG(st.st_mode) ? EINVAL : EFBIG;
	if (!S_ISREG(st.st_mode) || (size_t)st.st_size > max)
		goto out;
	text = malloc(st.st_size + 1);
	for (*len = 0; text && *len < (size_t)st.st_size; *len += n) {
		n = read(fd, text + *len, st.st_size - *len);
		if (n <= 0)
			break;
	}
	if (text)
		text[*len] = '\0';
out:
	close(fd);
	return text;
}
