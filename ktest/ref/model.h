/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a chain must have done with every packet of a capture. */
#ifndef REF_MODEL_H
#define REF_MODEL_H

#include "chain.h"
#include "packet.h"

/**
 * struct ref_model - the outcome
 * @chain: its NFs hold their counters and states
 * @packets: that came
 * @bytes: of them; what counts of those that are not IP is not defined
 * @accepted: packets
 * @dropped: packets
 * @fragments: of @dropped, by frag_policy
 * @other: of @dropped, by other_policy
 * @not_ip: of @packets
 * @malformed: of @packets
 * @end_ns: when the last packet came
 * @ambiguous: of @packets: an NF's verdict depended on the margin
 */
struct ref_model {
	struct ref_chain *chain;
	uint64_t packets;
	struct ref_range bytes;
	struct ref_range accepted;
	struct ref_range dropped;
	uint64_t fragments;
	uint64_t other;
	uint64_t not_ip;
	uint64_t malformed;
	int64_t end_ns;
	uint64_t ambiguous;
};

/**
 * ref_model_packet - send one packet through the chain
 * @model: @model->chain set, all else zero before the first packet
 * @packet: of any kind but REF_CUT
 */
void ref_model_packet(struct ref_model *model, const struct ref_packet *packet);

/**
 * ref_model_run - send a whole capture through the chain
 * @model: as above
 * @paths: capture files
 * @npaths: of them
 * @select: which frames count
 *
 * Return: 0, or -1 after saying on stderr what cannot be read.
 */
int ref_model_run(struct ref_model *model, const char *const *paths,
		  size_t npaths, const struct ref_select *select);

#endif
