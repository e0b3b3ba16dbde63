// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ids NF beside a search that tries every pattern at every byte: streams in
 * random segments, out of order and sent again, packets of several fragments,
 * and datagrams; and each of its bounds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <linux/if_ether.h>
#include <linux/time64.h>

#include "builtin.h"
#include "inst.h"
#include "pkt.h"
#include "rig.h"

#define MS		((u64)NSEC_PER_MSEC)
#define T0		(1000 * (u64)NSEC_PER_SEC)
#define TEXT		4096
#define PATTERNS	64
#define GSO		65000	/* bytes of a packet of many segments */
#define FRAME		(GSO + 256)

static struct fm_rig rig;
static struct sk_buff skb;
static struct fm_pkt pkt;
static u8 frame[FRAME];
static u8 text[TEXT];
static struct fm_pattern patterns[PATTERNS];
static u32 npatterns;
static u64 seed;

static u32 below(u32 n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (seed >> 33) % n;
}

static const struct fm_nf_ops *ids(void)
{
	const struct fm_nf_ops *const *ops;

	for (ops = fm_builtin_nfs; strcmp((*ops)->name, "ids"); ops++)
		;
	return *ops;
}

static struct fm_pattern *add(const char *bytes, u8 flags)
{
	struct fm_pattern *pattern = &patterns[npatterns++];

	memset(pattern, 0, sizeof(*pattern));
	pattern->len = strlen(bytes);
	pattern->flags = flags;
	memcpy(pattern->bytes, bytes, pattern->len);
	return pattern;
}

#define NPARAMS		5

static void make_params(struct fm_param_value *params, const char *action,
			u32 reorder, const char *unordered)
{
	const struct fm_param_value values[NPARAMS] = {
		{ .name = "patterns" },
		{ .name = "action", .string = action },
		{ .name = "reorder", .uint = reorder },
		{ .name = "unordered", .string = unordered },
		{ .name = "mark", .uint = 7 },
	};

	memcpy(params, values, sizeof(values));
	params[0].list = fm_list_create(&rig.lists, FM_PARAM_PATTERNS,
					npatterns, 1, NULL);
	assert_int_equal(fm_list_add(params[0].list, patterns, npatterns *
				     sizeof(patterns[0]), NULL), 0);
}

static bool configure(const char *action, u32 reorder, const char *unordered)
{
	struct fm_param_value params[NPARAMS];

	fm_rig_setup(&rig);
	make_params(params, action, reorder, unordered);
	return fm_rig_add(&rig, ids(), FM_MODE_SHARED, params, NPARAMS);
}

/* Another configuration for the states that there are. */
static void reconfigure(const char *action)
{
	struct fm_inst old = rig.insts[0], *inst = &rig.insts[0];
	struct fm_param_value params[NPARAMS];

	make_params(params, action, 100, "resume");
	inst->pieces = NULL;
	assert_int_equal(fm_inst_configure(inst, params, NPARAMS, NULL), 0);
	inst->group->members[inst->member].config = inst->config;
	fm_inst_release(&old);
}

static void begin(const char *action, u32 reorder, const char *unordered)
{
	assert_true(configure(action, reorder, unordered));
	assert_true(fm_rig_start(&rig, 1));
	memset(&fm_user_calls, 0, sizeof(fm_user_calls));
}

static void end(void)
{
	fm_rig_cleanup(&rig);
	assert_int_equal(fm_user_memory.objects, 0);
	assert_int_equal(fm_user_warnings, 0);
}

static u64 shown(const char *name)
{
	return fm_rig_shown(&rig.insts[0], name);
}

static void put16(u8 *p, u32 value)
{
	p[0] = value >> 8;
	p[1] = value;
}

/* The rest of the frame from a random byte on lies in fragments. */
static void scatter(u32 len, u32 headers)
{
	u32 at = headers + below(len - headers + 1), i;

	skb.data_len = len - at;
	for (i = 0; at < len; i++) {
		u32 n = i == 15 ? len - at : 1 + below(len - at);

		skb.shinfo.frags[i] = (skb_frag_t){ frame + at, n };
		skb.shinfo.nr_frags = i + 1;
		at += n;
	}
}

