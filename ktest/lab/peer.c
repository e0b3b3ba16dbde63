// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * peer N CMD... (in the guest): run CMD in the namespace behind NIC N, with its
 * output here and its exit status ours.  The end of this program ends CMD.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"

#define PEER_LOST 255

static int lab_connect(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(7),
		.sin_addr.s_addr = inet_addr("10.0.2.100"),
	};
	int ns, fd;

	ns = open("/run/netns/lab", O_RDONLY | O_CLOEXEC);
	if (ns < 0 || setns(ns, CLONE_NEWNET) < 0)
		err(PEER_LOST, "the lab's network");
	close(ns);

	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (void *)&to, sizeof(to)) < 0)
		err(PEER_LOST, "connect");
	return fd;
}

static void request_add(char *request, uint32_t *len, const char *string)
{
	size_t n = strlen(string) + 1;

	if (n > PEER_REQUEST_MAX - *len)
		errx(PEER_LOST, "the command is too long");
	memcpy(request + *len, string, n);
	*len += n;
}

static void request_send(int fd, char **args)
{
	static char request[PEER_REQUEST_MAX];
	char cwd[4096];
	uint32_t len = sizeof(len), size;

	if (!getcwd(cwd, sizeof(cwd)))
		err(PEER_LOST, "getcwd");
	request_add(request, &len, *args++);
	request_add(request, &len, cwd);
	while (*args)
		request_add(request, &len, *args++);

	size = htonl(len - sizeof(len));
	memcpy(request, &size, sizeof(size));
	if (peer_write(fd, request, len))
		err(PEER_LOST, "send");
}

static int answer_copy(int fd)
{
	char data[PEER_FRAME_MAX];
	struct peer_frame frame;
	size_t len;

	for (;;) {
		if (peer_read(fd, &frame, sizeof(frame)))
			break;
		len = ntohs(frame.len);
		if (len > sizeof(data) || peer_read(fd, data, len))
			break;
		if (frame.type == PEER_EXIT && len == 1)
			return (uint8_t)data[0];
		if (peer_write(frame.type == PEER_ERR ? 2 : 1, data, len))
			err(PEER_LOST, "output");
	}
	errx(PEER_LOST, "the connection to the peer was lost");
}

int main(int argc, char **argv)
{
	int fd;

	if (argc < 3)
		errx(PEER_LOST, "usage: peer N CMD...");
	fd = lab_connect();
	request_send(fd, argv + 1);
	return answer_copy(fd);
}
