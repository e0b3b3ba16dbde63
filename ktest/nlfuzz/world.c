// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "world.h"

#define HEAD(nlh)	((const char *)(nlh) + MESSAGE_HEAD)
#define REST(nlh)	((int)(nlh)->nlmsg_len - (int)MESSAGE_HEAD)

/* Room for the questions of this file; they are not part of the fuzzing. */
static struct message question;

static struct message *ask(struct world *world, uint8_t cmd, uint16_t flags)
{
	message_begin(&question, world->link->family, cmd, flags);
	return &question;
}

static uint64_t number(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr = link_attr(link_data(nest), link_len(nest),
					      type);
	uint64_t value = 0;

	if (attr && link_len(attr) <= (int)sizeof(value))
		memcpy(&value, link_data(attr), link_len(attr));
	return value;
}

static void text(const struct nlattr *nest, uint16_t type, char *buf,
		 size_t size)
{
	const struct nlattr *attr = link_attr(link_data(nest), link_len(nest),
					      type);

	snprintf(buf, size, "%s", attr ? (const char *)link_data(attr) : "");
}

static void learn_param(struct world_nf *nf, const struct nlattr *nest)
{
	struct world_param *param = &nf->params[nf->nparams];

	if (nf->nparams == FM_PARAMS_MAX)
		return;
	nf->nparams++;
	text(nest, FM_A_PARAM_NAME, param->name, sizeof(param->name));
	text(nest, FM_A_PARAM_CHOICES, param->words, sizeof(param->words));
	if (!*param->words)
		text(nest, FM_A_PARAM_DEFAULT_STRING, param->words,
		     sizeof(param->words));
	param->type = number(nest, FM_A_PARAM_TYPE);
	param->min = number(nest, FM_A_PARAM_MIN);
	param->max = number(nest, FM_A_PARAM_MAX_VALUE);
	param->required = link_attr(link_data(nest), link_len(nest),
				    FM_A_PARAM_REQUIRED);
}

static void learn_nf(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *nest = link_attr(HEAD(nlh), REST(nlh), FM_A_NF);
	struct world *world = arg;
	struct world_nf *nf = &world->nf[world->nfs];
	const struct nlattr *attr;

	if (!nest || world->nfs == WORLD_NFS)
		return;
	world->nfs++;
	text(nest, FM_A_NF_TYPE, nf->type, sizeof(nf->type));
	nf->key = number(nest, FM_A_NF_KEY);
	nf->stateful = link_attr(link_data(nest), link_len(nest),
				 FM_A_NF_STATEFUL);
	nf->bidirectional = link_attr(link_data(nest), link_len(nest),
				      FM_A_NF_BIDIRECTIONAL);
	link_for_each(attr, link_data(nest), link_len(nest))
		if ((attr->nla_type & NLA_TYPE_MASK) == FM_A_NF_PARAM)
			learn_param(nf, attr);
}

/* Devices named fz... are there to be bound. */
static void learn_devices(struct world *world)
{
	struct if_nameindex *list = if_nameindex(), *dev;

	for (dev = list; dev && dev->if_index; dev++)
		if (!strncmp(dev->if_name, "fz", 2) &&
		    world->devs < WORLD_DEVS)
			world->dev[world->devs++] = dev->if_index;
	if_freenameindex(list);
	world->ref_dev = if_nametoindex("ref0");
}

struct ref_copy {
	uint8_t *data;
	size_t len;
	uint32_t generation;
};

static void copy_ref(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr = link_attr(HEAD(nlh), REST(nlh),
					      FM_A_GENERATION);
	struct ref_copy *copy = arg;

	if (!attr || REST(nlh) > (int)WORLD_REF_SIZE)
		return;
	memcpy(&copy->generation, link_data(attr), sizeof(copy->generation));
	memcpy(copy->data, HEAD(nlh), REST(nlh));
	copy->len = REST(nlh);
}

static int read_ref(struct world *world, struct ref_copy *copy)
{
	struct message *m = ask(world, FM_CMD_CHAIN_GET, 0);

	message_put_string(m, FM_A_CHAIN_NAME, WORLD_REF);
	return link_ask(world->link, m, copy_ref, copy);
}

bool world_learn(struct world *world, struct link *link, uint64_t seed)
{
	struct ref_copy copy = { .data = world->ref };
	int err;

	world->random.state = seed;
	world->link = link;
	world->cpus = sysconf(_SC_NPROCESSORS_ONLN);
	learn_devices(world);
	err = link_ask(link, ask(world, FM_CMD_NF_GET, NLM_F_DUMP), learn_nf,
		       world);
	if (err || !world->nfs) {
		fprintf(stderr, "nlfuzz: no NFs: %s\n", strerror(err));
		return false;
	}
	world->has_ref = !read_ref(world, &copy) && copy.len;
	world->ref_len = copy.len;
	world->ref_generation = copy.generation;
	return true;
}

bool world_same_ref(struct world *world)
{
	static uint8_t now[WORLD_REF_SIZE];
	struct ref_copy copy = { .data = now };
	int err = read_ref(world, &copy);

	if (!world->has_ref)
		return err == ENOENT;
	return !err && copy.len == world->ref_len &&
	       !memcmp(now, world->ref, copy.len);
}

void world_name(unsigned int chain, char *name)
{
	snprintf(name, FM_NAME_MAX + 1, "c%02u", chain);
}

unsigned int world_pick(struct world *world)
{
	if (gen_random_percent(&world->random, 98))
		return gen_random_below(&world->random, WORLD_PRESENT);
	return gen_random_below(&world->random, WORLD_CHAINS);
}

void world_told(struct world *world, const char *name, uint32_t generation)
{
	unsigned int chain;

	if (sscanf(name, "c%2u", &chain) == 1 && chain < WORLD_CHAINS)
		world->generation[chain] = generation;
}

struct chain_list {
	unsigned int n;
	char name[FM_CHAINS_MAX][FM_NAME_MAX + 1];
};

static void list_chain(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr = link_attr(HEAD(nlh), REST(nlh),
					      FM_A_CHAIN_NAME);
	struct chain_list *list = arg;

	if (attr && list->n < FM_CHAINS_MAX)
		snprintf(list->name[list->n++], FM_NAME_MAX + 1, "%s",
			 (const char *)link_data(attr));
}

static int list_chains(struct world *world, struct chain_list *list)
{
	list->n = 0;
	return link_ask(world->link, ask(world, FM_CMD_CHAIN_GET, NLM_F_DUMP),
			list_chain, list);
}

int world_clear(struct world *world)
{
	static struct chain_list list;
	struct message *m;

	if (list_chains(world, &list))
		return -1;
	for (unsigned int i = 0; i < list.n; i++) {
		if (!strcmp(list.name[i], WORLD_REF))
			continue;
		m = ask(world, FM_CMD_CHAIN_DEL, 0);
		message_put_string(m, FM_A_CHAIN_NAME, list.name[i]);
		if (link_ask(world->link, m, NULL, NULL))
			return -1;
		world_told(world, list.name[i], 0);
	}
	return list_chains(world, &list) ? -1 : (int)list.n;
}

static void note_answer(const struct nlmsghdr *nlh, void *arg)
{
	*(bool *)arg = link_attr(HEAD(nlh), REST(nlh), FM_A_INFO);
}

bool world_answers(struct world *world)
{
	bool answered = false;

	return !link_ask(world->link, ask(world, FM_CMD_INFO_GET, 0),
			 note_answer, &answered) && answered;
}
