// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A key from its constraints: equations on the key bits first (keybits.c), then
 * the rank condition, which is general elimination on the columns of the lowest
 * bits of each field.
 */
#include <stdio.h>
#include <string.h>

#include "fieldset.h"
#include "keybits.h"
#include "keysynth.h"

#define ATTEMPTS	2	/* whole keys drawn, the better is kept */
#define REDRAWS		12	/* of the bits that decide one target's rank */
#define TARGETS		10	/* 2 families x 4 fields, both of IPv6's /64 */

/* Lowest bits of something that neighbours differ in: to be of full rank. */
struct target {
	struct fm_span input;
	enum fm_family family;
	uint32_t field;		/* 0: an IPv6 address' first half */
};

struct synth {
	const struct fm_keysynth_request *req;
	struct fm_keybits bits;
	struct target target[TARGETS];
	unsigned int n_targets;
};

static bool in_family(const struct fm_keysynth_request *req,
		      enum fm_family family)
{
	return family == FM_FAMILY_V6 ? req->v6 : req->v4;
}

static uint32_t input_fields(const struct fm_keysynth_request *req)
{
	return req->ports ? FM_F_HASHABLE : FM_F_IPS;
}

static struct fm_span field_window(const struct fm_keysynth_request *req,
				   enum fm_family family, uint32_t field)
{
	return fm_rsskey_window(fm_rsskey_input(family, field), req->m);
}

static void zero_ignored(struct synth *s, enum fm_family family)
{
	uint32_t ignored = input_fields(s->req) & ~s->req->fields;

	for (uint32_t field = 1; field & FM_F_HASHABLE; field <<= 1) {
		struct fm_span w = field_window(s->req, family, field);

		if (!(ignored & field))
			continue;
		for (unsigned int q = w.start; q < w.end; q++)
			fm_keybits_merge(&s->bits, q, FM_KEYBITS_ZERO);
	}
}

static void equate_mirrored(struct synth *s, enum fm_family family)
{
	uint32_t sources = s->req->fields & (FM_F_SRC_IP | FM_F_SRC_PORT);

	for (uint32_t field = 1; field & FM_F_HASHABLE; field <<= 1) {
		struct fm_span input = fm_rsskey_input(family, field);
		struct fm_span w = fm_rsskey_window(input, s->req->m);

		if (!(sources & field))
			continue;
		for (unsigned int q = w.start; q < w.end; q++)
			fm_keybits_merge(&s->bits, q,
					 q + input.end - input.start);
	}
}

static bool fix_bits(struct synth *s, char *reason)
{
	for (unsigned int i = 0; i < s->req->n_fixed; i++) {
		const struct fm_keysynth_bit *bit = &s->req->fixed[i];

		if (fm_keybits_merge(&s->bits, bit->pos, bit->value ?
				     FM_KEYBITS_ONE : FM_KEYBITS_ZERO))
			continue;
		snprintf(reason, FM_KEYSYNTH_REASON,
			 "key bit %u is fixed to %u but the fields need it to be %u",
			 bit->pos, bit->value, !bit->value);
		return false;
	}
	return true;
}

/* False if fixed bits contradict the fields. */
static bool eliminate(struct synth *s, char *reason)
{
	fm_keybits_setup(&s->bits, s->req->seed);
	for (enum fm_family f = 0; f < FM_FAMILY_MAX; f++) {
		if (!in_family(s->req, f))
			continue;
		zero_ignored(s, f);
		if (s->req->symmetric)
			equate_mirrored(s, f);
	}
	if (!fix_bits(s, reason))
		return false;
	fm_keybits_seal(&s->bits);
	return true;
}

static const char *family_name(enum fm_family family)
{
	return family == FM_FAMILY_V6 ? "IPv6" : "IPv4";
}

/* Names the ignored field whose window holds the whole of window w. */
static void explain_collision(const struct synth *s, enum fm_family family,
			      uint32_t field, char *reason)
{
	struct fm_span w = field_window(s->req, family, field);
	uint32_t ignored = input_fields(s->req) & ~s->req->fields;

	for (enum fm_family f = 0; f < FM_FAMILY_MAX; f++) {
		for (uint32_t g = 1; g & FM_F_HASHABLE; g <<= 1) {
			struct fm_span o = field_window(s->req, f, g);

			if (!in_family(s->req, f) || !(ignored & g) ||
			    w.start < o.start || w.end > o.end)
				continue;
			snprintf(reason, FM_KEYSYNTH_REASON,
				 "%s's window of %s (key bits %u to %u) lies inside %s's window of %s (%u to %u), which has to be zero",
				 family_name(family), fm_fieldset_name(field),
				 w.start, w.end - 1, family_name(f),
				 fm_fieldset_name(g), o.start, o.end - 1);
			return;
		}
	}
	snprintf(reason, FM_KEYSYNTH_REASON,
		 "every key bit of %s's window of %s (%u to %u) has to be zero",
		 family_name(family), fm_fieldset_name(field), w.start,
		 w.end - 1);
}

