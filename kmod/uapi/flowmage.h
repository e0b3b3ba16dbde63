/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ABI between the flowmage module and user space. Both sides include this
 * file and nothing else of each other. Documentation/netlink/specs/flowmage.yaml
 * describes the same numbers and is the source of truth for their meaning.
 */
#ifndef _UAPI_FLOWMAGE_H
#define _UAPI_FLOWMAGE_H

#include <linux/types.h>

#define FM_GENL_NAME		"flowmage"
#define FM_GENL_VERSION		1
#define FM_ABI_VERSION		1
#define FM_VERSION		"0.1.0"	/* of module and tools, a release together */

#define FM_NAME_MAX		31	/* bytes of a name, without the NUL */
#define FM_STRING_MAX		255	/* bytes of a string parameter */
#define FM_NFS_MAX		32	/* NFs in a chain */
#define FM_DEVS_MAX		16	/* devices bound to a chain */
#define FM_CHAINS_MAX		64	/* chains in a network namespace */
#define FM_PARAMS_MAX		32	/* parameters of an NF */
#define FM_SHARDS_MIN		1
#define FM_SHARDS_MAX		4096	/* a power of two */
#define FM_SEGMENTS_MAX		4	/* of a chain */
#define FM_SHARDS_TOTAL		8192	/* of all segments of a chain together */
#define FM_SLICES		64	/* parts of a shard that are offloaded alone */
#define FM_PRIORITY_MAX		16	/* rules of a chain for priority */
#define FM_KEY_MIN		40	/* bytes of an RSS hash key */
#define FM_KEY_MAX		52
#define FM_ENTRIES_MAX		(1U << 24) /* table entries of one NF */
#define FM_LISTS_MAX		256	/* lists in a network namespace */
#define FM_LIST_MAX		(1U << 20) /* elements of a list */

/* A field set: the header fields that a key or a steering is made of. */
#define FM_F_SRC_IP		(1U << 0)
#define FM_F_DST_IP		(1U << 1)
#define FM_F_SRC_PORT		(1U << 2)
#define FM_F_DST_PORT		(1U << 3)
#define FM_F_PROTOCOL		(1U << 4)
#define FM_F_ALL		((1U << 5) - 1)
#define FM_F_IPS		(FM_F_SRC_IP | FM_F_DST_IP)
#define FM_F_PORTS		(FM_F_SRC_PORT | FM_F_DST_PORT)
#define FM_F_HASHABLE		(FM_F_IPS | FM_F_PORTS)

/* The transport protocols whose ports are part of the hash input. */
#define FM_L4_TCP		(1U << 0)
#define FM_L4_UDP		(1U << 1)
#define FM_L4_SCTP		(1U << 2)
#define FM_L4_ALL		((1U << 3) - 1)

enum fm_mode {
	FM_MODE_NONE,		/* the NF keeps no state */
	FM_MODE_LOCAL,		/* state per shard, written by its owner alone */
	FM_MODE_SHARED,		/* one table, locked */
	__FM_MODE_MAX
};

enum fm_intensity {
	FM_INTENSITY_NONE,	/* the NF keeps no state */
	FM_INTENSITY_FLOW,	/* state is written when a key is first seen */
	FM_INTENSITY_PACKET,	/* state is written by every packet */
};

enum fm_frag_policy {
	FM_FRAG_DROP,		/* drop what a port-keyed NF cannot place */
	FM_FRAG_ACCEPT,		/* fragments pass by the port-keyed NFs */
	FM_FRAG_DEFRAG,		/* the chain sees whole packets only */
	__FM_FRAG_MAX
};

enum fm_other_policy {
	FM_OTHER_ACCEPT,	/* not IP, or malformed: up the stack, no NF */
	FM_OTHER_DROP,
	__FM_OTHER_MAX
};

enum fm_full_policy {
	FM_FULL_REFUSE,		/* a new key is dropped, reason table_full */
	FM_FULL_LRU,		/* of some keys the longest idle makes room */
	__FM_FULL_MAX
};

enum fm_param_type {
	FM_PARAM_UINT,
	FM_PARAM_BOOL,		/* uint 0 or 1 */
	FM_PARAM_ENUM,		/* string, one of a list */
	FM_PARAM_STRING,
	FM_PARAM_MAC,		/* string, 00:11:22:33:44:55 */
	FM_PARAM_PREFIXES,	/* list of struct fm_prefix, in order, each once */
	FM_PARAM_RULES,		/* list of struct fm_rule, the first decides */
	FM_PARAM_PATTERNS,	/* list of struct fm_pattern, each once */
	FM_PARAM_BACKENDS,	/* list of struct fm_backend, in order, each once */
	__FM_PARAM_MAX
};

