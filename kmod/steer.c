// SPDX-License-Identifier: GPL-2.0
/*
 * Steering, and the guard: whatever a plan claims, what counts is what its
 * hash key does, and that is computed here from the key's bits.
 */
#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include "error.h"
#include "home.h"
#include "key.h"
#include "lend.h"
#include "move.h"
#include "steer.h"

#define FIELDS_LEN	64	/* bytes of all field names */
#define WHERE_LEN	24	/* of "segment 3: " */

/* Of a chain with one segment there is nothing to say. */
static const char *steer_where(char where[WHERE_LEN],
			       const struct fm_steer_config *config)
{
	where[0] = '\0';
	if (config->seg)
		snprintf(where, WHERE_LEN, "segment %u: ", config->seg);
	return where;
}

static const char *family_name(unsigned int family)
{
	return family ? "IPv6" : "IPv4";
}

static u32 steer_effective(const struct fm_steer_config *config,
			   unsigned int family)
{
	return fm_toeplitz_effective(config->key[family],
				     config->key_len[family],
				     ilog2(config->nshards),
				     family ? 6 : 4, config->l4);
}

static bool steer_symmetric(const struct fm_steer_config *config,
			    unsigned int family)
{
	return fm_toeplitz_symmetric(config->key[family],
				     config->key_len[family],
				     ilog2(config->nshards),
				     family ? 6 : 4, config->l4);
}

static int steer_check_key(const struct fm_steer_config *config,
			   unsigned int family, struct netlink_ext_ack *extack)
{
	char claim[FIELDS_LEN], real[FIELDS_LEN], where[WHERE_LEN];
	u32 fields = steer_effective(config, family);

	steer_where(where, config);
	if (config->fields[family] & ~FM_F_HASHABLE) {
		fm_error_set(extack, NULL,
			     "%ssteering: a Toeplitz hash covers addresses and ports only",
			     where);
		return -EINVAL;
	}
	if (fields != config->fields[family]) {
		fm_key_format(claim, sizeof(claim), config->fields[family]);
		fm_key_format(real, sizeof(real), fields);
		fm_error_set(extack, NULL,
			     "%ssteering: the plan says %s for %s, but its hash key spreads by %s",
			     where, claim, family_name(family), real);
		return -EINVAL;
	}
	if (config->symmetric && !steer_symmetric(config, family)) {
		fm_error_set(extack, NULL,
			     "%ssteering: the plan says symmetric, but its hash key for %s is not",
			     where, family_name(family));
		return -EINVAL;
	}
	return 0;
}

/**
 * fm_steer_check - is a steering what it says it is
 * @config: the steering
 * @owners: CPU of each shard
 * @extack: gets a sentence
 *
 * Return: 0 or -EINVAL.
 */
int fm_steer_check(const struct fm_steer_config *config, const u32 *owners,
		   struct netlink_ext_ack *extack)
{
	char where[WHERE_LEN];
	int err;
	u32 i;

	steer_where(where, config);
	if (config->seg && config->hw) {
		fm_error_set(extack, NULL,
			     "%ssteering: a NIC's hash is for the first segment only",
			     where);
		return -EINVAL;
	}
	if (!is_power_of_2(config->nshards) ||
	    config->nshards > FM_SHARDS_MAX) {
		fm_error_set(extack, NULL,
			     "%ssteering: %u shards, must be a power of two up to %u",
			     where, config->nshards, FM_SHARDS_MAX);
		return -EINVAL;
	}
	for (i = 0; i < config->nshards; i++) {
		if (owners[i] < nr_cpu_ids && cpu_online(owners[i]))
			continue;
		fm_error_set(extack, NULL,
			     "%ssteering: shard %u belongs to CPU %u, which is not online",
			     where, i, owners[i]);
		return -EINVAL;
	}
	err = steer_check_key(config, 0, extack);
	return err ? err : steer_check_key(config, 1, extack);
}

/* Without the protocol in a key, all protocols must be hashed alike. */
static bool steer_mixes(const struct fm_steer_config *config, u32 key,
			u32 fields)
{
	return fields & FM_F_PORTS && !(key & FM_F_PROTOCOL) &&
	       config->l4 != FM_L4_ALL;
}

