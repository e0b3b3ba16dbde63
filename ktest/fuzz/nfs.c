// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All built-in NFs on a sequence of packets that the input decides, with small
 * tables, little memory and allocations that fail: no state is lost, none is
 * beyond its bound, and everything is given back.
 * fuzz: -max_len=1024
 */
#include <linux/kernel_stat.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/time64.h>
#include "builtin.h"
#include "input.h"
#include "rig.h"

#define SHARDS_LOG_MAX	3
#define PARAMS		3
#define BYTES		96	/* of a packet */
#define T0		(1000ULL * NSEC_PER_SEC)

enum op {
	OP_GC,
	OP_GRACE,
	OP_RESIZE,
	OP_FAIL,
	OP_TICK,
	OP_BACK,
	__OP_MAX
};

/* What one run keeps count of. */
struct world {
	struct fm_rig rig;
	struct sk_buff skb;
	u8 mac[14];
	u8 bytes[BYTES] __aligned(4);	/* from the IP header on */
	struct fm_pkt pkt;
	u64 now_ns;
	u64 dropped[FM_NFS_MAX];
	u64 refused[FM_NFS_MAX];
	u32 max[FM_NFS_MAX];	/* largest bound there ever was */
	u32 threshold;
	u64 burst;
};

/* Of prefixes there may be none: then the list is not given. */
static void add_prefixes(struct world *w, struct fuzz_input *in,
			 struct fm_param_value *values, const char *first,
			 const char *second)
{
	const char *const names[] = { first, second };
	struct fm_prefix prefix = { .family = 4 };
	u32 i;

	for (i = 0; i < 2; i++) {
		prefix.len = 28 + i;
		prefix.addr[3] = fuzz_u8(in) & 16;
		values[i].name = names[i];
		values[i].list = fm_list_create(&w->rig.lists,
						FM_PARAM_PREFIXES, 1, 1, NULL);
		fuzz_expect(!fm_list_add(values[i].list, &prefix,
					 sizeof(prefix), NULL));
	}
}

/* Most packets are to reach the NFs after this one. */
static void add_rules(struct world *w, struct fuzz_input *in,
		      struct fm_param_value *values)
{
	struct fm_rule rules[4] = { 0 };
	u32 n = 1 + fuzz_u8(in) % 4, i;
	struct fm_list *list;

	for (i = 0; i < n; i++) {
		rules[i].family = fuzz_u8(in) % 2 * 4;
		rules[i].src[0] = rules[i].family ? fuzz_u8(in) : 0;
		rules[i].src_len = 2 * rules[i].family;
		rules[i].dport_min = fuzz_u8(in);
		rules[i].dport_max = rules[i].dport_min + fuzz_u8(in);
		rules[i].sport_max = U16_MAX;
		rules[i].protocol = fuzz_u8(in) % 2 ? IPPROTO_TCP : IPPROTO_UDP;
		if (rules[i].protocol == IPPROTO_TCP)
			rules[i].tcp_set = fuzz_u8(in) & 0x12;
		rules[i].action = fuzz_u8(in) % 2;
	}
	list = fm_list_create(&w->rig.lists, FM_PARAM_RULES, n, 1, NULL);
	fuzz_expect(!fm_list_add(list, rules, n * sizeof(*rules), NULL));
	values[0].name = "rules";
	values[0].list = list;
	values[1].name = "otherwise";
	values[1].string = fuzz_u8(in) % 8 ? "accept" : "drop";
}

/* A payload is one byte again and again, in which both are found. */
static void add_patterns(struct world *w, struct fuzz_input *in,
			 struct fm_param_value *values)
{
	struct fm_pattern patterns[2] = { 0 };
	u32 i;

	for (i = 0; i < 2; i++) {
		patterns[i].len = 1 + fuzz_u8(in) % FM_PATTERN_MAX;
		patterns[i].flags = i;
		memset(patterns[i].bytes, fuzz_u8(in), patterns[i].len);
	}
	values[0].name = "patterns";
	values[0].list = fm_list_create(&w->rig.lists, FM_PARAM_PATTERNS, 2, 1,
					NULL);
	fuzz_expect(!fm_list_add(values[0].list, patterns, sizeof(patterns),
				 NULL));
	values[1].name = "reorder";
	values[1].uint = fuzz_u8(in);
}

