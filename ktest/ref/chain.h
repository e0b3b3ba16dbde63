/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chain file, as far as it decides what happens to packets. */
#ifndef REF_CHAIN_H
#define REF_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "nf.h"

#define REF_NFS_MAX	32

/**
 * struct ref_chain - a chain
 * @nf: in order
 * @nnfs: of them
 * @frag_drop: fragments are dropped before the first NF if an NF's key has
 *	ports; else they pass such NFs by
 * @other_drop: what is not IP, or malformed, is dropped and not accepted
 */
struct ref_chain {
	struct ref_inst nf[REF_NFS_MAX];
	size_t nnfs;
	bool frag_drop;
	bool other_drop;
};

/**
 * ref_chain_read - read a chain file
 * @chain: filled in
 * @path: JSON; comments are allowed
 * @margin_ns: for all NFs
 *
 * Members that say how and where the chain runs, and not what it does, are
 * skipped.
 *
 * Return: 0, or -1 after saying why on stderr.
 */
int ref_chain_read(struct ref_chain *chain, const char *path,
		   int64_t margin_ns);

void ref_chain_cleanup(struct ref_chain *chain);

#endif
