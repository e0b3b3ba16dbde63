// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions of NFs that translate. A session has two halves, each the state of
 * what the packets of a direction are when they come: of those of whoever began,
 * and of the answers. Each half says what its packets become, which turned round
 * is the key of the other half.
 *
 * Both are in the same shard, as the port that answers come to was chosen so, or
 * the states are shared. A packet needs its own half only. When the phase of a
 * connection changes, and every two seconds that it has packets, it also turns
 * to the other half: to say so, to keep it from being over, and to see that it
 * is there. If it is not, the session has ended, and so does this half. So
 * neither half outlives the other by more than these seconds, and a port is given
 * to somebody else only when nobody uses it any more. As each half may last
 * FM_SESSION_SLACK_MS longer than it must, none ends early.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "session.h"

/* Bits of fm_session.seen */
#define SESSION_ANSWERED	(1U << 0)	/* the second half had packets */
#define SESSION_OPEN		(1U << 1)	/* and then the first half again */
#define SESSION_FIN		(1U << 2)	/* from the first half */
#define SESSION_FIN_BACK	(1U << 3)	/* from the second half */
#define SESSION_RST		(1U << 4)	/* and nothing else since then */
#define SESSION_FIRST		(1U << 7)	/* this is the first half */

#define SESSION_FINS		(SESSION_FIN | SESSION_FIN_BACK)

#define TELL_AFTER		1907		/* 2 s in units of 2^20 ns */
#define TIME_SHIFT		20

static u32 session_time(u64 now_ns)
{
	return now_ns >> TIME_SHIFT;
}

static bool session_is_closed(u8 seen)
{
	return seen & SESSION_RST || (seen & SESSION_FINS) == SESSION_FINS;
}

/**
 * fm_session_timeout - an fm_nf_ops.timeout of an NF whose states are sessions
 * @times: from its configuration
 * @session: a half, which may be written meanwhile
 */
u32 fm_session_timeout(const struct fm_session_times *times,
		       const struct fm_session *session)
{
	u8 seen = READ_ONCE(session->seen);
	u32 ms;

	switch (READ_ONCE(session->l4proto) & ~FM_SESSION_ANY) {
	case IPPROTO_TCP:
		ms = seen & SESSION_OPEN && !session_is_closed(seen) ?
		     times->tcp_ms : times->tcp_transitory_ms;
		break;
	case IPPROTO_UDP:
		ms = times->udp_ms;
		break;
	default:
		ms = times->icmp_ms;
	}
	return ms + FM_SESSION_SLACK_MS;
}

/**
 * fm_session_timeout_max - the longest that fm_session_timeout() says
 * @times: from the NF's configuration
 */
u32 fm_session_timeout_max(const struct fm_session_times *times)
{
	return max(max(times->udp_ms, times->icmp_ms),
		   max(times->tcp_ms, times->tcp_transitory_ms)) +
	       FM_SESSION_SLACK_MS;
}

/**
 * fm_session_is_first - is it the half of whoever began
 * @session: a half
 */
bool fm_session_is_first(const struct fm_session *session)
{
	return READ_ONCE(session->seen) & SESSION_FIRST;
}

static bool session_fits(const struct fm_session *session,
			 const struct fm_pkt *flow)
{
	return session->l4proto == flow->l4proto &&
	       session->swapped == fm_pkt_is_reversed(flow);
}

static struct fm_session *session_get(struct fm_ctx *ctx,
				      const struct fm_pkt *flow)
{
	struct fm_session *session = fm_state_lookup(ctx);

	return session && session_fits(session, flow) ? session : NULL;
}

/**
 * fm_session_fill - what packets of a flow become, without a look at the table
 * @session: filled in
 * @flow: the flow
 * @to: what its packets become
 * @first: it is that of whoever begins
 */
void fm_session_fill(struct fm_session *session, const struct fm_pkt *flow,
		     const struct fm_pkt *to, bool first)
{
	*session = (struct fm_session){
		.src = to->src,
		.dst = to->dst,
		.sport = to->sport,
		.dport = to->dport,
		.told = session_time(flow->now_ns),
		.family = to->family,
		.l4proto = to->l4proto,
		.seen = first ? SESSION_FIRST : 0,
		.swapped = fm_pkt_is_reversed(flow),
	};
}

/**
 * fm_session_other - packets of the other half, as they come
 * @session: a half
 * @flow: of that half
 * @other: filled in
 */
void fm_session_other(const struct fm_session *session,
		      const struct fm_pkt *flow, struct fm_pkt *other)
{
	*other = (struct fm_pkt){
		.now_ns = flow->now_ns,
		.src = session->dst,
		.dst = session->src,
		.sport = session->dport,
		.dport = session->sport,
		.family = session->family,
		.l4proto = session->l4proto,
	};
}

/* Do packets of this half become what is turned round the packets of @flow. */
static bool session_leads_to(const struct fm_session *session,
			     const struct fm_pkt *flow)
{
	return session->sport == flow->dport && session->dport == flow->sport &&
	       !memcmp(&session->src, &flow->dst, sizeof(flow->dst)) &&
	       !memcmp(&session->dst, &flow->src, sizeof(flow->src));
}

