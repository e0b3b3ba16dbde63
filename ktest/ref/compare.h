/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module's numbers against the model's. */
#ifndef REF_COMPARE_H
#define REF_COMPARE_H

#include <json-c/json.h>
#include <stdio.h>
#include "model.h"
#include "told.h"

#define REF_DIFFERENCES_MAX	20	/* that are shown */

/**
 * struct ref_compare - a comparison
 * @model: what must be
 * @told: what is said to be
 * @times: points in time count as well
 * @report: JSON: nfs, differences, sums; put by the caller
 * @keys: compared
 * @mismatched: differences
 * @uncertain: keys of which a value is known as a range only, or aged
 */
struct ref_compare {
	const struct ref_model *model;
	const struct ref_told *told;
	bool times;
	struct json_object *report;
	uint64_t keys;
	uint64_t mismatched;
	uint64_t uncertain;
};

/* @compare: model, told and times set, all else zero. */
void ref_compare_run(struct ref_compare *compare);

/* The same report for people. */
void ref_compare_print(const struct ref_compare *compare, FILE *out);

#endif
