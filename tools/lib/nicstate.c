// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "nicrule.h"
#include "nicstate.h"

static void capture(const struct fm_ethtool *eth, struct fm_nicstate *state)
{
	struct fm_ethtool_driver driver;
	int flow;

	fm_ethtool_driver_get(eth, &driver);
	memcpy(state->driver, driver.driver, sizeof(state->driver));
	memcpy(state->bus, driver.bus, sizeof(state->bus));
	fm_ethtool_queues_get(eth, &state->queues);
	for (flow = 0; flow < FM_ETHTOOL_FLOWS; flow++)
		state->has_fields[flow] =
			!fm_ethtool_fields_get(eth, flow, &state->fields[flow]);
	state->has_rss = !fm_ethtool_rss_get(eth, &state->rss);
	state->indir_default = state->has_rss && state->rss.nindir &&
		fm_ethtool_indir_is_default(&state->rss, state->queues);
	state->has_rxhash = !fm_ethtool_rxhash_get(eth, &state->rxhash);
}

/**
 * fm_nicstate_capture - read the settings of a device
 * @ifname: the device
 * @state: gets them; what the driver does not tell is marked so
 * @err: says what went wrong
 *
 * Return: 0 or an exit code.
 */
int fm_nicstate_capture(const char *ifname, struct fm_nicstate *state,
			struct fm_error *err)
{
	struct fm_ethtool eth;
	int ret = fm_ethtool_open(&eth, ifname);

	memset(state, 0, sizeof(*state));
	if (ret) {
		fm_ethtool_close(&eth);
		return fm_error_errno(err, -ret, "device %.32s", ifname);
	}
	memcpy(state->ifname, eth.ifname, sizeof(state->ifname));
	state->ifindex = if_nametoindex(ifname);
	capture(&eth, state);
	fm_ethtool_close(&eth);
	return 0;
}

static bool fields_equal(const struct fm_nicstate *a,
			 const struct fm_nicstate *b)
{
	int flow;

	for (flow = 0; flow < FM_ETHTOOL_FLOWS; flow++)
		if (a->has_fields[flow] && b->has_fields[flow] &&
		    a->fields[flow] != b->fields[flow])
			return false;
	return true;
}

static bool key_equal(const struct fm_nicstate *a, const struct fm_nicstate *b)
{
	return a->rss.key_len == b->rss.key_len &&
	       !memcmp(a->rss.key, b->rss.key, a->rss.key_len);
}

static bool indir_equal(const struct fm_nicstate *a,
			const struct fm_nicstate *b)
{
	if (a->indir_default && b->indir_default)
		return true;
	return a->rss.nindir == b->rss.nindir &&
	       !memcmp(a->rss.indir, b->rss.indir,
		       a->rss.nindir * sizeof(uint32_t));
}

/**
 * fm_nicstate_equal - would applying the one change the other
 * @a: settings
 * @b: settings
 *
 * Return: true if what both know is the same.
 */
bool fm_nicstate_equal(const struct fm_nicstate *a, const struct fm_nicstate *b)
{
	if (!fields_equal(a, b) ||
	    (a->has_rxhash && b->has_rxhash && a->rxhash != b->rxhash))
		return false;
	return !a->has_rss || !b->has_rss ||
	       (key_equal(a, b) && indir_equal(a, b) &&
		a->rss.hfunc == b->rss.hfunc &&
		a->rss.xfrm == b->rss.xfrm);
}

static int apply_fields(const struct fm_ethtool *eth,
			const struct fm_nicstate *want,
			const struct fm_nicstate *now, struct fm_error *err)
{
	int flow, ret;

	for (flow = 0; flow < FM_ETHTOOL_FLOWS; flow++) {
		if (!want->has_fields[flow] || !now->has_fields[flow] ||
		    want->fields[flow] == now->fields[flow])
			continue;
		ret = fm_ethtool_fields_set(eth, flow, want->fields[flow]);
		if (ret)
			return fm_error_errno(err, -ret,
					      "%s: setting the hash fields of %s",
					      eth->ifname,
					      fm_ethtool_flow_names[flow]);
	}
	return 0;
}

/* Write one flow type's fields so that the driver programs all of them. */
static void rewrite_fields(const struct fm_ethtool *eth,
			   const struct fm_nicstate *want)
{
	uint64_t ips = fm_ethtool_fields_raw(FM_F_IPS);
	uint64_t all = fm_ethtool_fields_raw(FM_F_HASHABLE);
	uint64_t raw = want->fields[FM_ETHTOOL_TCP4];

	if (!want->has_fields[FM_ETHTOOL_TCP4])
		return;
	fm_ethtool_fields_set(eth, FM_ETHTOOL_TCP4, raw == all ? ips : all);
	fm_ethtool_fields_set(eth, FM_ETHTOOL_TCP4, raw);
}

static int apply_rss(const struct fm_ethtool *eth,
		     const struct fm_nicstate *want,
		     const struct fm_nicstate *now, bool force,
		     struct fm_error *err)
{
	enum fm_ethtool_indir indir = FM_INDIR_KEEP;
	bool hfunc, key;
	int ret;

	if (!want->has_rss || !now->has_rss)
		return 0;
	hfunc = want->rss.hfunc && want->rss.hfunc != now->rss.hfunc;
	force |= want->rss.xfrm != now->rss.xfrm;
	key = want->rss.key_len && (force || !key_equal(want, now));
	if (want->rss.nindir && (force || !indir_equal(want, now)))
		indir = want->indir_default ? FM_INDIR_DEFAULT : FM_INDIR_SET;
	if (!hfunc && !key && indir == FM_INDIR_KEEP)
		return 0;
	ret = fm_ethtool_rss_set(eth, &want->rss, indir, key, hfunc);
	if (!ret)
		return 0;
	return fm_error_errno(err, -ret, "%s: setting the hash %s", eth->ifname,
			      key && indir != FM_INDIR_KEEP ? "key and table" :
			      key ? "key" : "table");
}

