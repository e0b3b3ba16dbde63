/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the flowmage family tells, as plain data. Some are large (a flow with
 * the states of every NF is 100 kB): keep them off the stack.
 */
#ifndef FM_TOOLS_NL_TYPES_H
#define FM_TOOLS_NL_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "chain.h"

#define FM_REASONS_MAX	32		/* reasons of one NF, or of the core */
#define FM_VALUES_MAX	16		/* values of one NF's state */
#define FM_SHOWN_MAX	32		/* values that an NF shows of a chain */
#define FM_QUEUES_MAX	1024
#define FM_TEXT_MAX	255		/* bytes of a sentence of the module */

struct fm_info {
	char version[FM_NAME_MAX + 1];
	uint32_t abi;
	uint32_t chains;
	uint64_t memory_bytes;
	uint64_t memory_max_bytes;
};

struct fm_param_info {
	char name[FM_NAME_MAX + 1];
	enum fm_param_type type;
	char help[FM_TEXT_MAX + 1];
	uint64_t min;
	uint64_t max;			/* of a string: its length */
	uint64_t def;
	char def_string[FM_STRING_MAX + 1];
	char choices[FM_TEXT_MAX + 1];	/* "drop|mark" */
	bool required;
};

/* An NF as the module knows it. */
struct fm_nf_info {
	char type[FM_NAME_MAX + 1];
	char description[FM_TEXT_MAX + 1];
	bool stateful;
	uint32_t key;			/* FM_F_* */
	bool bidirectional;
	enum fm_intensity intensity;
	bool pointer;
	uint32_t state_size;		/* bytes */
	uint32_t timeout_ms;
	uint32_t max_entries;
	struct fm_param_info params[FM_PARAMS_MAX];
	size_t nparams;
	char reasons[FM_REASONS_MAX][FM_NAME_MAX + 1];
	size_t nreasons;
};

struct fm_shard_info {
	uint32_t id;
	uint32_t segment;
	uint32_t owner;			/* CPU */
	uint64_t packets;
	uint64_t bytes;
	uint32_t entries;
	enum fm_shard_state state;
	uint32_t target;		/* CPU it moves to, if it does */
	uint32_t home;			/* CPU the user gave it */
	uint32_t parked;		/* packets that wait */
	uint64_t park_drops;
	uint32_t moves;
	uint32_t forced;		/* of them without seeing queues empty */
};

/* Shards that are to move, and where to. */
struct fm_shard_moves {
	uint32_t shards[FM_SHARDS_MAX];
	uint32_t cpus[FM_SHARDS_MAX];
	size_t n;
	uint32_t segment;
	bool has_segment;		/* else it is 0, or for none, all */
};

/* A move that began, or is over. */
struct fm_move_event {
	uint32_t id;
	bool done;
	bool forced;
	uint64_t parked;		/* packets that waited */
	uint64_t held_ns, fence_ns, play_ns;
	struct fm_shard_moves moves;
};

/* Flows of a shard that another CPU runs. */
struct fm_offload_info {
	uint32_t shard;
	uint32_t segment;
	uint32_t owner;			/* CPU that keeps the table */
	uint32_t cpu;			/* that runs the NFs */
	uint64_t slices;		/* bit per slice that is to go there */
	uint64_t away;			/* bit per slice that is there */
	uint64_t sent, waited, returns;
	uint64_t slice_packets[FM_SLICES];
	uint64_t slice_bytes[FM_SLICES];
};

/* A rule for packets with priority: one of the three kinds. */
struct fm_priority_rule {
	uint64_t dscp;			/* bit per code point, 0 = another kind */
	uint32_t mark;
	uint32_t mark_mask;		/* 0 = another kind */
	uint8_t addr[16];		/* network order */
	uint8_t addr_len;		/* bytes: 4, 16 or 0 = another kind */
	uint8_t bits;			/* of the prefix */
	bool dst;			/* it is the destination's */
};

struct fm_priority_rules {
	struct fm_priority_rule rules[FM_PRIORITY_MAX];
	size_t n;
};

/* The state that one NF of the chain keeps for a flow. */
struct fm_flow_state {
	char inst[FM_NAME_MAX + 1];
	struct fm_value values[FM_VALUES_MAX];
	size_t nvalues;
};

/* An entry of a state table. Members of fields not in key are zero. */
struct fm_flow {
	uint32_t key;			/* FM_F_* */
	uint8_t family;			/* 4 or 6 */
	uint8_t src[16];		/* network order, 4 or 16 bytes */
	uint8_t dst[16];
	uint16_t src_port;		/* host order */
	uint16_t dst_port;
	uint8_t protocol;
	uint32_t group;
	uint32_t segment;
	enum fm_mode mode;
	bool has_shard;
	uint32_t shard;
	uint32_t slice;			/* of the shard */
	uint64_t idle_ms;
	struct fm_flow_state states[FM_NFS_MAX];
	size_t nstates;
};