/* Packet classes that a NIC may hash in its own way; bit = 1 << class. */
enum fm_class {
	FM_CLASS_TCP4,
	FM_CLASS_UDP4,
	FM_CLASS_SCTP4,
	FM_CLASS_OTHER4,
	FM_CLASS_TCP6,
	FM_CLASS_UDP6,
	FM_CLASS_SCTP6,
	FM_CLASS_OTHER6,
	__FM_CLASS_MAX
};

enum fm_hash_state {
	FM_HASH_SOFTWARE,	/* the NIC's hash is not used */
	FM_HASH_TESTING,	/* compared packet by packet, not yet trusted */
	FM_HASH_VERIFIED,	/* equal often enough: used, sampled */
	FM_HASH_MISMATCH,	/* differed: not used until told to try again */
};

/* A shard's way from one CPU to another. */
enum fm_shard_state {
	FM_SHARD_SETTLED,	/* its owner runs its packets */
	FM_SHARD_HELD,		/* the NIC is being told; who is told parks */
	FM_SHARD_MOVING,	/* new packets are parked, the owner ends old ones */
	FM_SHARD_PLAYING,	/* the new owner runs those that are parked */
};

enum fm_cmd {
	FM_CMD_UNSPEC,
	FM_CMD_INFO_GET,	/* do */
	FM_CMD_NF_GET,		/* do by nf-name, dump */
	FM_CMD_CHAIN_NEW,	/* do, admin */
	FM_CMD_CHAIN_SET,	/* do, admin */
	FM_CMD_CHAIN_DEL,	/* do, admin */
	FM_CMD_CHAIN_GET,	/* do by chain-name, dump */
	FM_CMD_SHARD_GET,	/* dump by chain-name */
	FM_CMD_FLOW_GET,	/* dump by chain-name, filter; admin */
	FM_CMD_STAT_GET,	/* do by chain-name */
	FM_CMD_NIC_GET,		/* do by ifindex, dump */
	FM_CMD_NIC_SET,		/* do, admin */
	FM_CMD_CHAIN_NTF,	/* group config: chain created or replaced */
	FM_CMD_CHAIN_DEL_NTF,	/* group config */
	FM_CMD_ALERT_NTF,	/* group alert */
	FM_CMD_FLOW_NEW,	/* do by chain-name, flow; admin */
	FM_CMD_FLOW_DEL,	/* do by chain-name, filter; admin */
	FM_CMD_SHARD_MOVE,	/* do, admin: of chain-name, move */
	FM_CMD_SHARD_GO,	/* do, admin: the NIC has been told */
	FM_CMD_SHARD_NTF,	/* group shard: a move began or is over */
	FM_CMD_OFFLOAD_SET,	/* do, admin: of chain-name, offload */
	FM_CMD_OFFLOAD_DEL,	/* do, admin: likewise, all shards if none is named */
	FM_CMD_OFFLOAD_GET,	/* dump by chain-name */
	FM_CMD_PRIORITY_SET,	/* do, admin: all rules of chain-name */
	FM_CMD_PRIORITY_GET,	/* do by chain-name */
	FM_CMD_LIST_NEW,	/* do, admin: of list, all but its id */
	FM_CMD_LIST_ADD,	/* do, admin: more elements of a list */
	FM_CMD_LIST_GET,	/* dump by list's id, in pieces */
	__FM_CMD_MAX,
	FM_CMD_MAX = __FM_CMD_MAX - 1
};

#define FM_MCGRP_CONFIG		"config"
#define FM_MCGRP_SHARD		"shard"
#define FM_MCGRP_ALERT		"alert"