/*
 * rx-hashing is turned on after everything else and off before: while it is on
 * the stack believes the hash, and drivers that forget their fields when it
 * goes off get them again.
 */
static int apply(const struct fm_ethtool *eth, const struct fm_nicstate *want,
		 const struct fm_nicstate *now, struct fm_error *err)
{
	bool change = want->has_rxhash && want->rxhash != now->rxhash;
	struct fm_nicrule rule;
	bool off, force;
	int ret;

	fm_jsonc_destroy(fm_nicrule_read(now->driver, &rule));
	off = change && !want->rxhash;
	force = off && rule.rxhash_off_stops;
	ret = off ? fm_ethtool_rxhash_set(eth, false) : 0;
	if (ret)
		return fm_error_errno(err, -ret, "%s: turning rx-hashing off",
				      eth->ifname);
	ret = apply_fields(eth, want, now, err);
	if (ret)
		return ret;
	if (force)
		rewrite_fields(eth, want);
	ret = apply_rss(eth, want, now, force, err);
	if (ret || !change || off)
		return ret;
	ret = fm_ethtool_rxhash_set(eth, true);
	return ret ? fm_error_errno(err, -ret, "%s: turning rx-hashing on",
				    eth->ifname) : 0;
}

/* An interrupt that stays where it is costs a handoff, and nothing else. */
static void apply_irqs(const struct fm_nicstate *want)
{
	char now[FM_IRQ_CPUS];
	uint32_t i;

	for (i = 0; i < want->nirqs; i++) {
		const struct fm_nicstate_irq *irq = &want->irqs[i];

		if (!fm_irq_affinity_read("", irq->irq, now) &&
		    strcmp(now, irq->cpus) &&
		    fm_irq_affinity_write("", irq->irq, irq->cpus))
			fm_log_print(FM_LOG_WARN, "%s: interrupt %u stays with CPUs %s, not %s",
				     want->ifname, irq->irq, now, irq->cpus);
	}
}

/**
 * fm_nicstate_apply - make a device have these settings, and see that it has
 * @want: the settings
 * @err: says what was refused
 *
 * Only what differs is written. What is not in @want stays. Interrupts that the
 * kernel does not let go elsewhere are no error.
 *
 * Return: 0 or an exit code; after an error a part may have been written.
 */
int fm_nicstate_apply(const struct fm_nicstate *want, struct fm_error *err)
{
	struct fm_nicstate *now = malloc(sizeof(*now));
	struct fm_ethtool eth;
	int ret;

	if (!now)
		return fm_error_errno(err, ENOMEM, "%s", want->ifname);
	ret = fm_nicstate_capture(want->ifname, now, err);
	if (!ret && !fm_nicstate_equal(want, now)) {
		ret = fm_ethtool_open(&eth, want->ifname);
		ret = ret ? fm_error_errno(err, -ret, "%s", want->ifname) :
			    apply(&eth, want, now, err);
		fm_ethtool_close(&eth);
		if (!ret)
			ret = fm_nicstate_capture(want->ifname, now, err);
		if (!ret && !fm_nicstate_equal(want, now))
			ret = fm_error_set(err, FM_EXIT_ERROR, 0,
					   "%s: the driver took the settings but did not keep them",
					   want->ifname);
	}
	if (!ret)
		apply_irqs(want);
	free(now);
	return ret;
}

/**
 * fm_nicstate_back - bring back what the journal says; the lock is held
 * @ifname: the device
 * @restored: gets whether there was a journal
 * @err: says what went wrong; the journal then stays
 *
 * The journal of a device that is gone, or that is another one under the same
 * name, is removed: its settings went with it.
 *
 * Return: 0 or an exit code.
 */
int fm_nicstate_back(const char *ifname, bool *restored, struct fm_error *err)
{
	struct fm_nicstate *state = calloc(2, sizeof(*state));
	struct fm_nicstate *now = state + 1;
	struct fm_error gone;
	int ret;

	*restored = false;
	if (!state)
		return fm_error_errno(err, ENOMEM, "%s", ifname);
	ret = fm_journal_load(ifname, state, err);
	if (ret) {
		free(state);
		if (ret != FM_EXIT_NOT_FOUND)
			return ret;
		memset(err, 0, sizeof(*err));
		return 0;
	}
	if (!fm_nicstate_capture(ifname, now, &gone) &&
	    !strcmp(now->driver, state->driver) &&
	    !strcmp(now->bus, state->bus))
		ret = fm_nicstate_apply(state, err);
	if (!ret) {
		ret = fm_journal_remove(ifname, err);
		*restored = true;
	}
	free(state);
	return ret;
}

/**
 * fm_nicstate_restore - bring back the settings that a deployment changed
 * @ifname: the device; without a journal nothing happens
 * @err: gets a sentence if it fails
 * @len: of @err in bytes
 *
 * To be called when the chain is off the device.
 *
 * Return: 0 or an exit code.
 */
int fm_nicstate_restore(const char *ifname, char *err, size_t len)
{
	struct fm_error error = { 0 };
	bool restored;
	int lock, ret;

	if (len)
		err[0] = '\0';
	if (!fm_journal_exists(ifname))
		return 0;
	ret = fm_journal_lock(&lock, &error);
	if (!ret) {
		ret = fm_nicstate_back(ifname, &restored, &error);
		fm_journal_unlock(lock);
	}
	if (ret)
		snprintf(err, len, "%s", error.message);
	return ret;
}
