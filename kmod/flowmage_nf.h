/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The API of a network function (NF). An NF sees this header and nothing else
 * of the module, whether it is built into it or as a module of its own.
 *
 * An NF never learns whether its state is local to a shard or shared by all
 * CPUs: the core finds the state of the packet's key, keeps it from changing
 * under the NF's feet and ages it. All callbacks but init() and exit() run with
 * bottom halves off and must not sleep.
 */
#ifndef _FLOWMAGE_NF_H
#define _FLOWMAGE_NF_H

#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include "uapi/flowmage.h"

struct fm_classifier;
struct fm_ctx;
struct fm_dump;
struct fm_heap;
struct fm_inst;
struct fm_list;
struct fm_load;
struct fm_lpm;
struct fm_search;
struct fm_servers;
struct fm_stream_piece;

/**
 * enum fm_verdict - what an NF wants done with a packet
 * @FM_CONTINUE: show it to the next NF of the chain
 * @FM_ACCEPT: let it pass, the rest of the chain does not see it
 * @FM_DROP: drop it; only ever returned by way of fm_drop() or fm_refuse()
 * @FM_STOLEN: the NF has taken the skb and will free it
 */
enum fm_verdict {
	FM_CONTINUE,
	FM_ACCEPT,
	FM_DROP,
	FM_STOLEN,
};

/* Bits of fm_pkt.flags */
#define FM_PKT_PORTS	(1U << 0)	/* sport and dport are valid */
#define FM_PKT_FRAG	(1U << 1)	/* a fragment, the first included */
#define FM_PKT_VLAN	(1U << 2)	/* had a VLAN tag, or several */
#define FM_PKT_CHANGED	(1U << 3)	/* the skb is not any more what is told */

/* Bits of fm_pkt.tcp_flags, as in byte 13 of the header (RFC 9293) */
#define FM_TCP_FIN	0x01
#define FM_TCP_SYN	0x02
#define FM_TCP_RST	0x04
#define FM_TCP_ACK	0x10

/**
 * struct fm_addr - an IP address in network order
 * @w: its words; an IPv4 address is in the first, the others are zero
 */
struct fm_addr {
	__be32 w[4];
};

/**
 * struct fm_pkt - a packet as it came to the segment
 *
 * What NFs write to the skb does not change what is told here, nor what later
 * NFs of the segment see: state is found by what packets were steered by, or
 * it would not be the shard's. Where the next segment begins, a packet with
 * FM_PKT_CHANGED is parsed anew, on whichever CPU: there it is steered by, and
 * tells, what the NFs of this segment have made of it.
 *
 * @skb: the packet; data is at the network header
 * @now_ns: monotonic time of its arrival at the chain
 * @src: source address
 * @dst: destination address
 * @sport: source port, zero without FM_PKT_PORTS
 * @dport: destination port, zero without FM_PKT_PORTS
 * @len: network-layer length of all its segments together, in bytes
 * @segs: packets on the wire; more than one after GRO or from a GSO sender
 * @l3_off: offset of the network header from skb->data, in bytes
 * @l4_off: offset of the transport header from skb->data, in bytes
 * @payload_off: offset of what follows it; without FM_PKT_PORTS @l4_off
 * @family: 4 or 6
 * @l4proto: IP protocol, of IPv6 the one after the extension headers
 * @tcp_flags: FM_TCP_*, zero if not TCP or if a fragment
 * @flags: FM_PKT_*
 * @class: enum fm_class
 */
struct fm_pkt {
	struct sk_buff *skb;
	u64 now_ns;
	struct fm_addr src;
	struct fm_addr dst;
	__be16 sport;
	__be16 dport;
	u32 len;
	u16 segs;
	u16 l3_off;
	u16 l4_off;
	u16 payload_off;
	u8 family;
	u8 l4proto;
	u8 tcp_flags;
	u8 flags;
	u8 class;
};

/**
 * struct fm_param - a parameter of an NF, as a user writes it
 * @name: the field's name
 * @help: one line, with the unit
 * @choices: of an enum: the words in the order of their values, "drop|mark"
 * @def_string: default of a string
 * @min: smallest value
 * @max: largest value; of a string, bytes without the NUL; of a list, elements
 * @def: default; of an enum, the index of the word
 * @type: enum fm_param_type
 * @offset: of the field in the NF's configuration
 * @size: of the field, in bytes: 1, 2, 4 or 8 for numbers
 * @required: there is no default
 */
struct fm_param {
	const char *name;
	const char *help;
	const char *choices;
	const char *def_string;
	u64 min;
	u64 max;
	u64 def;
	enum fm_param_type type;
	u16 offset;
	u16 size;
	bool required;
};

#define __FM_PARAM(config, field, kind)					\
	.name = #field, .type = (kind),					\
	.offset = offsetof(config, field),				\
	.size = sizeof_field(config, field)

/* One row of a parameter table: a number between lo and hi. */
#define FM_UINT(config, field, lo, hi, value, text)			\
	{ __FM_PARAM(config, field, FM_PARAM_UINT),			\
	  .min = (lo), .max = (hi), .def = (value), .help = (text) }