/* Top level: the family's policy. */
enum fm_attr {
	FM_A_UNSPEC,
	FM_A_PAD,
	FM_A_INFO,		/* nest fm_info_attr */
	FM_A_CHAIN_NAME,	/* string */
	FM_A_GENERATION,	/* u32: of the chain; SET and DEL refuse if stale */
	FM_A_CHAIN,		/* nest fm_chain_attr */
	FM_A_NF_NAME,		/* string */
	FM_A_NF,		/* nest fm_nf_attr */
	FM_A_SHARD,		/* nest fm_shard_attr */
	FM_A_FLOW,		/* nest fm_flow_attr */
	FM_A_FILTER,		/* nest fm_filter_attr */
	FM_A_STAT,		/* nest fm_stat_attr */
	FM_A_NIC,		/* nest fm_nic_attr */
	FM_A_ALERT,		/* nest fm_alert_attr */
	FM_A_SEQ,		/* u64: event number in this namespace */
	FM_A_COUNT,		/* u64: states brought, or entries flushed */
	FM_A_MOVE,		/* nest fm_move_attr */
	FM_A_OFFLOAD,		/* nest fm_offload_attr */
	FM_A_PRIORITY,		/* nest fm_priority_attr, multi */
	FM_A_LIST,		/* nest fm_list_attr */
	__FM_A_MAX,
	FM_A_MAX = __FM_A_MAX - 1
};

enum fm_info_attr {
	FM_A_INFO_UNSPEC,
	FM_A_INFO_PAD,
	FM_A_INFO_VERSION,	/* string */
	FM_A_INFO_ABI,		/* u32 */
	FM_A_INFO_CHAINS,	/* u32: chains in this namespace */
	FM_A_INFO_MEMORY,	/* u64 bytes of state in this namespace */
	FM_A_INFO_MEMORY_MAX,	/* u64 bytes */
	__FM_A_INFO_MAX,
	FM_A_INFO_MAX = __FM_A_INFO_MAX - 1
};

enum fm_chain_attr {
	FM_A_CHAIN_UNSPEC,
	FM_A_CHAIN_PAD,
	FM_A_CHAIN_IFINDEX,	/* u32, multi: the bound devices */
	FM_A_CHAIN_FRAG_POLICY,	/* u32 fm_frag_policy, default drop */
	FM_A_CHAIN_OTHER_POLICY,/* u32 fm_other_policy, default accept */
	FM_A_CHAIN_STEER,	/* nest fm_steer_attr, multi: one per segment */
	FM_A_CHAIN_INST,	/* nest fm_inst_attr, multi: in order */
	FM_A_CHAIN_SAMPLE_SHIFT,/* u32: time 1 in 2^n packets; 0 = never */
	__FM_A_CHAIN_MAX,
	FM_A_CHAIN_MAX = __FM_A_CHAIN_MAX - 1
};

enum fm_steer_attr {
	FM_A_STEER_UNSPEC,
	FM_A_STEER_FIELDS,	/* u32 FM_F_*: what the plan says r is */
	FM_A_STEER_FIELDS6,	/* u32 FM_F_*: for IPv6, default the same */
	FM_A_STEER_SYMMETRIC,	/* flag: both directions in one shard */
	FM_A_STEER_L4,		/* u32 FM_L4_*: whose ports are hashed */
	FM_A_STEER_KEY,		/* binary 40..52: Toeplitz key */
	FM_A_STEER_KEY6,	/* binary 40..52: for IPv6, default the same */
	FM_A_STEER_OWNERS,	/* binary, u32 CPU per shard; length = shards */
	FM_A_STEER_HW,		/* flag: use the NIC's hash once verified */
	__FM_A_STEER_MAX,
	FM_A_STEER_MAX = __FM_A_STEER_MAX - 1
};

/* An NF in a chain. */
enum fm_inst_attr {
	FM_A_INST_UNSPEC,
	FM_A_INST_PAD,
	FM_A_INST_NAME,		/* string, unique in the chain, default type */
	FM_A_INST_TYPE,		/* string: the NF */
	FM_A_INST_MODE,		/* u32 fm_mode */
	FM_A_INST_SEGMENT,	/* u32: index of its steering, default 0 */
	FM_A_INST_MAX_ENTRIES,	/* u32, default the NF's */
	FM_A_INST_FULL_POLICY,	/* u32 fm_full_policy, default refuse */
	FM_A_INST_TIMEOUT_MS,	/* u32 idle time, default the NF's */
	FM_A_INST_PARAM,	/* nest fm_value_attr, multi */
	FM_A_INST_GROUP,	/* u32, out: its state group */
	FM_A_INST_KEPT,		/* flag, out: state survived the last change */
	__FM_A_INST_MAX,
	FM_A_INST_MAX = __FM_A_INST_MAX - 1
};

/* A named value: parameter of an NF, field of a state, counter of a reason. */
enum fm_value_attr {
	FM_A_VALUE_UNSPEC,
	FM_A_VALUE_PAD,
	FM_A_VALUE_NAME,	/* string */
	FM_A_VALUE_UINT,	/* u64 */
	FM_A_VALUE_STRING,	/* string */
	FM_A_VALUE_LIST,	/* u32: id of a list */
	FM_A_VALUE_COUNT,	/* u32, out: its elements */
	__FM_A_VALUE_MAX,
	FM_A_VALUE_MAX = __FM_A_VALUE_MAX - 1
};

