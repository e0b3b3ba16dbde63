// SPDX-License-Identifier: GPL-2.0-or-later
/* A source that ends before it declares anything. */
#include "flowmage_nf.h"

static enum fm_verdict hopeless_eval(struct fm_ctx *ctx, {{{
