// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "tap.h"

#define PORTS_MAX	40	/* more than a port-scan detection lets pass */

struct frame4 {
	struct ether_header ether;
	struct iphdr ip;
	struct udphdr udp;
	char payload[18];
} __attribute__((packed));

struct frame6 {
	struct ether_header ether;
	struct ip6_hdr ip;
	struct udphdr udp;
	char payload[18];
} __attribute__((packed));

static int tap = -1;

static bool set_up(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool good;

	strcpy(request.ifr_name, name);
	good = fd >= 0 && !ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
	return good;
}

bool tap_open(void)
{
	struct ifreq request = {
		.ifr_name = "fztap",
		.ifr_flags = IFF_TAP | IFF_NO_PI,
	};

	tap = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (tap < 0)
		return false;
	if (!ioctl(tap, TUNSETIFF, &request) && set_up(request.ifr_name))
		return true;
	close(tap);
	tap = -1;
	return false;
}

static void send4(uint32_t source, uint16_t port)
{
	struct frame4 frame = {
		.ether = { .ether_type = htons(ETHERTYPE_IP) },
		.ip = {
			.version = 4,
			.ihl = 5,
			.ttl = 64,
			.protocol = IPPROTO_UDP,
			.tot_len = htons(sizeof(frame) - ETHER_HDR_LEN),
			.saddr = htonl(0x0a010000 | source),
			.daddr = htonl(0x0a020001),
		},
		.udp = {
			.source = htons(4000),
			.dest = htons(port),
			.len = htons(sizeof(frame.udp) +
				     sizeof(frame.payload)),
		},
	};

	memset(frame.ether.ether_dhost, 2, ETHER_ADDR_LEN);
	if (write(tap, &frame, sizeof(frame)) < 0)
		return;
}

static void send6(uint32_t source, uint16_t port)
{
	struct frame6 frame = {
		.ether = { .ether_type = htons(ETHERTYPE_IPV6) },
		.udp = {
			.source = htons(4000),
			.dest = htons(port),
			.len = htons(sizeof(frame.udp) +
				     sizeof(frame.payload)),
		},
	};

	frame.ip.ip6_vfc = 6 << 4;
	frame.ip.ip6_plen = frame.udp.len;
	frame.ip.ip6_nxt = IPPROTO_UDP;
	frame.ip.ip6_hlim = 64;
	frame.ip.ip6_src.s6_addr[0] = 0xfd;
	frame.ip.ip6_src.s6_addr[15] = source;
	frame.ip.ip6_dst.s6_addr[0] = 0xfd;
	memset(frame.ether.ether_dhost, 2, ETHER_ADDR_LEN);
	if (write(tap, &frame, sizeof(frame)) < 0)
		return;
}

unsigned int tap_receive(struct gen_random *random)
{
	uint32_t source = gen_random_below(random, 256);
	unsigned int n = gen_random_percent(random, 40) ? PORTS_MAX : 4;
	bool four = gen_random_percent(random, 70);
	char drain[2048];

	if (tap < 0)
		return 0;
	for (unsigned int i = 0; i < n; i++) {
		if (four)
			send4(source, 100 + i);
		else
			send6(source, 100 + i);
	}
	while (read(tap, drain, sizeof(drain)) > 0)
		;
	return n;
}
