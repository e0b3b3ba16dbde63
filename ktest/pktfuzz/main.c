// SPDX-License-Identifier: GPL-2.0-or-later
/* pktfuzz: broken frames into a receive path, the same from the same seed. */
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "mutation.h"
#include "worker.h"

#define EXIT_USAGE	2
#define WORKERS_MAX	64

static const struct option table[] = {
	{ "device", required_argument, NULL, 'i' },
	{ "way", required_argument, NULL, 'w' },
	{ "seed", required_argument, NULL, 's' },
	{ "frames", required_argument, NULL, 'n' },
	{ "workers", required_argument, NULL, 'j' },
	{ "only", required_argument, NULL, 'o' },
	{ "without", required_argument, NULL, 'x' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
"usage: pktfuzz --device DEV [OPTION]...\n"
"\n"
"Injects frames into the receive path of tap device DEV and tells what a chain\n"
"that is bound to it must have seen, as JSON.\n"
"\n"
"  --way WAY        page, copy or frags: how the kernel keeps a frame in\n"
"                   memory; packet: send it from DEV, which is a veth (page)\n"
"  --seed N         (1)\n"
"  --frames N       (1000)\n"
"  --workers N      queues and threads (1)\n"
"  --only M,...     mutations, see below (all)\n"
"  --without M,...  all but these\n"
"mutations:\n";

static void print_usage(void)
{
	fputs(usage, stdout);
	for (const struct fuzz_mutation *m = fuzz_mutations; m->name; m++)
		printf("  %-16s %s\n", m->name, m->help);
}

static bool parse_uint(const char *text, uint64_t max, uint64_t *n)
{
	char *end;

	errno = 0;
	*n = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *n <= max;
}

static bool parse_way(const char *text, enum fuzz_way *way)
{
	for (*way = 0; *way < FUZZ_WAYS; (*way)++)
		if (!strcmp(fuzz_way_names[*way], text))
			return true;
	return false;
}

static bool parse_mutations(char *text, uint32_t *set)
{
	char *name;

	*set = 0;
	while ((name = strsep(&text, ","))) {
		unsigned int i = 0;

		while (i < fuzz_nmutations &&
		       strcmp(fuzz_mutations[i].name, name))
			i++;
		if (i == fuzz_nmutations)
			return false;
		*set |= 1u << i;
	}
	return *set;
}

static bool take(struct fuzz_plan *plan, int c, char *arg)
{
	uint32_t set;
	uint64_t n;

	switch (c) {
	case 'i':
		plan->device = arg;
		return true;
	case 'w':
		return parse_way(arg, &plan->way);
	case 's':
		return parse_uint(arg, UINT64_MAX, &plan->seed);
	case 'n':
		return parse_uint(arg, UINT64_MAX, &plan->frames);
	case 'j':
		if (!parse_uint(arg, WORKERS_MAX, &n) || !n)
			return false;
		plan->workers = n;
		return true;
	case 'o':
		return parse_mutations(arg, &plan->mutations);
	case 'x':
		if (!parse_mutations(arg, &set))
			return false;
		plan->mutations &= ~set;
		return plan->mutations;
	default:
		return false;
	}
}

static int parse(struct fuzz_plan *plan, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (c == 'h') {
			print_usage();
			exit(0);
		}
		if (c == '?')
			return EXIT_USAGE;
		if (!take(plan, c, optarg)) {
			fprintf(stderr, "pktfuzz: bad value: %s\n", optarg);
			return EXIT_USAGE;
		}
	}
	if (optind == argc && plan->device)
		return 0;
	fputs("pktfuzz: --device? (pktfuzz --help)\n", stderr);
	return EXIT_USAGE;
}

static int open_queues(const struct fuzz_plan *plan,
		       struct fuzz_worker *workers)
{
	for (unsigned int i = 0; i < plan->workers; i++) {
		workers[i] = (struct fuzz_worker){ .plan = plan, .index = i };
		workers[i].fd = fuzz_tap_open(plan->device, plan->way);
		if (workers[i].fd < 0) {
			fprintf(stderr, "pktfuzz: %s: %s\n", plan->device,
				strerror(errno));
			return -1;
		}
	}
	return 0;
}

/* Threads that could be started are waited for, whatever else happens. */
static int run(const struct fuzz_plan *plan, struct fuzz_worker *workers)
{
	pthread_t threads[WORKERS_MAX];
	unsigned int i, started = 0;
	int ret = 0;

	while (started < plan->workers && !ret) {
		ret = pthread_create(&threads[started], NULL, fuzz_worker_run,
				     &workers[started]);
		started += !ret;
	}
	for (i = 0; i < started; i++) {
		pthread_join(threads[i], NULL);
		if (!workers[i].err)
			continue;
		ret = workers[i].err;
		fprintf(stderr, "pktfuzz: worker %u, after %llu frames: %s\n",
			i, (unsigned long long)workers[i].counts.frames,
			strerror(ret));
	}
	return ret;
}

static void add(struct fuzz_counts *sum, const struct fuzz_counts *part)
{
	sum->frames += part->frames;
	sum->refused += part->refused;
	sum->gso += part->gso;
	sum->segments += part->segments;
	for (unsigned int i = 0; i < FUZZ_FATES; i++)
		sum->fate[i] += part->fate[i];
}

static void print(const struct fuzz_counts *sum, double seconds)
{
	printf("{\"frames\":%llu,\"refused\":%llu,\"gso\":%llu,\"segments\":%llu",
	       (unsigned long long)sum->frames,
	       (unsigned long long)sum->refused, (unsigned long long)sum->gso,
	       (unsigned long long)sum->segments);
	for (unsigned int i = 0; i < FUZZ_FATES; i++)
		printf(",\"%s\":%llu", fuzz_fate_names[i],
		       (unsigned long long)sum->fate[i]);
	printf(",\"seconds\":%.3f}\n", seconds);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	static struct fuzz_worker workers[WORKERS_MAX];
	struct fuzz_plan plan = {
		.seed = 1,
		.frames = 1000,
		.workers = 1,
		.mutations = (1u << fuzz_nmutations) - 1,
	};
	struct fuzz_counts sum = { 0 };
	int ret = parse(&plan, argc, argv);
	double start;

	if (ret)
		return ret;
	if (open_queues(&plan, workers))
		return 1;
	start = now();
	ret = run(&plan, workers);
	for (unsigned int i = 0; i < plan.workers; i++)
		add(&sum, &workers[i].counts);
	print(&sum, now() - start);
	return ret ? 1 : 0;
}
