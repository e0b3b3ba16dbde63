// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mover: moves random shards of a chain to random CPUs, one request after the
 * other, and says in one line what the module counted meanwhile. Flows of
 * random shards may be offloaded, and no more offloaded, all the time.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "cpulist.h"
#include "move.h"

struct options {
	const char *chain;
	uint64_t count;		/* shards to move in all */
	uint64_t batch;		/* of them at a time */
	uint64_t seed;
	bool software;
	bool cpus_go;
	bool offload;
	uint64_t segment;
	struct fm_cpulist cpus;
};

static const struct option table[] = {
	{ "count", required_argument, NULL, 'c' },
	{ "batch", required_argument, NULL, 'b' },
	{ "seed", required_argument, NULL, 's' },
	{ "cpus", required_argument, NULL, 'C' },
	{ "software", no_argument, NULL, 'S' },
	{ "cpus-go", no_argument, NULL, 'g' },
	{ "offload", no_argument, NULL, 'o' },
	{ "segment", required_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
"usage: mover CHAIN [OPTION]...\n"
"\n"
"  --count N    shards to move (100)\n"
"  --batch N    so many in one request (1)\n"
"  --seed N     (1)\n"
"  --cpus LIST  CPUs they move to (0-3)\n"
"  --software   leave the NIC's table\n"
"  --cpus-go    CPUs go and come meanwhile: leave out what is refused\n"
"  --offload    have random CPUs run flows of random shards meanwhile\n"
"  --segment N  whose shards (0)\n";

static uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Sums over all shards. */
struct counts {
	uint64_t moves;
	uint64_t forced;
	uint64_t park_drops;
};

static int count_one(const struct fm_shard_info *shard, void *arg)
{
	struct counts *counts = arg;

	counts->moves += shard->moves;
	counts->forced += shard->forced;
	counts->park_drops += shard->park_drops;
	return 0;
}

/* Random shards, none twice, each to another CPU than it is on. */
static void choose(const struct options *o, const struct fm_steering *steer,
		   uint64_t n, uint64_t *state, struct fm_shard_moves *moves)
{
	bool taken[FM_SHARDS_MAX] = { false };
	uint32_t shard, cpu;

	moves->has_segment = true;
	moves->segment = o->segment;
	for (moves->n = 0; moves->n < n;) {
		shard = random_next(state) % steer->nshards;
		cpu = o->cpus.cpus[random_next(state) % o->cpus.n];
		if (taken[shard] || cpu == steer->owners[shard])
			continue;
		taken[shard] = true;
		moves->shards[moves->n] = shard;
		moves->cpus[moves->n++] = cpu;
	}
}

/* Another setting for a shard: none, some slices or all of them. */
static int offload(const struct options *o, struct fm_mover *mover,
		   uint32_t shard, uint64_t *state, struct fm_error *err)
{
	static struct fm_shard_moves shards;
	const struct fm_steering *steer = &mover->chain->steer[o->segment];
	uint64_t kind = random_next(state) % 4;
	uint32_t cpu;

	shards.n = 1;
	shards.has_segment = true;
	shards.segment = o->segment;
	shards.shards[0] = shard;
	if (!kind)
		return fm_nl_offload_del(mover->nl, o->chain, &shards, err);
	do
		cpu = o->cpus.cpus[random_next(state) % o->cpus.n];
	while (cpu == steer->owners[shard]);
	return fm_nl_offload_set(mover->nl, o->chain, &shards, cpu,
				 kind == 1 ? UINT64_MAX : random_next(state),
				 err);
}

/* IPv6 has priority, or has not. */
static int prefer(const struct options *o, struct fm_mover *mover,
		  uint64_t *state, struct fm_error *err)
{
	struct fm_priority_rules rules = {
		.rules = { { .addr_len = 16 } },
		.n = random_next(state) % 2,
	};

	return fm_nl_priority_set(mover->nl, o->chain, &rules, err);
}

static int toggle(const struct options *o, struct fm_mover *mover,
		  uint64_t *state, struct fm_error *err)
{
	uint32_t shard;

	if (!o->offload)
		return 0;
	if (!(random_next(state) % 8))
		return prefer(o, mover, state, err);
	shard = random_next(state) % mover->chain->steer[o->segment].nshards;
	return offload(o, mover, shard, state, err);
}

static int offload_all(const struct options *o, struct fm_mover *mover,
		       struct fm_error *err)
{
	uint64_t state = ~o->seed;
	uint32_t shard;
	int ret = 0;

	for (shard = 0; !ret && o->offload &&
	     shard < mover->chain->steer[o->segment].nshards; shard++)
		ret = offload(o, mover, shard, &state, err);
	return ret;
}

static int move_some(const struct options *o, struct fm_mover *mover,
		     const struct fm_shard_moves *moves, uint64_t *state,
		     struct fm_error *err)
{
	uint32_t id;
	int ret = fm_move_run(mover, moves, &id, err);

	if (!ret && *mover->why)
		ret = fm_error_set(err, FM_EXIT_ERROR, 0, "%s", mover->why);
	if (!ret)
		ret = toggle(o, mover, state, err);
	return ret ? ret : fm_move_wait(mover, moves, err);
}

/* A CPU is away, or a shard on its way from or to one. */
static bool may_refuse(const struct options *o, const struct fm_error *err)
{
	return o->cpus_go && (err->sys == EINVAL ||
			      err->sys == EBUSY);
}

static int move_all(const struct options *o, struct fm_mover *mover,
		    uint64_t *requests, struct fm_error *err)
{
	static struct fm_shard_moves moves;
	uint64_t state = o->seed, left = o->count, n;
	int ret = 0;

	for (; !ret && left; left -= n, ++*requests) {
		n = o->batch < left ? o->batch : left;
		if (n > mover->chain->steer[o->segment].nshards)
			n = mover->chain->steer[o->segment].nshards;
		choose(o, &mover->chain->steer[o->segment], n, &state, &moves);
		ret = toggle(o, mover, &state, err);
		if (!ret)
			ret = move_some(o, mover, &moves, &state, err);
		if (ret && may_refuse(o, err)) {
			memset(err, 0, sizeof(*err));
			ret = 0;
		}
	}
	return ret;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int run(const struct options *o, struct fm_mover *mover,
	       struct fm_error *err)
{
	struct counts before = { 0 }, after = { 0 };
	uint64_t requests = 0;
	double start = now();
	int ret = fm_move_open(mover, o->chain, err);

	if (!ret && o->segment >= mover->chain->nsegs)
		ret = fm_error_set(err, FM_EXIT_USAGE, 0,
				   "the chain has no segment %lu", o->segment);
	if (!ret)
		ret = fm_nl_shard_dump(mover->nl, o->chain, count_one, &before,
				       err);
	if (!ret)
		ret = offload_all(o, mover, err);
	if (!ret)
		ret = move_all(o, mover, &requests, err);
	if (!ret)
		ret = fm_nl_shard_dump(mover->nl, o->chain, count_one, &after,
				       err);
	if (!ret)
		printf("parked_drops=%lu moves=%lu requests=%lu forced=%lu nics=%zu seconds=%.1f\n",
		       after.park_drops - before.park_drops,
		       after.moves - before.moves, requests,
		       after.forced - before.forced, mover->ndevices,
		       now() - start);
	fm_move_close(mover);
	return ret;
}

static int usage_error(const char *what, const char *arg)
{
	fprintf(stderr, "mover: %s: %s (mover --help)\n", what, arg);
	return FM_EXIT_USAGE;
}

static bool take(struct options *o, int c)
{
	switch (c) {
	case 'c':
		return fm_args_uint(optarg, 1, 1000000000, &o->count);
	case 'b':
		return fm_args_uint(optarg, 1, FM_SHARDS_MAX, &o->batch);
	case 's':
		return fm_args_uint(optarg, 0, UINT64_MAX, &o->seed);
	case 'C':
		return !fm_cpulist_parse(optarg, &o->cpus) && o->cpus.n > 1;
	case 'n':
		return fm_args_uint(optarg, 0, FM_SEGMENTS_MAX - 1,
				    &o->segment);
	case 'g':
		o->cpus_go = true;
		return true;
	case 'o':
		o->offload = true;
		return true;
	default:
		o->software = true;
		return true;
	}
}

static int parse(struct options *o, int argc, char **argv)
{
	int c;

	fm_cpulist_parse("0-3", &o->cpus);
	while ((c = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			exit(0);
		}
		if (c == '?')
			return FM_EXIT_USAGE;
		if (!take(o, c))
			return usage_error("bad value", optarg);
	}
	if (optind != argc - 1)
		return usage_error("one chain is wanted", "CHAIN");
	o->chain = argv[optind];
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = { .count = 100, .batch = 1, .seed = 1 };
	struct fm_nl_config config = { 0 };
	struct fm_mover mover = { .timeout_ms = 60000, .lock = -1 };
	struct fm_error err = { 0 };
	int ret = parse(&o, argc, argv);

	if (ret)
		return ret;
	mover.software = o.software;
	ret = fm_nl_open(&config, &mover.nl, &err);
	if (!ret)
		ret = run(&o, &mover, &err);
	if (ret)
		fm_error_print(&err, "mover", false);
	fm_nl_close(mover.nl);
	return ret;
}