/*
 * A list that parameters refer to. It does not change once it has all of its
 * elements, and is there as long as a chain uses it or the socket is open that
 * it was sent by.
 */
enum fm_list_attr {
	FM_A_LIST_UNSPEC,
	FM_A_LIST_ID,		/* u32, by the module */
	FM_A_LIST_TYPE,		/* u32 fm_param_type: what it is a list of */
	FM_A_LIST_COUNT,	/* u32 elements that it will have */
	FM_A_LIST_ELEMENTS,	/* binary: some of them, in order */
	__FM_A_LIST_MAX,
	FM_A_LIST_MAX = __FM_A_LIST_MAX - 1
};

/**
 * struct fm_prefix - an element of a list of type FM_PARAM_PREFIXES
 * @addr: in network order, of IPv4 the first 4 bytes; what is not part of the
 *	prefix is zero
 * @family: 4 or 6
 * @len: bits
 * @zero: must be zero
 *
 * Lists are in the order of family, address and length.
 */
struct fm_prefix {
	__u8 addr[16];
	__u8 family;
	__u8 len;
	__u8 zero[2];
};

enum fm_rule_action {
	FM_RULE_ACCEPT,
	FM_RULE_DROP,
	__FM_RULE_MAX
};

#define FM_RULE_ANY		256	/* fm_rule.protocol: every one */

/**
 * struct fm_rule - an element of a list of type FM_PARAM_RULES
 * @src: prefix of the source address, like fm_prefix.addr
 * @dst: of the destination address
 * @sport_min: smallest source port, host order
 * @sport_max: largest; all of them if the protocol has no ports
 * @dport_min: smallest destination port
 * @dport_max: largest
 * @protocol: IP protocol or FM_RULE_ANY
 * @family: 4 or 6; 0: both, without prefixes
 * @src_len: bits of @src
 * @dst_len: bits of @dst
 * @tcp_set: flags, as in byte 13 of the header, that a packet must have
 * @tcp_clear: flags that it must not have
 * @action: enum fm_rule_action
 *
 * A packet matches if all of it is true.
 */
struct fm_rule {
	__u8 src[16];
	__u8 dst[16];
	__u16 sport_min;
	__u16 sport_max;
	__u16 dport_min;
	__u16 dport_max;
	__u16 protocol;
	__u8 family;
	__u8 src_len;
	__u8 dst_len;
	__u8 tcp_set;
	__u8 tcp_clear;
	__u8 action;
};

#define FM_PATTERN_MAX		112	/* bytes of a pattern */
#define FM_PATTERN_NOCASE	1	/* the letters A to Z are as a to z */

/**
 * struct fm_pattern - an element of a list of type FM_PARAM_PATTERNS
 * @offset: bytes of a stream or packet that it does not begin in
 * @depth: bytes from there on that it lies in, 0: any
 * @len: bytes that are looked for
 * @flags: FM_PATTERN_NOCASE
 * @zero: must be zero
 * @bytes: the bytes, and zeros
 */
struct fm_pattern {
	__u32 offset;
	__u32 depth;
	__u8 len;
	__u8 flags;
	__u8 zero[6];
	__u8 bytes[FM_PATTERN_MAX];
};

enum fm_backend_state {
	FM_BACKEND_UP,
	FM_BACKEND_DRAIN,	/* flows that it has stay, it gets no new ones */
	FM_BACKEND_DOWN,	/* its flows go elsewhere */
	__FM_BACKEND_MAX
};

/**
 * struct fm_backend - an element of a list of type FM_PARAM_BACKENDS: a server
 *	that a service is given by
 * @family: of both addresses: 4 or 6
 * @l4proto: of the service: TCP or UDP
 * @vip: address of the service, in network order, of IPv4 the first 4 bytes and
 *	zeros
 * @vip_port: its port in network order, not 0
 * @addr: address of the server, likewise
 * @port: its port in network order, not 0
 * @weight: its part of new flows is as large as this is among those of the
 *	service; 0 is the same as FM_BACKEND_DRAIN
 * @mac: its Ethernet address, or zeros
 * @state: enum fm_backend_state
 * @zero: must be zero
 *
 * Lists are in the order of the bytes before @weight, which are in no two
 * elements the same.
 */
