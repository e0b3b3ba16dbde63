// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "fault.h"

static int fault_fd = -1;

int fault_open(void)
{
	if (fault_fd >= 0)
		close(fault_fd);
	fault_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	/* No page fault of ours may take the failure. */
	return fault_fd < 0 || mlockall(MCL_CURRENT) ? errno : 0;
}

void fault_arm(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fault_fd, text, len, 0) != len)
		abort();
}

unsigned int fault_disarm(void)
{
	char left[16] = "";

	if (pread(fault_fd, left, sizeof(left) - 1, 0) < 1 ||
	    pwrite(fault_fd, "0", 1, 0) != 1)
		abort();
	return strtoul(left, NULL, 10);
}
