// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "fieldset.h"
#include "keysynth.h"
#include "means.h"

#define INDIR_DEFAULT	128	/* shards where no table sets their number */
#define INDIR_MAX	(1U << FM_RSSKEY_M_MAX)

static const char * const names[] = {
	[FM_MEANS_NONE] = "none",
	[FM_MEANS_FIELD_SELECTOR] = "field-selector",
	[FM_MEANS_KEY_SYNTHESIS] = "key-synthesis",
	[FM_MEANS_SOFTWARE] = "software",
	[FM_MEANS_LOCKED] = "locked",
};

/**
 * fm_means_name - what a means is called
 * @means: the means
 *
 * Return: a constant string.
 */
const char *fm_means_name(enum fm_means means)
{
	return names[means];
}

static bool accepts(const struct fm_nic_cap *nic, enum fm_flow_type type,
		    uint32_t fields)
{
	return fields && nic->accepts[type] & FM_ACCEPT(fields);
}

/*
 * Exactly r; UDP, whose fragments have no ports, may do with the addresses of
 * r: what is alike in r is alike in them.
 */
static uint32_t select_exact(const struct fm_nic_cap *nic,
			     enum fm_flow_type type, uint32_t r)
{
	bool udp = type == FM_FLOW_UDP4 || type == FM_FLOW_UDP6;

	if (accepts(nic, type, r))
		return r;
	if (udp && accepts(nic, type, r & FM_F_IPS))
		return r & FM_F_IPS;
	return 0;
}

/*
 * An input that holds r and whose layout is known: both addresses, with or
 * without both ports. What is selected now is kept if it will do.
 */
static uint32_t select_input(const struct fm_nic_cap *nic,
			     enum fm_flow_type type, uint32_t r)
{
	bool udp = type == FM_FLOW_UDP4 || type == FM_FLOW_UDP6;
	uint32_t now = nic->selected[type];

	if ((now == FM_F_IPS || now == FM_F_HASHABLE) &&
	    fm_fieldset_contains(now, r))
		return now;
	if (fm_fieldset_contains(FM_F_IPS, r) && accepts(nic, type, FM_F_IPS))
		return FM_F_IPS;
	if (accepts(nic, type, FM_F_HASHABLE))
		return FM_F_HASHABLE;
	if (udp && r & FM_F_IPS && accepts(nic, type, FM_F_IPS))
		return FM_F_IPS;
	return 0;
}

typedef uint32_t (*select_fn)(const struct fm_nic_cap *nic,
			      enum fm_flow_type type, uint32_t r);

static bool select_family(const struct fm_nic_cap *nic, bool v6, uint32_t r,
			  select_fn select, uint32_t *out)
{
	enum fm_flow_type tcp = v6 ? FM_FLOW_TCP6 : FM_FLOW_TCP4;
	enum fm_flow_type udp = v6 ? FM_FLOW_UDP6 : FM_FLOW_UDP4;
	uint32_t t = select(nic, tcp, r), u = select(nic, udp, r);

	if (!t || !u)
		return false;
	out[tcp] = t;
	out[udp] = u;
	return true;
}

static bool can_synthesise(const struct fm_nic_cap *nic)
{
	return nic->can_set_key && !nic->symmetric_hardwired &&
	       nic->key_len >= FM_KEY_MIN;
}

static enum fm_means find_family(const struct fm_problem *p, bool v6,
				 uint32_t r, bool symmetric,
				 struct fm_means_plan *plan)
{
	const struct fm_nic_cap *nic = &p->nic;

	if (v6 && !nic->ipv6)
		return FM_MEANS_NONE;
	if ((!symmetric || nic->symmetric_hardwired) &&
	    select_family(nic, v6, r, select_exact, plan->select))
		return FM_MEANS_FIELD_SELECTOR;
	if (can_synthesise(nic) &&
	    select_family(nic, v6, r, select_input, plan->select))
		return FM_MEANS_KEY_SYNTHESIS;
	return FM_MEANS_NONE;
}

static void drop_v6(struct fm_means_plan *plan)
{
	plan->v6 = FM_MEANS_SOFTWARE;
	plan->select[FM_FLOW_TCP6] = 0;
	plan->select[FM_FLOW_UDP6] = 0;
}

