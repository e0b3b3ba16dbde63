/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_NF_H
#define _FM_NF_H

#include "flowmage_nf.h"

typedef int (*fm_nf_fn)(const struct fm_nf_ops *ops, void *arg);

int fm_nf_init(void);
void fm_nf_exit(void);
const struct fm_nf_ops *fm_nf_get(const char *name);
void fm_nf_put(const struct fm_nf_ops *ops);
int fm_nf_walk(unsigned int skip, fm_nf_fn fn, void *arg);

#endif
