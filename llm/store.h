/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The feature store: a directory of <framework>/<nf>.json. */
#ifndef FM_LLM_STORE_H
#define FM_LLM_STORE_H

#include <stdbool.h>

#include "record.h"

struct fm_store;

int fm_store_open(const char *dir, struct fm_store **store, char *err);
void fm_store_close(struct fm_store *store);
const char *fm_store_dir(const struct fm_store *store);
int fm_store_renew(struct fm_store *store, struct fm_record *record,
		   void (*adopt)(struct fm_record *record,
				 const struct fm_record *old, void *arg),
		   void *arg, char *err);
int fm_store_change(struct fm_store *store, const char *framework,
		    const char *nf, void (*change)(struct fm_record *, void *),
		    void *arg, char *err);
int fm_store_each(struct fm_store *store, const char *framework,
		  int (*each)(struct fm_record *record, void *arg), void *arg,
		  char *err);
int fm_store_get(struct fm_store *store, const char *tree,
		 const char *framework, const char *nf,
		 struct fm_record **record, bool *stale, char *err);

#endif
