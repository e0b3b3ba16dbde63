// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include "dump.h"
#include "request.h"

#define READS_MAX	2000

/* How a dump is read, decided before it begins. */
struct reading {
	size_t room;		/* of each read */
	unsigned int reads;	/* before the socket is closed */
	bool tiny;		/* receive buffer */
	bool change;		/* chains after the first read */
	bool again;		/* ask for another dump in between */
	bool forced;		/* messages that do not fit are taken anyway */
};

static void decide(struct world *world, struct reading *reading)
{
	static const size_t rooms[] = { 16, 64, 512, 4096, 32768, 65536 };
	struct gen_random *random = &world->random;

	reading->room = rooms[gen_random_below(random, 6)];
	reading->reads = gen_random_percent(random, 12) ? READS_MAX :
			 gen_random_below(random, 5);
	reading->tiny = gen_random_percent(random, 20);
	reading->change = gen_random_percent(random, 15);
	reading->again = gen_random_percent(random, 10);
	reading->forced = gen_random_percent(random, 50);
}

static void send_on(struct world *world, int fd, struct message *m)
{
	link_stamp(world->link, m);
	if (send(fd, m->data, m->len, 0) < 0)
		perror("nlfuzz: send");
}

/* Returns false at the end, as far as that can be seen. */
static bool read_on(struct world *world, int fd, const struct reading *reading)
{
	struct link *link = world->link;
	ssize_t len;

	len = recv(fd, link->in, reading->room, MSG_DONTWAIT |
		   (reading->forced ? MSG_TRUNC : 0));
	if (len < 0 && errno == ENOBUFS) {
		link->tally->lost++;
		return true;
	}
	if (len <= 0)
		return false;
	if ((size_t)len <= reading->room)
		link_account(link, link->in, len);
	return true;
}

void dump_run(struct world *world, struct message *room)
{
	struct reading reading;
	unsigned int n = 0, chain;
	bool more = true;
	int fd;

	decide(world, &reading);
	link_flush(world->link);
	fd = link_socket(world->link, reading.tiny ? 1 : 0);
	chain = request_dump(world, room);
	send_on(world, fd, room);
	while (more && n < reading.reads) {
		more = read_on(world, fd, &reading);
		if (!n && reading.again) {
			request_dump(world, room);
			send_on(world, fd, room);
		}
		if (!n && reading.change) {
			request_change(world, room, chain);
			link_queue(world->link, room);
			link_flush(world->link);
		}
		n++;
	}
	world->link->tally->closed += more;
	close(fd);
}