/* Of IPv6 with two extension headers before the transport header. */
static u32 make_headers(u8 proto, u32 n, bool v6)
{
	u32 l4 = proto == IPPROTO_TCP ? 20 : 8;

	memset(frame, 0, 128);
	if (!v6) {
		frame[0] = 0x45;
		put16(frame + 2, 20 + l4 + n);
		frame[9] = proto;
		frame[15] = 1;
		frame[19] = 2;
		return 20;
	}
	frame[0] = 0x60;
	put16(frame + 4, 16 + l4 + n);
	frame[6] = 0;
	frame[40] = 60;
	frame[48] = proto;
	return 56;
}

static u32 mss;	/* longer packets are GSO packets of such segments */

static void finish(u32 len, u32 headers, bool v6)
{
	memset(&skb, 0, sizeof(skb));
	if (mss && len - headers > mss)
		skb.shinfo.gso_size = mss;
	skb.data = frame;
	skb.len = len;
	skb.protocol = htons(v6 ? ETH_P_IPV6 : ETH_P_IP);
	scatter(len, headers);
	assert_int_equal(fm_pkt_parse(&pkt, &skb), FM_PARSE_OK);
	pkt.now_ns = T0;
}

static enum fm_verdict run(void)
{
	return fm_rig_run(&rig, &pkt, 0);
}

static bool use6;

static enum fm_verdict segment(u32 seq, u8 flags, const u8 *data, u32 n)
{
	u32 l4 = make_headers(IPPROTO_TCP, n, use6);
	__be32 word = htonl(seq);

	put16(frame + l4, 4000);
	put16(frame + l4 + 2, 80);
	memcpy(frame + l4 + 4, &word, 4);
	frame[l4 + 12] = 5 << 4;
	frame[l4 + 13] = flags;
	memcpy(frame + l4 + 20, data, n);
	finish(l4 + 20 + n, l4 + 20, use6);
	return run();
}

static enum fm_verdict datagram(const u8 *data, u32 n)
{
	u32 l4 = make_headers(IPPROTO_UDP, n, use6);

	put16(frame + l4, 4000);
	put16(frame + l4 + 2, 53);
	put16(frame + l4 + 4, 8 + n);
	memcpy(frame + l4 + 8, data, n);
	finish(l4 + 8 + n, l4 + 8, use6);
	return run();
}

/* ---- the search that cannot be wrong */

static u8 fold(u8 byte)
{
	return byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;
}

static bool is_at(const struct fm_pattern *pattern, const u8 *at)
{
	u32 i;

	for (i = 0; i < pattern->len; i++)
		if (pattern->flags ? fold(at[i]) != fold(pattern->bytes[i]) :
				     at[i] != pattern->bytes[i])
			return false;
	return true;
}

static u64 count(u32 i, const u8 *data, u32 n)
{
	const struct fm_pattern *pattern = &patterns[i];
	u64 sum = 0;
	u32 at;

	for (at = pattern->offset; at + pattern->len <= n; at++)
		if ((!pattern->depth || at + pattern->len <=
		     pattern->offset + pattern->depth) &&
		    is_at(pattern, data + at))
			sum++;
	return sum;
}

static u64 count_all(const u8 *data, u32 n)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < npatterns; i++)
		sum += count(i, data, n);
	return sum;
}

static void compare(const u8 *data, u32 n)
{
	char name[16];
	u64 sum;
	u32 i;

	assert_int_equal(shown("matches"), count_all(data, n));
	for (i = 0; i < npatterns && i < 24; i++) {
		snprintf(name, sizeof(name), "pattern_%u", i);
		sum = count(i, data, n);
		if (sum)
			assert_int_equal(shown(name), sum);
	}
}

/* Few letters, so that patterns are found, in each other, too. */
static void random_patterns(u32 letters, u32 longest)
{
	u32 i, j, k;

	npatterns = 1 + below(PATTERNS - 1);
	for (i = 0; i < npatterns; i++) {
		struct fm_pattern *p = &patterns[i];

		memset(p, 0, sizeof(*p));
		p->len = 1 + below(longest);
		p->flags = below(2);
		for (j = 0; j < p->len; j++)
			p->bytes[j] = (below(2) ? 'a' : 'A') + below(letters);
		if (!below(4))
			p->offset = below(TEXT);
		if (!below(4))
			p->depth = p->len + below(TEXT);
		for (k = 0; k < i; k++)
			if (p->len == patterns[k].len &&
			    p->flags == patterns[k].flags &&
			    is_at(p, patterns[k].bytes)) {
				npatterns = i;
				break;
			}
	}
	if (!npatterns)
		npatterns = 1;
}

