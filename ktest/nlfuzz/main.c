// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nlfuzz: requests to the flowmage family, right ones, wrong ones and random
 * ones, from a seed. At the end the module has to be alive, and what nobody was
 * allowed to touch has to be as it was.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "dump.h"
#include "kcov.h"
#include "mutate.h"
#include "request.h"
#include "tap.h"

#define CORPUS		64	/* requests that bytes are changed of */

static const char usage[] =
"usage: nlfuzz [OPTION]...\n"
"\n"
"  --messages N     requests to send (20000)\n"
"  --seconds S      stop after that time, whatever was sent\n"
"  --seed S         what the requests depend on, with NFs, devices and CPUs (1)\n"
"  --denied         what needs privilege must end with EPERM\n"
"  --coverage FILE  write which places of the module were reached (kcov)\n"
"  --progress       say on stderr how far it is\n"
"\n"
"Binds chains to devices named fz...; a chain named " WORLD_REF ", if there is\n"
"one, must stay. Exit status 1 if something is not as it must be.\n";

struct options {
	uint64_t messages;
	uint64_t seed;
	unsigned long seconds;
	bool denied;
	bool progress;
	const char *coverage;
};

struct fuzz {
	struct options options;
	struct world world;
	struct link link;
	struct tally tally;
	struct message m;
	struct message corpus[CORPUS];
	unsigned int recorded;
	int events;
	time_t begin;
};

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void on_reply(const struct nlmsghdr *nlh, void *arg)
{
	const char *data = (const char *)nlh + MESSAGE_HEAD;
	int len = nlh->nlmsg_len - MESSAGE_HEAD;
	const struct genlmsghdr *genl = (const void *)(data - GENL_HDRLEN);
	const struct nlattr *name, *attr;
	struct fuzz *fuzz = arg;
	uint32_t generation;

	if (genl->cmd != FM_CMD_CHAIN_NEW && genl->cmd != FM_CMD_CHAIN_SET &&
	    genl->cmd != FM_CMD_CHAIN_GET)
		return;
	name = link_attr(data, len, FM_A_CHAIN_NAME);
	attr = link_attr(data, len, FM_A_GENERATION);
	if (!name || !attr || link_len(attr) != sizeof(generation))
		return;
	memcpy(&generation, link_data(attr), sizeof(generation));
	world_told(&fuzz->world, link_data(name), generation);
}

static void record(struct fuzz *fuzz)
{
	unsigned int i = fuzz->recorded;

	if (fuzz->m.precious)
		return;
	if (i == CORPUS)
		i = gen_random_below(&fuzz->world.random, CORPUS);
	else
		fuzz->recorded++;
	message_copy(&fuzz->corpus[i], &fuzz->m);
}

static void step_structure(struct fuzz *fuzz)
{
	struct gen_random *random = &fuzz->world.random;

	if (gen_random_percent(random, 85))
		request_any(&fuzz->world, &fuzz->m);
	else
		request_get(&fuzz->world, &fuzz->m);
	if (gen_random_percent(random, 3))
		record(fuzz);
	if (!fuzz->m.precious)
		mutate_structure(random, &fuzz->m);
	link_queue(&fuzz->link, &fuzz->m);
}

static void step_bytes(struct fuzz *fuzz)
{
	struct gen_random *random = &fuzz->world.random;

	if (!fuzz->recorded)
		return;
	message_copy(&fuzz->m, &fuzz->corpus[gen_random_below(random,
							fuzz->recorded)]);
	mutate_bytes(random, &fuzz->m,
		     &fuzz->corpus[gen_random_below(random, fuzz->recorded)]);
	link_queue(&fuzz->link, &fuzz->m);
}

static void step_events(struct fuzz *fuzz)
{
	struct gen_random *random = &fuzz->world.random;
	unsigned int i = gen_random_below(random, fuzz->link.groups);
	bool join = gen_random_percent(random, 75);
	static char buf[32768];
	ssize_t len;

	setsockopt(fuzz->events, SOL_NETLINK, join ? NETLINK_ADD_MEMBERSHIP :
		   NETLINK_DROP_MEMBERSHIP, &fuzz->link.group[i],
		   sizeof(*fuzz->link.group));
	if (gen_random_percent(random, 30))
		return;
	for (;;) {
		len = recv(fuzz->events, buf, sizeof(buf), MSG_DONTWAIT);
		if (len < 0 && errno == ENOBUFS)
			fuzz->tally.lost++;
		else if (len <= 0)
			return;
		else
			link_account(&fuzz->link, buf, len);
	}
}

