/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Translated flows, for NFs that translate. It uses what any NF may use; a
 * session is the state of an NF, in two halves.
 */
#ifndef _FM_SESSION_H
#define _FM_SESSION_H

#include "flowmage_nf.h"

#define FM_SESSION_SLACK_MS	2200	/* by which a half may outlive its time */
#define FM_SESSION_MS_MAX	86400000

/* Of a flow that stands for all flows of an endpoint, whatever the other is. */
#define FM_SESSION_ANY		0x80

/**
 * struct fm_session_times - how long sessions may be idle, in ms
 * @udp_ms: of UDP
 * @tcp_ms: of TCP connections that are open
 * @tcp_transitory_ms: of those that are not yet, or not any more
 * @icmp_ms: of ICMP queries
 */
struct fm_session_times {
	u32 udp_ms;
	u32 tcp_ms;
	u32 tcp_transitory_ms;
	u32 icmp_ms;
};

/**
 * struct fm_session - one half of a session: what packets of one direction become
 * @src: source address that they get
 * @dst: destination address that they get
 * @sport: source port, or identifier of an ICMP query, that they get
 * @dport: destination port, likewise
 * @told: when the other half last heard of this one, in 2^20 ns
 * @family: 4 or 6
 * @l4proto: IP protocol, maybe with FM_SESSION_ANY
 * @seen: SESSION_*, see session.c; the same in both halves but for one bit
 * @swapped: how endpoints were ordered when they came
 */
struct fm_session {
	struct fm_addr src;
	struct fm_addr dst;
	__be16 sport;
	__be16 dport;
	u32 told;
	u8 family;
	u8 l4proto;
	u8 seen;
	bool swapped;
};

enum fm_session_found {
	FM_SESSION_NONE,
	FM_SESSION_KNOWN,
	FM_SESSION_TOLD,	/* and the other half was told just now */
};

u32 fm_session_timeout(const struct fm_session_times *times,
		       const struct fm_session *session);
u32 fm_session_timeout_max(const struct fm_session_times *times);
bool fm_session_lookup(struct fm_ctx *ctx, const struct fm_pkt *flow,
		       struct fm_session *copy);
bool fm_session_read(struct fm_ctx *ctx, const struct fm_pkt *flow,
		     struct fm_session *copy);
enum fm_session_found fm_session_follow(struct fm_ctx *ctx,
					const struct fm_pkt *flow,
					u8 tcp_flags, struct fm_session *copy);
bool fm_session_touch(struct fm_ctx *ctx, const struct fm_pkt *flow, u8 seen);
int fm_session_create(struct fm_ctx *ctx, const struct fm_pkt *flow,
		      const struct fm_pkt *to);
void fm_session_end(struct fm_ctx *ctx, const struct fm_pkt *flow,
		    const struct fm_session *session);
int fm_session_error(struct fm_ctx *ctx, struct fm_pkt *pkt,
		     const struct fm_pkt *quoted, bool with_src);
bool fm_session_is_first(const struct fm_session *session);

void fm_session_fill(struct fm_session *session, const struct fm_pkt *flow,
		     const struct fm_pkt *to, bool first);
void fm_session_other(const struct fm_session *session,
		      const struct fm_pkt *flow, struct fm_pkt *other);
void fm_session_rewrite(struct fm_rewrite *to, const struct fm_pkt *flow,
			const struct fm_session *session);
void fm_session_dump(struct fm_dump *dump, const void *state);

#endif
