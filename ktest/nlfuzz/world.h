/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What valid requests are made of: the NFs the module has, the devices there
 * are, the chains that were made.
 */
#ifndef NLFUZZ_WORLD_H
#define NLFUZZ_WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include "../gen/random.h"
#include "flowmage.h"
#include "link.h"

#define WORLD_NFS	64
#define WORLD_DEVS	16
#define WORLD_CHAINS	72	/* names, more than there can be chains */
#define WORLD_PRESENT	6	/* of them are used as a rule */
#define WORLD_REF	"reference"	/* the chain that must stay as it is */
#define WORLD_REF_SIZE	(64U << 10)

struct world_param {
	char name[FM_NAME_MAX + 1];
	char words[FM_STRING_MAX + 1];	/* of an enum, or a default */
	uint32_t type;			/* enum fm_param_type */
	uint64_t min;
	uint64_t max;
	bool required;
};

struct world_nf {
	char type[FM_NAME_MAX + 1];
	bool stateful;
	bool bidirectional;
	uint32_t key;
	unsigned int nparams;
	struct world_param params[FM_PARAMS_MAX];
};

/**
 * struct world - what is known
 * @generation: of each chain, as last told, 0 = none
 * @insts: type of an NF that the chain should have
 * @ref: what the kernel tells of the reference chain
 */
struct world {
	struct gen_random random;
	struct link *link;
	unsigned int nfs;
	struct world_nf nf[WORLD_NFS];
	unsigned int devs;
	uint32_t dev[WORLD_DEVS];
	unsigned int cpus;
	uint32_t generation[WORLD_CHAINS];
	char insts[WORLD_CHAINS][FM_NAME_MAX + 1];
	bool has_ref;
	uint32_t ref_dev;
	uint32_t ref_generation;
	size_t ref_len;
	uint8_t ref[WORLD_REF_SIZE];
};

/* Ask the kernel; false after words on stderr. */
bool world_learn(struct world *world, struct link *link, uint64_t seed);

void world_name(unsigned int chain, char *name);
unsigned int world_pick(struct world *world);
void world_told(struct world *world, const char *name, uint32_t generation);

/* Is the reference chain what it was? */
bool world_same_ref(struct world *world);

/* Delete all chains but the reference; the number that is left, or -1. */
int world_clear(struct world *world);

/* Does the module tell about itself? */
bool world_answers(struct world *world);

#endif
