/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Field sets: subsets of the five header fields, as masks of FM_F_*. */
#ifndef FM_SOLVER_FIELDSET_H
#define FM_SOLVER_FIELDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flowmage.h"

#define FM_FIELDSET_LEN		64	/* bytes that hold any set's text */

int fm_fieldset_parse(const char *text, uint32_t *fields);
int fm_fieldset_format(uint32_t fields, char *buf, size_t len);
int fm_fieldset_abbreviate(uint32_t fields, char *buf, size_t len);
const char *fm_fieldset_name(uint32_t field);
unsigned int fm_fieldset_count(uint32_t fields);
uint32_t fm_fieldset_mirror(uint32_t fields);
bool fm_fieldset_contains(uint32_t fields, uint32_t subset);

#endif
