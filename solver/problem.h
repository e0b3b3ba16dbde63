/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the solver is given: a chain, the cores, the NIC. */
#ifndef FM_SOLVER_PROBLEM_H
#define FM_SOLVER_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cost.h"
#include "flowmage.h"

#define FM_PROBLEM_NFS	64
#define FM_PROBLEM_NEAR	0.01	/* the constants are not known better */
#define FM_PROBLEM_MS	2000

struct fm_traffic;

enum fm_pin {
	FM_PIN_NONE,
	FM_PIN_LOCAL,
	FM_PIN_SHARED,
};

/**
 * struct fm_problem_nf - an NF of the chain, as its feature record has it
 * @name: in the chain
 * @stateful: what follows up to @state_size means something
 * @key: FM_F_*
 * @bidirectional: one state for both directions
 * @intensity: when the state is written
 * @pointer: the state points to more memory
 * @state_size: bytes, 0 = not known
 * @complexity: static operations per packet, 0 = not known
 * @rewrites: changes addresses or ports of packets
 * @measured_ns: per packet, the lookup not included; 0 = not measured
 * @pin: what the user wants
 */
struct fm_problem_nf {
	char name[FM_NAME_MAX + 1];
	bool stateful;
	uint32_t key;
	bool bidirectional;
	enum fm_intensity intensity;
	bool pointer;
	uint32_t state_size;
	uint32_t complexity;
	bool rewrites;
	double measured_ns;
	enum fm_pin pin;
};

/* Kinds of packets whose hash input a NIC lets one choose. */
enum fm_flow_type {
	FM_FLOW_TCP4,
	FM_FLOW_UDP4,
	FM_FLOW_TCP6,
	FM_FLOW_UDP6,
	FM_FLOW_MAX
};

/* A set of field sets: bit number = mask of the four fields a NIC hashes. */
#define FM_ACCEPT(fields)	((uint16_t)(1U << (fields)))
#define FM_ACCEPT_ANY		((uint16_t)0xfffe)

/**
 * struct fm_nic_cap - what a NIC can do
 * @can_set_key: the hash key can be written
 * @key_len: bytes of the key
 * @indir_size: entries of the indirection table, 0 = there is none
 * @symmetric_hardwired: the hash is symmetric whatever the key is
 * @ipv6: IPv6 packets are hashed
 * @accepts: per flow type, the field sets that can be selected
 * @selected: per flow type, the one selected now, 0 = not known
 */
struct fm_nic_cap {
	bool can_set_key;
	unsigned int key_len;
	unsigned int indir_size;
	bool symmetric_hardwired;
	bool ipv6;
	uint16_t accepts[FM_FLOW_MAX];
	uint32_t selected[FM_FLOW_MAX];
};

/**
 * struct fm_problem - everything that decides the plan
 * @chain: its name
 * @nf: the NFs in their order
 * @n_nfs: 1 to FM_PROBLEM_NFS
 * @cores: 1 or more
 * @nic: what the NIC can do
 * @software: packets may be handed from core to core
 * @segments: at most, 1 to FM_SEGMENTS_MAX; 1: no re-steering
 * @near: plans that cost up to this part more than the cheapest are as good
 * @limit_ms: for each step of the search, 0: none
 * @want_v4: the plan holds for IPv4
 * @want_v6: the plan holds for IPv6
 * @seed: of the keys
 * @traffic: a sample of what the chain gets, or NULL
 * @model: the constants
 */
struct fm_problem {
	char chain[FM_NAME_MAX + 1];
	struct fm_problem_nf nf[FM_PROBLEM_NFS];
	unsigned int n_nfs;
	unsigned int cores;
	struct fm_nic_cap nic;
	bool software;
	unsigned int segments;
	double near;
	unsigned int limit_ms;
	bool want_v4;
	bool want_v6;
	uint64_t seed;
	const struct fm_traffic *traffic;
	struct fm_cost_model model;
};

void fm_problem_setup(struct fm_problem *p);
bool fm_problem_check(const struct fm_problem *p, char *reason, size_t len);

#endif
