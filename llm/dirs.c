// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/**
 * fm_dirs_place - where something is kept
 * @env: environment variable that has its path, if it is set
 * @name: of the file or directory
 *
 * Return: what @env says, or else @name below /var/lib/flowmage (root),
 * $XDG_STATE_HOME/flowmage or ~/.local/state/flowmage; to be freed; NULL without
 * memory.
 */
char *fm_dirs_place(const char *env, const char *name)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	char *path = NULL;
	int len;

	if (getenv(env))
		return strdup(getenv(env));
	if (!geteuid())
		len = asprintf(&path, "/var/lib/flowmage/%s", name);
	else if (state && *state == '/')
		len = asprintf(&path, "%s/flowmage/%s", state, name);
	else
		len = asprintf(&path, "%s/.local/state/flowmage/%s",
			       home ? home : "", name);
	return len < 0 ? NULL : path;
}
