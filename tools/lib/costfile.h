/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of the cost model's constants. */
#ifndef FM_TOOLS_COSTFILE_H
#define FM_TOOLS_COSTFILE_H

#include "cost.h"
#include "jsonc.h"
#include "log.h"

#define FM_COSTFILE_ENV	"FLOWMAGE_COSTS" /* where the costs are */
#define FM_COSTFILE_NAME "costs.json"	/* in our usual place otherwise */
#define FM_COSTFILE_CPU	128	/* bytes of a processor's name */

struct json_object *fm_costfile_json(const struct fm_cost_model *model);
void fm_costfile_parse(struct fm_jsonc *doc, struct fm_cost_model *model,
		       char cpu[FM_COSTFILE_CPU]);
void fm_costfile_cpu(char cpu[FM_COSTFILE_CPU]);
int fm_costfile_write(const char *path, struct json_object *obj,
		      struct fm_error *err);

#endif
