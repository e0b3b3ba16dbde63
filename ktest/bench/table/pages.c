// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory as a kernel has it: in pages of 2 MiB where there are any, whichever
 * library asks for it. Otherwise all tables would measure the misses of the TLB.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "run.h"

#define HUGE	(2UL << 20)

static void *map(void *addr, size_t len, int prot, int flags, int fd,
		 off_t offset)
{
	void *ptr = (void *)syscall(SYS_mmap, addr, len, prot, flags, fd,
				    offset);

	if (ptr != MAP_FAILED && flags & MAP_ANONYMOUS && len >= HUGE)
		madvise(ptr, len, MADV_HUGEPAGE);
	return ptr;
}

/* In place of the C library's, for the libraries that the program uses. */
void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	return map(addr, len, prot, flags, fd, offset);
}

void *mmap64(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	return map(addr, len, prot, flags, fd, offset);
}

/*
 * A file in memory has small pages: DPDK, which would have its heap in one, takes
 * memory without a file where there is none.
 */
int memfd_create(const char *name, unsigned int flags)
{
	(void)name;
	(void)flags;
	errno = ENOSYS;
	return -1;
}

/**
 * bench_pages_init - have malloc() ask for large pages, too
 * @argv: to begin again with, for the C library only asks at the beginning
 *
 * What is large is mapped, and gone when it is freed.
 */
void bench_pages_init(char **argv)
{
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	if (getenv("GLIBC_TUNABLES"))
		return;
	setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 1);
	execv("/proc/self/exe", argv);
}
