// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * taps FD NETNS:IFNAME:QUEUES... -- CMD...
 *
 * Run CMD with the queues of new tap devices open on the descriptors FD, FD+1,
 * ...; each device lives in the network namespace its path NETNS names, CMD in
 * the one it was started in.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int tap_open(const char *name)
{
	struct ifreq ifr = {
		.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR |
			     IFF_MULTI_QUEUE,
	};
	int fd;

	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		err(1, "/dev/net/tun");
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &ifr) < 0)
		err(1, "%s: TUNSETIFF", name);
	return fd;
}

static void netns_enter(const char *path)
{
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		err(1, "%s", path);
	close(fd);
}

/* Opens the device of one argument, returns the first descriptor not used. */
static int taps_open(char *arg, int first)
{
	char *name, *queues;
	int fd, end;

	name = strchr(arg, ':');
	queues = name ? strchr(name + 1, ':') : NULL;
	if (!queues)
		errx(1, "%s: not NETNS:IFNAME:QUEUES", arg);
	*name++ = '\0';
	*queues++ = '\0';

	netns_enter(arg);
	for (end = first + atoi(queues); first < end; first++) {
		fd = tap_open(name);
		if (dup2(fd, first) < 0)
			err(1, "dup2 %d", first);
		close(fd);
	}
	return end;
}

int main(int argc, char **argv)
{
	int home, fd, i;

	if (argc < 4)
		errx(1, "usage: taps FD NETNS:IFNAME:QUEUES... -- CMD...");

	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0)
		err(1, "/proc/self/ns/net");

	fd = atoi(argv[1]);
	for (i = 2; i < argc && strcmp(argv[i], "--"); i++)
		fd = taps_open(argv[i], fd);

	if (setns(home, CLONE_NEWNET) < 0)
		err(1, "setns");
	if (i + 1 >= argc)
		errx(1, "no command after --");
	execvp(argv[i + 1], argv + i + 1);
	err(1, "%s", argv[i + 1]);
}
