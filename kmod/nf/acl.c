// SPDX-License-Identifier: GPL-2.0
/*
 * acl: a stateful firewall. Of a list of rules the first that a packet matches
 * decides, but packets of a session pass without: those of a flow that a rule
 * has accepted once, in both directions, and ICMP errors about it.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include "flowmage_nf.h"

#define ACL_MS_MIN	1000
#define ACL_MS_MAX	86400000

enum acl_policy {
	ACL_DROP,
	ACL_ACCEPT,
};

enum acl_reason {
	ACL_RULE,
	ACL_NO_RULE,
};

enum acl_phase {
	ACL_NONE,		/* no session */
	ACL_OTHER,
	ACL_UDP,
	ACL_OPENING,		/* TCP until the third packet of the handshake */
	ACL_OPEN,
	ACL_CLOSED,		/* FINs of both sides, or a RST of one */
};

/* Bits of acl_state.seen. */
#define ACL_FIN		1U	/* from who opened the session */
#define ACL_FIN_REPLY	2U	/* from the other side */
#define ACL_FINS	3U
#define ACL_REPLIED	4U	/* the other side has sent a packet */

struct acl_config {
	const struct fm_list *rules;
	const struct fm_classifier *classifier;
	const struct fm_rule *rule;
	u32 opening_ms;
	u32 tcp_ms;
	u32 closed_ms;
	u32 udp_ms;
	u32 other_ms;
	u8 otherwise;
};

struct acl_state {
	u32 rule;		/* number of the rule from 1 on; 0: otherwise */
	u8 phase;
	u8 seen;
	u8 reversed;		/* who opened it has the higher address or port */
};

struct acl_cpu {
	u64 session;
	u64 related;
	u64 rule;
	u64 otherwise;
};

static const struct fm_param acl_params[] = {
	FM_RULES(struct acl_config, rules, FM_CLASSIFIER_RULES_MAX,
		 "rules; the first that a packet matches decides"),
	FM_ENUM(struct acl_config, otherwise, "drop|accept", ACL_DROP,
		"what happens to packets that match no rule"),
	FM_UINT(struct acl_config, opening_ms, ACL_MS_MIN, ACL_MS_MAX, 60000,
		"idle time of a TCP session that is not open yet, ms"),
	FM_UINT(struct acl_config, tcp_ms, ACL_MS_MIN, ACL_MS_MAX, 7440000,
		"idle time of an open TCP session, ms"),
	FM_UINT(struct acl_config, closed_ms, ACL_MS_MIN, ACL_MS_MAX, 60000,
		"idle time of a TCP session after both FINs or a RST, ms"),
	FM_UINT(struct acl_config, udp_ms, ACL_MS_MIN, ACL_MS_MAX, 120000,
		"idle time of a UDP session, ms"),
	FM_UINT(struct acl_config, other_ms, ACL_MS_MIN, ACL_MS_MAX, 60000,
		"idle time of other sessions, ms"),
};

static const char *const acl_reasons[] = {
	[ACL_RULE] = "rule",
	[ACL_NO_RULE] = "no_rule",
};

static int acl_init(struct fm_inst *inst, void *ptr,
		    struct netlink_ext_ack *extack)
{
	struct acl_config *config = ptr;

	fm_state_init(inst, max(max3(config->opening_ms, config->tcp_ms,
				     config->closed_ms),
				max(config->udp_ms, config->other_ms)));
	config->rule = fm_list_rules(config->rules);
	config->classifier = fm_classifier_create(inst, config->rules, extack);
	return PTR_ERR_OR_ZERO(config->classifier);
}

static u32 acl_timeout(const void *ptr, const void *data)
{
	const struct acl_state *state = data;
	const struct acl_config *config = ptr;

	switch (READ_ONCE(state->phase)) {
	case ACL_OPENING:
		return config->opening_ms;
	case ACL_OPEN:
		return config->tcp_ms;
	case ACL_CLOSED:
		return config->closed_ms;
	case ACL_UDP:
		return config->udp_ms;
	default:
		return config->other_ms;
	}
}

static bool acl_is_syn(const struct fm_pkt *pkt)
{
	return pkt->l4proto == IPPROTO_TCP &&
	       (pkt->tcp_flags & (FM_TCP_SYN | FM_TCP_ACK)) == FM_TCP_SYN;
}

static bool acl_is_icmp(const struct fm_pkt *pkt)
{
	return pkt->l4proto == (pkt->family == 6 ? IPPROTO_ICMPV6 :
				IPPROTO_ICMP);
}