static int steer_guard_family(const struct fm_steer_config *config,
			      unsigned int family, const char *nf, u32 key,
			      bool bidirectional,
			      struct netlink_ext_ack *extack)
{
	char mine[FIELDS_LEN], r[FIELDS_LEN], where[WHERE_LEN];
	u32 fields = steer_effective(config, family);
	const char *why = NULL;

	if (!fields || fields & ~key)
		why = "which is not a non-empty subset of it";
	else if (bidirectional && !steer_symmetric(config, family))
		why = "which is not symmetric as it must be";
	else if (steer_mixes(config, key, fields))
		why = "which hashes the ports of some protocols only";
	if (!why)
		return 0;
	fm_key_format(mine, sizeof(mine), key);
	fm_key_format(r, sizeof(r), fields);
	fm_error_set(extack, NULL,
		     "%s%s cannot be local: its key is %s, but %s is steered by %s, %s",
		     steer_where(where, config), nf, mine, family_name(family), r, why);
	return -EINVAL;
}

/**
 * fm_steer_guard - may an NF be local under a steering
 * @config: the steering, which passed fm_steer_check()
 * @nf: name of the NF
 * @key: FM_F_* of its key
 * @bidirectional: of its key
 * @extack: gets a sentence that names the NF and both field sets
 *
 * It may if packets with the same key always have the same shard.
 *
 * Return: 0 or -EINVAL.
 */
int fm_steer_guard(const struct fm_steer_config *config, const char *nf,
		   u32 key, bool bidirectional, struct netlink_ext_ack *extack)
{
	int err;

	err = steer_guard_family(config, 0, nf, key, bidirectional, extack);
	if (err)
		return err;
	return steer_guard_family(config, 1, nf, key, bidirectional, extack);
}

/**
 * fm_steer_create - make a steering
 * @config: which passed fm_steer_check()
 * @owners: CPU of each shard
 * @chain: whose; it outlives the steering
 *
 * Return: with one reference, or NULL.
 */
struct fm_steer *fm_steer_create(const struct fm_steer_config *config,
				 const u32 *owners, struct fm_chain *chain)
{
	static atomic_t ids = ATOMIC_INIT(0);
	struct fm_steer *steer;
	u32 i;

	steer = kvzalloc(struct_size(steer, shards, config->nshards),
			 GFP_KERNEL);
	if (!steer)
		return NULL;
	refcount_set(&steer->ref, 1);
	steer->chain = chain;
	steer->id = atomic_inc_return(&ids);
	steer->config = *config;
	steer->bits = ilog2(config->nshards);
	for (i = 0; i < 2; i++) {
		fm_toeplitz_init(&steer->toeplitz[i], config->key[i],
				 config->key_len[i]);
		fm_port_setup(&steer->ports[i][0], &steer->toeplitz[i],
			      i ? 6 : 4, FM_F_SRC_PORT, config->nshards);
		fm_port_setup(&steer->ports[i][1], &steer->toeplitz[i],
			      i ? 6 : 4, FM_F_DST_PORT, config->nshards);
	}
	fm_home_add(steer, owners);
	return steer;
}

/**
 * fm_steer_equal - would a new steering put every packet where this one does
 * @steer: this one
 * @config: the new one
 * @owners: its CPU of each shard
 *
 * Or where it will when its shards have moved.
 */
bool fm_steer_equal(const struct fm_steer *steer,
		    const struct fm_steer_config *config, const u32 *owners)
{
	u32 i;

	if (memcmp(&steer->config, config, sizeof(*config)))
		return false;
	for (i = 0; i < config->nshards; i++)
		if (fm_owner_to(READ_ONCE(steer->shards[i].owner)) != owners[i])
			return false;
	return true;
}

struct fm_steer *fm_steer_get(struct fm_steer *steer)
{
	refcount_inc(&steer->ref);
	return steer;
}

/**
 * fm_steer_put - drop a reference; the last one waits for its moves and frees
 * @steer: the steering or NULL; may sleep
 */
void fm_steer_put(struct fm_steer *steer)
{
	if (!steer || !refcount_dec_and_test(&steer->ref))
		return;
	fm_home_del(steer);
	fm_move_flush(steer);
	fm_offload_forget(steer);
	kvfree(steer);
}
