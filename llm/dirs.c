// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dirs.h"

/**
 * fm_dirs_make - make a directory and those above it
 * @dir: its path; what is there already stays as it is
 * @mode: of those that are made, less the umask
 *
 * Return: 0 or a negative errno.
 */
int fm_dirs_make(const char *dir, mode_t mode)
{
	char *path = strdup(dir), *slash;
	int ret = path ? 0 : -ENOMEM;

	for (slash = path; !ret && slash;) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(path, mode) && errno != EEXIST)
			ret = -errno;
		if (slash)
			*slash = '/';
	}
	free(path);
	return ret;
}
