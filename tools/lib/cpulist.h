/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of CPUs as the kernel writes them: "0-3,8". */
#ifndef FM_TOOLS_CPULIST_H
#define FM_TOOLS_CPULIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FM_CPULIST_MAX	1024	/* CPUs of a list */

struct fm_cpulist {
	uint32_t cpus[FM_CPULIST_MAX];	/* ascending, none twice */
	size_t n;
};

int fm_cpulist_parse(const char *text, struct fm_cpulist *list);
int fm_cpulist_read(const char *path, struct fm_cpulist *list);
int fm_cpulist_online(const char *root, struct fm_cpulist *list);
int fm_cpulist_add(struct fm_cpulist *list, uint32_t cpu);
bool fm_cpulist_contains(const struct fm_cpulist *list, uint32_t cpu);

#endif
