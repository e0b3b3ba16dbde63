// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netlink/msg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "fault.h"
#include "wire.h"

#define SECONDS		60	/* of silence after which an answer is lost */

static char buffer[1 << 20];

static int wire_open(void)
{
	struct timeval tv = { .tv_sec = SECONDS };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	struct sockaddr_nl local = { .nl_family = AF_NETLINK };

	if (fd >= 0 &&
	    (bind(fd, (struct sockaddr *)&local, sizeof(local)) ||
	     setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* True if that was the last word. */
static bool read_message(const struct nlmsghdr *nlh, struct answer *answer)
{
	int error = 0;

	if (nlh->nlmsg_type != NLMSG_ERROR && nlh->nlmsg_type != NLMSG_DONE) {
		answer->bytes += nlmsg_datalen(nlh);
		return false;
	}
	if (nlmsg_datalen(nlh) >= (int)sizeof(error))
		memcpy(&error, nlmsg_data(nlh), sizeof(error));
	answer->told = true;
	answer->error = error < 0 ? -error : 0;
	return true;
}

static bool receive(int fd, struct answer *answer)
{
	ssize_t len = recv(fd, buffer, sizeof(buffer), 0);
	struct nlmsghdr *nlh = (struct nlmsghdr *)buffer;
	int left = len;

	if (len < 0) {
		answer->error = errno;
		return true;
	}
	for (; nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left))
		if (read_message(nlh, answer))
			return true;
	return false;
}

int wire_ask(struct nl_msg *msg, unsigned int n, struct answer *answer)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	int fd = wire_open();

	if (fd < 0 || fault_open())
		return errno;
	nlh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_pid = 0;
	nlh->nlmsg_seq = 1;
	*answer = (struct answer){ 0 };
	if (n)
		fault_arm(n);
	if (send(fd, nlh, nlh->nlmsg_len, 0) < 0)
		answer->error = errno;
	else
		while (!receive(fd, answer))
			;
	if (n)
		answer->failed = !fault_disarm();
	close(fd);
	return 0;
}
