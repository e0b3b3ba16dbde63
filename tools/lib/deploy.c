// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module goes first and the NIC after, forwards and backwards: the module
 * computes the hash itself until it has seen that the NIC's is the same, so
 * packets find their shard whatever the NIC does meanwhile.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deploy.h"
#include "journal.h"

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static bool stopped(const struct fm_deploy *deploy, struct fm_error *err)
{
	if (!deploy->stop || !deploy->stop())
		return false;
	fm_error_set(err, FM_EXIT_INTERRUPTED, EINTR,
		     "interrupted; everything is as it was before");
	return true;
}

/* Which devices have a chain, while the journals are gone through. */
struct leftovers {
	uint32_t bound[FM_CHAINS_MAX * FM_DEVS_MAX];
	size_t nbound;
	unsigned int restored;
	struct fm_error *err;
};

static int note_bound(const struct fm_chain *chain, void *arg)
{
	struct leftovers *left = arg;
	size_t i;

	for (i = 0; i < chain->ndevs; i++)
		if (left->nbound < FM_CHAINS_MAX * FM_DEVS_MAX)
			left->bound[left->nbound++] = chain->ifindex[i];
	return 0;
}

static int restore_unbound(const char *ifname, void *arg)
{
	uint32_t ifindex = if_nametoindex(ifname);
	struct leftovers *left = arg;
	bool restored;
	size_t i;
	int ret;

	for (i = 0; i < left->nbound; i++)
		if (left->bound[i] == ifindex)
			return 0;
	ret = fm_nicstate_back(ifname, &restored, left->err);
	left->restored += restored;
	return ret;
}

/**
 * fm_deploy_leftovers - bring back NICs whose chain is gone; the lock is held
 * @nl: to the module; NULL: it is not loaded, so no device has a chain
 * @restored: gets how many
 * @err: says what went wrong
 *
 * Return: 0 or an exit code.
 */
int fm_deploy_leftovers(struct fm_nl *nl, unsigned int *restored,
			struct fm_error *err)
{
	struct leftovers *left = calloc(1, sizeof(*left));
	int ret;

	*restored = 0;
	if (!left)
		return fm_error_errno(err, ENOMEM, "listing devices");
	left->err = err;
	ret = nl ? fm_nl_chain_dump(nl, note_bound, left, err) : 0;
	if (!ret)
		ret = fm_journal_list(restore_unbound, left, err);
	*restored = left->restored;
	free(left);
	return ret;
}

static int find_old(struct fm_deploy *deploy, struct fm_error *err)
{
	int ret;

	deploy->old = calloc(1, sizeof(*deploy->old));
	if (!deploy->old)
		return fm_error_errno(err, ENOMEM, "reading the chain");
	ret = fm_nl_chain_get(deploy->nl, deploy->chain->name, deploy->old,
			      err);
	if (!ret && deploy->generation &&
	    deploy->generation != deploy->old->generation)
		return fm_error_set(err, FM_EXIT_CONFLICT, ESTALE,
				    "chain %s has generation %u, not %u",
				    deploy->chain->name,
				    deploy->old->generation,
				    deploy->generation);
	if (ret != FM_EXIT_NOT_FOUND)
		return ret;
	memset(err, 0, sizeof(*err));
	free(deploy->old);
	deploy->old = NULL;
	if (!deploy->generation)
		return 0;
	return fm_error_set(err, FM_EXIT_CONFLICT, ESTALE,
			    "chain %s does not exist, so not in generation %u",
			    deploy->chain->name, deploy->generation);
}

/**
 * fm_deploy_begin - take the lock, find the chain, bring back left-overs
 * @deploy: with nl, chain->name and generation set
 * @err: says what went wrong
 *
 * Return: 0 or an exit code; fm_deploy_end() is called after both.
 */
int fm_deploy_begin(struct fm_deploy *deploy, struct fm_error *err)
{
	int ret;

	deploy->lock = -1;
	ret = fm_journal_lock(&deploy->lock, err);
	if (ret) {
		deploy->lock = -1;
		return ret;
	}
	ret = find_old(deploy, err);
	if (!ret)
		ret = fm_deploy_leftovers(deploy->nl, &deploy->restored, err);
	return ret;
}