static enum fm_keysynth_status synthesise(const struct fm_problem *p,
					  const struct fm_means_plan *plan,
					  bool v4, bool v6, uint8_t *key,
					  char *reason)
{
	struct fm_keysynth_request req = {
		.fields = plan->steering.fields,
		.symmetric = plan->steering.symmetric,
		.v4 = v4,
		.v6 = v6,
		.ports = true,
		.m = __builtin_ctz(plan->indir_size),
		.key_len = plan->key_len,
		.seed = p->seed,
	};
	struct fm_keysynth_result res;

	/* A key for a larger table ignores and mirrors the same. */
	if (req.m < FM_RSSKEY_M_MIN)
		req.m = FM_RSSKEY_M_MIN;
	if (fm_keysynth_run(&req, &res) == FM_KEYSYNTH_OK)
		memcpy(key, res.key, sizeof(res.key));
	snprintf(reason, FM_KEYSYNTH_REASON, "%s", res.reason);
	return res.status;
}

/*
 * Shards are counted in software too, so every plan has keys. Two of them only
 * if IPv4 and IPv6 cannot have one; then @reason says why.
 */
static bool make_keys(const struct fm_problem *p, struct fm_means_plan *plan,
		      char *reason)
{
	char ignored[FM_KEYSYNTH_REASON];
	enum fm_keysynth_status status;

	status = synthesise(p, plan, p->want_v4, p->want_v6, plan->key, reason);
	memcpy(plan->key6, plan->key, sizeof(plan->key6));
	if (status == FM_KEYSYNTH_OK)
		return true;
	if (!p->want_v4 || !p->want_v6)
		return false;
	plan->split = true;
	return synthesise(p, plan, true, false, plan->key, ignored) ==
	       FM_KEYSYNTH_OK &&
	       synthesise(p, plan, false, true, plan->key6, ignored) ==
	       FM_KEYSYNTH_OK;
}

/* With two keys only one of them is in the NIC: IPv4's. */
static bool settle_split(const struct fm_problem *p, struct fm_means_plan *plan,
			 const char *reason)
{
	if (!plan->split || plan->v6 != FM_MEANS_KEY_SYNTHESIS)
		return true;
	if (!p->software) {
		snprintf(plan->note, sizeof(plan->note),
			 "no key serves IPv4 and IPv6: %s", reason);
		return false;
	}
	drop_v6(plan);
	snprintf(plan->note, sizeof(plan->note),
		 "IPv6 is steered in software: %s", reason);
	return true;
}

static uint32_t hashed_l4(const struct fm_means_plan *plan)
{
	uint32_t tcp = FM_F_PORTS, udp = FM_F_PORTS;

	for (unsigned int i = 0; i < FM_FLOW_MAX; i++) {
		bool is_tcp = i == FM_FLOW_TCP4 || i == FM_FLOW_TCP6;

		if (!plan->select[i])
			continue;
		if (is_tcp)
			tcp &= plan->select[i];
		else
			udp &= plan->select[i];
	}
	return (tcp ? FM_L4_TCP : 0) | (udp ? FM_L4_UDP : 0);
}

static const char *check_nic(const struct fm_problem *p, uint32_t fields,
			     bool symmetric)
{
	unsigned int size = p->nic.indir_size;

	if (fields & FM_F_PROTOCOL)
		return "no NIC hashes the protocol; the set without it does as much";
	if (size < 2)
		return "the NIC has no indirection table";
	if (size & (size - 1))
		return "the NIC's indirection table is not a power of two";
	if (size > INDIR_MAX)
		return "the NIC's indirection table has more than 2048 entries";
	if (p->nic.symmetric_hardwired && !symmetric &&
	    fm_fieldset_mirror(fields) == fields)
		return "the NIC's hash is symmetric by wiring";
	return NULL;
}

static const char *explain_none(const struct fm_nic_cap *nic)
{
	if (nic->symmetric_hardwired)
		return "the NIC does not accept this selection, and no key can undo its symmetry";
	if (!nic->can_set_key)
		return "the NIC does not accept this selection, and its key cannot be set";
	if (nic->key_len < FM_KEY_MIN)
		return "the NIC does not accept this selection, and its key is shorter than 40 bytes";
	return "the NIC accepts no selection that has these fields";
}

static void setup_plan(const struct fm_problem *p, uint32_t fields,
		       bool symmetric, struct fm_means_plan *plan)
{
	unsigned int size = p->nic.indir_size;
	unsigned int len = p->nic.key_len;

	memset(plan, 0, sizeof(*plan));
	plan->steering.fields = fields;
	plan->steering.symmetric = symmetric;
	plan->indir_size = size < 2 || size & (size - 1) || size > INDIR_MAX ?
			   INDIR_DEFAULT : size;
	plan->key_len = len < FM_KEY_MIN ? FM_KEY_MIN :
			len > FM_KEY_MAX ? FM_KEY_MAX : len;
}

static bool find_families(const struct fm_problem *p,
			  struct fm_means_plan *plan)
{
	uint32_t r = plan->steering.fields;
	bool symmetric = plan->steering.symmetric;