static void random_text(u32 letters)
{
	u32 i;

	for (i = 0; i < TEXT; i++)
		text[i] = (below(2) ? 'a' : 'A') + below(letters);
}

/* ---- streams */

#define BYTES(string)	(const u8 *)(string), sizeof(string) - 1

struct piece {
	u32 at;
	u32 n;
};

static void shuffle(struct piece *pieces, u32 n, u32 reach)
{
	u32 i, j;

	for (i = 0; i < n; i++) {
		j = min(n - 1, i + below(reach + 1));
		swap(pieces[i], pieces[j]);
	}
}

/* In random segments, moved by up to @reach, some of them twice. */
static u32 cut(struct piece *pieces, u32 reach)
{
	u32 at = 0, n = 0;

	while (at < TEXT) {
		pieces[n].at = at;
		pieces[n].n = min_t(u32, TEXT - at, 1 + below(below(2) ?
								10 : 1400));
		at += pieces[n++].n;
		if (!below(4)) {
			pieces[n].at = below(at);
			pieces[n].n = 1 + below(at - pieces[n].at);
			n++;
		}
	}
	shuffle(pieces, n, reach);
	return n;
}

static void stream(u32 letters, u32 reach)
{
	static struct piece pieces[2 * TEXT];
	u32 isn = below(4) ? below(1U << 31) * 2 : -below(TEXT);
	u32 n, i;

	use6 = below(2);
	random_patterns(letters, below(2) ? 4 : FM_PATTERN_MAX);
	random_text(letters);
	begin("alert", 65536, "resume");
	assert_int_equal(segment(isn, FM_TCP_SYN, NULL, 0), FM_CONTINUE);
	n = cut(pieces, reach);
	for (i = 0; i < n; i++)
		assert_int_equal(segment(isn + 1 + pieces[i].at, FM_TCP_ACK,
					 text + pieces[i].at, pieces[i].n),
				 FM_CONTINUE);
	assert_int_equal(shown("unordered"), 0);
	assert_int_equal(shown("gaps"), 0);
	assert_int_equal(shown("scanned_bytes"), TEXT);
	assert_int_equal(fm_rig_value(&rig, "stream_bytes"), TEXT);
	assert_int_equal(fm_rig_value(&rig, "waiting_pieces"), 0);
	compare(text, TEXT);
	end();
}

/*
 * In packets of up to 65000 bytes, each of many segments, those before their
 * turn as far as they fit in the bound.
 */
static void gso(u32 bound)
{
	static u8 bytes[4 * GSO];
	static const u32 swapped[] = { 0, 2, 1, 3 };
	u32 i, at;

	random_patterns(26, 10);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (below(2) ? 'a' : 'A') + below(26);
	begin("alert", bound, "drop");
	segment(9, FM_TCP_SYN, NULL, 0);
	for (i = 0; i < 4; i++) {
		at = swapped[i] * GSO;
		assert_int_equal(segment(10 + at, FM_TCP_ACK, bytes + at, GSO),
				 i % 2 && bound < 2 * GSO ? FM_DROP :
							    FM_CONTINUE);
		assert_int_equal(pkt.segs, DIV_ROUND_UP(GSO, mss));
	}
	if (bound < 2 * GSO) {
		assert_int_equal(shown("scanned_bytes"), 2 * GSO);
		segment(10 + 2 * GSO, FM_TCP_ACK, bytes + 2 * GSO, GSO);
		segment(10 + 3 * GSO, FM_TCP_ACK, bytes + 3 * GSO, GSO);
	}
	assert_int_equal(shown("scanned_bytes"), sizeof(bytes));
	assert_int_equal(shown("gaps"), 0);
	compare(bytes, sizeof(bytes));
	end();
}

static void test_gso(void **state)
{
	u32 i;

	seed = 4;
	for (i = 0; i < 20; i++) {
		use6 = i % 2;
		mss = 500 + below(1000);
		gso(i % 4 < 2 ? FM_STREAM_BOUND_MAX : 2 * GSO - 1);
	}
	use6 = false;
	/* A pattern over two segments stops the whole packet. */
	mss = 4;
	npatterns = 0;
	add("split", 0);
	begin("drop", 100, "resume");
	segment(9, FM_TCP_SYN, NULL, 0);
	assert_int_equal(segment(10, FM_TCP_ACK, BYTES("a split")), FM_DROP);
	assert_int_equal(rig.ctx.reason, 0);
	end();
	mss = 0;
}

