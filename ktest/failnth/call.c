// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * System calls, each attempt in a process of its own, whose end undoes what
 * belongs to it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fault.h"
#include "flowmage.h"
#include "sweep.h"

#define EXIT_USAGE	2
#define COMPLAINTS	5	/* that are told */
#define MANY		1000000	/* more allocations than any call makes */

/**
 * struct attempt - one of them, shared with its process
 * @fd: file or socket that was opened beforehand
 * @number: device or group that was found beforehand
 * @failed: an allocation has failed
 * @left: allocations until that, if not
 * @error: errno of the call, or 0
 */
struct attempt {
	int fd;
	int number;
	bool failed;
	unsigned int left;
	int error;
};

struct call {
	const char *name;
	int (*prepare)(char **argv, struct attempt *attempt);
	int (*run)(char **argv, const struct attempt *attempt);
};

static int insmod_prepare(char **argv, struct attempt *attempt)
{
	attempt->fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	return attempt->fd < 0 ? -1 : 0;
}

static int insmod_run(char **argv, const struct attempt *attempt)
{
	return syscall(SYS_finit_module, attempt->fd,
		       argv[2] ? argv[2] : "", 0);
}

static int nothing_prepare(char **argv, struct attempt *attempt)
{
	(void)argv;
	(void)attempt;
	return 0;
}

static int rmmod_run(char **argv, const struct attempt *attempt)
{
	(void)attempt;
	return syscall(SYS_delete_module, argv[1], O_NONBLOCK);
}

static int netns_run(char **argv, const struct attempt *attempt)
{
	(void)argv;
	(void)attempt;
	return unshare(CLONE_NEWNET);
}

static int listen_prepare(char **argv, struct attempt *attempt)
{
	struct nl_sock *sk = nl_socket_alloc();
	int group = -1;

	if (sk && !genl_connect(sk))
		group = genl_ctrl_resolve_grp(sk, FM_GENL_NAME, argv[1]);
	nl_socket_free(sk);
	attempt->number = group;
	attempt->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			     NETLINK_GENERIC);
	errno = ENOENT;
	return group < 0 || attempt->fd < 0 ? -1 : 0;
}

static int listen_run(char **argv, const struct attempt *attempt)
{
	(void)argv;
	return setsockopt(attempt->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			  &attempt->number, sizeof(attempt->number));
}

static int unlink_prepare(char **argv, struct attempt *attempt)
{
	attempt->number = if_nametoindex(argv[1]);
	attempt->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			     NETLINK_ROUTE);
	return attempt->number && attempt->fd >= 0 ? 0 : -1;
}

static int unlink_run(char **argv, const struct attempt *attempt)
{
	struct {
		struct nlmsghdr nlh;
		struct ifinfomsg ifi;
	} request = {
		.nlh.nlmsg_len = sizeof(request),
		.nlh.nlmsg_type = RTM_DELLINK,
		.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		.ifi.ifi_index = attempt->number,
	};
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
		char rest[256];
	} reply;

	(void)argv;
	if (send(attempt->fd, &request, sizeof(request), 0) < 0 ||
	    recv(attempt->fd, &reply, sizeof(reply), 0) < 0)
		return -1;
	errno = -reply.err.error;
	return reply.err.error ? -1 : 0;
}

static const struct call calls[] = {
	{ "insmod", insmod_prepare, insmod_run },
	{ "rmmod", nothing_prepare, rmmod_run },
	{ "netns", nothing_prepare, netns_run },
	{ "listen", listen_prepare, listen_run },
	{ "unlink", unlink_prepare, unlink_run },
};

static const struct call *call_find(char **argv)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (!strcmp(calls[i].name, argv[0]) &&
		    (argv[1] || calls[i].run == netns_run))
			return &calls[i];
	fprintf(stderr, "failnth: no call %s, or its argument is missing\n",
		argv[0]);
	return NULL;
}

/* The process of an attempt. */
static void attempt_run(const struct call *call, char **argv, unsigned int n,
			struct attempt *attempt)
{
	int ret;

	if (call->prepare(argv, attempt)) {
		fprintf(stderr, "failnth: %s: %s\n", argv[0], strerror(errno));
		_exit(EXIT_USAGE);
	}
	if (fault_open())
		_exit(EXIT_USAGE);
	fault_arm(n);
	ret = call->run(argv, attempt);
	attempt->error = ret ? errno : 0;
	attempt->left = fault_disarm();
	attempt->failed = !attempt->left;
	_exit(0);
}

static int attempt_make(const struct call *call, char **argv, unsigned int n,
			struct attempt *attempt)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		attempt_run(call, argv, n, attempt);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status) {
		fprintf(stderr, "failnth: attempt %u did not end well\n", n);
		return EXIT_USAGE;
	}
	return 0;
}

static bool shell(const char *command, const char *outcome)
{
	int status;
	pid_t pid;

	if (!command)
		return true;
	pid = fork();
	if (!pid) {
		execlp("bash", "bash", "-c", command, "failnth", outcome, NULL);
		_exit(EXIT_USAGE);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

static void complain(struct sweep *sweep, unsigned int n, const char *what,
		     int error)
{
	if (sweep->bad++ < COMPLAINTS)
		fprintf(stderr, "failnth: allocation %u: %s (%s)\n", n, what,
			error ? strerror(error) : "no error");
}

static void judge(struct sweep *sweep, unsigned int n,
		  const struct attempt *attempt, const char *after)
{
	const char *outcome = attempt->error == ENOBUFS ? "lost" :
			      attempt->error ? "refused" : "done";

	if (attempt->failed)
		sweep->sites++;
	if (attempt->error && !attempt->failed)
		complain(sweep, n, "refused without a failure",
			 attempt->error);
	else if (attempt->error && attempt->error != ENOMEM &&
		 attempt->error != ENOBUFS)
		complain(sweep, n, "a wrong error", attempt->error);
	else if (!shell(after, outcome))
		complain(sweep, n, "things are not so afterwards",
			 attempt->error);
	else if (attempt->error == ENOBUFS)
		sweep->lost++;
	else if (attempt->error)
		sweep->refused++;
	else if (attempt->failed)
		sweep->done++;
}

/* Where to begin so that only the last allocations of the call fail. */
static int find_first(const struct call *call, char **argv, unsigned int last,
		      const char *before, struct attempt *attempt)
{
	unsigned int total;

	if (!last)
		return 1;
	if (!shell(before, "") || attempt_make(call, argv, MANY, attempt))
		return -1;
	total = MANY - attempt->left;
	printf("of %u: ", total);
	return total > last ? total - last + 1 : 1;
}

int sweep_call(char **argv, unsigned int last, const char *before,
	       const char *after, struct sweep *sweep)
{
	const struct call *call = call_find(argv);
	struct attempt *attempt;
	int ret, first;

	attempt = mmap(NULL, sizeof(*attempt), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (!call || attempt == MAP_FAILED)
		return EXIT_USAGE;
	first = find_first(call, argv, last, before, attempt);
	if (first < 0)
		return EXIT_USAGE;
	for (unsigned int n = first; sweep->bad < COMPLAINTS; n++) {
		if (!shell(before, "")) {
			fprintf(stderr, "failnth: %s: failed\n", before);
			return EXIT_USAGE;
		}
		ret = attempt_make(call, argv, n, attempt);
		if (ret)
			return ret;
		judge(sweep, n, attempt, after);
		if (!attempt->failed)
			break;
	}
	return 0;
}
