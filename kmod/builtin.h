/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FM_BUILTIN_H
#define _FM_BUILTIN_H

struct fm_nf_ops;

/* The NFs of this module, in the order of their names, then NULL. */
extern const struct fm_nf_ops *const fm_builtin_nfs[];

#endif