static void test_streams(void **state)
{
	u32 i;

	seed = 1;
	for (i = 0; i < 3000; i++)
		stream(1 + below(26), i % 3 ? below(20) : 0);
}

/* A pattern of all 256 values, and many that share beginnings. */
static void test_bytes(void **state)
{
	u32 i, j;

	seed = 5;
	for (j = 0; j < 300; j++) {
		npatterns = 1 + below(PATTERNS);
		for (i = 0; i < npatterns; i++) {
			memset(&patterns[i], 0, sizeof(patterns[i]));
			patterns[i].len = 100;
			memset(patterns[i].bytes, below(3), 96);
			put16(patterns[i].bytes + 96, below(65536));
			put16(patterns[i].bytes + 98, i);
		}
		for (i = 0; i < TEXT; i++)
			text[i] = below(3);
		for (i = 0; i + 100 < TEXT; i += 100 + below(100))
			memcpy(text + i, patterns[below(npatterns)].bytes,
			       100);
		begin("alert", 0, "resume");
		segment(0, FM_TCP_SYN, NULL, 0);
		for (i = 0; i < TEXT; i += 64)
			segment(1 + i, FM_TCP_ACK, text + i, 64);
		compare(text, TEXT);
		assert_true(count_all(text, TEXT));
		end();
	}
}

/* ---- bounds */

static void test_resume(void **state)
{
	seed = 2;
	use6 = false;
	npatterns = 0;
	add("split", 0);
	begin("alert", 100, "resume");
	segment(9, FM_TCP_SYN, NULL, 0);
	segment(10, FM_TCP_ACK, BYTES("spl"));
	segment(113, FM_TCP_ACK, BYTES("it"));
	assert_int_equal(shown("unordered"), 1);
	assert_int_equal(shown("gaps"), 1);
	assert_int_equal(shown("matches"), 0);
	assert_int_equal(fm_rig_value(&rig, "stream_bytes"), 105);
	assert_int_equal(fm_rig_value(&rig, "skipped_bytes"), 100);
	segment(13, FM_TCP_ACK, BYTES("it"));
	assert_int_equal(shown("matches"), 0);
	segment(115, FM_TCP_ACK, BYTES("split"));
	assert_int_equal(shown("matches"), 1);
	/* What waited is read before. */
	segment(130, FM_TCP_ACK, BYTES("split"));
	segment(140, FM_TCP_ACK, BYTES("spl"));
	segment(143, FM_TCP_ACK, BYTES("it"));
	assert_int_equal(shown("matches"), 1);
	segment(500, FM_TCP_ACK, BYTES("x"));
	assert_int_equal(shown("matches"), 3);
	assert_int_equal(shown("gaps"), 4);
	end();
}

static void test_drop(void **state)
{
	u32 i;

	npatterns = 0;
	add("bad", FM_PATTERN_NOCASE);
	begin("drop", 100, "drop");
	assert_int_equal(segment(9, FM_TCP_SYN, NULL, 0), FM_CONTINUE);
	assert_int_equal(segment(10, FM_TCP_ACK, BYTES("B")), FM_CONTINUE);
	assert_int_equal(segment(110, FM_TCP_ACK, BYTES("1")), FM_CONTINUE);
	assert_int_equal(segment(112, FM_TCP_ACK, BYTES("1")), FM_DROP);
	assert_int_equal(rig.ctx.reason, 2);
	assert_int_equal(segment(12, FM_TCP_ACK, BYTES("D")), FM_CONTINUE);
	/* The hole is not filled: the receiver never has the pattern. */
	assert_int_equal(segment(11, FM_TCP_ACK, BYTES("A")), FM_DROP);
	assert_int_equal(rig.ctx.reason, 0);
	assert_int_equal(fm_user_calls.alerts, 1);
	assert_int_equal(segment(11, FM_TCP_ACK, BYTES("A")), FM_DROP);
	assert_int_equal(rig.ctx.reason, 1);
	assert_int_equal(segment(11, FM_TCP_ACK, NULL, 0), FM_DROP);
	end();
	/* 256 pieces, and not one more. */
	begin("drop", FM_STREAM_BOUND_MAX, "drop");
	segment(9, FM_TCP_SYN, NULL, 0);
	for (i = 0; i < 256; i++)
		assert_int_equal(segment(20 + 2 * i, FM_TCP_ACK, BYTES("x")),
				 FM_CONTINUE);
	assert_int_equal(segment(20 + 2 * i, FM_TCP_ACK, BYTES("x")), FM_DROP);
	assert_int_equal(segment(20, FM_TCP_ACK, BYTES("yyyy")), FM_DROP);
	assert_int_equal(fm_rig_value(&rig, "waiting_pieces"), 256);
	assert_int_equal(segment(10, FM_TCP_ACK, BYTES("zzzzzzzzzz")),
			 FM_CONTINUE);
	assert_int_equal(fm_rig_value(&rig, "waiting_pieces"), 255);
	assert_int_equal(fm_rig_value(&rig, "stream_bytes"), 11);
	end();
}