static bool windows_open(const struct synth *s, char *reason)
{
	for (enum fm_family f = 0; f < FM_FAMILY_MAX; f++) {
		for (uint32_t g = 1; g & FM_F_HASHABLE; g <<= 1) {
			struct fm_span w = field_window(s->req, f, g);

			if (!in_family(s->req, f) || !(s->req->fields & g) ||
			    !fm_keybits_zero(&s->bits, w.start, w.end))
				continue;
			explain_collision(s, f, g, reason);
			return false;
		}
	}
	return true;
}

static void add_target(struct synth *s, enum fm_family family, uint32_t field,
		       unsigned int end)
{
	struct target *t = &s->target[s->n_targets++];

	t->input = (struct fm_span){ end - s->req->m, end };
	t->family = family;
	t->field = field;
}

/*
 * Neighbours differ in the lowest bits of a field, IPv6 sites also in the
 * lowest bits of their /64 prefix.
 */
static void list_targets(struct synth *s)
{
	for (enum fm_family f = 0; f < FM_FAMILY_MAX; f++) {
		for (uint32_t g = 1; g & FM_F_HASHABLE; g <<= 1) {
			struct fm_span input = fm_rsskey_input(f, g);

			if (!in_family(s->req, f) || !(s->req->fields & g))
				continue;
			add_target(s, f, g, input.end);
			if (f == FM_FAMILY_V6 && g & FM_F_IPS)
				add_target(s, f, 0, input.start + 64);
		}
	}
}

/*
 * Where the neighbour's zeros cut a field's window, the columns of its last m
 * bits are triangular: with the highest free bit set they are independent. The
 * lowest free bit likewise is all that the field's first bit has.
 */
static void place_edges(struct synth *s)
{
	unsigned int m = s->req->m;

	for (unsigned int i = 0; i < FM_FAMILY_MAX * FM_RSSKEY_FIELDS; i++) {
		enum fm_family f = i / FM_RSSKEY_FIELDS;
		uint32_t field = 1U << i % FM_RSSKEY_FIELDS;
		struct fm_span in = fm_rsskey_input(f, field);

		if (!in_family(s->req, f) || !(s->req->fields & field))
			continue;
		if (fm_keybits_zero(&s->bits, in.end + 32 - m, in.end + 31))
			fm_keybits_set(&s->bits, in.end + 31 - m);
		if (fm_keybits_zero(&s->bits, in.start + 32 - m, in.start + 31))
			fm_keybits_set(&s->bits, in.start + 31);
	}
}

/*
 * Draws the bits that decide one target until its columns are independent.
 * Returns their rank.
 */
static unsigned int settle_target(struct synth *s, struct fm_span input)
{
	struct fm_span w = fm_rsskey_window(input, s->req->m);
	unsigned int rank = 0;

	for (unsigned int i = 0; i < REDRAWS; i++) {
		fm_keybits_raise(&s->bits, s->req->m, input);
		rank = fm_keybits_rank(&s->bits, s->req->m, input, 0);
		if (rank == s->req->m || i == REDRAWS - 1 ||
		    !fm_keybits_redraw(&s->bits, w))
			break;
	}
	fm_keybits_pin(&s->bits, w);
	return rank;
}

/* Both ends of a symmetric key cancel when they advance together. */
static bool is_pair(const struct synth *s, const struct target *a,
		    const struct target *b)
{
	if (a->family != b->family || !a->field || !b->field)
		return false;
	return !s->req->symmetric || fm_fieldset_mirror(a->field) != b->field;
}

/* Two fields may advance together, as address and port of a client do. */
static unsigned int count_lost_pairs(const struct synth *s)
{
	unsigned int lost = 0;

	for (unsigned int i = 0; i < s->n_targets; i++) {
		const struct target *a = &s->target[i];

		for (unsigned int j = i + 1; j < s->n_targets; j++) {
			const struct target *b = &s->target[j];

			if (!is_pair(s, a, b))
				continue;
			lost += s->req->m -
				fm_keybits_rank(&s->bits, s->req->m, a->input,
						b->input.start -
						a->input.start);
		}
	}
	return lost;
}