/* A number that the user must give. */
#define FM_UINT_REQUIRED(config, field, lo, hi, text)			\
	{ __FM_PARAM(config, field, FM_PARAM_UINT),			\
	  .min = (lo), .max = (hi), .required = true, .help = (text) }

/* One word of several; the field gets its index. */
#define FM_ENUM(config, field, words, value, text)			\
	{ __FM_PARAM(config, field, FM_PARAM_ENUM),			\
	  .choices = (words), .def = (value), .help = (text) }

/* Yes or no, written true or false, in a field that is 0 or 1. */
#define FM_BOOL(config, field, value, text)				\
	{ __FM_PARAM(config, field, FM_PARAM_BOOL),			\
	  .max = 1, .def = (value), .help = (text) }

/* An Ethernet address in a field of ETH_ALEN bytes, zeros if not given. */
#define FM_MAC(config, field, text)					\
	{ __FM_PARAM(config, field, FM_PARAM_MAC), .help = (text) }

#define FM_MAC_REQUIRED(config, field, text)				\
	{ __FM_PARAM(config, field, FM_PARAM_MAC),			\
	  .required = true, .help = (text) }

/* Up to @most prefixes, in a pointer to struct fm_list, NULL if not given. */
#define FM_PREFIXES(config, field, most, text)				\
	{ __FM_PARAM(config, field, FM_PARAM_PREFIXES),			\
	  .min = 1, .max = (most), .help = (text) }

/* Up to @most rules, likewise. */
#define FM_RULES(config, field, most, text)				\
	{ __FM_PARAM(config, field, FM_PARAM_RULES),			\
	  .min = 1, .max = (most), .help = (text) }

/* Up to @most patterns, in such a pointer; the user must give them. */
#define FM_PATTERNS_REQUIRED(config, field, most, text)			\
	{ __FM_PARAM(config, field, FM_PARAM_PATTERNS), .min = 1,	\
	  .max = (most), .required = true, .help = (text) }

/* Up to @most servers of services, likewise. */
#define FM_BACKENDS_REQUIRED(config, field, most, text)			\
	{ __FM_PARAM(config, field, FM_PARAM_BACKENDS), .min = 1,	\
	  .max = (most), .required = true, .help = (text) }

/**
 * struct fm_nf_ops - a network function
 * @name: as chains name it, at most FM_NAME_MAX bytes
 * @description: one line
 * @owner: THIS_MODULE
 * @params: table of parameters
 * @nparams: rows in it
 * @reasons: why it drops, a word or two each, joined by underscores
 * @nreasons: words in it, at most 16
 * @config_size: bytes of its configuration, filled from @params
 * @cpu_size: bytes that a chain's NF has per CPU, see fm_ctx_cpu(); at most
 *	FM_CPU_SIZE_MAX
 * @state_size: bytes of the state of one key, 0 if it keeps none
 * @key: FM_F_* that its state is indexed by
 * @bidirectional: both directions of a flow share one state
 * @intensity: enum fm_intensity: how often eval() writes to the state
 * @pointer: the state points to memory from fm_heap_alloc()
 * @related: eval() calls fm_state_aim(); a shard where it is local is not
 *	offloaded
 * @timeout_ms: default idle time after which a state goes
 * @max_entries: default bound on the number of states
 * @init: check and complete the configuration; may call fm_state_init().
 *	On error return a negative errno and say why in the extack.
 * @exit: undo init()
 * @eval: judge one packet
 * @timeout: how long this state may be idle, in ms; what is more than the idle
 *	time of the NF's states, or 0, means that time; eval() may be writing the
 *	state on another CPU: read each member once
 * @destroy: give back what the state points to; the state itself is the core's
 * @dump: describe one state by fm_dump_*(); gets a copy and must not follow the
 *	state's pointers
 * @show: describe the NF in a chain by fm_dump_*(), from what it has per CPU:
 *	an array of @cpu_size bytes for each possible CPU, which eval() may be
 *	writing. The names are told with the chain's counters.
 * @load: make the state of the packet's key by fm_state_insert() and fill it by
 *	fm_load_*() with what dump() once said; false if there is no room. The
 *	packet has the fields of the key and nothing else, not even an skb.
 *
 * All members but the callbacks that are not needed, @params and @reasons
 * are mandatory; fm_nf_register() checks.
 */
struct fm_nf_ops {
	const char *name;
	const char *description;
	struct module *owner;
	const struct fm_param *params;
	const char *const *reasons;
	unsigned int nparams;
	unsigned int nreasons;
	u32 config_size;
	u32 cpu_size;
	u32 state_size;
	u32 key;
	bool bidirectional;
	bool pointer;
	bool related;
	enum fm_intensity intensity;
	u32 timeout_ms;
	u32 max_entries;

	int (*init)(struct fm_inst *inst, void *config,
		    struct netlink_ext_ack *extack);
	void (*exit)(void *config);
	enum fm_verdict (*eval)(struct fm_ctx *ctx, struct fm_pkt *pkt);
	u32 (*timeout)(const void *config, const void *state);
	void (*destroy)(struct fm_heap *heap, void *state);
	void (*dump)(struct fm_dump *dump, const void *state);
	void (*show)(struct fm_dump *dump, const void *config,
		     const void __percpu *cpu);
	bool (*load)(struct fm_ctx *ctx, struct fm_pkt *pkt,
		     const struct fm_load *load);
};