/**
 * fm_session_rewrite - what changes in the packets of a half
 * @to: filled in
 * @flow: of the half
 * @session: the half
 */
void fm_session_rewrite(struct fm_rewrite *to, const struct fm_pkt *flow,
			const struct fm_session *session)
{
	*to = (struct fm_rewrite){
		.src = session->src,
		.dst = session->dst,
		.sport = session->sport,
		.dport = session->dport,
	};
	if (memcmp(&to->src, &flow->src, sizeof(to->src)))
		to->fields |= FM_F_SRC_IP;
	if (memcmp(&to->dst, &flow->dst, sizeof(to->dst)))
		to->fields |= FM_F_DST_IP;
	if (to->sport != flow->sport)
		to->fields |= FM_F_SRC_PORT;
	if (to->dport != flow->dport)
		to->fields |= FM_F_DST_PORT;
}

/**
 * fm_session_dump - an fm_nf_ops.dump of an NF whose states are sessions
 * @dump: from dump()
 * @state: a half
 *
 * As phase: 0 begun, 1 answered, 2 open, 3 closed. Of IPv6 the address that is
 * given is told by its last 32 bits.
 */
void fm_session_dump(struct fm_dump *dump, const void *state)
{
	const struct fm_session *session = state;
	u8 seen = session->seen;
	u32 at = session->family == 6 ? 3 : 0;

	fm_dump_uint(dump, "first", !!(seen & SESSION_FIRST));
	fm_dump_uint(dump, "phase", session_is_closed(seen) ? 3 :
		     seen & SESSION_OPEN ? 2 : seen & SESSION_ANSWERED);
	fm_dump_uint(dump, "to_src", ntohl(session->src.w[at]));
	fm_dump_uint(dump, "to_src_port", ntohs(session->sport));
	fm_dump_uint(dump, "to_dst", ntohl(session->dst.w[at]));
	fm_dump_uint(dump, "to_dst_port", ntohs(session->dport));
}

/**
 * fm_session_lookup - what packets of a flow become
 * @ctx: the packet's way through the NF, turned to the flow afterwards
 * @flow: the flow
 * @copy: filled in
 *
 * Return: false if there is no session.
 */
bool fm_session_lookup(struct fm_ctx *ctx, const struct fm_pkt *flow,
		       struct fm_session *copy)
{
	const struct fm_session *session;

	fm_state_aim(ctx, flow);
	session = session_get(ctx, flow);
	if (session)
		*copy = *session;
	return session;
}

/**
 * fm_session_read - the same, of whatever shard, and only to look at
 * @ctx: the packet's way through the NF
 * @flow: the flow
 * @copy: filled in
 *
 * Return: false if there is no session.
 */
bool fm_session_read(struct fm_ctx *ctx, const struct fm_pkt *flow,
		     struct fm_session *copy)
{
	return fm_state_read(ctx, flow, copy) && session_fits(copy, flow);
}

static u8 session_next(u8 seen, u8 l4proto, u8 flags)
{
	bool first = seen & SESSION_FIRST, acks = true;

	if (l4proto == IPPROTO_TCP) {
		acks = (flags & (FM_TCP_SYN | FM_TCP_ACK)) == FM_TCP_ACK;
		/* The port is used again. */
		if (first && session_is_closed(seen) &&
		    (flags & (FM_TCP_SYN | FM_TCP_ACK)) == FM_TCP_SYN)
			seen = SESSION_FIRST;
		/* Who goes on after a reset was not reset (RFC 7857, 2.2). */
		seen &= ~SESSION_RST;
		if (flags & FM_TCP_RST)
			seen |= SESSION_RST;
		if (flags & FM_TCP_FIN)
			seen |= first ? SESSION_FIN : SESSION_FIN_BACK;
	}
	if (!first)
		seen |= SESSION_ANSWERED;
	else if (seen & SESSION_ANSWERED && acks)
		seen |= SESSION_OPEN;
	return seen;
}

/* Turns to the other half; false if that is not there. */
static bool session_tell(struct fm_ctx *ctx, const struct fm_pkt *flow,
			 const struct fm_session *session)
{
	struct fm_session *half;
	struct fm_pkt other;

	fm_session_other(session, flow, &other);
	fm_state_aim(ctx, &other);
	half = session_get(ctx, &other);
	if (!half || !session_leads_to(half, flow))
		return false;
	WRITE_ONCE(half->seen, session->seen ^ SESSION_FIRST);
	half->told = session->told;
	return true;
}

/* If it is still the same. */
static void session_delete(struct fm_ctx *ctx, const struct fm_pkt *flow,
			   const struct fm_pkt *turned)
{
	const struct fm_session *session;

	fm_state_aim(ctx, flow);
	session = session_get(ctx, flow);
	if (session && session_leads_to(session, turned))
		fm_state_delete(ctx);
}