/* Servers of services that packets may be to, and answers from. */
static void add_backends(struct world *w, struct fuzz_input *in,
			 struct fm_param_value *values)
{
	struct fm_backend backends[4] = { 0 };
	u32 n = 1 + fuzz_u8(in) % 4, i;
	u8 dsr = fuzz_u8(in) & 1;
	struct fm_list *list;

	for (i = 0; i < n; i++) {
		backends[i].family = 4;
		backends[i].l4proto = IPPROTO_TCP;
		backends[i].vip_port = htons(1 + i / 2);
		backends[i].addr[3] = 1 + i;
		backends[i].port = dsr ? backends[i].vip_port : htons(1);
		backends[i].weight = fuzz_u8(in);
		backends[i].state = fuzz_u8(in) % __FM_BACKEND_MAX;
		backends[i].mac[0] = 2;
	}
	list = fm_list_create(&w->rig.lists, FM_PARAM_BACKENDS, n, 1, NULL);
	fuzz_expect(!fm_list_add(list, backends, n * sizeof(*backends), NULL));
	values[0].name = "backends";
	values[0].list = list;
	values[1].name = "forward";
	values[1].string = dsr ? "dsr" : "dnat";
	values[2].name = "table_size";
	values[2].uint = 251;
}

static void add_params(struct world *w, struct fuzz_input *in,
		       const struct fm_nf_ops *ops,
		       struct fm_param_value *values)
{
	if (!strcmp(ops->name, "psd")) {
		w->threshold = fuzz_u8(in) % 40 + 1;
		values[0].name = "threshold";
		values[0].uint = w->threshold;
		values[1].name = "window_ms";
		values[1].uint = fuzz_u8(in) + 1;
	} else if (!strcmp(ops->name, "policer")) {
		w->burst = 1 + fuzz_u32(in) % (1 << (fuzz_u8(in) % 24));
		values[0].name = "rate";
		values[0].uint = 1ULL + fuzz_u32(in);
		values[1].name = "burst";
		values[1].uint = w->burst;
	} else if (!strcmp(ops->name, "rate_limiter")) {
		values[0].name = "rate";
		values[0].uint = 1ULL + fuzz_u32(in);
		values[1].name = "burst";
		values[1].uint = 1ULL + fuzz_u32(in);
	} else if (!strcmp(ops->name, "hash_switch")) {
		values[0].name = "offset";
		values[0].uint = fuzz_u8(in);
		values[1].name = "length";
		values[1].uint = 1 + fuzz_u8(in) % 64;
	} else if (!strncmp(ops->name, "en", 2) ||
		   !strcmp(ops->name, "ether_encap")) {
		values[0].name = "dst";
		values[0].string = "ff:ff:ff:ff:ff:ff";
		values[1].name = "src";
		values[1].string = "02:00:00:00:00:01";
	} else if (!strcmp(ops->name, "adl")) {
		add_prefixes(w, in, values, "allow", "deny");
	} else if (!strcmp(ops->name, "nat")) {
		add_prefixes(w, in, values, "inside", "pool");
	} else if (!strcmp(ops->name, "ids")) {
		add_patterns(w, in, values);
	} else if (!strcmp(ops->name, "acl")) {
		add_rules(w, in, values);
	} else if (!strcmp(ops->name, "check_ip_header")) {
		/* Most packets are to reach the NFs after this one, too. */
		values[0].name = "checksum";
		values[0].uint = fuzz_u8(in) % 8 == 0;
		values[1].name = "martians";
		values[1].uint = values[0].uint;
	} else if (!strcmp(ops->name, "lb")) {
		add_backends(w, in, values);
	}
}

static void add_nf(struct world *w, struct fuzz_input *in,
		   const struct fm_nf_ops *ops)
{
	struct fm_param_value values[PARAMS] = { 0 };
	u8 how = fuzz_u8(in);
	struct fm_inst *inst;
	u32 n = 0;

	add_params(w, in, ops, values);
	while (n < PARAMS && values[n].name)
		n++;
	inst = fm_rig_add(&w->rig, ops, !ops->state_size ? FM_MODE_NONE :
			  how & 1 ? FM_MODE_LOCAL : FM_MODE_SHARED, values, n);
	fuzz_expect(inst);
	inst->full_policy = how & 2 ? FM_FULL_LRU : FM_FULL_REFUSE;
	inst->max_entries = how & 4 ? 64 : 1 + (how >> 3) % 16;
	inst->timeout_ms = 1 + fuzz_u8(in);
	w->max[inst - w->rig.insts] = inst->max_entries;
}