/**
 * fm_nf_register - make an NF available to chains
 * @ops: the NF; must stay until fm_nf_unregister()
 *
 * Return: 0, -EEXIST if the name is taken, -EINVAL if @ops is not valid (the
 * kernel log says why).
 */
int fm_nf_register(const struct fm_nf_ops *ops);

/**
 * fm_nf_unregister - take an NF back
 * @ops: the NF
 *
 * No chain uses it any more: each held a reference to @ops->owner.
 */
void fm_nf_unregister(const struct fm_nf_ops *ops);

/* Defines an NF of the core module; that of another module is static. */
#define FM_BUILTIN_NF(nf)						\
	extern const struct fm_nf_ops fm_nf_##nf;			\
	const struct fm_nf_ops fm_nf_##nf

/* The whole of init and exit for a module that is one NF. */
#define module_fm_nf(ops)						\
	static int __init ops##_module_init(void)			\
	{								\
		return fm_nf_register(&(ops));				\
	}								\
	static void __exit ops##_module_exit(void)			\
	{								\
		fm_nf_unregister(&(ops));				\
	}								\
	module_init(ops##_module_init);					\
	module_exit(ops##_module_exit)

/**
 * fm_ctx_config - this instance's configuration
 * @ctx: the packet's way through the NF
 *
 * Return: what init() completed; never changes while the instance lives.
 */
const void *fm_ctx_config(const struct fm_ctx *ctx);

#define FM_CPU_SIZE_MAX	1024

/**
 * fm_ctx_cpu - what this NF of the chain has on this CPU
 * @ctx: the packet's way through the NF
 *
 * Counters and the like, for which no key is needed. Nobody else writes them,
 * and they stay as long as a chain has an NF of that name and type.
 *
 * Return: @cpu_size bytes that were zeros at first, aligned for u64.
 */
void *fm_ctx_cpu(const struct fm_ctx *ctx);

/**
 * fm_cpu_sum - add up a u64 that an NF has per CPU
 * @cpu: as show() gets it
 * @offset: of the u64 in it
 */
static inline u64 fm_cpu_sum(const void __percpu *cpu, size_t offset)
{
	u64 sum = 0;
	int i;

	for_each_possible_cpu(i)
		sum += READ_ONCE(*(const u64 *)(per_cpu_ptr(cpu, i) + offset));
	return sum;
}

/**
 * fm_inst_alloc - memory that belongs to the configuration
 * @inst: the instance that init() was called for
 * @n: elements
 * @each: bytes of one
 *
 * It counts against the namespace's bound and is freed after exit().
 *
 * Return: zeros, aligned to a cache line, or NULL.
 */
void *fm_inst_alloc(struct fm_inst *inst, size_t n, size_t each);

/**
 * fm_inst_is_local - will the states be local to shards
 * @inst: the instance that init() was called for
 *
 * For NFs that some parameters allow to be shared only.
 */
bool fm_inst_is_local(const struct fm_inst *inst);

/**
 * fm_list_count - elements of a list
 * @list: of a parameter, or NULL
 */
u32 fm_list_count(const struct fm_list *list);

/**
 * fm_list_prefixes - the elements of a list of prefixes
 * @list: of a parameter, or NULL; there as long as the configuration
 *
 * Return: in order of family, address and length, each once; or NULL.
 */
const struct fm_prefix *fm_list_prefixes(const struct fm_list *list);

/**
 * fm_list_rules - the elements of a list of rules
 * @list: of a parameter, or NULL; there as long as the configuration
 *
 * Return: in the order that was given; or NULL.
 */
const struct fm_rule *fm_list_rules(const struct fm_list *list);

/**
 * fm_list_patterns - the elements of a list of patterns
 * @list: of a parameter, or NULL; there as long as the configuration
 *
 * Return: as they were given; or NULL.
 */
const struct fm_pattern *fm_list_patterns(const struct fm_list *list);

/**
 * fm_list_backends - the elements of a list of servers
 * @list: of a parameter, or NULL; there as long as the configuration
 *
 * Return: in order, each once; or NULL.
 */
const struct fm_backend *fm_list_backends(const struct fm_list *list);

/**
 * fm_lpm_create - prepare for the question which prefix an address has
 * @inst: the instance that init() was called for
 * @in: prefixes whose addresses are in, or NULL
 * @out: prefixes whose addresses are out, or NULL
 * @otherwise: of addresses without a prefix: are they in
 * @extack: gets a sentence
 *
 * Of the prefixes of an address the longest decides. Takes 8 bytes and a 16th
 * for each IPv4 prefix, 32 and a 7th for each of IPv6, and 10 kB.
 *
 * Return: for fm_lpm_lookup(), freed with the instance; or an ERR_PTR: -EINVAL
 * if a prefix is in both lists, -ENOMEM.
 */
struct fm_lpm *fm_lpm_create(struct fm_inst *inst, const struct fm_list *in,
			     const struct fm_list *out, bool otherwise,
			     struct netlink_ext_ack *extack);

/**
 * fm_lpm_lookup - is an address in
 * @lpm: from fm_lpm_create()
 * @family: 4 or 6
 * @addr: the address
 *
 * Reads a cache line per factor 16 of the number of prefixes, of IPv6 one or two
 * per factor 8.
 */
bool fm_lpm_lookup(const struct fm_lpm *lpm, u8 family,
		   const struct fm_addr *addr);

#define FM_CLASSIFIER_RULES_MAX	16384
#define FM_RULE_NONE		U32_MAX

/**
 * fm_classifier_create - prepare for the question which rule a packet has
 * @inst: the instance that init() was called for
 * @list: up to FM_CLASSIFIER_RULES_MAX rules, or NULL
 * @extack: gets a sentence
 *
 * Return: for fm_classifier_lookup(), freed with the instance; or an ERR_PTR.
 */
struct fm_classifier *fm_classifier_create(struct fm_inst *inst,
					   const struct fm_list *list,
					   struct netlink_ext_ack *extack);

/**
 * fm_classifier_lookup - the first rule that a packet matches
 * @classifier: from fm_classifier_create()
 * @pkt: the packet
 *
 * Takes no more than 4 searches in at most 32769 sorted numbers, and for every
 * 64 rules of the packet's family 5 words to be ANDed.
 *
 * Return: index in the list, or FM_RULE_NONE.
 */
u32 fm_classifier_lookup(const struct fm_classifier *classifier,
			 const struct fm_pkt *pkt);

/**
 * struct fm_search_at - what a search knows of the bytes before the next
 * @id: of the search; zero if there are no bytes
 * @node: of each of its automata
 *
 * In a state it may be older than the search: then it is nothing to go by.
 */
struct fm_search_at {
	u32 id;
	u32 node[2];
};

/**
 * fm_search_create - prepare to look for patterns
 * @inst: the instance that init() was called for
 * @patterns: a list of patterns
 * @extack: gets a sentence
 *
 * All of them are looked for at once, and their number does not matter to the
 * time. Every different beginning of a pattern takes 24 bytes; those that are
 * met most, until 256 kB are full, 4 bytes for each different byte there is in
 * the patterns; and some more if many patterns part after it. Patterns with and
 * those without nocase are two sets, each of which reads the bytes.
 *
 * Return: for fm_search_run(), freed with the instance; or an ERR_PTR: -EINVAL
 * if a pattern is there twice, -ENOMEM.
 */
struct fm_search *fm_search_create(struct fm_inst *inst,
				   const struct fm_list *patterns,
				   struct netlink_ext_ack *extack);

/**
 * fm_search_run - look for patterns in the next bytes
 * @search: from fm_search_create()
 * @at: what came before; is what comes before the next bytes afterwards
 * @data: the bytes
 * @n: how many
 * @offset: of the first of them, for the patterns that ask for it
 * @found: told every pattern that ends in @data, each time that it does, by its
 *	number in the list
 * @arg: for @found
 */
void fm_search_run(const struct fm_search *search, struct fm_search_at *at,
		   const u8 *data, u32 n, u64 offset,
		   void (*found)(void *arg, u32 pattern), void *arg);

/**
 * fm_servers_create - prepare for questions about a list of servers
 * @inst: the instance that init() was called for
 * @list: the servers
 * @extack: gets a sentence
 *
 * Takes 16 bytes a server and 3 times 32 to 64 bytes.
 *
 * Return: for fm_service_find() and the like, freed with the instance; or an
 * ERR_PTR.
 */
struct fm_servers *fm_servers_create(struct fm_inst *inst,
				     const struct fm_list *list,
				     struct netlink_ext_ack *extack);

/**
 * fm_servers_check_answers - does each server tell its service
 * @servers: from fm_servers_create()
 * @extack: gets a sentence that names one that does not
 *
 * Return: 0, or -EINVAL if one is behind two services.
 */
int fm_servers_check_answers(const struct fm_servers *servers,
			     struct netlink_ext_ack *extack);

/**
 * fm_servers_check_macs - can packets be sent to each as they are
 * @servers: from fm_servers_create()
 * @extack: gets a sentence that names one that they cannot
 *
 * Return: 0, or -EINVAL if one has no Ethernet address, or not its service's port.
 */
int fm_servers_check_macs(const struct fm_servers *servers,
			  struct netlink_ext_ack *extack);

#define FM_MAGLEV_PLACES_MAX	(1U << 23)	/* of all services of an NF */

/**
 * fm_servers_spread - make tables for fm_server_choose()
 * @servers: from fm_servers_create()
 * @inst: the instance that init() was called for
 * @size: places in the table of each service, a prime
 * @seed: another one spreads in another way
 * @extack: gets a sentence
 *
 * In them are the servers that are up and have a weight. It takes about 60 ns a
 * place, and 2 bytes.
 *
 * Return: 0, -EINVAL if @size is no prime, too small or too large, or -ENOMEM.
 */
int fm_servers_spread(struct fm_servers *servers, struct fm_inst *inst,
		      u32 size, u64 seed, struct netlink_ext_ack *extack);

#define FM_SERVICE_NONE	U32_MAX

/**
 * fm_service_find - the service that a packet is for
 * @servers: from fm_servers_create()
 * @flow: the packet, or one told by its fields
 *
 * Return: its number among the services, or FM_SERVICE_NONE.
 */
u32 fm_service_find(const struct fm_servers *servers,
		    const struct fm_pkt *flow);

/**
 * fm_server_find - the server that a packet is from
 * @servers: from fm_servers_create()
 * @flow: the packet, or one told by its fields
 *
 * Return: the server, or NULL.
 */
const struct fm_backend *fm_server_find(const struct fm_servers *servers,
					const struct fm_pkt *flow);

/**
 * fm_server_index - where in the list a server is
 * @servers: from fm_servers_create()
 * @server: in their list
 */
u32 fm_server_index(const struct fm_servers *servers,
		    const struct fm_backend *server);

/**
 * fm_server_id - what a server and its service are called in any list
 * @servers: from fm_servers_create()
 * @server: in their list
 *
 * Return: a number other than 0.
 */
u64 fm_server_id(const struct fm_servers *servers,
		 const struct fm_backend *server);

/**
 * fm_server_find_id - the server with an id
 * @servers: from fm_servers_create()
 * @service: from fm_service_find(): it has to be one of that
 * @id: from fm_server_id(), maybe of another list
 * @hint: where in the list it probably is
 *
 * Return: the server, or NULL.
 */
const struct fm_backend *fm_server_find_id(const struct fm_servers *servers,
					   u32 service, u64 id, u32 hint);

/**
 * fm_server_choose - a server for something new
 * @servers: after fm_servers_spread()
 * @service: from fm_service_find()
 * @hash: of what is new
 *
 * Return: the server, or NULL if none gets anything new.
 */
const struct fm_backend *fm_server_choose(const struct fm_servers *servers,
					  u32 service, u64 hash);

/**
 * fm_ctx_heap - where the state of the packet's key gets its memory
 * @ctx: the packet's way through the NF
 */
struct fm_heap *fm_ctx_heap(struct fm_ctx *ctx);

/**
 * fm_state_init - say how long a state may be idle
 * @inst: the instance that init() was called for
 * @timeout_ms: idle time in milliseconds, at least 1
 *
 * For NFs whose timeout follows from their parameters. A timeout that the user
 * gave wins.
 */
void fm_state_init(struct fm_inst *inst, u32 timeout_ms);

/**
 * fm_state_lookup - the state of the packet's key
 * @ctx: the packet's way through the NF
 *
 * The state is the NF's alone until eval() returns, if the NF's intensity is
 * FM_INTENSITY_PACKET; with FM_INTENSITY_FLOW it may only be read.
 *
 * Return: the state, or NULL if there is none.
 */
void *fm_state_lookup(struct fm_ctx *ctx);

/**
 * fm_state_exists - is there a state of the key of another packet
 * @ctx: the packet's way through the NF
 * @flow: of which the fields of the key count, as in an ICMP error
 *
 * It may be in another shard; it is neither locked nor kept from expiring.
 *
 * Return: true if this NF has one that has not expired.
 */
bool fm_state_exists(const struct fm_ctx *ctx, const struct fm_pkt *flow);

/**
 * fm_state_insert - create the state of the packet's key
 * @ctx: the packet's way through the NF
 *
 * The state is all zero bytes. It is the NF's alone until eval() returns.
 *
 * Return: the state, or NULL if the table is full, memory is short or another
 * CPU was faster (of an NF of FM_INTENSITY_FLOW): return fm_refuse() then.
 */
void *fm_state_insert(struct fm_ctx *ctx);

/**
 * fm_state_delete - end the state of the packet's key
 * @ctx: the packet's way through the NF
 *
 * destroy() is called for it. Without a state nothing happens.
 */
void fm_state_delete(struct fm_ctx *ctx);

/**
 * fm_state_aim - turn to the state of another key
 * @ctx: the packet's way through the NF, whose ops have @related
 * @flow: a packet that would have that key; NULL: the packet's own again
 *
 * fm_state_lookup(), _insert() and _delete() mean that key from here on, and
 * the state that was looked up before is not the NF's any more. In local mode
 * the key must be of this shard, or its packets will not find the state: see
 * fm_port_choose(). Turn back to the packet's own key before eval() returns.
 * Each change of aim costs a lookup.
 */
void fm_state_aim(struct fm_ctx *ctx, const struct fm_pkt *flow);

/**
 * fm_state_read - read the state of another key, of whatever shard
 * @ctx: the packet's way through the NF
 * @flow: a packet that would have that key; ICMP with a destination port, as
 *	fm_pkt_query() tells it, is looked for in the shard of UDP
 * @state: room for @state_size bytes, filled in
 *
 * Takes no lock and writes nothing, so it works where the state is another
 * CPU's, too. What was looked up before is not the NF's any more. Pointers in
 * the state must not be followed.
 *
 * Return: false if there is none, or it was being written all the time.
 */
bool fm_state_read(struct fm_ctx *ctx, const struct fm_pkt *flow, void *state);

/**
 * fm_heap_alloc - memory for a state to point to
 * @heap: fm_ctx_heap()
 * @size: bytes
 *
 * Carved from pages that are counted against the namespace's bound on memory;
 * only what is larger than 1024 bytes is allocated by itself.
 *
 * Return: zeroed memory, or NULL.
 */
void *fm_heap_alloc(struct fm_heap *heap, size_t size);

/**
 * fm_heap_free - give it back
 * @heap: the same heap
 * @ptr: from fm_heap_alloc(), or NULL
 * @size: the same size
 */
void fm_heap_free(struct fm_heap *heap, void *ptr, size_t size);

/**
 * fm_drop - drop the packet
 * @ctx: the packet's way through the NF
 * @reason: index into the NF's reasons
 *
 * Return: FM_DROP.
 */
enum fm_verdict fm_drop(struct fm_ctx *ctx, unsigned int reason);

/**
 * fm_refuse - drop the packet because its state could not be created
 * @ctx: the packet's way through the NF
 *
 * Return: FM_DROP, counted as table_full or no_memory.
 */
enum fm_verdict fm_refuse(struct fm_ctx *ctx);

/**
 * fm_alert - tell the listeners of the alert group about the packet's key
 * @ctx: the packet's way through the NF
 * @kind: what happened, a word or two joined by dashes
 *
 * Rate limited; alerts that were not sent are counted in the next one.
 */
void fm_alert(struct fm_ctx *ctx, const char *kind);

/**
 * struct fm_payload - a walk over the bytes of a packet
 * @seq: where it is
 * @end: offset of the first byte that is not part of the IP packet
 * @at: offset of the next byte
 */
struct fm_payload {
	struct skb_seq_state seq;
	u32 end;
	u32 at;
};

/**
 * fm_payload_begin - begin to read a packet where it lies
 * @payload: filled in
 * @pkt: the packet
 * @from: offset from skb->data, such as @pkt->payload_off
 *
 * Reads to the end of the IP packet and not what pads the frame.
 */
void fm_payload_begin(struct fm_payload *payload, const struct fm_pkt *pkt,
		      u32 from);

/**
 * fm_payload_next - the next bytes that lie together
 * @payload: the walk
 * @data: set to the first of them, to be read until the next call
 *
 * Nothing is copied or linearised. Only a walk to the end is over by itself.
 *
 * Return: how many, 0 at the end.
 */
u32 fm_payload_next(struct fm_payload *payload, const u8 **data);

/**
 * fm_payload_end - end a walk before its end
 * @payload: the walk
 */
void fm_payload_end(struct fm_payload *payload);

/**
 * fm_pkt_turn - the other direction of a flow
 * @to: filled in: addresses, ports, family and protocol, time; no skb
 * @flow: of a packet, or told by its fields
 */
void fm_pkt_turn(struct fm_pkt *to, const struct fm_pkt *flow);

/**
 * fm_pkt_is_reversed - in which direction does a packet of a flow go
 * @pkt: the packet
 *
 * Return: true of one direction, whose source has the higher address, or the
 * same and the higher port; false of the other.
 */
bool fm_pkt_is_reversed(const struct fm_pkt *pkt);

/**
 * fm_pkt_query - the flow of an ICMP echo request or reply
 * @pkt: the packet, of IPv4 or IPv6
 * @flow: filled in as by fm_pkt_turn(): the identifier is the source port of
 *	a request and the destination port of a reply, the other port is zero
 *
 * Return: false if the packet is none, or a fragment.
 */
bool fm_pkt_query(const struct fm_pkt *pkt, struct fm_pkt *flow);

/**
 * fm_pkt_quoted - the packet that an ICMP error is about
 * @pkt: the packet
 * @flow: filled in: the packet that is quoted, as it was sent, with what
 *	fm_pkt_rewrite_quoted() needs; ports as of fm_pkt_query() if it is ICMP
 *
 * Errors are: destination unreachable, packet too big, time exceeded and
 * parameter problem. The quoted packet must be TCP, UDP or an ICMP query, and
 * no later fragment.
 *
 * Return: false if the packet is no error, or that much is not quoted.
 */
bool fm_pkt_quoted(const struct fm_pkt *pkt, struct fm_pkt *flow);

/**
 * struct fm_stream - one direction of a TCP connection, in an NF's state
 * @at: bytes before the next, those that were skipped included
 * @skipped: bytes that never came in time
 * @pieces: bytes that came before their turn
 * @next: sequence number that is awaited
 * @syn: what would be awaited if a SYN that came later counts
 * @npieces: how many
 * @flags: zero at first
 */
struct fm_stream {
	u64 at;
	u64 skipped;
	struct fm_stream_piece *pieces;
	u32 next;
	u32 syn;
	u16 npieces;
	u8 flags;
};

#define FM_STREAM_BOUND_MAX	131072

/**
 * struct fm_stream_reader - who reads a stream
 * @bytes: gets bytes in order, each once, before stream->at counts them
 * @gap: what comes next does not follow what came before
 */
struct fm_stream_reader {
	void (*bytes)(struct fm_stream_reader *reader, const u8 *data, u32 n);
	void (*gap)(struct fm_stream_reader *reader);
};

/**
 * fm_stream_read - read what a TCP packet brings, as soon as its turn has come
 * @ctx: the packet's way through the NF; its state exists
 * @stream: in the state
 * @pkt: a TCP packet with ports
 * @reader: gets the bytes
 * @bound: bytes beyond the next that are kept, at most FM_STREAM_BOUND_MAX
 *
 * What was read before is not read again. Bytes before their turn are copied to
 * memory of fm_heap_alloc(), in at most 256 pieces; of two versions of them the
 * one that is read is that which was first, unless one comes in its turn.
 *
 * Return: false if the packet ends beyond @bound, or there is no memory; nothing
 * is kept of it then. fm_stream_resume() reads it all the same.
 */
bool fm_stream_read(struct fm_ctx *ctx, struct fm_stream *stream,
		    const struct fm_pkt *pkt, struct fm_stream_reader *reader,
		    u32 bound);

/**
 * fm_stream_resume - go on at a packet that fm_stream_read() did not take
 * @ctx: the packet's way through the NF
 * @stream: in the state
 * @pkt: the packet
 * @reader: gets what was kept of the bytes before it, and those of the packet
 *
 * What is missing before it is missing for good.
 */
void fm_stream_resume(struct fm_ctx *ctx, struct fm_stream *stream,
		      const struct fm_pkt *pkt,
		      struct fm_stream_reader *reader);

/**
 * fm_stream_is_closed - was the end of the stream read, or has it been reset
 * @stream: in a state that may be written meanwhile
 */
bool fm_stream_is_closed(const struct fm_stream *stream);

/**
 * fm_stream_is_empty - have no bytes come yet
 * @stream: in a state that may be written meanwhile
 */
bool fm_stream_is_empty(const struct fm_stream *stream);

/**
 * fm_stream_end - give back what a stream keeps
 * @heap: of the state
 * @stream: in the state
 */
void fm_stream_end(struct fm_heap *heap, struct fm_stream *stream);

/**
 * struct fm_rewrite - what addresses and ports become
 * @fields: FM_F_* of those that change, but for FM_F_PROTOCOL
 * @src: source address
 * @dst: destination address
 * @sport: source port
 * @dport: destination port
 */
struct fm_rewrite {
	u32 fields;
	struct fm_addr src;
	struct fm_addr dst;
	__be16 sport;
	__be16 dport;
};

/**
 * fm_pkt_rewrite - change addresses and ports of a packet
 * @pkt: the packet, not a fragment; it is marked FM_PKT_CHANGED, and tells
 *	what it told
 * @to: what they become; either port of an ICMP query is its identifier
 *
 * The header is made writable first. The checksums of IPv4, TCP, UDP, ICMP and
 * ICMPv6 are kept right, whether they are whole or left for the device or for
 * GSO to complete; a UDP packet without one stays so. A GSO packet is rewritten
 * once, and so are all of its segments. What the NIC summed up is forgotten.
 *
 * Return: 0; then pointers into the packet are no longer valid. -EOPNOTSUPP for
 * fragments, and for ports of what is neither TCP, UDP nor an ICMP query;
 * -ENOMEM.
 */
int fm_pkt_rewrite(struct fm_pkt *pkt, const struct fm_rewrite *to);

/**
 * fm_pkt_rewrite_quoted - change the packet that an ICMP error is about
 * @pkt: the packet; the addresses of the error itself are fm_pkt_rewrite()'s
 * @flow: from fm_pkt_quoted()
 * @to: what addresses and ports of the quoted packet become
 *
 * The checksums of the quoted packet, as far as they are quoted, and of the
 * error are kept as right as they were.
 *
 * Return: 0 or -ENOMEM; pointers into the packet are no longer valid.
 */
int fm_pkt_rewrite_quoted(struct fm_pkt *pkt, const struct fm_pkt *flow,
			  const struct fm_rewrite *to);

/**
 * fm_ether_header - the Ethernet header of a packet
 * @pkt: the packet
 *
 * Return: the header, to be read, or NULL: the device is none of Ethernet, and
 * no NF has given the packet one.
 */
const struct ethhdr *fm_ether_header(const struct fm_pkt *pkt);

/**
 * fm_ether_write - change the Ethernet header of a packet
 * @pkt: the packet
 * @dst: destination address, NULL: leave it
 * @src: source address, NULL: leave it
 *
 * Whether the packet is for this host is decided anew.
 *
 * Return: 0, -ENOENT if it has no header, -ENOMEM.
 */
int fm_ether_write(struct fm_pkt *pkt, const u8 *dst, const u8 *src);

/**
 * fm_ether_push - give a packet without an Ethernet header one
 * @pkt: the packet, of a device without link-layer headers
 * @dst: destination address
 * @src: source address
 *
 * Return: 0, -EEXIST if it has one, -EOPNOTSUPP if the device has headers of
 * another kind, -ENOMEM.
 */
int fm_ether_push(struct fm_pkt *pkt, const u8 *dst, const u8 *src);

/**
 * fm_send - send a packet out of the device that it came in by
 * @ctx: the packet's way through the NF
 * @pkt: the packet, with an Ethernet header
 *
 * It goes to the device's queue with the header that it has, and with its VLAN
 * tags; a GSO packet is cut up there. What is not sent for want of memory or
 * because the queue is full is the device's to count.
 *
 * Return: FM_STOLEN.
 */
enum fm_verdict fm_send(struct fm_ctx *ctx, struct fm_pkt *pkt);

#define FM_PORT_TRIES	128	/* ports that fm_port_choose() asks about */

/**
 * struct fm_port_request - what a port is wanted for
 * @src: source address of the packets that are to come to this shard
 * @dst: their destination address
 * @sport: their source port; not read if it is the one that is wanted
 * @dport: their destination port; likewise
 * @field: which is wanted: FM_F_SRC_PORT or FM_F_DST_PORT
 * @family: 4 or 6
 * @l4proto: IP protocol
 * @min: the smallest port that will do, in host order, not 0
 * @max: the largest, in host order
 * @from: where to begin, in host order: with the port at or after it that is
 *	possible, then upwards, and around from @max to @min. Anything is allowed
 *	that is to be kept if it can be, or that differs from call to call.
 * @is_used: is a port, in host order, taken; NULL if none is
 * @arg: for @is_used
 */
struct fm_port_request {
	struct fm_addr src;
	struct fm_addr dst;
	__be16 sport;
	__be16 dport;
	u32 field;
	u8 family;
	u8 l4proto;
	u16 min;
	u16 max;
	u16 from;
	bool (*is_used)(void *arg, u16 port);
	void *arg;
};

/**
 * fm_port_choose - a port whose packets come to the shard of this packet
 * @ctx: the packet's way through the NF
 * @request: the packets that are to come; a NAT gives those of the other
 *	direction as they will arrive, with its own address in @dst and the
 *	port wanted in @dport
 *
 * State that is local to a shard can then be used by the packets of both
 * directions. What counts is the chain's hash key, its shards, and the protocols
 * whose ports are hashed; which CPU owns the shard, and whether a NIC or software
 * brings packets there, does not, so the port stays good when the shard moves.
 * If the NF's state is shared every port will do.
 *
 * No port is tried in vain: those that lead to the shard are computed, 2^16
 * divided by the number of shards at least if any, and up to FM_PORT_TRIES of
 * them are shown to @is_used. That is 12 steps to solve the equations, 3 * 17
 * to find the range, and one for every port that is shown, of up to 16 XORs each.
 * Takes no lock and no memory.
 *
 * Return: the port in host order, -EADDRINUSE if those shown are used,
 * -EADDRNOTAVAIL if none from @min to @max leads to the shard, -EOPNOTSUPP if
 * none at all does because the shard does not, or not enough, depend on the
 * port, -EINVAL if @request makes no sense.
 */
int fm_port_choose(const struct fm_ctx *ctx,
		   const struct fm_port_request *request);

/**
 * fm_port_in_bitmap - an fm_port_request.is_used for those who have a bitmap
 * @bitmap: fm_port_request.arg, of 65536 bits, one for every port in host order
 * @port: in host order
 */
static inline bool fm_port_in_bitmap(void *bitmap, u16 port)
{
	return test_bit(port, bitmap);
}

/**
 * fm_dump_uint - one number of a state
 * @dump: from dump()
 * @name: what it is, with its unit as suffix
 * @value: the number
 */
void fm_dump_uint(struct fm_dump *dump, const char *name, u64 value);

/**
 * fm_dump_time - one point in time of a state
 * @dump: from dump()
 * @name: what it is; shown as nanoseconds since 1970
 * @mono_ns: monotonic time, as in fm_pkt.now_ns
 */
void fm_dump_time(struct fm_dump *dump, const char *name, u64 mono_ns);

/**
 * fm_load_uint - one number of a state that is brought
 * @load: from load()
 * @name: as dump() has it
 *
 * Whoever brings it may have written anything: bound it.
 *
 * Return: the number, 0 if it was not told.
 */
u64 fm_load_uint(const struct fm_load *load, const char *name);

/**
 * fm_load_time - one point in time of a state that is brought
 * @load: from load()
 * @name: as dump() has it
 *
 * Return: monotonic time, as in fm_pkt.now_ns, 0 if it was not told.
 */
u64 fm_load_time(const struct fm_load *load, const char *name);

/**
 * fm_pkt_is_attempt - does the packet try to open a connection
 * @pkt: the packet
 *
 * TCP without ACK (SYN, and the FIN, NULL and Xmas scans) and any UDP or SCTP
 * packet, as far as ports are known.
 */
static inline bool fm_pkt_is_attempt(const struct fm_pkt *pkt)
{
	if (!(pkt->flags & FM_PKT_PORTS))
		return false;
	return pkt->l4proto != IPPROTO_TCP || !(pkt->tcp_flags & FM_TCP_ACK);
}

#endif
