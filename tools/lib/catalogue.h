/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The NFs that a chain can be made of: as the loaded module tells, or as
 * rules/nf/builtin.json has them of the module that these programs came with.
 */
#ifndef FM_TOOLS_CATALOGUE_H
#define FM_TOOLS_CATALOGUE_H

#include "jsonc.h"
#include "nl.h"

/**
 * struct fm_catalogue - NFs by type
 * @nfs: the NFs
 * @n: how many
 * @live: the module told, so nothing else exists
 */
struct fm_catalogue {
	struct fm_nf_info *nfs;
	size_t n;
	bool live;
};

int fm_catalogue_add(const struct fm_nf_info *nf, void *catalogue);
int fm_catalogue_parse(struct fm_catalogue *catalogue, struct fm_jsonc *doc);
int fm_catalogue_load(struct fm_catalogue *catalogue, struct fm_error *err);
int fm_catalogue_query(struct fm_catalogue *catalogue, struct fm_nl *nl,
		       struct fm_error *err);
void fm_catalogue_cleanup(struct fm_catalogue *catalogue);
const struct fm_nf_info *fm_catalogue_find(const struct fm_catalogue *catalogue,
					   const char *type);
const char *fm_catalogue_nearest(const struct fm_catalogue *catalogue,
				 const char *type);

#endif