static bool start(struct world *w, struct fuzz_input *in)
{
	unsigned int i, shards = 1 << fuzz_u8(in) % (SHARDS_LOG_MAX + 1);
	u8 budget = fuzz_u8(in);

	fm_rig_setup(&w->rig);
	for (i = 0; fm_builtin_nfs[i]; i++)
		add_nf(w, in, fm_builtin_nfs[i]);
	if (budget & 1)
		w->rig.budget.max = 1 + budget * 64;
	budget = fuzz_u8(in);
	if (budget)
		fm_user_memory.fail_at = fm_user_memory.allocs + budget;
	w->now_ns = T0;
	return fm_rig_start(&w->rig, shards);
}

static u64 take_ns(struct fuzz_input *in)
{
	return (u64)fuzz_u8(in) << fuzz_u8(in) % 40;
}

static void do_op(struct world *w, struct fuzz_input *in, enum op op)
{
	struct fm_rig *rig = &w->rig;
	u32 n = fuzz_u8(in) % rig->ninsts, max;
	struct fm_inst *inst = &rig->insts[n];

	switch (op) {
	case OP_GC:
		if (inst->group)
			fm_rig_gc(rig, inst, w->now_ns);
		break;
	case OP_GRACE:
		fm_user_rcu_drain();
		break;
	case OP_RESIZE:
		max = 1 + fuzz_u8(in);
		if (!inst->group)
			break;
		fm_store_resize(inst->group->store, inst->member, max);
		w->max[n] = max(w->max[n], max);
		break;
	case OP_FAIL:
		fm_user_memory.fail_at = fm_user_memory.allocs + 1 +
					 fuzz_u8(in) % 8;
		break;
	case OP_TICK:
		w->now_ns += take_ns(in);
		fm_user_now_ns = w->now_ns;
		fm_user_softirqs[0]++;
		break;
	case OP_BACK:
		w->now_ns -= min_t(u64, take_ns(in), w->now_ns - T0);
		break;
	default:
		break;
	}
}

/* The flags are the sequence number, too, so that packets overlap. */
static void put_tcp(struct world *w, u8 flags)
{
	w->pkt.tcp_flags = flags;
	memset(w->bytes + w->pkt.l4_off + 4, 0, 3);
	w->bytes[w->pkt.l4_off + 7] = flags;
}

/* Of few hosts and ports, so that packets meet. */
static void make_pkt(struct world *w, struct fuzz_input *in, u8 kind)
{
	static const u8 protos[] = {
		IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP, IPPROTO_ICMP,
	};
	u8 hosts = fuzz_u8(in), ports = fuzz_u8(in);
	struct fm_pkt *pkt = &w->pkt;

	memset(pkt, 0, sizeof(*pkt));
	pkt->skb = &w->skb;
	pkt->now_ns = w->now_ns;
	pkt->family = kind & 1 ? 6 : 4;
	pkt->l4proto = protos[kind >> 1 & 3];
	pkt->src.w[kind & 1 ? 3 : 0] = htonl(hosts & 31);
	pkt->dst.w[0] = htonl(hosts >> 5);
	memcpy(w->bytes, &hosts, 1);
	memset(w->bytes + 1, ports, BYTES - 1);
	w->skb = (struct sk_buff){
		.data = w->bytes, .len = BYTES,
		.mac = kind & 8 ? w->mac : NULL,
	};
	pkt->l4_off = kind & 1 ? 40 : 20;
	pkt->payload_off = pkt->l4_off + (kind & 16);
	pkt->segs = 1;
	pkt->len = 20 + (fuzz_u8(in) << (kind >> 6) * 4);
	if (kind & 0x20 || pkt->l4proto == IPPROTO_ICMP) {
		pkt->flags = kind & 0x20 ? FM_PKT_FRAG : 0;
		return;
	}
	pkt->flags = FM_PKT_PORTS;
	pkt->sport = htons(ports >> 6);
	pkt->dport = htons(ports & 63);
	if (pkt->l4proto == IPPROTO_TCP)
		put_tcp(w, fuzz_u8(in));
}