/**
 * fm_deploy_end - release the lock and the memory
 * @deploy: the deployment, whatever became of it
 */
void fm_deploy_end(struct fm_deploy *deploy)
{
	if (deploy->lock >= 0)
		fm_journal_unlock(deploy->lock);
	deploy->lock = -1;
	free(deploy->old);
	deploy->old = NULL;
}

/* A journal that is there already knows what was before the first time. */
static int save_journals(struct fm_deploy *deploy, struct fm_error *err)
{
	struct fm_nicstate *state = malloc(sizeof(*state));
	int ret = 0;
	size_t i;

	if (!state)
		return fm_error_errno(err, ENOMEM, "saving the settings");
	for (i = 0; !ret && i < deploy->ndevices; i++) {
		ret = fm_journal_load(deploy->devices[i].state.ifname, state,
				      err);
		if (ret != FM_EXIT_NOT_FOUND)
			continue;
		memset(err, 0, sizeof(*err));
		*state = deploy->devices[i].state;
		memcpy(state->chain, deploy->chain->name,
		       sizeof(state->chain));
		ret = fm_journal_save(state, err);
		deploy->created[i] = !ret;
	}
	free(state);
	return ret;
}

static void drop_journals(struct fm_deploy *deploy)
{
	struct fm_error ignored;
	size_t i;

	for (i = 0; i < deploy->ndevices; i++)
		if (deploy->created[i])
			fm_journal_remove(deploy->devices[i].state.ifname,
					  &ignored);
}

static int set_chain(struct fm_deploy *deploy, struct fm_error *err)
{
	if (!deploy->old)
		return fm_nl_chain_new(deploy->nl, deploy->chain, err);
	deploy->chain->generation = deploy->old->generation;
	return fm_nl_chain_set(deploy->nl, deploy->chain, err);
}

static int read_generation(struct fm_deploy *deploy, uint32_t *generation,
			   struct fm_error *err)
{
	struct fm_chain *now = malloc(sizeof(*now));
	int ret;

	if (!now)
		return fm_error_errno(err, ENOMEM, "reading the chain");
	ret = fm_nl_chain_get(deploy->nl, deploy->chain->name, now, err);
	*generation = ret ? 0 : now->generation;
	free(now);
	return ret;
}

/* Tell the module which queue stands for each entry, and to test. */
static int start_test(struct fm_deploy *deploy, const struct fm_nicstate *state,
		      struct fm_error *err)
{
	struct fm_nic_change change = {
		.ifindex = state->ifindex,
		.indir = state->rss.indir,
		.nindir = state->rss.nindir,
		.test = true,
	};

	return fm_nl_nic_set(deploy->nl, &change, err);
}

static int restore_captured(struct fm_deploy *deploy, struct fm_error *err)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < deploy->ndevices; i++)
		ret = fm_nicstate_apply(&deploy->devices[i].state, err) ?: ret;
	return ret;
}

/* For software steering: what the NICs were like before any deployment. */
static int restore_original(struct fm_deploy *deploy, struct fm_error *err)
{
	struct fm_nicstate *state = malloc(sizeof(*state));
	int ret = 0;
	size_t i;

	if (!state)
		return fm_error_errno(err, ENOMEM, "restoring the settings");
	for (i = 0; !ret && i < deploy->ndevices; i++) {
		ret = fm_journal_load(deploy->devices[i].state.ifname, state,
				      err);
		if (!ret)
			ret = fm_nicstate_apply(state, err);
	}
	free(state);
	return ret;
}

/*
 * Chain and NICs as before, the chain first. What failed is already in the
 * caller's error; what fails here is added to it.
 */
