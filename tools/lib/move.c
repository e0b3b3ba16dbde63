// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "journal.h"
#include "move.h"

#define POLL_FIRST_NS	200000		/* most moves take milliseconds */
#define POLL_LAST_NS	20000000

static int read_device(struct fm_mover *mover, uint32_t ifindex,
		       struct fm_error *err)
{
	struct fm_device *device = &mover->devices[mover->ndevices];
	char ifname[IF_NAMESIZE];
	int ret;

	if (!if_indextoname(ifindex, ifname))
		return 0;
	ret = fm_device_read(device, ifname, err);
	if (!ret && fm_device_spreads(device))
		mover->ndevices++;
	else
		fm_device_cleanup(device);
	return ret;
}

static int read_devices(struct fm_mover *mover, struct fm_error *err)
{
	int ret = 0;
	size_t i;

	if (mover->software || !mover->chain->steer[0].hw)
		return 0;
	mover->devices = calloc(mover->chain->ndevs, sizeof(*mover->devices));
	if (mover->chain->ndevs && !mover->devices)
		return fm_error_errno(err, ENOMEM, "reading the devices");
	for (i = 0; !ret && i < mover->chain->ndevs; i++)
		ret = read_device(mover, mover->chain->ifindex[i], err);
	return ret;
}

/**
 * fm_move_open - read a chain and its devices, so as to move shards
 * @mover: with what is not marked out set
 * @chain: name of the chain
 * @err: says what went wrong
 *
 * No deployment can run until fm_move_close(), which is called in any case.
 *
 * Return: 0 or an exit code.
 */
int fm_move_open(struct fm_mover *mover, const char *chain,
		 struct fm_error *err)
{
	int ret;

	mover->lock = -1;
	mover->chain = calloc(1, sizeof(*mover->chain));
	if (!mover->chain)
		return fm_error_errno(err, ENOMEM, "reading the chain");
	ret = fm_journal_lock(&mover->lock, err);
	if (ret)
		mover->lock = -1;
	if (!ret)
		ret = fm_nl_chain_get(mover->nl, chain, mover->chain, err);
	return ret ? ret : read_devices(mover, err);
}

/**
 * fm_move_close - let others at the NICs and free everything
 * @mover: after fm_move_open(), whatever that returned
 */
void fm_move_close(struct fm_mover *mover)
{
	while (mover->ndevices)
		fm_device_cleanup(&mover->devices[--mover->ndevices]);
	free(mover->devices);
	free(mover->chain);
	mover->devices = NULL;
	mover->chain = NULL;
	if (mover->lock >= 0)
		fm_journal_unlock(mover->lock);
	mover->lock = -1;
}

/* What the NIC was like before anybody changed it, unless that is known. */
static int save_journal(struct fm_mover *mover, const struct fm_device *device,
			struct fm_error *err)
{
	struct fm_nicstate state;

	if (fm_journal_exists(device->state.ifname))
		return 0;
	state = device->state;
	memcpy(state.chain, mover->chain->name, sizeof(state.chain));
	return fm_journal_save(&state, err);
}

static int write_table(struct fm_device *device, struct fm_error *err)
{
	struct fm_ethtool eth;
	int ret = fm_ethtool_open(&eth, device->state.ifname);

	if (!ret)
		ret = fm_ethtool_rss_set(&eth, &device->state.rss, FM_INDIR_SET,
					 false, false);
	fm_ethtool_close(&eth);
	return ret ? fm_error_errno(err, -ret, "%s: setting the hash table",
				    device->state.ifname) : 0;
}

static int tell_module(struct fm_mover *mover, const struct fm_device *device,
		       struct fm_error *err)
{
	struct fm_nic_change change = {
		.ifindex = device->state.ifindex,
		.indir = device->state.rss.indir,
		.nindir = device->state.rss.nindir,
	};

	return fm_nl_nic_set(mover->nl, &change, err);
}

/*
 * The whole table, from the owners of all shards: what an earlier run that was
 * killed did not write is written now.
 */
static int set_table(struct fm_mover *mover, struct fm_device *device,
		     struct fm_error *err)
{
	int ret = save_journal(mover, device, err);

	if (ret)
		return ret;
	fm_device_indir(device, &mover->chain->steer[0], &device->state.rss);
	device->state.indir_default = false;
	ret = write_table(device, err);
	return ret ? ret : tell_module(mover, device, err);
}

