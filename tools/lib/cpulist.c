// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpulist.h"

#define CPU_MAX	65535	/* larger numbers are mistakes */

/* Where a CPU is in the list, or would be. */
static size_t find(const struct fm_cpulist *list, uint32_t cpu)
{
	size_t low = 0, high = list->n, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (list->cpus[mid] < cpu)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/**
 * fm_cpulist_contains - is a CPU in a list
 * @list: the list
 * @cpu: the CPU
 *
 * Return: true if it is.
 */
bool fm_cpulist_contains(const struct fm_cpulist *list, uint32_t cpu)
{
	size_t i = find(list, cpu);

	return i < list->n && list->cpus[i] == cpu;
}

/**
 * fm_cpulist_add - add a CPU, in its place
 * @list: the list
 * @cpu: the CPU; nothing happens if it is there
 *
 * Return: 0 or -E2BIG.
 */
int fm_cpulist_add(struct fm_cpulist *list, uint32_t cpu)
{
	size_t i = find(list, cpu);

	if (i < list->n && list->cpus[i] == cpu)
		return 0;
	if (list->n == FM_CPULIST_MAX)
		return -E2BIG;
	memmove(&list->cpus[i + 1], &list->cpus[i],
		(list->n - i) * sizeof(*list->cpus));
	list->cpus[i] = cpu;
	list->n++;
	return 0;
}

static bool parse_cpu(const char **text, unsigned long *cpu)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	*cpu = strtoul(*text, &end, 10);
	*text = end;
	return *cpu <= CPU_MAX;
}

/**
 * fm_cpulist_parse - read "0-3,8"
 * @text: the list; a newline may end it
 * @list: gets the CPUs
 *
 * Return: 0, -EINVAL if it is no such list or empty, -E2BIG if it is too long.
 */
int fm_cpulist_parse(const char *text, struct fm_cpulist *list)
{
	unsigned long first, last;

	list->n = 0;
	do {
		if (!parse_cpu(&text, &first))
			return -EINVAL;
		last = first;
		if (*text == '-') {
			text++;
			if (!parse_cpu(&text, &last) || last < first)
				return -EINVAL;
		}
		for (; first <= last; first++)
			if (fm_cpulist_add(list, first))
				return -E2BIG;
	} while (*text++ == ',');
	return text[-1] == '\n' || !text[-1] ? 0 : -EINVAL;
}

/**
 * fm_cpulist_read - read a list from a file
 * @path: the file
 * @list: gets the CPUs
 *
 * Return: 0 or a negative errno; an empty file is -EINVAL.
 */
int fm_cpulist_read(const char *path, struct fm_cpulist *list)
{
	char text[4096];
	FILE *file = fopen(path, "re");
	bool ok;

	list->n = 0;
	if (!file)
		return -errno;
	ok = fgets(text, sizeof(text), file);
	fclose(file);
	return ok ? fm_cpulist_parse(text, list) : -EINVAL;
}

/**
 * fm_cpulist_online - the CPUs that are online
 * @root: "" or a directory with a sys/ of its own
 * @list: gets the CPUs
 *
 * Return: 0 or a negative errno.
 */
int fm_cpulist_online(const char *root, struct fm_cpulist *list)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/sys/devices/system/cpu/online", root);
	return fm_cpulist_read(path, list);
}