struct fm_backend {
	__u8 family;
	__u8 l4proto;
	__u8 vip[16];
	__be16 vip_port;
	__u8 addr[16];
	__be16 port;
	__u16 weight;
	__u8 mac[6];
	__u8 state;
	__u8 zero;
};

/* An NF as the module knows it. */
enum fm_nf_attr {
	FM_A_NF_UNSPEC,
	FM_A_NF_TYPE,		/* string */
	FM_A_NF_DESCRIPTION,	/* string */
	FM_A_NF_STATEFUL,	/* flag */
	FM_A_NF_KEY,		/* u32 FM_F_* */
	FM_A_NF_BIDIRECTIONAL,	/* flag */
	FM_A_NF_INTENSITY,	/* u32 fm_intensity */
	FM_A_NF_POINTER,	/* flag: state points to more memory */
	FM_A_NF_STATE_SIZE,	/* u32 bytes */
	FM_A_NF_TIMEOUT_MS,	/* u32 */
	FM_A_NF_MAX_ENTRIES,	/* u32 */
	FM_A_NF_PARAM,		/* nest fm_param_attr, multi */
	FM_A_NF_REASON,		/* string, multi: why it drops */
	__FM_A_NF_MAX,
	FM_A_NF_MAX = __FM_A_NF_MAX - 1
};

enum fm_param_attr {
	FM_A_PARAM_UNSPEC,
	FM_A_PARAM_PAD,
	FM_A_PARAM_NAME,	/* string */
	FM_A_PARAM_TYPE,	/* u32 fm_param_type */
	FM_A_PARAM_HELP,	/* string, with the unit */
	FM_A_PARAM_MIN,		/* u64 */
	FM_A_PARAM_MAX_VALUE,	/* u64; of a string: its length */
	FM_A_PARAM_DEFAULT,	/* u64 */
	FM_A_PARAM_DEFAULT_STRING, /* string */
	FM_A_PARAM_CHOICES,	/* string: of an enum, "drop|mark" */
	FM_A_PARAM_REQUIRED,	/* flag: has no default */
	__FM_A_PARAM_MAX,
	FM_A_PARAM_MAX = __FM_A_PARAM_MAX - 1
};

enum fm_shard_attr {
	FM_A_SHARD_UNSPEC,
	FM_A_SHARD_PAD,
	FM_A_SHARD_ID,		/* u32 */
	FM_A_SHARD_OWNER,	/* u32 CPU */
	FM_A_SHARD_PACKETS,	/* u64 */
	FM_A_SHARD_BYTES,	/* u64 */
	FM_A_SHARD_ENTRIES,	/* u32 in its local tables */
	FM_A_SHARD_STATE,	/* u32 fm_shard_state */
	FM_A_SHARD_TARGET,	/* u32 CPU it moves to, if it does */
	FM_A_SHARD_HOME,	/* u32 CPU the user gave it */
	FM_A_SHARD_PARKED,	/* u32 packets that wait for the end of its move */
	FM_A_SHARD_PARK_DROPS,	/* u64 packets there was no room for */
	FM_A_SHARD_MOVES,	/* u32 moves so far */
	FM_A_SHARD_FORCED,	/* u32 of them without having seen queues empty */
	FM_A_SHARD_SEGMENT,	/* u32: whose */
	__FM_A_SHARD_MAX,
	FM_A_SHARD_MAX = __FM_A_SHARD_MAX - 1
};

/* Shards on their way, all at once. */
enum fm_move_attr {
	FM_A_MOVE_UNSPEC,
	FM_A_MOVE_PAD,
	FM_A_MOVE_SHARDS,	/* binary, u32 each */
	FM_A_MOVE_CPUS,		/* binary, u32 each: where it goes */
	FM_A_MOVE_HOLD,		/* flag, in: wait until the NIC is told */
	FM_A_MOVE_ID,		/* u32 */
	FM_A_MOVE_DONE,		/* flag, in an event: it is over */
	FM_A_MOVE_FORCED,	/* flag: a queue was not seen empty in time */
	FM_A_MOVE_PARKED,	/* u64 packets that waited */
	FM_A_MOVE_HELD_NS,	/* u64 until the NIC was told */
	FM_A_MOVE_FENCE_NS,	/* u64 from then until old packets had been run */
	FM_A_MOVE_PLAY_NS,	/* u64 from then until parked ones had */
	FM_A_MOVE_SEGMENT,	/* u32: whose shards, default 0 */
	__FM_A_MOVE_MAX,
	FM_A_MOVE_MAX = __FM_A_MOVE_MAX - 1
};