	if (p->want_v4)
		plan->v4 = find_family(p, false, r, symmetric, plan);
	if (p->want_v6)
		plan->v6 = find_family(p, true, r, symmetric, plan);
	if (p->want_v4 && p->want_v6 && plan->v4 != FM_MEANS_NONE &&
	    plan->v6 == FM_MEANS_NONE && p->software) {
		drop_v6(plan);
		snprintf(plan->note, sizeof(plan->note),
			 "IPv6 is steered in software: %s", p->nic.ipv6 ?
			 explain_none(&p->nic) : "the NIC does not hash it");
	}
	return (!p->want_v4 || plan->v4 != FM_MEANS_NONE) &&
	       (!p->want_v6 || plan->v6 != FM_MEANS_NONE);
}

/**
 * fm_means_find_nic - let the NIC spread by a field set
 * @p: the problem
 * @fields: field set r, not empty
 * @symmetric: both directions in one shard; r is its own mirror
 * @plan: the way; on failure only its note means something
 *
 * Per family the field selector if the NIC accepts r, else a key. If one key
 * cannot serve both families, or the NIC cannot IPv6, IPv6 goes by software,
 * if that is allowed.
 *
 * Return: false if the NIC cannot, with the reason in @plan->note.
 */
bool fm_means_find_nic(const struct fm_problem *p, uint32_t fields,
		       bool symmetric, struct fm_means_plan *plan)
{
	const char *wrong = check_nic(p, fields, symmetric);
	char reason[FM_KEYSYNTH_REASON];

	setup_plan(p, fields, symmetric, plan);
	if (!wrong && !find_families(p, plan))
		wrong = p->want_v6 && !p->nic.ipv6 ?
			"the NIC does not hash IPv6" : explain_none(&p->nic);
	if (wrong) {
		snprintf(plan->note, sizeof(plan->note), "%s", wrong);
		return false;
	}
	if (!make_keys(p, plan, reason)) {
		snprintf(plan->note, sizeof(plan->note), "%s", reason);
		return false;
	}
	if (!settle_split(p, plan, reason))
		return false;
	plan->steering.l4 = hashed_l4(plan);
	if (plan->v6 == FM_MEANS_SOFTWARE)
		plan->cost = p->model.v6_share *
			     fm_cost_software(&p->model, p->cores);
	return true;
}

/**
 * fm_means_find_locked - rely on no steering
 * @p: the problem
 * @plan: plain RSS over addresses and ports, whatever the NIC makes of it
 *
 * Always possible, as nothing can be local.
 */
void fm_means_find_locked(const struct fm_problem *p,
			  struct fm_means_plan *plan)
{
	char reason[FM_KEYSYNTH_REASON];

	setup_plan(p, FM_F_HASHABLE, false, plan);
	make_keys(p, plan, reason);
	plan->steering.l4 = FM_L4_TCP | FM_L4_UDP;
	plan->v4 = p->want_v4 ? FM_MEANS_LOCKED : FM_MEANS_NONE;
	plan->v6 = p->want_v6 ? FM_MEANS_LOCKED : FM_MEANS_NONE;
}

/**
 * fm_means_find_software - spread by a field set without the NIC
 * @p: the problem
 * @fields: field set r, not empty
 * @symmetric: both directions in one shard; r is its own mirror
 * @plan: the way; on failure only its note means something
 *
 * The hash is the same Toeplitz, over the ports of every protocol, and each
 * family has its own key where one key cannot serve both.
 *
 * Return: false if software steering is not allowed or @fields has the
 * protocol, with the reason in @plan->note.
 */
bool fm_means_find_software(const struct fm_problem *p, uint32_t fields,
			    bool symmetric, struct fm_means_plan *plan)
{
	char reason[FM_KEYSYNTH_REASON];

	setup_plan(p, fields, symmetric, plan);
	if (fields & FM_F_PROTOCOL || !p->software) {
		snprintf(plan->note, sizeof(plan->note), "%s", !p->software ?
			 "steering in software is not allowed" :
			 "the hash does not cover the protocol");
		return false;
	}
	if (!make_keys(p, plan, reason)) {
		snprintf(plan->note, sizeof(plan->note), "%s", reason);
		return false;
	}
	plan->steering.l4 = FM_L4_ALL;
	plan->v4 = p->want_v4 ? FM_MEANS_SOFTWARE : FM_MEANS_NONE;
	plan->v6 = p->want_v6 ? FM_MEANS_SOFTWARE : FM_MEANS_NONE;
	plan->cost = fm_cost_software(&p->model, p->cores);
	return true;
}
