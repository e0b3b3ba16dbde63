// SPDX-License-Identifier: GPL-2.0-or-later
/* Opening the family: socket, namespace, module, ABI. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netlink/genl/ctrl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "nl_msg.h"
#include "nl_talk.h"

#define RECEIVE_BUFFER	(4 << 20)	/* bytes; libnl's default is 32 KiB */
#define SEND_BUFFER	(256 << 10)
#define SLICE_MS	100		/* between two looks at stop() */
#define TIMEOUT_MS	10000

/**
 * fm_nl_library_error() - an error of libnl itself
 * @ret: negative, as libnl returned it
 * @what: what failed
 * @err: to be filled
 *
 * Return: exit code.
 */
int fm_nl_library_error(int ret, const char *what, struct fm_error *err)
{
	int code = FM_EXIT_ERROR;

	if (ret == -NLE_PERM || ret == -NLE_NOACCESS)
		code = FM_EXIT_PERMISSION;
	return fm_error_set(err, code, 0, "%s: %s", what, nl_geterror(ret));
}

static void set_option(struct nl_sock *sk, int option)
{
	int on = 1;

	setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, option, &on, sizeof(on));
}

/* The larger size without the limit of rmem_max needs CAP_NET_ADMIN. */
static void set_buffers(struct nl_sock *sk)
{
	int fd = nl_socket_get_fd(sk), size = RECEIVE_BUFFER;

	nl_socket_set_buffer_size(sk, RECEIVE_BUFFER, SEND_BUFFER);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
}

/**
 * fm_nl_socket_create() - a connected generic netlink socket with extack
 * @skp: the socket, in blocking mode
 * @err: filled on failure
 *
 * Return: 0 or an exit code.
 */
int fm_nl_socket_create(struct nl_sock **skp, struct fm_error *err)
{
	struct nl_sock *sk = nl_socket_alloc();
	int ret;

	if (!sk)
		return fm_error_errno(err, ENOMEM, "netlink socket");
	ret = genl_connect(sk);
	if (ret < 0) {
		nl_socket_free(sk);
		return fm_nl_library_error(ret, "netlink socket", err);
	}
	set_option(sk, NETLINK_EXT_ACK);
	set_option(sk, NETLINK_CAP_ACK);
	set_buffers(sk);
	*skp = sk;
	return 0;
}

/**
 * fm_nl_socket_reset() - forget what is still under way on the socket
 * @nl: the family, whose last dump was not read to its end
 * @err: filled on failure
 *
 * Return: 0 or an exit code.
 */
int fm_nl_socket_reset(struct fm_nl *nl, struct fm_error *err)
{
	struct nl_sock *sk;
	int ret = fm_nl_socket_create(&sk, err);

	if (ret)
		return ret;
	nl_socket_set_nonblocking(sk);
	nl_socket_free(nl->sk);
	nl->sk = sk;
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/**
 * fm_nl_socket_wait() - wait until there is something to receive
 * @nl: the family, for its stop()
 * @sk: the socket
 * @timeout_ms: longest wait, 0 = for ever
 * @err: filled on timeout and interruption
 *
 * stop() is set by a signal that may come just before poll(): the wait is cut
 * in slices instead of trusting EINTR.
 *
 * Return: 0, FM_EXIT_TIMEOUT, FM_EXIT_INTERRUPTED or FM_EXIT_ERROR.
 */
int fm_nl_socket_wait(struct fm_nl *nl, struct nl_sock *sk,
		      unsigned int timeout_ms, struct fm_error *err)
{
	struct pollfd pfd = { nl_socket_get_fd(sk), POLLIN, 0 };
	int64_t end = now_ms() + timeout_ms;
	int ret;

	for (;;) {
		if (nl->config.stop && nl->config.stop())
			return fm_error_set(err, FM_EXIT_INTERRUPTED, EINTR,
					    "interrupted");
		ret = poll(&pfd, 1, SLICE_MS);
		if (ret > 0)
			return 0;
		if (ret < 0 && errno != EINTR)
			return fm_error_errno(err, errno, "poll");
		if (timeout_ms && now_ms() >= end)
			return fm_error_set(err, FM_EXIT_TIMEOUT, ETIMEDOUT,
					    "the kernel did not answer in %u ms",
					    timeout_ms);
	}
}

static int resolve(struct fm_nl *nl, struct fm_error *err)
{
	nl->family = genl_ctrl_resolve(nl->sk, FM_GENL_NAME);
	if (nl->family >= 0)
		return 0;
	fm_error_set(err, FM_EXIT_MODULE, ENOENT,
		     "the flowmage module is not loaded");
	fm_error_hint(err, "modprobe flowmage, or in the source tree: "
		      "insmod build/kmod/$(uname -r)/flowmage.ko");
	return err->code;
}

static int check_abi(struct fm_nl *nl, struct fm_error *err)
{
	struct fm_info info;
	int ret = fm_nl_info_get(nl, &info, err);

	if (ret || info.abi == FM_ABI_VERSION)
		return ret;
	fm_error_set(err, FM_EXIT_MODULE, 0,
		     "the module %s speaks ABI %u, this program ABI %u",
		     info.version, info.abi, FM_ABI_VERSION);
	fm_error_hint(err, "use module and programs of the same version");
	return err->code;
}

/**
 * fm_nl_open() - open the family in the present network namespace
 * @config: see there
 * @nlp: the family, to be closed by fm_nl_close(); NULL on failure
 * @err: filled on failure
 *
 * Return: 0, FM_EXIT_MODULE if the module is absent or speaks another ABI, or
 * another exit code.
 */
int fm_nl_open(const struct fm_nl_config *config, struct fm_nl **nlp,
	       struct fm_error *err)
{
	struct fm_nl *nl = calloc(1, sizeof(*nl));
	int ret;

	*nlp = NULL;
	if (!nl)
		return fm_error_errno(err, ENOMEM, "netlink");
	nl->config = *config;
	if (!nl->config.timeout_ms)
		nl->config.timeout_ms = TIMEOUT_MS;
	ret = fm_nl_socket_create(&nl->sk, err);
	ret = ret ?: resolve(nl, err);
	if (ret)
		goto close;
	nl_socket_set_nonblocking(nl->sk);
	if (!config->any_abi)
		ret = check_abi(nl, err);
	if (ret)
		goto close;
	*nlp = nl;
	return 0;
close:
	fm_nl_close(nl);
	return ret;
}

/**
 * fm_nl_close() - close the family
 * @nl: the family, or NULL
 */
void fm_nl_close(struct fm_nl *nl)
{
	if (!nl)
		return;
	nl_socket_free(nl->sk);
	free(nl);
}

/**
 * fm_nl_netns_enter() - move the process to a network namespace
 * @netns: a name as in "ip netns", or a path that contains "/"
 * @err: filled on failure
 *
 * Return: 0 or an exit code.
 */
int fm_nl_netns_enter(const char *netns, struct fm_error *err)
{
	char path[PATH_MAX];
	int fd, ret = 0;

	snprintf(path, sizeof(path), "%s%s",
		 strchr(netns, '/') ? "" : "/run/netns/", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fm_error_errno(err, errno, "network namespace \"%s\"",
				      netns);
	if (setns(fd, CLONE_NEWNET))
		ret = fm_error_errno(err, errno, "network namespace \"%s\"",
				     netns);
	close(fd);
	return ret;
}
