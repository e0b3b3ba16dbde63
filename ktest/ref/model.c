// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include "model.h"

static bool chain_has_ports(const struct ref_chain *chain)
{
	for (size_t i = 0; i < chain->nnfs; i++)
		if (chain->nf[i].type->fields & REF_PORTS)
			return true;
	return false;
}

static enum ref_verdict inst_eval(struct ref_inst *inst,
				  const struct ref_packet *packet, bool sure)
{
	struct ref_key key = ref_key_make(packet, inst->type->fields);
	struct ref_entry *entry = ref_table_get(&inst->table, &key,
						inst->type->state_size);
	enum ref_verdict verdict;
	int64_t idle = packet->time_ns - entry->last_ns;

	entry->gap = entry->may && idle + inst->margin_ns >= inst->timeout_ns;
	entry->aged |= entry->gap;
	verdict = inst->type->eval(inst, entry, packet, sure);
	entry->last_ns = packet->time_ns;
	ref_range_add(&inst->packets, 1, sure);
	ref_range_add(&inst->bytes, packet->bytes, sure);
	if (verdict != REF_PASS)
		ref_range_add(&inst->dropped, 1,
			      sure && verdict == REF_DROP);
	return verdict;
}

/* Whether it was an NF before or this one: what is sure to be dropped is. */
static enum ref_verdict chain_eval(struct ref_chain *chain,
				   const struct ref_packet *packet)
{
	bool sure = true;

	for (size_t i = 0; i < chain->nnfs; i++) {
		struct ref_inst *inst = &chain->nf[i];
		enum ref_verdict verdict;

		if (packet->fragment && (inst->type->fields & REF_PORTS))
			continue;
		verdict = inst_eval(inst, packet, sure);
		if (verdict == REF_DROP)
			return REF_DROP;
		sure &= verdict == REF_PASS;
	}
	return sure ? REF_PASS : REF_MAYBE;
}

static enum ref_verdict packet_eval(struct ref_model *model,
				    const struct ref_packet *packet)
{
	struct ref_chain *chain = model->chain;

	if (packet->kind != REF_IP) {
		model->not_ip += packet->kind == REF_NOT_IP;
		model->malformed += packet->kind == REF_MALFORMED;
		model->other += chain->other_drop;
		return chain->other_drop ? REF_DROP : REF_PASS;
	}
	if (packet->fragment && chain->frag_drop && chain_has_ports(chain)) {
		model->fragments++;
		return REF_DROP;
	}
	return chain_eval(chain, packet);
}

void ref_model_packet(struct ref_model *model, const struct ref_packet *packet)
{
	enum ref_verdict verdict = packet_eval(model, packet);

	model->packets++;
	model->end_ns = packet->time_ns;
	ref_range_add(&model->bytes, packet->bytes, packet->kind == REF_IP);
	model->ambiguous += verdict == REF_MAYBE;
	if (verdict != REF_DROP)
		ref_range_add(&model->accepted, 1, verdict == REF_PASS);
	if (verdict != REF_PASS)
		ref_range_add(&model->dropped, 1, verdict == REF_DROP);
}

static int check_full(const struct ref_chain *chain)
{
	for (size_t i = 0; i < chain->nnfs; i++) {
		const struct ref_inst *inst = &chain->nf[i];

		if (inst->table.n <= inst->max_entries)
			continue;
		fprintf(stderr, "ref: %s: the capture has more keys than its table may hold (%llu), which is not modelled\n",
			inst->name, (unsigned long long)inst->max_entries);
		return -1;
	}
	return 0;
}

int ref_model_run(struct ref_model *model, const char *const *paths,
		  size_t npaths, const struct ref_select *select)
{
	struct ref_capture *capture = ref_capture_open(paths, npaths, select);
	struct ref_packet packet;
	struct ref_frame frame;
	int ret;

	if (!capture)
		return -1;
	while ((ret = ref_capture_next(capture, &frame)) > 0) {
		ref_packet_parse(&packet, &frame);
		if (packet.kind == REF_CUT) {
			fprintf(stderr, "ref: %s: packet %llu: its headers were not captured whole\n",
				frame.path, (unsigned long long)frame.number);
			ret = -1;
			break;
		}
		ref_model_packet(model, &packet);
	}
	ref_capture_close(capture);
	return ret ? ret : check_full(model->chain);
}