/* Without memory nothing of a packet is kept. */
static void test_no_memory(void **state)
{
	npatterns = 0;
	add("bad", 0);
	begin("alert", 65536, "drop");
	segment(9, FM_TCP_SYN, NULL, 0);
	memset(text, 'x', 3000);
	fm_user_memory.fail_at = fm_user_memory.allocs + 1;
	assert_int_equal(segment(20, FM_TCP_ACK, text, 3000), FM_DROP);
	assert_int_equal(fm_rig_value(&rig, "waiting_pieces"), 0);
	assert_int_equal(segment(20, FM_TCP_ACK, text, 3000), FM_CONTINUE);
	assert_int_equal(fm_rig_value(&rig, "waiting_pieces"), 3);
	end();
}

/* A connection with the same ports begins when bytes follow its SYN. */
static void test_again(void **state)
{
	npatterns = 0;
	add("ab", 0)->depth = 2;
	begin("mark", 100, "resume");
	segment(9, FM_TCP_SYN, NULL, 0);
	segment(10, FM_TCP_ACK, BYTES("a"));
	segment(5000, FM_TCP_SYN, NULL, 0);
	segment(11, FM_TCP_ACK, BYTES("b"));
	assert_int_equal(skb.mark, 7);
	segment(5001, FM_TCP_ACK, BYTES("ab"));
	assert_int_equal(shown("matches"), 2);
	segment(5003, FM_TCP_ACK, BYTES("ab"));
	assert_int_equal(shown("matches"), 2);
	assert_int_equal(skb.mark, 7);
	end();
}

/* The SYN and the first bytes again, after others: nothing begins. */
static void test_syn_again(void **state)
{
	npatterns = 0;
	add("abcd", 0);
	begin("alert", 100, "drop");
	segment(9, FM_TCP_SYN, NULL, 0);
	segment(10, FM_TCP_ACK, BYTES("xxab"));
	segment(9, FM_TCP_SYN, NULL, 0);
	segment(10, FM_TCP_ACK, BYTES("xx"));
	segment(14, FM_TCP_ACK, BYTES("cd"));
	assert_int_equal(shown("matches"), 1);
	assert_int_equal(shown("gaps"), 0);
	assert_int_equal(fm_rig_value(&rig, "stream_bytes"), 6);
	end();
}

/* A block, and where the stream was, outlive a change; half a pattern does not. */
static void test_change(void **state)
{
	npatterns = 0;
	add("split", 0);
	begin("drop", 100, "resume");
	segment(9, FM_TCP_SYN, NULL, 0);
	segment(10, FM_TCP_ACK, BYTES("spl"));
	segment(15, FM_TCP_ACK, BYTES("123"));
	add("it1", 0);
	reconfigure("drop");
	assert_int_equal(fm_rig_value(&rig, "stream_bytes"), 3);
	assert_int_equal(fm_rig_value(&rig, "waiting_pieces"), 1);
	segment(10, FM_TCP_ACK, BYTES("split"));
	assert_int_equal(rig.ctx.reason, 0);
	assert_int_equal(shown("pattern_1"), 1);
	assert_int_equal(shown("matches"), 1);
	reconfigure("alert");
	assert_int_equal(segment(15, FM_TCP_ACK, BYTES("123")), FM_CONTINUE);
	reconfigure("drop");
	assert_int_equal(segment(18, FM_TCP_ACK, BYTES("4")), FM_DROP);
	assert_int_equal(rig.ctx.reason, 1);
	assert_int_equal(fm_rig_value(&rig, "matches"), 1);
	end();
}

