/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FMCTL_FLOWIO_H
#define FMCTL_FLOWIO_H

#include "fmctl.h"

int flowio_export(struct fm_cli *cli, const char *chain, const char *path);
int flowio_import(struct fm_cli *cli, const char *chain, const char *path,
		  uint64_t *flows, uint64_t *states);

#endif
