/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bits of an RSS key as unknowns: classes of equal bits, some of them
 * constant, and the values drawn for the others.
 */
#ifndef FM_SOLVER_KEYBITS_H
#define FM_SOLVER_KEYBITS_H

#include "rsskey.h"

#define FM_KEYBITS		(FM_KEY_MAX * 8)
#define FM_KEYBITS_ZERO		FM_KEYBITS	/* stands for the constant 0 */
#define FM_KEYBITS_ONE		(FM_KEYBITS + 1)
#define FM_KEYBITS_NODES	(FM_KEYBITS + 2)

struct fm_keybits {
	uint16_t root[FM_KEYBITS_NODES];
	uint8_t value[FM_KEYBITS_NODES]; /* of a class, at its root */
	uint8_t pinned[FM_KEYBITS_NODES]; /* not to be drawn, at the root */
	uint64_t random;
};

void fm_keybits_setup(struct fm_keybits *bits, uint64_t seed);
bool fm_keybits_merge(struct fm_keybits *bits, unsigned int a, unsigned int b);
void fm_keybits_seal(struct fm_keybits *bits);
bool fm_keybits_zero(const struct fm_keybits *bits, unsigned int start,
		     unsigned int end);
bool fm_keybits_constant(const struct fm_keybits *bits, unsigned int q);
void fm_keybits_draw(struct fm_keybits *bits, unsigned int m);
bool fm_keybits_redraw(struct fm_keybits *bits, struct fm_span span);
void fm_keybits_set(struct fm_keybits *bits, unsigned int q);
void fm_keybits_pin(struct fm_keybits *bits, struct fm_span span);
unsigned int fm_keybits_rank(const struct fm_keybits *bits, unsigned int m,
			     struct fm_span input, unsigned int shift);
void fm_keybits_raise(struct fm_keybits *bits, unsigned int m,
		      struct fm_span input);
void fm_keybits_pack(const struct fm_keybits *bits, uint8_t *key,
		     unsigned int key_len);

#endif