/* An echo request, or the reply to one. */
static bool acl_is_echo(const struct fm_pkt *pkt, bool reply)
{
	u8 buf;
	const u8 *type = skb_header_pointer(pkt->skb, pkt->l4_off, sizeof(buf),
					    &buf);

	if (!type)
		return false;
	if (pkt->family == 6)
		return *type == (reply ? ICMPV6_ECHO_REPLY :
				 ICMPV6_ECHO_REQUEST);
	return *type == (reply ? ICMP_ECHOREPLY : ICMP_ECHO);
}

/* Who wants to open a connection asks the rules, each time. */
static bool acl_is_of_session(const struct acl_state *state,
			      const struct fm_pkt *pkt)
{
	if (acl_is_icmp(pkt))
		return acl_is_echo(pkt, READ_ONCE(state->reversed) !=
					fm_pkt_is_reversed(pkt));
	return !acl_is_syn(pkt);
}

/* An ICMP error to the sender of a packet of a session. */
static bool acl_is_related(const struct fm_ctx *ctx, const struct fm_pkt *pkt)
{
	struct fm_pkt quoted;

	if (!acl_is_icmp(pkt) || !fm_pkt_quoted(pkt, &quoted))
		return false;
	/* Pings of two hosts are one session, whatever their identifiers. */
	if (acl_is_icmp(&quoted))
		quoted.sport = quoted.dport = 0;
	return !memcmp(&pkt->dst, &quoted.src, sizeof(pkt->dst)) &&
	       fm_state_exists(ctx, &quoted);
}

static void acl_advance(struct acl_state *state, u8 flags, bool reply)
{
	if (reply)
		state->seen |= ACL_REPLIED;
	if (state->phase < ACL_OPENING)
		return;
	if (flags & FM_TCP_FIN)
		state->seen |= reply ? ACL_FIN_REPLY : ACL_FIN;
	if (flags & FM_TCP_RST || (state->seen & ACL_FINS) == ACL_FINS)
		state->phase = ACL_CLOSED;
	else if (state->phase == ACL_OPENING && !reply &&
		 state->seen & ACL_REPLIED)
		state->phase = ACL_OPEN;
}

static void acl_write(struct acl_state *state, const struct acl_state *from)
{
	WRITE_ONCE(state->rule, from->rule);
	WRITE_ONCE(state->phase, from->phase);
	WRITE_ONCE(state->seen, from->seen);
	WRITE_ONCE(state->reversed, from->reversed);
}

/*
 * Most packets of a session change nothing, so it is found without a lock.
 * Should it end in between, it begins anew.
 */
static enum fm_verdict acl_track(struct fm_ctx *ctx,
				 const struct acl_state *state,
				 const struct fm_pkt *pkt)
{
	struct acl_state next = {
		.rule = READ_ONCE(state->rule),
		.phase = READ_ONCE(state->phase),
		.seen = READ_ONCE(state->seen),
		.reversed = READ_ONCE(state->reversed),
	};
	u8 phase = next.phase, seen = next.seen;
	struct acl_state *writable;

	acl_advance(&next, pkt->tcp_flags,
		    next.reversed != fm_pkt_is_reversed(pkt));
	if (next.phase == phase && next.seen == seen)
		return FM_CONTINUE;
	writable = fm_state_insert(ctx);
	if (!writable)
		return fm_refuse(ctx);
	acl_write(writable, &next);
	return FM_CONTINUE;
}

/* The phase that a session begins with. */
static enum acl_phase acl_first_phase(const struct fm_pkt *pkt)
{
	if (acl_is_icmp(pkt))
		return acl_is_echo(pkt, false) ? ACL_OTHER : ACL_NONE;
	if (pkt->l4proto == IPPROTO_UDP)
		return ACL_UDP;
	if (pkt->l4proto != IPPROTO_TCP)
		return ACL_OTHER;
	if (pkt->tcp_flags & FM_TCP_RST)
		return ACL_NONE;
	if (pkt->tcp_flags & FM_TCP_ACK)
		return ACL_OPEN;
	return pkt->tcp_flags & FM_TCP_SYN ? ACL_OPENING : ACL_NONE;
}

/* The packet was accepted; a SYN does not disturb a session that goes on. */
static enum fm_verdict acl_begin(struct fm_ctx *ctx, const struct fm_pkt *pkt,
				 u32 rule)
{
	struct acl_state next = {
		.rule = rule,
		.phase = acl_first_phase(pkt),
		.reversed = fm_pkt_is_reversed(pkt),
	};
	struct acl_state *state;

	if (next.phase == ACL_NONE)
		return FM_CONTINUE;
	state = fm_state_insert(ctx);
	if (!state)
		return fm_refuse(ctx);
	if (state->phase != ACL_NONE && state->phase != ACL_CLOSED)
		return FM_CONTINUE;
	acl_advance(&next, pkt->tcp_flags, false);
	acl_write(state, &next);
	return FM_CONTINUE;
}

