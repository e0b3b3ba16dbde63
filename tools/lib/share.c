// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "share.h"

static bool try_dir(const char *dir, const char *name, char *path, size_t size)
{
	int n = snprintf(path, size, "%s/%s", dir, name);

	return n > 0 && (size_t)n < size && !access(path, R_OK);
}

/* build/fmctl -> the tree; sbin/fmctl -> ../share/flowmage. */
static bool beside_program(const char *name, char *path, size_t size)
{
	static const char *const from[] = { "..", "../share/flowmage" };
	char exe[PATH_MAX], dir[PATH_MAX + 32];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	size_t i;

	if (n <= 0)
		return false;
	exe[n] = '\0';
	*strrchr(exe, '/') = '\0';
	for (i = 0; i < 2; i++) {
		snprintf(dir, sizeof(dir), "%s/%s", exe, from[i]);
		if (try_dir(dir, name, path, size))
			return true;
	}
	return false;
}

/**
 * fm_share_find - find a data file
 * @name: relative to the data directory, "rules/nic/virtio_net.json"
 * @path: gets where it is
 * @size: of @path in bytes
 *
 * Looked for in $FLOWMAGE_SHARE, else in the tree or the prefix that the
 * program is in, /usr/local/share/flowmage and /usr/share/flowmage.
 *
 * Return: false if it is nowhere.
 */
bool fm_share_find(const char *name, char *path, size_t size)
{
	const char *dir = getenv("FLOWMAGE_SHARE");

	if (dir && *dir)
		return try_dir(dir, name, path, size);
	return beside_program(name, path, size) ||
	       try_dir("/usr/local/share/flowmage", name, path, size) ||
	       try_dir("/usr/share/flowmage", name, path, size);
}
