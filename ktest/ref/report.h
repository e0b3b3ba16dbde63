/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outcome of a model as JSON. A number that is a range is {min, max}. */
#ifndef REF_REPORT_H
#define REF_REPORT_H

#include <json-c/json.h>
#include "model.h"

struct json_object *ref_report_make(const struct ref_model *model);

/* Key fields of an NF: {"src": "10.0.0.1", ...}; put by the caller. */
struct json_object *ref_report_key(const struct ref_key *key, uint32_t fields);

struct json_object *ref_report_range(struct ref_range range);

#endif