/* Flows of a shard that another CPU runs. */
enum fm_offload_attr {
	FM_A_OFFLOAD_UNSPEC,
	FM_A_OFFLOAD_PAD,
	FM_A_OFFLOAD_SHARDS,	/* binary, u32 each, in: which */
	FM_A_OFFLOAD_CPU,	/* u32: the offload CPU */
	FM_A_OFFLOAD_SLICES,	/* u64, bit per slice that is to go there */
	FM_A_OFFLOAD_SHARD,	/* u32 */
	FM_A_OFFLOAD_OWNER,	/* u32 CPU that keeps the table */
	FM_A_OFFLOAD_AWAY,	/* u64, bit per slice that is there now */
	FM_A_OFFLOAD_SENT,	/* u64 packets */
	FM_A_OFFLOAD_WAITED,	/* u64 of slices that came back, until they had */
	FM_A_OFFLOAD_RETURNS,	/* u64 times that a slice came back */
	FM_A_OFFLOAD_SLICE_PACKETS, /* binary, u64 per slice */
	FM_A_OFFLOAD_SLICE_BYTES, /* binary, u64 per slice */
	FM_A_OFFLOAD_SEGMENT,	/* u32: whose shards, default 0 */
	__FM_A_OFFLOAD_MAX,
	FM_A_OFFLOAD_MAX = __FM_A_OFFLOAD_MAX - 1
};

/* A rule for packets that stay with the owner: one kind in each. */
enum fm_priority_attr {
	FM_A_PRIORITY_UNSPEC,
	FM_A_PRIORITY_PAD,
	FM_A_PRIORITY_DSCP,	/* u64, bit per code point */
	FM_A_PRIORITY_MARK,	/* u32 */
	FM_A_PRIORITY_MARK_MASK, /* u32 that counts of the mark, default all */
	FM_A_PRIORITY_SRC,	/* binary 4 or 16: a prefix */
	FM_A_PRIORITY_DST,	/* binary 4 or 16: a prefix */
	FM_A_PRIORITY_LEN,	/* u8 bits of the prefix, default all */
	__FM_A_PRIORITY_MAX,
	FM_A_PRIORITY_MAX = __FM_A_PRIORITY_MAX - 1
};

enum fm_flow_attr {
	FM_A_FLOW_UNSPEC,
	FM_A_FLOW_PAD,
	FM_A_FLOW_KEY,		/* u32 FM_F_*: the fields that follow */
	FM_A_FLOW_SRC,		/* binary 4 or 16, network order */
	FM_A_FLOW_DST,		/* binary 4 or 16 */
	FM_A_FLOW_SRC_PORT,	/* u16, host order */
	FM_A_FLOW_DST_PORT,	/* u16, host order */
	FM_A_FLOW_PROTOCOL,	/* u8 */
	FM_A_FLOW_GROUP,	/* u32: state group */
	FM_A_FLOW_MODE,		/* u32 fm_mode */
	FM_A_FLOW_SHARD,	/* u32, of local state */
	FM_A_FLOW_IDLE_MS,	/* u64 since the last packet */
	FM_A_FLOW_STATE,	/* nest fm_state_attr, multi: one per NF */
	FM_A_FLOW_FAMILY,	/* u8: 4 or 6 */
	FM_A_FLOW_SLICE,	/* u32, of local state: that part of the shard */
	FM_A_FLOW_SEGMENT,	/* u32: that its group is of */
	__FM_A_FLOW_MAX,
	FM_A_FLOW_MAX = __FM_A_FLOW_MAX - 1
};

enum fm_state_attr {
	FM_A_STATE_UNSPEC,
	FM_A_STATE_INST,	/* string: NF's name in the chain */
	FM_A_STATE_VALUE,	/* nest fm_value_attr, multi */
	__FM_A_STATE_MAX,
	FM_A_STATE_MAX = __FM_A_STATE_MAX - 1
};

