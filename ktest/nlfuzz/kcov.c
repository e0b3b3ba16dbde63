// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <linux/kcov.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "kcov.h"

#define ENTRIES		(1UL << 20)
#define TEXT_MAX	(1UL << 22)	/* bytes of the module's code */

static uint64_t *trace;
static uint64_t base;
static uint8_t *reached;
static unsigned long places;

static bool read_base(void)
{
	FILE *file = fopen("/sys/module/flowmage/sections/.text", "r");
	bool good = file && fscanf(file, "%lx", &base) == 1 && base;

	if (file)
		fclose(file);
	return good;
}

bool kcov_open(void)
{
	int fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);

	reached = calloc(TEXT_MAX, 1);
	if (fd < 0 || !reached || !read_base() ||
	    ioctl(fd, KCOV_INIT_TRACE, ENTRIES)) {
		perror("nlfuzz: no kcov");
		return false;
	}
	trace = mmap(NULL, ENTRIES * sizeof(*trace), PROT_READ | PROT_WRITE,
		     MAP_SHARED, fd, 0);
	if (trace == MAP_FAILED || ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC)) {
		perror("nlfuzz: kcov");
		return false;
	}
	return true;
}

void kcov_collect(void)
{
	uint64_t n, offset;

	if (!trace)
		return;
	n = __atomic_load_n(&trace[0], __ATOMIC_RELAXED);
	if (n >= ENTRIES)
		n = ENTRIES - 1;
	for (uint64_t i = 1; i <= n; i++) {
		offset = trace[i] - base;
		if (offset >= TEXT_MAX || reached[offset])
			continue;
		reached[offset] = 1;
		places++;
	}
	__atomic_store_n(&trace[0], 0, __ATOMIC_RELAXED);
}

unsigned long kcov_places(void)
{
	return places;
}

bool kcov_write(const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file) {
		perror(path);
		return false;
	}
	for (unsigned long i = 0; i < TEXT_MAX; i++)
		if (reached[i])
			fprintf(file, "%#lx\n", i);
	return !fclose(file);
}