static void send_pkt(struct world *w, struct fuzz_input *in, u8 kind)
{
	struct fm_ctx *ctx = &w->rig.ctx;
	enum fm_verdict verdict;
	u32 n;

	make_pkt(w, in, kind);
	verdict = fm_rig_run(&w->rig, &w->pkt,
			     fuzz_u8(in) & (w->rig.nshards - 1));
	fuzz_expect(verdict == FM_CONTINUE || verdict == FM_DROP ||
		    verdict == FM_STOLEN);
	fuzz_expect(!fm_user_locks_held());
	if (verdict != FM_DROP)
		return;
	n = ctx->inst - w->rig.insts;
	if (ctx->refused) {
		fuzz_expect(ctx->reason == FM_REASON_TABLE_FULL ||
			    ctx->reason == FM_REASON_NO_MEMORY);
		w->refused[n]++;
	} else {
		fuzz_expect(ctx->reason < ctx->inst->ops->nreasons);
		w->dropped[n]++;
	}
}

/* What a walk over a group's states looks at. */
struct count {
	struct world *w;
	const struct fm_store *store;
	u64 present[FM_NFS_MAX];
};

static void check_state(const struct world *w, const struct fm_nf_ops *ops,
			const void *state)
{
	struct fm_dump dump = { 0 };
	unsigned int i;

	ops->dump(&dump, state);
	for (i = 0; i < dump.n; i++) {
		if (!strcmp(dump.row[i].name, "tokens_bytes"))
			fuzz_expect(dump.row[i].value <= w->burst);
		if (!strcmp(dump.row[i].name, "distinct_ports"))
			fuzz_expect(dump.row[i].value <= w->threshold + 1);
	}
}

static bool count_entry(struct fm_entry *entry, void *arg)
{
	struct count *count = arg;
	u32 m;

	for (m = 0; m < count->store->nmembers; m++) {
		if (!(entry->present & BIT(m)))
			continue;
		count->present[m]++;
		check_state(count->w, count->store->members[m].ops,
			    entry->state + count->store->members[m].offset);
	}
	return false;
}

static void check_group(struct world *w, const struct fm_group *group,
			struct count *count)
{
	struct fm_table_pos pos;
	u32 n;

	memset(count, 0, sizeof(*count));
	count->w = w;
	count->store = group->store;
	for (n = 0; n < group->store->nslots; n++) {
		memset(&pos, 0, sizeof(pos));
		fm_table_walk(&fm_store_slot(group->store, n)->table,
			      &group->store->tables, &pos, count_entry, count);
		fuzz_expect(!pos.torn);
	}
}

#define counter(inst, field)	fm_rig_count(inst, FM_INST_SUM(field))

/* Every state that was created is there, or ended in one of three ways. */
static void check_states(struct world *w)
{
	struct count count;
	u32 n;

	for (n = 0; n < w->rig.ninsts; n++) {
		const struct fm_inst *inst = &w->rig.insts[n];
		struct fm_dump dump = { 0 };

		if (inst->ops->show)
			inst->ops->show(&dump, inst->config,
					inst->account->cpu);
		if (!inst->group)
			continue;
		check_group(w, inst->group, &count);
		fuzz_expect(counter(inst, created) == counter(inst, expired) +
			    counter(inst, evicted) + counter(inst, deleted) +
			    count.present[inst->member]);
		fuzz_expect(count.present[inst->member] <= w->max[n]);
		fuzz_expect(counter(inst, refused) <= w->refused[n]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct world *w = calloc(1, sizeof(*w));
	bool started;
	u8 what;

	memset(&fm_user_memory, 0, sizeof(fm_user_memory));
	fm_user_warnings = 0;
	started = start(w, &in);
	while (started && in.left) {
		what = fuzz_u8(&in);
		if ((what & 0x18) == 0x18)
			do_op(w, &in, (what & 7) % __OP_MAX);
		else
			send_pkt(w, &in, what);
	}
	fm_state_release(&w->rig.ctx);
	if (started)
		check_states(w);
	fm_rig_cleanup(&w->rig);
	fm_user_rcu_drain();
	fuzz_expect(!fm_user_memory.objects && !fm_user_memory.bytes);
	fuzz_expect(!fm_user_warnings);
	free(w);
	return 0;
}