/* What a flow dump shows; the kernel filters. Zeroed = everything. */
struct fm_flow_filter {
	char inst[FM_NAME_MAX + 1];	/* "" = any */
	bool has_shard;
	uint32_t shard;
	uint8_t src[16];
	uint8_t src_len;		/* bytes: 4, 16 or 0 = any */
	uint8_t src_bits;
	uint8_t dst[16];
	uint8_t dst_len;
	uint8_t dst_bits;
	bool has_port;
	uint16_t port;			/* source or destination */
	bool has_src_port;
	uint16_t src_port;
	bool has_dst_port;
	uint16_t dst_port;
	bool has_protocol;
	uint8_t protocol;
	uint32_t limit;			/* 0 = all */
};

struct fm_counter {
	char name[FM_NAME_MAX + 1];
	uint64_t value;
};

struct fm_inst_stat {
	char name[FM_NAME_MAX + 1];
	uint64_t packets, bytes, dropped;
	struct fm_counter reasons[FM_REASONS_MAX];
	size_t nreasons;
	uint64_t created, expired, evicted, refused, entries;
	uint64_t samples, sampled_ns;
	struct fm_counter values[FM_SHOWN_MAX];	/* the NF's own */
	size_t nvalues;
};

struct fm_cpu_stat {
	uint32_t cpu;
	uint64_t arrived, run, handed, handoff_drops;
	uint64_t parked, parked_drops, wakeups;
	uint64_t offloaded, offload_run, offload_waited, priority;
};

/* How packets came to a segment, and through it. */
struct fm_segment_stat {
	uint32_t id;
	uint64_t packets;
	uint64_t handed;
	uint64_t parked;
	struct fm_counter reasons[FM_REASONS_MAX];
	size_t nreasons;
};

/* The tables of a state group. */
struct fm_group_stat {
	uint32_t id;
	uint64_t entries;
	uint64_t memory_bytes;		/* of all, */
	uint64_t table_bytes;		/* of the buckets among it */
	uint64_t failures;		/* more buckets could not be had */
};

/* Counters of a chain, in packets and bytes of network-layer length. */
struct fm_stat {
	uint64_t packets, bytes, accepted, dropped, memory_bytes;
	uint64_t frags, frags_merged, reassembled;
	struct fm_counter reasons[FM_REASONS_MAX];
	size_t nreasons;
	struct fm_inst_stat *insts;	/* by fm_nl_stat_free() */
	size_t ninsts;
	struct fm_cpu_stat *cpus;	/* by fm_nl_stat_free() */
	size_t ncpus;
	struct fm_group_stat *groups;	/* by fm_nl_stat_free() */
	size_t ngroups;
	struct fm_segment_stat segments[FM_SEGMENTS_MAX];
	size_t nsegments;
};

/* How the NIC's hash of one class of packets compares with ours. */
struct fm_nic_class {
	enum fm_class id;
	enum fm_hash_state state;
	uint64_t matched, mismatched, absent;
	uint64_t queue_matched, queue_mismatched;
};

struct fm_nic_queue {
	uint32_t id;
	uint32_t cpu;
	uint64_t packets;
};

struct fm_nic {
	uint32_t ifindex;
	char chain[FM_NAME_MAX + 1];
	bool hw;
	struct fm_nic_class classes[__FM_CLASS_MAX];
	size_t nclasses;
	struct fm_nic_queue queues[FM_QUEUES_MAX];
	size_t nqueues;
	uint32_t indir[FM_SHARDS_MAX];	/* queue of each entry */
	size_t nindir;
};

/* What to tell the module about a NIC that was set by ethtool. */
struct fm_nic_change {
	uint32_t ifindex;
	const uint32_t *indir;		/* NULL: leave */
	size_t nindir;
	bool test;			/* forget the verdicts, test again */
};

/* @cmd is FM_CMD_UNSPEC when the socket overran and @missed events at least. */
struct fm_event {
	enum fm_cmd cmd;
	uint64_t seq;
	uint64_t missed;
	char chain[FM_NAME_MAX + 1];
	uint32_t generation;
	char kind[FM_NAME_MAX + 1];	/* of an alert */
	char inst[FM_NAME_MAX + 1];
	uint32_t ifindex;
	uint32_t lost;			/* alerts the kernel did not send */
	const struct fm_flow *flow;	/* the key concerned, or NULL */
	const struct fm_move_event *move;	/* of shards, or NULL */
};

#endif