/* Without ports there is no key, so the NF sees neither first nor last. */
static void fragment(bool v6)
{
	u32 l4 = make_headers(IPPROTO_UDP, 24, v6);

	put16(frame + l4 + 4, 32);
	memcpy(frame + l4 + 8, "a pattern in a fragment", 23);
	/* More fragments follow; of IPv6 another header says so. */
	if (v6) {
		frame[40] = 44;
		frame[51] = 1;
	} else {
		frame[6] = 0x20;
	}
	finish(l4 + 32, l4 + 8, v6);
	assert_true(pkt.flags & FM_PKT_FRAG);
	assert_int_equal(run(), FM_CONTINUE);
}

static void test_fragments(void **state)
{
	npatterns = 0;
	add("pattern", 0);
	begin("drop", 100, "resume");
	fragment(false);
	fragment(true);
	assert_int_equal(shown("scanned_bytes"), 0);
	assert_int_equal(datagram(BYTES("a pattern, reassembled")), FM_DROP);
	end();
}

static void test_datagrams(void **state)
{
	use6 = true;
	npatterns = 0;
	add("pattern", 0);
	begin("drop", 100, "resume");
	assert_int_equal(datagram(BYTES("pat")), FM_CONTINUE);
	assert_int_equal(datagram(BYTES("tern")), FM_CONTINUE);
	assert_int_equal(datagram(BYTES("a pattern")), FM_DROP);
	assert_int_equal(datagram(BYTES("a patterm")), FM_CONTINUE);
	assert_int_equal(fm_rig_entries(&rig.insts[0]), 0);
	datagram(BYTES("12patternpattern"));
	skb.shinfo.gso_size = 5;
	skb.shinfo.gso_type = SKB_GSO_UDP_L4;
	assert_int_equal(run(), FM_CONTINUE);
	skb.shinfo.gso_size = 9;
	assert_int_equal(run(), FM_DROP);
	assert_int_equal(shown("matches"), 5);
	end();
	use6 = false;
}

/* A state that was made by another search is nothing to go by. */
static void test_timeouts(void **state)
{
	const struct fm_nf_ops *ops = ids();
	struct fm_dump dump = { 0 };

	npatterns = 0;
	add("ab", 0);
	begin("alert", 100, "resume");
	segment(9, FM_TCP_SYN, NULL, 0);
	fm_rig_gc(&rig, &rig.insts[0], T0 + 29000 * MS);
	assert_int_equal(fm_rig_entries(&rig.insts[0]), 1);
	fm_rig_gc(&rig, &rig.insts[0], T0 + 31000 * MS);
	assert_int_equal(fm_rig_entries(&rig.insts[0]), 0);
	segment(9, FM_TCP_SYN, NULL, 0);
	segment(10, FM_TCP_ACK | FM_TCP_FIN, BYTES("a"));
	fm_rig_gc(&rig, &rig.insts[0], T0 + 9000 * MS);
	assert_int_equal(fm_rig_entries(&rig.insts[0]), 1);
	ops->show(&dump, rig.insts[0].config, rig.insts[0].account->cpu);
	fm_rig_gc(&rig, &rig.insts[0], T0 + 11000 * MS);
	assert_int_equal(fm_rig_entries(&rig.insts[0]), 0);
	assert_int_equal(segment(9, FM_TCP_ACK, NULL, 0), FM_CONTINUE);
	assert_int_equal(fm_rig_entries(&rig.insts[0]), 0);
	end();
}

static void test_twice(void **state)
{
	npatterns = 0;
	add("Ab", FM_PATTERN_NOCASE);
	add("ab", 0);
	add("ab", 0)->offset = 1;
	assert_true(configure("alert", 0, "resume"));
	end();
	add("aB", FM_PATTERN_NOCASE);
	assert_false(configure("alert", 0, "resume"));
	end();
}

/* ---- limits */