/* Keeps the key whose targets have most rank, then the pairs of them. */
static void draw_key(struct synth *s, uint8_t *key)
{
	unsigned int best = 0;

	for (unsigned int i = 0; i < ATTEMPTS; i++) {
		unsigned int lost, score = 0;

		fm_keybits_draw(&s->bits, s->req->m);
		place_edges(s);
		for (unsigned int t = 0; t < s->n_targets; t++)
			score += 1024 * settle_target(s, s->target[t].input);
		lost = count_lost_pairs(s);
		if (score + 1024 <= best + lost)
			continue;
		best = score + 1024 - lost;
		fm_keybits_pack(&s->bits, key, s->req->key_len);
		if (score == 1024 * s->n_targets * s->req->m &&
		    lost <= s->n_targets)
			break;
	}
}

static unsigned int count_free(const struct synth *s, uint8_t *seen,
			       struct fm_span w)
{
	unsigned int count = 0;

	for (unsigned int q = w.start; q < w.end; q++) {
		if (fm_keybits_constant(&s->bits, q) ||
		    seen[s->bits.root[q]])
			continue;
		seen[s->bits.root[q]] = 1;
		count++;
	}
	return count;
}

static void measure_family(const struct synth *s, enum fm_family f,
			   uint8_t *seen, struct fm_keysynth_result *res)
{
	const struct fm_keysynth_request *req = s->req;
	uint32_t last = req->ports ? FM_F_DST_PORT : FM_F_DST_IP;
	struct fm_span all = { 0, fm_rsskey_input(f, last).end };
	unsigned int rank;

	rank = fm_rsskey_rank(res->key, req->key_len, req->m, all);
	if (rank < res->rank)
		res->rank = rank;
	for (uint32_t g = 1; g & FM_F_HASHABLE; g <<= 1) {
		if (!(req->fields & g))
			continue;
		res->free_bits += count_free(s, seen, field_window(req, f, g));
		res->blind[f] += fm_rsskey_blind(res->key, req->key_len, req->m,
						 fm_rsskey_input(f, g));
	}
}

static void measure_key(const struct synth *s, struct fm_keysynth_result *res)
{
	uint8_t seen[FM_KEYBITS_NODES] = { 0 };

	res->rank = s->req->m;
	for (enum fm_family f = 0; f < FM_FAMILY_MAX; f++)
		if (in_family(s->req, f))
			measure_family(s, f, seen, res);
}

static const char *check_request(const struct fm_keysynth_request *req)
{
	if (!req->fields || !fm_fieldset_contains(FM_F_HASHABLE, req->fields))
		return "a key hashes at least one address or port and nothing else";
	if (!req->ports && (req->fields & FM_F_PORTS))
		return "the ports are not in the hash input";
	if (!req->v4 && !req->v6)
		return "neither IPv4 nor IPv6 is asked for";
	if (req->symmetric && fm_fieldset_mirror(req->fields) != req->fields)
		return "a symmetric key takes both ends of each address or port";
	if (req->m < FM_RSSKEY_M_MIN || req->m > FM_RSSKEY_M_MAX)
		return "the indirection table needs 16 to 2048 entries";
	if (req->key_len < FM_KEY_MIN || req->key_len > FM_KEY_MAX)
		return "the key needs 40 to 52 bytes";
	for (unsigned int i = 0; i < req->n_fixed; i++)
		if (req->fixed[i].pos >= req->key_len * 8)
			return "a fixed bit lies outside of the key";
	return NULL;
}

/**
 * fm_keysynth_run - make a key
 * @req: what it has to do
 * @res: the key and its measures, or the reason why there is none
 *
 * The key makes exactly @req->fields decide the indirection entry; only the
 * low m bits of the hash are constrained, which leaves many more keys than
 * constraining all 32. Among them it picks one that gives 2^m neighbours an
 * entry each, in every field where some key can.
 *
 * Return: res->status.
 */
enum fm_keysynth_status
fm_keysynth_run(const struct fm_keysynth_request *req,
		struct fm_keysynth_result *res)
{
	struct synth s = { .req = req };
	const char *wrong = check_request(req);

	memset(res, 0, sizeof(*res));
	if (wrong) {
		snprintf(res->reason, sizeof(res->reason), "%s", wrong);
		return res->status = FM_KEYSYNTH_INVALID;
	}
	if (!eliminate(&s, res->reason) || !windows_open(&s, res->reason))
		return res->status = FM_KEYSYNTH_INFEASIBLE;
	list_targets(&s);
	draw_key(&s, res->key);
	measure_key(&s, res);
	if (res->rank == req->m)
		return res->status = FM_KEYSYNTH_OK;
	snprintf(res->reason, sizeof(res->reason),
		 "the free key bits decide only %u of the %u bits of the entry",
		 res->rank, req->m);
	return res->status = FM_KEYSYNTH_INFEASIBLE;
}
