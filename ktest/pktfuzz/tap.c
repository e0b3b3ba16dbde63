// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include "tap.h"

#define PIECES_MAX	17	/* of a packet, for the kernel */
#define HEAD_LEN	14	/* the kernel looks for the Ethernet header there */

const char *const fuzz_way_names[FUZZ_WAYS] = {
	[FUZZ_WAY_PAGE] = "page",
	[FUZZ_WAY_COPY] = "copy",
	[FUZZ_WAY_FRAGS] = "frags",
	[FUZZ_WAY_PACKET] = "packet",
};

static int fail(int fd)
{
	int err = errno;

	close(fd);
	errno = err;
	return -1;
}

static int packet_open(const char *name)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = if_nametoindex(name),
	};
	int fd, on = 1;

	if (!address.sll_ifindex)
		return -1;
	/* Protocol 0: nothing is received. */
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on,
		       sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return fail(fd);
	return fd;
}

int fuzz_tap_open(const char *name, enum fuzz_way way)
{
	struct ifreq request = {
		.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR |
			     IFF_MULTI_QUEUE,
	};
	int flags = O_RDWR | O_CLOEXEC, fd;

	if (way == FUZZ_WAY_PACKET)
		return packet_open(name);
	/* Only a writer that does not wait gets the page as it is. */
	if (way == FUZZ_WAY_PAGE)
		flags |= O_NONBLOCK;
	if (way == FUZZ_WAY_FRAGS)
		request.ifr_flags |= IFF_NAPI | IFF_NAPI_FRAGS;
	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	fd = open("/dev/net/tun", flags);
	if (fd < 0)
		return -1;
	return ioctl(fd, TUNSETIFF, &request) ? fail(fd) : fd;
}

/*
 * Cuts the frame at random places, those in the headers more often. A last piece
 * of more than a page is refused.
 */
static int cut(struct iovec *iov, struct fuzz_frame *frame,
	       struct gen_random *random)
{
	size_t at = frame->len < HEAD_LEN ? frame->len : HEAD_LEN;
	int n = 0;

	iov[n++] = (struct iovec){ &frame->vnet, sizeof(frame->vnet) };
	iov[n++] = (struct iovec){ frame->data, at };
	while (at < frame->len) {
		size_t len = 1 + gen_random_below(random, at < 80 ? 12 : 4000);

		if (len > frame->len - at || n == PIECES_MAX)
			len = frame->len - at;
		iov[n++] = (struct iovec){ frame->data + at, len };
		at += len;
	}
	return n;
}

static ssize_t put_pieces(int fd, struct fuzz_frame *frame,
			  struct gen_random *random)
{
	struct iovec iov[PIECES_MAX + 1];
	int n = cut(iov, frame, random);

	return writev(fd, iov, n);
}

int fuzz_tap_put(int fd, enum fuzz_way way, struct fuzz_frame *frame,
		 struct gen_random *random)
{
	size_t len = sizeof(frame->vnet) + frame->len;
	struct pollfd out = { .fd = fd, .events = POLLOUT };

	for (;;) {
		ssize_t n = way == FUZZ_WAY_FRAGS ?
			    put_pieces(fd, frame, random) :
			    write(fd, &frame->vnet, len);

		if (n >= 0)
			return (size_t)n == len ? 0 : EMSGSIZE;
		if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
			return errno;
		poll(&out, 1, 1);
	}
}
