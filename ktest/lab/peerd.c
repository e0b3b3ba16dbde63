// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * peerd (outside the guest): QEMU starts one for every connection that a guest's
 * peer makes; stdin and stdout are that connection.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peer.h"

#define GRACE_SECONDS 2

enum { SOCKET, OUT, ERR, CHILD, NR_FDS };

static void frame_send(enum peer_frame_type type, const void *data, size_t len)
{
	struct peer_frame frame = { .type = type, .len = htons(len) };

	if (peer_write(1, &frame, sizeof(frame)) || peer_write(1, data, len))
		exit(1);
}

static void status_send(uint8_t status)
{
	frame_send(PEER_EXIT, &status, 1);
	exit(0);
}

static void refuse(const char *what, int error)
{
	char text[PEER_FRAME_MAX];
	int n;

	n = snprintf(text, sizeof(text), "peer: %.2000s: %s\n", what,
		     strerror(error));
	frame_send(PEER_ERR, text, n);
	status_send(error == ENOENT ? 127 : 126);
}

/* Cuts the request into strings; NULL-terminated, never empty. */
static char **request_read(void)
{
	static char data[PEER_REQUEST_MAX];
	static char *args[PEER_REQUEST_MAX / 2];
	uint32_t len, at, n = 0;

	if (peer_read(0, &len, sizeof(len)))
		exit(1);
	len = ntohl(len);
	if (!len || len > sizeof(data) || peer_read(0, data, len) ||
	    data[len - 1])
		exit(1);
	for (at = 0; at < len && n + 1 < PEER_REQUEST_MAX / 2;
	     at += strlen(data + at) + 1)
		args[n++] = data + at;
	if (n < 3)
		exit(1);
	return args;
}

static void netns_enter(const char *peer)
{
	char path[64];
	int fd;

	if (strlen(peer) > 2 || strspn(peer, "0123456789") != strlen(peer))
		refuse(peer, EINVAL);
	snprintf(path, sizeof(path), "/run/netns/peer%s", peer);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		refuse(path, ENODEV);
	if (setns(fd, CLONE_NEWNET) < 0)
		refuse(path, errno);
	close(fd);
}

/* The write end of failed closes at exec; until then it carries an errno. */
static void child_exec(char **args, int out, int err, int failed)
{
	int null, error;

	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	null = open("/dev/null", O_RDONLY);
	dup2(null, 0);
	dup2(out, 1);
	dup2(err, 2);
	execvp(args[0], args);
	error = errno;
	peer_write(failed, &error, sizeof(error));
	_exit(127);
}

static pid_t child_start(char **args, struct pollfd *fds)
{
	int out[2], err[2], failed[2], error;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC) ||
	    pipe2(failed, O_CLOEXEC))
		refuse("pipe", errno);
	pid = fork();
	if (pid < 0)
		refuse("fork", errno);
	if (!pid)
		child_exec(args, out[1], err[1], failed[1]);
	close(out[1]);
	close(err[1]);
	close(failed[1]);
	if (!peer_read(failed[0], &error, sizeof(error)))
		refuse(args[0], error);
	fds[OUT].fd = out[0];
	fds[ERR].fd = err[0];
	return pid;
}

/* Passes on what one read gives; a stream at its end is polled no more. */
static int stream_copy(struct pollfd *pfd, enum peer_frame_type type)
{
	char data[PEER_FRAME_MAX];
	ssize_t n;

	n = read(pfd->fd, data, sizeof(data));
	if (n > 0)
		frame_send(type, data, n);
	else
		pfd->fd = -1;
	return n > 0;
}

/* The peer hung up: ask, then make sure. */
static void child_end(pid_t pid)
{
	kill(-pid, SIGTERM);
	for (int i = 0; i < GRACE_SECONDS * 100; i++) {
		if (kill(-pid, 0) < 0)
			exit(1);
		waitpid(pid, NULL, WNOHANG);
		poll(NULL, 0, 10);
	}
	kill(-pid, SIGKILL);
	exit(1);
}

static void child_follow(pid_t pid, struct pollfd *fds)
{
	char byte;

	while (!(fds[CHILD].revents & POLLIN)) {
		if (poll(fds, NR_FDS, -1) < 0 && errno != EINTR)
			break;
		if (fds[OUT].revents)
			stream_copy(&fds[OUT], PEER_OUT);
		if (fds[ERR].revents)
			stream_copy(&fds[ERR], PEER_ERR);
		if (fds[SOCKET].revents && read(0, &byte, 1) <= 0)
			child_end(pid);
	}
}

/* Whatever is in the pipes now; a daemon that stays may hold them open. */
static void streams_drain(struct pollfd *fds)
{
	int i;

	for (i = OUT; i <= ERR; i++) {
		if (fds[i].fd < 0)
			continue;
		fcntl(fds[i].fd, F_SETFL, O_NONBLOCK);
		while (stream_copy(&fds[i], i == OUT ? PEER_OUT : PEER_ERR))
			;
	}
}

int main(void)
{
	struct pollfd fds[NR_FDS] = {
		[SOCKET] = { .fd = 0, .events = POLLIN },
		[OUT] = { .events = POLLIN },
		[ERR] = { .events = POLLIN },
		[CHILD] = { .events = POLLIN },
	};
	char **args;
	int status;
	pid_t pid;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	args = request_read();
	netns_enter(args[0]);
	if (chdir(args[1]) && chdir("/"))
		refuse(args[1], errno);
	pid = child_start(args + 2, fds);
	fds[CHILD].fd = pidfd_open(pid, 0);
	if (fds[CHILD].fd < 0)
		refuse("pidfd_open", errno);

	child_follow(pid, fds);
	streams_drain(fds);
	if (waitpid(pid, &status, 0) != pid)
		exit(1);
	status_send(WIFEXITED(status) ? WEXITSTATUS(status) :
					128 + WTERMSIG(status));
}