/* A NIC that refuses is no reason to stop: the module hands packets over. */
static void set_tables(struct fm_mover *mover)
{
	struct fm_error err = { 0 };
	size_t i;

	for (i = 0; i < mover->ndevices; i++)
		if (set_table(mover, &mover->devices[i], &err))
			snprintf(mover->why, sizeof(mover->why), "%.*s",
				 FM_MOVE_WHY - 1, err.message);
}

/**
 * fm_move_run - move shards, all or none
 * @mover: after fm_move_open()
 * @moves: the moves
 * @id: gets the number of the move
 * @err: says what went wrong
 *
 * The move may take some time after this. If the NIC refuses, the module hands
 * the packets over, and @mover->why is set.
 *
 * Return: 0 or an exit code; then no shard moves.
 */
int fm_move_run(struct fm_mover *mover, const struct fm_shard_moves *moves,
		uint32_t *id, struct fm_error *err)
{
	/* A NIC brings packets to the first segment only. */
	bool hold = mover->ndevices && !moves->segment;
	uint32_t *owners;
	size_t i;
	int ret;

	mover->why[0] = '\0';
	ret = fm_nl_shard_move(mover->nl, mover->chain->name, moves, hold, id,
			       err);
	if (ret)
		return ret;
	owners = mover->chain->steer[moves->segment].owners;
	for (i = 0; i < moves->n; i++)
		owners[moves->shards[i]] = moves->cpus[i];
	if (!hold)
		return 0;
	set_tables(mover);
	ret = fm_nl_shard_go(mover->nl, mover->chain->name, *id, err);
	/* The module had no patience, or a CPU went meanwhile: that is fine. */
	if (ret == FM_EXIT_NOT_FOUND) {
		memset(err, 0, sizeof(*err));
		ret = 0;
	}
	return ret;
}

/* Which shards are waited for, and how many of them have arrived. */
struct arrivals {
	uint32_t segment;
	bool wanted[FM_SHARDS_MAX];
	size_t n;
};

static int count_arrival(const struct fm_shard_info *shard, void *arg)
{
	struct arrivals *arrivals = arg;

	if (shard->segment == arrivals->segment &&
	    shard->id < FM_SHARDS_MAX && arrivals->wanted[shard->id] &&
	    shard->state == FM_SHARD_SETTLED)
		arrivals->n++;
	return 0;
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

static int wait_more(struct fm_mover *mover, uint64_t end,
		     struct timespec *pause, struct fm_error *err)
{
	if (mover->stop && mover->stop())
		return fm_error_set(err, FM_EXIT_INTERRUPTED, EINTR,
				    "interrupted; the shards go on moving");
	if (now_ms() >= end)
		return fm_error_set(err, FM_EXIT_TIMEOUT, ETIMEDOUT,
				    "the shards have not arrived in time; they go on moving");
	nanosleep(pause, NULL);
	pause->tv_nsec *= 2;
	if (pause->tv_nsec > POLL_LAST_NS)
		pause->tv_nsec = POLL_LAST_NS;
	return 0;
}

/**
 * fm_move_wait - wait until shards do not move any more
 * @mover: after fm_move_run()
 * @moves: the shards
 * @err: says what went wrong
 *
 * Return: 0, FM_EXIT_TIMEOUT, FM_EXIT_INTERRUPTED or another exit code.
 */
int fm_move_wait(struct fm_mover *mover, const struct fm_shard_moves *moves,
		 struct fm_error *err)
{
	struct timespec pause = { .tv_nsec = POLL_FIRST_NS };
	uint64_t end = now_ms() + mover->timeout_ms;
	struct arrivals arrivals = { .segment = moves->segment };
	size_t i;
	int ret;

	for (i = 0; i < moves->n; i++)
		arrivals.wanted[moves->shards[i]] = true;
	for (;;) {
		arrivals.n = 0;
		ret = fm_nl_shard_dump(mover->nl, mover->chain->name,
				       count_arrival, &arrivals, err);
		if (ret)
			return ret;
		if (mover->progress)
			mover->progress(arrivals.n, moves->n, mover->arg);
		if (arrivals.n >= moves->n)
			return 0;
		ret = wait_more(mover, end, &pause, err);
		if (ret)
			return ret;
	}
}