/**
 * fm_session_end - end a session
 * @ctx: the packet's way through the NF, turned to another key afterwards
 * @flow: a flow of the session
 * @session: what its packets become
 */
void fm_session_end(struct fm_ctx *ctx, const struct fm_pkt *flow,
		    const struct fm_session *session)
{
	struct fm_pkt other;

	fm_session_other(session, flow, &other);
	session_delete(ctx, &other, flow);
	session_delete(ctx, flow, &other);
}

/**
 * fm_session_follow - a packet of a flow has come
 * @ctx: the packet's way through the NF, turned to the flow already; it may be
 *	turned to another key afterwards
 * @flow: the flow
 * @tcp_flags: of the packet
 * @copy: filled in with what the packet becomes
 */
enum fm_session_found fm_session_follow(struct fm_ctx *ctx,
					const struct fm_pkt *flow,
					u8 tcp_flags, struct fm_session *copy)
{
	struct fm_session *session = session_get(ctx, flow);
	u32 now = session_time(flow->now_ns);
	u8 seen;

	if (!session)
		return FM_SESSION_NONE;
	seen = session_next(session->seen, flow->l4proto, tcp_flags);
	if (seen == session->seen && (s32)(now - session->told) < TELL_AFTER) {
		*copy = *session;
		return FM_SESSION_KNOWN;
	}
	WRITE_ONCE(session->seen, seen);
	session->told = now;
	*copy = *session;
	if (session_tell(ctx, flow, copy))
		return FM_SESSION_TOLD;
	fm_session_end(ctx, flow, copy);
	return FM_SESSION_NONE;
}

/**
 * fm_session_touch - keep a session from being over
 * @ctx: the packet's way through the NF, turned to another key afterwards
 * @flow: of the session, the first half
 * @seen: of another session, whose phase this one takes
 *
 * Return: false if there is none.
 */
bool fm_session_touch(struct fm_ctx *ctx, const struct fm_pkt *flow, u8 seen)
{
	struct fm_session *session, copy;

	fm_state_aim(ctx, flow);
	session = session_get(ctx, flow);
	if (!session)
		return false;
	WRITE_ONCE(session->seen, seen | SESSION_FIRST);
	session->told = session_time(flow->now_ns);
	copy = *session;
	if (session_tell(ctx, flow, &copy))
		return true;
	fm_session_end(ctx, flow, &copy);
	return false;
}

/**
 * fm_session_create - begin a session
 * @ctx: the packet's way through the NF, turned to another key afterwards
 * @flow: packets of whoever begins, as they come
 * @to: what they become
 *
 * Return: 0. -ENOMEM: return fm_refuse(). -EADDRINUSE: packets that come back
 * belong to another session. -EEXIST: another CPU was faster, so there is one.
 */
int fm_session_create(struct fm_ctx *ctx, const struct fm_pkt *flow,
		      const struct fm_pkt *to)
{
	struct fm_session *session;
	struct fm_pkt back, other;
	int err = 0;

	fm_pkt_turn(&other, to);
	fm_pkt_turn(&back, flow);
	fm_state_aim(ctx, &other);
	session = fm_state_insert(ctx);
	if (!session)
		return -ENOMEM;
	if (session->l4proto)
		return -EADDRINUSE;
	fm_session_fill(session, &other, &back, false);
	fm_state_aim(ctx, flow);
	session = fm_state_insert(ctx);
	if (!session)
		err = -ENOMEM;
	else if (session->l4proto)
		err = -EEXIST;
	else
		fm_session_fill(session, flow, to, true);
	if (err)
		session_delete(ctx, &other, flow);
	return err;
}

/**
 * fm_session_error - translate an ICMP error
 * @ctx: the packet's way through the NF
 * @pkt: the error
 * @quoted: the packet that it is about, from fm_pkt_quoted()
 * @with_src: the error's source becomes that of the answers to @quoted
 *
 * What answers to @quoted become says what it was when it came, and where the
 * error is to go. A session is neither kept nor ended by errors (RFC 5508, 5).
 *
 * Return: 0; -ENOENT if it is not about packets of a session; -ENOMEM.
 */
int fm_session_error(struct fm_ctx *ctx, struct fm_pkt *pkt,
		     const struct fm_pkt *quoted, bool with_src)
{
	struct fm_session session, was;
	struct fm_pkt answer, before;
	struct fm_rewrite to;
	int err;

	fm_pkt_turn(&answer, quoted);
	if (memcmp(&pkt->dst, &quoted->src, sizeof(pkt->dst)) ||
	    !fm_session_read(ctx, &answer, &session))
		return -ENOENT;
	fm_session_other(&session, &answer, &before);
	fm_session_fill(&was, quoted, &before, false);
	fm_session_rewrite(&to, quoted, &was);
	err = fm_pkt_rewrite_quoted(pkt, quoted, &to);
	if (err)
		return err;
	to.fields = FM_F_DST_IP | (with_src ? FM_F_SRC_IP : 0);
	to.src = session.src;
	to.dst = session.dst;
	return fm_pkt_rewrite(pkt, &to);
}
