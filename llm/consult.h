/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking a model about NFs, as often as its profile says, within a budget. */
#ifndef FM_LLM_CONSULT_H
#define FM_LLM_CONSULT_H

#include "client.h"
#include "source.h"

/**
 * struct fm_consult - whom to ask and how
 * @profile: the model
 * @client: how; its profile is set by fm_consult_features()
 * @max_cost: US dollars that all questions may cost, negative for no limit
 * @spent: US dollars so far
 * @unknown: of some replies the cost is not known
 */
struct fm_consult {
	struct fm_profile profile;
	struct fm_client client;
	double max_cost;
	double spent;
	bool unknown;
};

int fm_consult_features(struct fm_consult *consult,
			const struct fm_source *source,
			struct fm_record *record, char *err);
int fm_consult_compare(struct fm_consult *consult, const char *a,
		       const struct fm_source *source_a, const char *b,
		       const struct fm_source *source_b, int *costlier,
		       char *err);

#endif