static void step(struct fuzz *fuzz)
{
	unsigned int roll = gen_random_below(&fuzz->world.random, 1000);

	if (roll < 200) {
		step_bytes(fuzz);
	} else if (roll < 550) {
		step_structure(fuzz);
	} else if (roll < 650) {
		request_get(&fuzz->world, &fuzz->m);
		link_queue(&fuzz->link, &fuzz->m);
	} else if (roll < 955) {
		request_write(&fuzz->world, &fuzz->m);
		link_queue(&fuzz->link, &fuzz->m);
	} else if (roll < 980) {
		dump_run(&fuzz->world, &fuzz->m);
	} else if (roll < 992) {
		fuzz->tally.frames += tap_receive(&fuzz->world.random);
	} else {
		step_events(fuzz);
	}
}

static void report_progress(struct fuzz *fuzz, time_t *last)
{
	time_t seconds = now() - fuzz->begin;

	if (!fuzz->options.progress || seconds - *last < 10)
		return;
	*last = seconds;
	fprintf(stderr, "nlfuzz: %" PRIu64 " messages in %ld s, %lu places\n",
		fuzz->tally.messages, (long)seconds, kcov_places());
}

static void run(struct fuzz *fuzz)
{
	const struct options *options = &fuzz->options;
	time_t last = 0;

	for (uint64_t n = 0; fuzz->tally.messages < options->messages; n++) {
		if (options->seconds && n % 64 == 0 &&
		    now() - fuzz->begin >= (time_t)options->seconds)
			break;
		step(fuzz);
		if (!fuzz->link.count)
			kcov_collect();
		if (n % 256 == 0)
			report_progress(fuzz, &last);
	}
	link_flush(&fuzz->link);
	kcov_collect();
}

static bool verdict(bool good, const char *what)
{
	printf("%s: %s\n", good ? "good" : "BAD", what);
	return good;
}

static bool finish(struct fuzz *fuzz)
{
	bool denied = fuzz->options.denied, good = true;
	struct world *world = &fuzz->world;

	fuzz->link.on_reply = NULL;
	good &= verdict(world_answers(world), "the module answers");
	good &= verdict(world_same_ref(world), world->has_ref ?
			"the reference chain is as it was" :
			"there is still no reference chain");
	if (denied) {
		good &= verdict(!fuzz->link.broken,
				"what needs privilege was denied");
		return good;
	}
	good &= verdict(world_clear(world) == world->has_ref,
			"all other chains could be deleted");
	good &= verdict(!fuzz->tally.error[tally_row(FM_CMD_CHAIN_GET,
						     NLM_F_DUMP)][EMSGSIZE],
			"no chain was too large for a dump");
	return good;
}

static uint64_t parse_number(const char *text)
{
	char *end;
	uint64_t n;

	errno = 0;
	n = strtoull(text, &end, 0);
	if (errno || *end || end == text || *text == '-') {
		fprintf(stderr, "nlfuzz: '%s' is no number\n", text);
		exit(2);
	}
	return n;
}

static void parse_options(struct options *options, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "messages", required_argument, NULL, 'm' },
		{ "seconds", required_argument, NULL, 't' },
		{ "seed", required_argument, NULL, 's' },
		{ "denied", no_argument, NULL, 'd' },
		{ "coverage", required_argument, NULL, 'c' },
		{ "progress", no_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int c;

	*options = (struct options){ .messages = 20000, .seed = 1 };
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'm')
			options->messages = parse_number(optarg);
		else if (c == 't')
			options->seconds = parse_number(optarg);
		else if (c == 's')
			options->seed = parse_number(optarg);
		else if (c == 'd')
			options->denied = true;
		else if (c == 'c')
			options->coverage = optarg;
		else if (c == 'p')
			options->progress = true;
		else
			break;
	}
	if (c == -1 && optind == argc)
		return;
	fputs(usage, c == 'h' ? stdout : stderr);
	exit(c == 'h' ? 0 : 2);
}

int main(int argc, char **argv)
{
	static struct fuzz fuzz;
	struct options *options = &fuzz.options;
	bool good;

	parse_options(options, argc, argv);
	fuzz.begin = now();
	if (options->coverage && !kcov_open())
		return 2;
	if (!options->denied && !tap_open())
		fprintf(stderr, "nlfuzz: there will be no packets: %s\n",
			strerror(errno));
	if (!link_open(&fuzz.link, &fuzz.tally) ||
	    !world_learn(&fuzz.world, &fuzz.link, options->seed))
		return 2;
	fuzz.link.on_reply = on_reply;
	fuzz.link.arg = &fuzz;
	fuzz.link.acks = options->denied;
	fuzz.link.denied = options->denied;
	fuzz.events = link_socket(&fuzz.link, 65536);
	run(&fuzz);
	printf("seed %" PRIu64 ", %lu seconds, digest %016" PRIx64 "\n",
	       options->seed, (unsigned long)(now() - fuzz.begin),
	       fuzz.world.random.state);
	tally_print(&fuzz.tally);
	good = finish(&fuzz);
	kcov_collect();
	close(fuzz.events);
	if (options->coverage) {
		printf("reached %lu places of the module\n", kcov_places());
		good &= kcov_write(options->coverage);
	}
	link_close(&fuzz.link);
	return good ? 0 : 1;
}