static void undo(struct fm_deploy *deploy, struct fm_error *err)
{
	struct fm_error more = { 0 };
	size_t len = strlen(err->message), i;
	int ret;

	if (deploy->old) {
		ret = read_generation(deploy, &deploy->old->generation, &more);
		if (!ret)
			ret = fm_nl_chain_set(deploy->nl, deploy->old, &more);
	} else {
		ret = fm_nl_chain_del(deploy->nl, deploy->chain->name, 0,
				      &more);
	}
	if (!ret)
		ret = restore_captured(deploy, &more);
	for (i = 0; !ret && deploy->old && deploy->old->steer[0].hw &&
	     i < deploy->ndevices; i++)
		ret = start_test(deploy, &deploy->devices[i].state, &more);
	if (!ret)
		drop_journals(deploy);
	else
		snprintf(err->message + len, sizeof(err->message) - len,
			 "; going back failed too: %.200s", more.message);
}

static int set_nic(struct fm_deploy *deploy, const struct fm_device *device,
		   struct fm_nicstate *want, struct fm_error *err)
{
	int ret;

	if (!fm_device_spreads(device))
		return 0;
	fm_device_want(device, deploy->plan, want);
	ret = fm_nicstate_apply(want, err);
	return ret ? ret : start_test(deploy, want, err);
}

static int set_nics(struct fm_deploy *deploy, struct fm_error *err)
{
	struct fm_nicstate *want = malloc(sizeof(*want));
	int ret = 0;
	size_t i;

	if (!want)
		return fm_error_errno(err, ENOMEM, "setting the NIC");
	for (i = 0; !ret && i < deploy->ndevices; i++)
		ret = set_nic(deploy, &deploy->devices[i], want, err);
	free(want);
	return ret;
}

/* The plan stays right without the NIC, only slower. */
static int fall_back(struct fm_deploy *deploy, struct fm_error *err)
{
	int ret;

	deploy->fell_back = true;
	snprintf(deploy->why, sizeof(deploy->why), "%s", err->message);
	memset(err, 0, sizeof(*err));
	deploy->chain->steer[0].hw = false;
	ret = read_generation(deploy, &deploy->chain->generation, err);
	if (!ret)
		ret = fm_nl_chain_set(deploy->nl, deploy->chain, err);
	return ret ? ret : restore_original(deploy, err);
}

/* Devices that the chain has left get their settings back. */
static int release_devices(struct fm_deploy *deploy, struct fm_error *err)
{
	char ifname[IF_NAMESIZE];
	bool restored;
	size_t i, j;
	int ret = 0;

	for (i = 0; !ret && deploy->old && i < deploy->old->ndevs; i++) {
		for (j = 0; j < deploy->chain->ndevs; j++)
			if (deploy->chain->ifindex[j] ==
			    deploy->old->ifindex[i])
				break;
		if (j < deploy->chain->ndevs ||
		    !if_indextoname(deploy->old->ifindex[i], ifname))
			continue;
		ret = fm_nicstate_back(ifname, &restored, err);
	}
	return ret;
}

static int program(struct fm_deploy *deploy, struct fm_error *err)
{
	int ret;

	if (deploy->plan->steer[0].hw)
		ret = set_nics(deploy, err);
	else
		ret = restore_original(deploy, err);
	if (ret && deploy->plan->steer[0].hw)
		ret = fall_back(deploy, err);
	return ret ? ret : release_devices(deploy, err);
}

/**
 * fm_deploy_run - apply the plan
 * @deploy: begun, with everything set
 * @err: says what went wrong; all is then as before, or it says what is not
 *
 * Return: 0, also if a NIC refused and software steers; or an exit code.
 */
int fm_deploy_run(struct fm_deploy *deploy, struct fm_error *err)
{
	uint64_t start = now_ns();
	int ret;

	if (stopped(deploy, err))
		return err->code;
	ret = save_journals(deploy, err);
	if (ret) {
		drop_journals(deploy);
		return ret;
	}
	ret = set_chain(deploy, err);
	if (ret) {
		drop_journals(deploy);
		return ret;
	}
	ret = stopped(deploy, err) ? err->code : program(deploy, err);
	if (!ret && stopped(deploy, err))
		ret = err->code;
	if (ret)
		undo(deploy, err);
	deploy->applied_ns = now_ns() - start;
	return ret;
}
