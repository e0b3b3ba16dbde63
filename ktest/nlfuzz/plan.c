// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lists.h"
#include "plan.h"

#define KEY_BITS	(8 * FM_KEY_MIN)
#define SRC4_BITS	32	/* of the hash input, from its begin */
#define FRAME_BITS	32	/* of the key that an input bit meets */

struct steering {
	uint32_t fields;
	uint32_t l4;
	bool symmetric;
	unsigned int bits;	/* 2^bits shards */
	uint8_t key[FM_KEY_MIN];
};

static uint32_t below(struct world *world, uint32_t n)
{
	return gen_random_below(&world->random, n);
}

static bool percent(struct world *world, uint32_t n)
{
	return gen_random_percent(&world->random, n);
}

static void fill(struct world *world, uint8_t *buf, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf[i] = gen_random_next(&world->random);
}

/*
 * Bit i of the hash input meets the bits i .. i + 31 of the key, of which the
 * last make the low bits of the hash: outside the window of the source
 * addresses there may be no bit.
 */
static void make_src_key(struct world *world, struct steering *steering)
{
	unsigned int begin = FRAME_BITS - steering->bits;
	unsigned int end = SRC4_BITS + FRAME_BITS - steering->bits;

	memset(steering->key, 0, sizeof(steering->key));
	for (unsigned int bit = begin; bit < end && bit < KEY_BITS; bit++)
		if (bit == begin + steering->bits / 2 || percent(world, 50))
			steering->key[bit / 8] |= 0x80 >> bit % 8;
}

static void make_symmetric_key(struct world *world, struct steering *steering)
{
	fill(world, steering->key, 2);
	steering->key[0] |= 1;
	for (size_t i = 2; i < sizeof(steering->key); i++)
		steering->key[i] = steering->key[i % 2];
}

static unsigned int pick_bits(struct world *world)
{
	if (percent(world, 3))
		return 12;
	return percent(world, 5) ? 0 : 1 + below(world, 6);
}

static void make_steering(struct world *world, struct steering *steering)
{
	steering->bits = pick_bits(world);
	steering->l4 = FM_L4_ALL;
	steering->symmetric = false;
	steering->fields = FM_F_HASHABLE;
	fill(world, steering->key, sizeof(steering->key));
	switch (below(world, 4)) {
	case 0:
		make_src_key(world, steering);
		steering->fields = FM_F_SRC_IP;
		break;
	case 1:
		make_symmetric_key(world, steering);
		steering->symmetric = true;
		break;
	case 2:
		steering->l4 = 0;
		steering->fields = FM_F_IPS;
		break;
	}
	if (!steering->bits)
		steering->fields = 0;
}

static void put_owners(struct world *world, struct message *m,
		       unsigned int bits)
{
	static uint32_t owners[FM_SHARDS_MAX];
	uint32_t first = below(world, world->cpus);

	for (uint32_t i = 0; i < 1U << bits; i++)
		owners[i] = (first + i) % world->cpus;
	message_put(m, FM_A_STEER_OWNERS, owners, sizeof(*owners) << bits);
}

static void put_steering(struct world *world, struct message *m,
			 const struct steering *steering)
{
	size_t nest = message_nest(m, FM_A_CHAIN_STEER);

	message_put_u32(m, FM_A_STEER_FIELDS, percent(world, 2) ?
			below(world, 1 << 5) : steering->fields);
	message_put_u32(m, FM_A_STEER_L4, steering->l4);
	if (steering->symmetric)
		message_put(m, FM_A_STEER_SYMMETRIC, NULL, 0);
	message_put(m, FM_A_STEER_KEY, steering->key, sizeof(steering->key));
	if (percent(world, 20)) {
		message_put(m, FM_A_STEER_KEY6, steering->key,
			    sizeof(steering->key));
		message_put_u32(m, FM_A_STEER_FIELDS6, steering->fields);
	}
	if (percent(world, 40))
		message_put(m, FM_A_STEER_HW, NULL, 0);
	put_owners(world, m, steering->bits);
	message_close(m, nest);
}

static void put_word(struct world *world, struct message *m,
		     const struct world_param *param)
{
	char words[FM_STRING_MAX + 1], *word = words, *rest;

	strcpy(words, param->words);
	rest = words;
	if (param->type == FM_PARAM_STRING)
		snprintf(words, sizeof(words), "%u,%u", below(world, 256),
			 below(world, 260));
	else
		do
			word = strsep(&rest, "|");
		while (rest && percent(world, 50));
	message_put_string(m, FM_A_VALUE_STRING, word);
}

static uint64_t pick_number(struct world *world,
			    const struct world_param *param)
{
	uint64_t range = param->max - param->min;

	switch (below(world, 8)) {
	case 0:
		return param->min;
	case 1:
		return param->max;
	case 2:
		return percent(world, 10) ? param->max + 1 : param->max;
	case 3:
		range = range > 20 ? 20 : range;
		return param->min + below(world, range + 1);
	default:
		range = range > 1000 ? 1000 : range;
		return param->min + below(world, range + 1);
	}
}