static enum fm_verdict acl_judge(struct fm_ctx *ctx, const struct fm_pkt *pkt)
{
	const struct acl_config *config = fm_ctx_config(ctx);
	u32 rule = fm_classifier_lookup(config->classifier, pkt);
	struct acl_cpu *cpu = fm_ctx_cpu(ctx);

	if (rule == FM_RULE_NONE) {
		if (config->otherwise == ACL_DROP)
			return fm_drop(ctx, ACL_NO_RULE);
		cpu->otherwise += pkt->segs;
		return acl_begin(ctx, pkt, 0);
	}
	if (config->rule[rule].action == FM_RULE_DROP)
		return fm_drop(ctx, ACL_RULE);
	cpu->rule += pkt->segs;
	return acl_begin(ctx, pkt, rule + 1);
}

static enum fm_verdict acl_eval(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	const struct acl_state *state = fm_state_lookup(ctx);
	struct acl_cpu *cpu = fm_ctx_cpu(ctx);

	if (state && acl_is_of_session(state, pkt)) {
		cpu->session += pkt->segs;
		return acl_track(ctx, state, pkt);
	}
	if (acl_is_related(ctx, pkt)) {
		cpu->related += pkt->segs;
		return FM_CONTINUE;
	}
	return acl_judge(ctx, pkt);
}

static void acl_dump(struct fm_dump *dump, const void *ptr)
{
	const struct acl_state *state = ptr;

	fm_dump_uint(dump, "rule", READ_ONCE(state->rule));
	fm_dump_uint(dump, "phase", READ_ONCE(state->phase));
	fm_dump_uint(dump, "seen", READ_ONCE(state->seen));
	fm_dump_uint(dump, "reversed", READ_ONCE(state->reversed));
}

static void acl_show(struct fm_dump *dump, const void *config,
		     const void __percpu *cpu)
{
	fm_dump_uint(dump, "session_packets",
		     fm_cpu_sum(cpu, offsetof(struct acl_cpu, session)));
	fm_dump_uint(dump, "related_packets",
		     fm_cpu_sum(cpu, offsetof(struct acl_cpu, related)));
	fm_dump_uint(dump, "rule_packets",
		     fm_cpu_sum(cpu, offsetof(struct acl_cpu, rule)));
	fm_dump_uint(dump, "no_rule_packets",
		     fm_cpu_sum(cpu, offsetof(struct acl_cpu, otherwise)));
}

/* A phase that the protocol does not have becomes its first. */
static bool acl_load(struct fm_ctx *ctx, struct fm_pkt *pkt,
		     const struct fm_load *load)
{
	const struct acl_config *config = fm_ctx_config(ctx);
	struct acl_state *state = fm_state_insert(ctx);
	u64 phase = fm_load_uint(load, "phase");

	if (!state)
		return false;
	state->rule = min_t(u64, fm_load_uint(load, "rule"),
			    fm_list_count(config->rules));
	if (pkt->l4proto == IPPROTO_TCP)
		state->phase = clamp_t(u64, phase, ACL_OPENING, ACL_CLOSED);
	else
		state->phase = pkt->l4proto == IPPROTO_UDP ? ACL_UDP :
			       ACL_OTHER;
	state->seen = fm_load_uint(load, "seen") & (ACL_FINS | ACL_REPLIED);
	state->reversed = !!fm_load_uint(load, "reversed");
	return true;
}

FM_BUILTIN_NF(acl) = {
	.name = "acl",
	.description = "accepts or drops flows by a list of rules, and lets replies pass",
	.owner = THIS_MODULE,
	.params = acl_params,
	.nparams = ARRAY_SIZE(acl_params),
	.reasons = acl_reasons,
	.nreasons = ARRAY_SIZE(acl_reasons),
	.config_size = sizeof(struct acl_config),
	.cpu_size = sizeof(struct acl_cpu),
	.state_size = sizeof(struct acl_state),
	.key = FM_F_ALL,
	.bidirectional = true,
	.intensity = FM_INTENSITY_FLOW,
	.timeout_ms = 7440000,
	.max_entries = 1U << 18,
	.init = acl_init,
	.eval = acl_eval,
	.timeout = acl_timeout,
	.dump = acl_dump,
	.show = acl_show,
	.load = acl_load,
};