static void refuse(const char *why, const struct fm_pattern *pattern)
{
	struct netlink_ext_ack extack = { 0 };
	struct fm_list *list;

	fm_rig_setup(&rig);
	list = fm_list_create(&rig.lists, FM_PARAM_PATTERNS, 1, 1, NULL);
	assert_int_equal(fm_list_add(list, pattern, sizeof(*pattern), &extack),
			 -EINVAL);
	assert_string_equal(extack._msg, why);
	end();
}

#define REFUSE(why, ...)						\
	refuse(why, &(const struct fm_pattern){ __VA_ARGS__ })

static void test_faults(void **state)
{
	REFUSE("element 0 has no length from 1 to 112", .flags = 0);
	REFUSE("element 0 has no length from 1 to 112", .len = 113);
	REFUSE("element 0 has unknown flags", .len = 1, .flags = 2);
	REFUSE("element 0 is longer than its depth", .len = 3, .depth = 2);
	REFUSE("element 0 is not padded by zeros", .len = 1, .zero = { 0, 1 });
	REFUSE("element 0 is not padded by zeros", .len = 1, .bytes = "ab");
	npatterns = 0;
	add("a", 0);
	assert_true(configure("alert", FM_STREAM_BOUND_MAX, "drop"));
	end();
	assert_false(configure("alert", FM_STREAM_BOUND_MAX + 1, "drop"));
	end();
	assert_false(configure("accept", 0, "drop"));
	end();
	assert_false(configure("alert", 0, "accept"));
	end();
}

static struct fm_list *many(u32 n)
{
	struct fm_list *list;
	struct fm_pattern p = { .len = FM_PATTERN_MAX };
	u32 i, j;

	fm_rig_setup(&rig);
	list = fm_list_create(&rig.lists, FM_PARAM_PATTERNS, n, 1, NULL);
	seed = 6;
	for (i = 0; i < n; i++) {
		for (j = 0; j < p.len; j++)
			p.bytes[j] = below(256);
		assert_int_equal(fm_list_add(list, &p, sizeof(p), NULL), 0);
	}
	/* The last one is looked for afterwards. */
	memcpy(text, p.bytes, p.len);
	return list;
}

/* As many patterns of as many bytes as there may be: what they take. */
static void test_most(void **state)
{
	struct fm_param_value param = { .name = "patterns" };

	param.list = many(16385);
	assert_null(fm_rig_add(&rig, ids(), FM_MODE_SHARED, &param, 1));
	end();
	param.list = many(16384);
	rig.budget.max = 40 << 20;
	assert_null(fm_rig_add(&rig, ids(), FM_MODE_SHARED, &param, 1));
	rig.budget.max = 50 << 20;
	assert_non_null(fm_rig_add(&rig, ids(), FM_MODE_SHARED, &param, 1));
	assert_true(fm_rig_start(&rig, 1));
	assert_int_equal(segment(10, FM_TCP_ACK, text, 111), FM_CONTINUE);
	assert_int_equal(segment(121, FM_TCP_ACK, text + 111, 1), FM_DROP);
	assert_int_equal(shown("other_patterns"), 1);
	assert_int_equal(shown("matches"), 1);
	end();
}

/* How fast it is, in CPU time: build/unit/nf_ids MB; odd: half of them nocase. */
static int bench(u32 megabytes)
{
	struct timespec from, to;
	double s;
	u32 i, j;

	npatterns = 0;
	seed = 3;
	for (i = 0; i < PATTERNS; i++) {
		struct fm_pattern *p = add("", below(2) * (megabytes & 1));

		p->len = 6 + below(20);
		for (j = 0; j < p->len; j++)
			p->bytes[j] = 'a' + below(26);
	}
	begin("alert", 0, "resume");
	for (i = 0; i < TEXT; i++)
		text[i] = below(6) ? 'a' + below(26) : ' ';
	segment(0, FM_TCP_SYN, NULL, 0);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (i = 0; i < megabytes * 256; i++)
		segment(1 + i * TEXT, FM_TCP_ACK, text, TEXT);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	s = to.tv_sec - from.tv_sec + (to.tv_nsec - from.tv_nsec) / 1e9;
	printf("%u patterns, %.0f MB/s\n", npatterns,
	       (double)shown("scanned_bytes") / s / 1e6);
	end();
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_gso),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_resume),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_syn_again),
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_most),
	};

	if (argc > 1)
		return bench(atoi(argv[1]));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