/* What a flow dump is to show; absent = everything. */
enum fm_filter_attr {
	FM_A_FILTER_UNSPEC,
	FM_A_FILTER_INST,	/* string: entries with state of this NF */
	FM_A_FILTER_SHARD,	/* u32 */
	FM_A_FILTER_SRC,	/* binary 4 or 16 */
	FM_A_FILTER_SRC_LEN,	/* u8 prefix length in bits */
	FM_A_FILTER_DST,	/* binary 4 or 16 */
	FM_A_FILTER_DST_LEN,	/* u8 */
	FM_A_FILTER_PORT,	/* u16, host order: source or destination */
	FM_A_FILTER_PROTOCOL,	/* u8 */
	FM_A_FILTER_LIMIT,	/* u32 entries, 0 = all */
	FM_A_FILTER_SRC_PORT,	/* u16, host order */
	FM_A_FILTER_DST_PORT,	/* u16, host order */
	__FM_A_FILTER_MAX,
	FM_A_FILTER_MAX = __FM_A_FILTER_MAX - 1
};

enum fm_stat_attr {
	FM_A_STAT_UNSPEC,
	FM_A_STAT_PAD,
	FM_A_STAT_PACKETS,	/* u64 seen by the hook, GSO segments counted */
	FM_A_STAT_BYTES,	/* u64 of network-layer length */
	FM_A_STAT_ACCEPTED,	/* u64 packets */
	FM_A_STAT_DROPPED,	/* u64 packets */
	FM_A_STAT_REASON,	/* nest fm_value_attr, multi: the core's drops */
	FM_A_STAT_INST,		/* nest fm_inst_stat_attr, multi */
	FM_A_STAT_CPU,		/* nest fm_cpu_stat_attr, multi */
	FM_A_STAT_MEMORY,	/* u64 bytes of state of this chain */
	FM_A_STAT_GROUP,	/* nest fm_group_stat_attr, multi */
	FM_A_STAT_FRAGS,	/* u64 fragments taken to be put together */
	FM_A_STAT_FRAGS_MERGED,	/* u64 of them that packets were made of */
	FM_A_STAT_REASSEMBLED,	/* u64 packets made of fragments */
	FM_A_STAT_SEGMENT,	/* nest fm_segment_stat_attr, multi */
	__FM_A_STAT_MAX,
	FM_A_STAT_MAX = __FM_A_STAT_MAX - 1
};

enum fm_inst_stat_attr {
	FM_A_INST_STAT_UNSPEC,
	FM_A_INST_STAT_PAD,
	FM_A_INST_STAT_NAME,	/* string */
	FM_A_INST_STAT_PACKETS,	/* u64 */
	FM_A_INST_STAT_BYTES,	/* u64 */
	FM_A_INST_STAT_DROPPED,	/* u64 packets */
	FM_A_INST_STAT_REASON,	/* nest fm_value_attr, multi */
	FM_A_INST_STAT_CREATED,	/* u64 states */
	FM_A_INST_STAT_EXPIRED,	/* u64 states */
	FM_A_INST_STAT_EVICTED,	/* u64 states, by lru */
	FM_A_INST_STAT_REFUSED,	/* u64 states, table full or no memory */
	FM_A_INST_STAT_ENTRIES,	/* u64 states now */
	FM_A_INST_STAT_SAMPLES,	/* u64 timed packets */
	FM_A_INST_STAT_SAMPLED_NS, /* u64 their sum */
	FM_A_INST_STAT_VALUE,	/* nest fm_value_attr, multi: the NF's own */
	__FM_A_INST_STAT_MAX,
	FM_A_INST_STAT_MAX = __FM_A_INST_STAT_MAX - 1
};

/* A state group's tables. */
enum fm_group_stat_attr {
	FM_A_GROUP_STAT_UNSPEC,
	FM_A_GROUP_STAT_PAD,
	FM_A_GROUP_STAT_ID,	/* u32: as in fm_inst_attr */
	FM_A_GROUP_STAT_MEMORY,	/* u64 bytes, of entries, buckets and the rest */
	FM_A_GROUP_STAT_TABLES,	/* u64 bytes of buckets */
	FM_A_GROUP_STAT_ENTRIES,/* u64 entries in them */
	FM_A_GROUP_STAT_FAILURES, /* u64 times that buckets could not be had */
	__FM_A_GROUP_STAT_MAX,
	FM_A_GROUP_STAT_MAX = __FM_A_GROUP_STAT_MAX - 1
};

/* How packets came to a segment, and through it. */
enum fm_segment_stat_attr {
	FM_A_SEGMENT_STAT_UNSPEC,
	FM_A_SEGMENT_STAT_PAD,
	FM_A_SEGMENT_STAT_ID,	/* u32 */
	FM_A_SEGMENT_STAT_PACKETS, /* u64 that its NFs were shown */
	FM_A_SEGMENT_STAT_HANDED, /* u64 handed to their shard's owner */
	FM_A_SEGMENT_STAT_PARKED, /* u64 that waited for a move */
	FM_A_SEGMENT_STAT_REASON, /* nest fm_value_attr, multi: lost on the way */
	__FM_A_SEGMENT_STAT_MAX,
	FM_A_SEGMENT_STAT_MAX = __FM_A_SEGMENT_STAT_MAX - 1
};