static void put_param(struct world *world, struct message *m,
		      const struct world_param *param)
{
	size_t nest = message_nest(m, FM_A_INST_PARAM);

	message_put_string(m, FM_A_VALUE_NAME, param->name);
	if (param->type == FM_PARAM_UINT || param->type == FM_PARAM_BOOL)
		message_put_u64(m, FM_A_VALUE_UINT, pick_number(world, param));
	else if (param->type >= FM_PARAM_PREFIXES)
		message_put_u32(m, FM_A_VALUE_LIST, lists_pick(world));
	else if (param->type == FM_PARAM_MAC && percent(world, 95))
		message_put_string(m, FM_A_VALUE_STRING, "02:00:00:00:00:01");
	else
		put_word(world, m, param);
	message_close(m, nest);
}

static uint32_t pick_mode(struct world *world, const struct world_nf *nf,
			  const struct steering *steering)
{
	bool local = steering->fields && !(steering->fields & ~nf->key) &&
		     (!nf->bidirectional || steering->symmetric);

	if (percent(world, 1))
		return below(world, __FM_MODE_MAX);
	if (!nf->stateful)
		return FM_MODE_NONE;
	return local && percent(world, 70) ? FM_MODE_LOCAL : FM_MODE_SHARED;
}

static void put_bounds(struct world *world, struct message *m)
{
	static const uint32_t entries[] = { 0, 1, 16, 256, 4096,
					    FM_ENTRIES_MAX + 1 };
	static const uint32_t times[] = { 0, 1, 100, 60000, UINT32_MAX };

	if (percent(world, 40))
		message_put_u32(m, FM_A_INST_MAX_ENTRIES,
				entries[below(world, percent(world, 5) ? 6 :
					      5)]);
	if (percent(world, 40))
		message_put_u32(m, FM_A_INST_TIMEOUT_MS,
				times[below(world, 5)]);
	if (percent(world, 40))
		message_put_u32(m, FM_A_INST_FULL_POLICY,
				below(world, __FM_FULL_MAX));
}

static void put_inst(struct world *world, struct message *m,
		     const struct steering *steering, unsigned int index,
		     char *name)
{
	const struct world_nf *nf = &world->nf[below(world, world->nfs)];
	size_t nest = message_nest(m, FM_A_CHAIN_INST);

	strcpy(name, nf->type);
	if (index || percent(world, 30))
		snprintf(name, FM_NAME_MAX + 1, "nf%u", index);
	if (strcmp(name, nf->type) && !percent(world, 1))
		message_put_string(m, FM_A_INST_NAME, name);
	message_put_string(m, FM_A_INST_TYPE, nf->type);
	message_put_u32(m, FM_A_INST_MODE, pick_mode(world, nf, steering));
	put_bounds(world, m);
	for (unsigned int i = 0; i < nf->nparams; i++)
		if (percent(world, nf->params[i].required ? 99 : 30))
			put_param(world, m, &nf->params[i]);
	message_close(m, nest);
}

static unsigned int pick_insts(struct world *world)
{
	unsigned int roll = below(world, 1000);

	if (roll < 4)
		return roll ? FM_NFS_MAX : FM_NFS_MAX + 1;
	return 1 + below(world, 4);
}

static void put_devices(struct world *world, struct message *m)
{
	unsigned int n = below(world, 3);

	if (percent(world, 1))
		message_put_u32(m, FM_A_CHAIN_IFINDEX, world->ref_dev ?: 999);
	if (below(world, 1000) < 3)
		n = FM_DEVS_MAX + 1;
	for (unsigned int i = 0; i < n && world->devs; i++)
		message_put_u32(m, FM_A_CHAIN_IFINDEX,
				world->dev[below(world, world->devs)]);
}

void plan_put(struct world *world, struct message *m, unsigned int chain)
{
	size_t nest = message_nest(m, FM_A_CHAIN);
	unsigned int n = pick_insts(world);
	struct steering steering;
	char name[FM_NAME_MAX + 1];

	make_steering(world, &steering);
	put_devices(world, m);
	put_steering(world, m, &steering);
	for (unsigned int i = 0; i < n; i++)
		put_inst(world, m, &steering, i,
			 i ? name : world->insts[chain]);
	if (percent(world, 10))
		message_put_u32(m, FM_A_CHAIN_FRAG_POLICY,
				below(world, __FM_FRAG_MAX));
	if (percent(world, 10))
		message_put_u32(m, FM_A_CHAIN_OTHER_POLICY,
				below(world, __FM_OTHER_MAX));
	if (percent(world, 10))
		message_put_u32(m, FM_A_CHAIN_SAMPLE_SHIFT, below(world, 32));
	message_close(m, nest);
}
