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
#include <linux/in.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include "uapi/flowmage.h"

struct fm_ctx;
struct fm_dump;
struct fm_heap;
struct fm_inst;
struct fm_load;

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
 * struct fm_pkt - a packet as parsed once, before the first NF
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
 * @max: largest value; of a string, bytes without the NUL
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
 * @state_size: bytes of the state of one key, 0 if it keeps none
 * @key: FM_F_* that its state is indexed by
 * @bidirectional: both directions of a flow share one state
 * @intensity: enum fm_intensity: how often eval() writes to the state
 * @pointer: the state points to memory from fm_heap_alloc()
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
	u32 state_size;
	u32 key;
	bool bidirectional;
	bool pointer;
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
 * If no NF of the chain is local every port will do.
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