enum fm_cpu_stat_attr {
	FM_A_CPU_STAT_UNSPEC,
	FM_A_CPU_STAT_PAD,
	FM_A_CPU_STAT_CPU,	/* u32 */
	FM_A_CPU_STAT_ARRIVED,	/* u64 packets that reached the hook here */
	FM_A_CPU_STAT_RUN,	/* u64 packets run here, once per segment */
	FM_A_CPU_STAT_HANDED,	/* u64 packets handed to their owner */
	FM_A_CPU_STAT_HANDOFF_DROPS, /* u64 packets, owner's queue full */
	FM_A_CPU_STAT_PARKED,	/* u64 packets that waited for a move here */
	FM_A_CPU_STAT_PARKED_DROPS, /* u64 packets there was no room for */
	FM_A_CPU_STAT_WAKEUPS,	/* u64 interrupts to wake an owner */
	FM_A_CPU_STAT_OFFLOADED, /* u64 packets sent to an offload CPU */
	FM_A_CPU_STAT_OFFLOAD_RUN, /* u64 packets run here for their owner */
	FM_A_CPU_STAT_OFFLOAD_WAITED, /* u64 packets until earlier ones were back */
	FM_A_CPU_STAT_PRIORITY,	/* u64 packets with priority in offloaded shards */
	__FM_A_CPU_STAT_MAX,
	FM_A_CPU_STAT_MAX = __FM_A_CPU_STAT_MAX - 1
};

/* A bound device and how its hash compares with ours. */
enum fm_nic_attr {
	FM_A_NIC_UNSPEC,
	FM_A_NIC_IFINDEX,	/* u32 */
	FM_A_NIC_CHAIN,		/* string */
	FM_A_NIC_CLASS,		/* nest fm_class_attr, multi */
	FM_A_NIC_QUEUE,		/* nest fm_queue_attr, multi */
	FM_A_NIC_INDIR,		/* binary, u32 queue per entry: what was set */
	FM_A_NIC_TEST,		/* flag, in: forget the verdicts, test again */
	FM_A_NIC_HW,		/* flag: the plan wants the NIC's hash */
	__FM_A_NIC_MAX,
	FM_A_NIC_MAX = __FM_A_NIC_MAX - 1
};

enum fm_class_attr {
	FM_A_CLASS_UNSPEC,
	FM_A_CLASS_PAD,
	FM_A_CLASS_ID,		/* u32 fm_class */
	FM_A_CLASS_STATE,	/* u32 fm_hash_state */
	FM_A_CLASS_MATCHED,	/* u64 packets whose hash was ours */
	FM_A_CLASS_MISMATCHED,	/* u64 */
	FM_A_CLASS_ABSENT,	/* u64 packets without a hash of the NIC */
	FM_A_CLASS_QUEUE_MATCHED, /* u64 packets in the queue of their entry */
	FM_A_CLASS_QUEUE_MISMATCHED, /* u64 */
	__FM_A_CLASS_MAX,
	FM_A_CLASS_MAX = __FM_A_CLASS_MAX - 1
};

enum fm_queue_attr {
	FM_A_QUEUE_UNSPEC,
	FM_A_QUEUE_PAD,
	FM_A_QUEUE_ID,		/* u32 */
	FM_A_QUEUE_CPU,		/* u32: where its last packet was received */
	FM_A_QUEUE_PACKETS,	/* u64 */
	__FM_A_QUEUE_MAX,
	FM_A_QUEUE_MAX = __FM_A_QUEUE_MAX - 1
};

enum fm_alert_attr {
	FM_A_ALERT_UNSPEC,
	FM_A_ALERT_KIND,	/* string: nf event name, "hash-mismatch", ... */
	FM_A_ALERT_INST,	/* string */
	FM_A_ALERT_FLOW,	/* nest fm_flow_attr: the key concerned */
	FM_A_ALERT_IFINDEX,	/* u32 */
	FM_A_ALERT_LOST,	/* u32 alerts not sent before this one */
	__FM_A_ALERT_MAX,
	FM_A_ALERT_MAX = __FM_A_ALERT_MAX - 1
};

#endif
